package web

import (
	"io"
	"net/http"

	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// maxNotices is how much one delivery of notices may weigh.
const maxNotices = 1 << 20

// takeNotices answers POST /lti/notices (Platform Notification Service §5). Each
// notice stands for itself: those that are good are taken, whatever is wrong with
// others, and the platform is told the first refusal.
func (s *Server) takeNotices(c *gin.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxNotices))
	if err != nil {
		return err
	}
	tokens, err := lti.ParseNotices(body)
	if err != nil {
		return err
	}
	var refused error
	for _, token := range tokens {
		if err := s.takeNotice(c, token); err != nil && refused == nil {
			refused = err
		}
	}
	if refused != nil {
		return refused
	}
	c.String(http.StatusOK, "ok\n")
	return nil
}

func (s *Server) takeNotice(c *gin.Context, token string) error {
	n, err := s.Tool.VerifyNotice(c.Request.Context(), token)
	if err != nil {
		return err
	}
	if err := s.Classroom.TakeNotice(c.Request.Context(), n); err != nil {
		return &platformError{err, n.Platform.ID}
	}
	return nil
}
