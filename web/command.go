package web

import "github.com/gin-gonic/gin"

// answerCommand answers POST /mattermost/command: what somebody types behind /bbb.
func (s *Server) answerCommand(c *gin.Context) error {
	s.ChatCommand.ServeHTTP(c.Writer, c.Request)
	return nil
}
