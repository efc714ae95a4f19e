package web

import (
	"classbridge/admin"

	"github.com/gin-gonic/gin"
)

// homePage is where the console begins.
type homePage struct {
	consolePage
}

func (s *Server) homeRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathConsole, admin.Read, s.showConsole},
	}
}

// showConsole answers GET /console.
func (s *Server) showConsole(c *gin.Context, v admin.Visitor) error {
	p := &homePage{consolePage: s.consolePage(c, v, pathConsole, "console.home")}
	return s.renderConsole(c, "console_home", p)
}
