package web

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// All but streams have to answer in time.
func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	for _, a := range w.server.table() {
		var left time.Duration
		handle := w.server.adapt(a, func(c *gin.Context) error {
			if end, ok := c.Request.Context().Deadline(); ok {
				left = time.Until(end)
			}
			return nil
		})
		for _, r := range a.routes {
			c := testContext()
			c.Request, _ = http.NewRequestWithContext(t.Context(), r.method, r.path, nil)
			left = 0
			handle(c)
			streams := r.path == "/rooms/:room/events" || r.path == "/rooms/probe/events"
			if streams != (left == 0) || left > answerWithin {
				t.Errorf("%s %s: %s to answer", r.method, r.path, left)
			}
		}
	}
}

// What took too long is told, not taken for a browser that has gone.
func TestTooLate(t *testing.T) {
	w := newWorld(t)
	w.server.Config.Keys = func(context.Context) ([]byte, error) { return nil, context.DeadlineExceeded }
	w.browser().get("/lti/jwks").want(http.StatusServiceUnavailable)
	if len(w.log.with("reason=timeout", "route=/lti/jwks")) != 1 {
		t.Error("what took too long is not in the log")
	}
}
