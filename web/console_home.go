package web

import (
	"time"

	"classbridge/admin"

	"github.com/gin-gonic/gin"
)

// homePage is where the console begins: what runs, and what needs somebody.
type homePage struct {
	consolePage
	Open    []admin.Incident
	Numbers admin.Numbers
}

func (s *Server) homeRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathConsole, admin.Read, s.showConsole},
	}
}

// showConsole answers GET /console.
func (s *Server) showConsole(c *gin.Context, v admin.Visitor) error {
	p := &homePage{consolePage: s.consolePage(c, v, pathConsole, "console.home")}
	ctx := c.Request.Context()
	open, err := s.Console.Store.OpenIncidents(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	for _, i := range open {
		if !i.RaisedAt.IsZero() {
			p.Open = append(p.Open, i)
		}
	}
	if p.Numbers, err = s.Console.Store.Numbers(ctx, v.Tenant.ID, s.Now().Add(-24*time.Hour)); err != nil {
		return err
	}
	return s.renderConsole(c, "console_home", p)
}
