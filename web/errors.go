package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
)

// reader is who reads an answer, which decides what a refusal looks like.
type reader int

const (
	people   reader = iota // a page
	scripts                // a fragment for the page that asked
	machines               // one line of text
)

// fail answers an error: a page, a fragment or a line; and logs it once, within
// the budget of the address.
func (s *Server) fail(c *gin.Context, a authority, err error) {
	if errors.Is(err, context.Canceled) && errors.Is(c.Request.Context().Err(), context.Canceled) {
		return // nobody is there any more
	}
	f := s.failureOf(err)
	ours := f.status >= http.StatusInternalServerError
	within := s.spares(c, a, ours) || s.refusals.allow(s.address(c))
	if !within && !ours {
		s.failShortly(c)
		return
	}
	if within {
		f.reference = referenceOf(c)
		s.logFailure(c, a, f)
		s.keepRefusal(c, f)
	}
	if c.Writer.Written() {
		return
	}
	setCookies(c, f.cookies)
	c.Header("Cache-Control", "no-store")
	if f.wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int((f.wait+time.Second-1)/time.Second)))
	}
	switch a.reader {
	case machines:
		c.String(f.status, "%s (%s)\n", f.reason, f.reference)
	case scripts:
		s.failFragment(c, f)
	default:
		s.failPage(c, a, f)
	}
}

// keyKnown is where a handler leaves that it knows who asks.
const keyKnown = "known"

// spares reports whether a failure costs the address nothing: ours, when people
// with a session meet it, and what pages that were left open ask again and again.
func (s *Server) spares(c *gin.Context, a authority, ours bool) bool {
	if ours {
		return c.GetBool(keyKnown)
	}
	return a.reader == scripts
}

// failShortly is what an address gets that has used up its refusals.
func (s *Server) failShortly(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("Retry-After", "60")
	c.String(http.StatusTooManyRequests, "%s\n", s.printer(c).Text("error.too_many"))
}

func (s *Server) logFailure(c *gin.Context, a authority, f failure) {
	level := slog.LevelInfo
	switch {
	case f.status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	case f.status >= http.StatusInternalServerError:
		level = slog.LevelError
	case a.reader == scripts:
		level = slog.LevelDebug // pages that were left open, asking again and again
	}
	room := c.Param("room")
	if !isID(room) {
		room = "" // whatever it is
	}
	s.Log.Log(c.Request.Context(), level, "refused",
		"reference", f.reference, "status", f.status, "reason", f.reason, "route", c.FullPath(),
		"room", room, "platform", f.platform, "address", s.address(c).String(), "err", f.err)
}

// recoverPanic keeps a mistake of ours from ending more than one request.
func (s *Server) recoverPanic(c *gin.Context, a authority) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.fail(c, a, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

func (s *Server) noSuchPage(*gin.Context) error {
	return &statusError{http.StatusNotFound, "error.page_unknown"}
}

func (s *Server) noSuchMethod(*gin.Context) error {
	return &statusError{http.StatusMethodNotAllowed, "error.method"}
}
