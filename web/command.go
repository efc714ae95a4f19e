package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// answerCommand answers POST /mattermost/command: what somebody types behind /bbb.
func (s *Server) answerCommand(c *gin.Context) error {
	s.ChatCommand.ServeHTTP(c.Writer, c.Request)
	if c.Writer.Status() == http.StatusUnauthorized && s.refusals.allow(s.address(c)) {
		s.Log.InfoContext(c.Request.Context(), "a slash command was refused", "reason", "token")
	}
	return nil
}
