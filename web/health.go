package web

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// healthy answers GET /healthz: the process answers.
func (s *Server) healthy(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, "ok\n")
	return nil
}

const readyWithin = 5 * time.Second

// ready answers GET /readyz: the database answers and has the schema. Outside,
// only the class of the reason is told.
func (s *Server) ready(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
	defer cancel()
	c.Header("Cache-Control", "no-store")
	if err := s.Ready(ctx); err != nil {
		if s.refusals.allow(s.address(c)) {
			s.Log.WarnContext(ctx, "not ready", "err", err)
		}
		c.String(http.StatusServiceUnavailable, "%s\n", classOf(err))
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}

func classOf(err error) string {
	var e *classroom.Error
	switch {
	case errors.As(err, &e):
		return string(e.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "internal"
}

// metrics answers GET /metrics to whoever has the token. Without one the address
// does not exist.
func (s *Server) metrics(c *gin.Context) error {
	token, bearer := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if s.Metrics == nil || s.MetricsToken == "" || !bearer ||
		subtle.ConstantTimeCompare([]byte(token), []byte(s.MetricsToken)) != 1 {
		return &statusError{http.StatusNotFound, "error.page_unknown"}
	}
	s.Metrics.ServeHTTP(c.Writer, c.Request)
	return nil
}

// indexPage tells whoever comes by what this is.
type indexPage struct{ basePage }

// showIndex answers GET /.
func (s *Server) showIndex(c *gin.Context) error {
	p := indexPage{s.base(c)}
	p.Title = p.Text("page.name")
	return s.render(c, http.StatusOK, "index", p, headers{})
}

// showRobots answers GET /robots.txt: nothing here is for search engines.
func (s *Server) showRobots(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=86400")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /\n")
	return nil
}
