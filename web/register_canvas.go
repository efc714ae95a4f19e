package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// showCanvasConfig answers GET /lti/config.json: what a developer key of Canvas is
// made from where the tool may not register itself. It is the same for everybody.
func (s *Server) showCanvasConfig(c *gin.Context) error {
	config, err := s.Tool.CanvasConfiguration(s.Classroom.Describe(s.logoURL()))
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=600")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "application/json", config)
	return nil
}
