package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// reader is who reads an answer, which decides what a refusal looks like.
type reader int

const (
	people   reader = iota // a page
	scripts                // a fragment for the page that asked
	machines               // one line of text
)

// failure is an error as it is answered and logged.
type failure struct {
	err       error
	status    int
	message   string // id of the text for the person
	reason    string // for log and metrics
	platform  string // whose pages may frame the answer; empty: all
	wait      time.Duration
	cookies   []*http.Cookie
	retryAt   string // where trying again makes sense
	chatUser  string // who is refused, of the chat
	room      string // where another account of the chat may be tried
	reference string // joins the page and the line in the log
}

var statusOf = map[classroom.Code]int{
	classroom.NotFound:    http.StatusNotFound,
	classroom.Forbidden:   http.StatusForbidden,
	classroom.Conflict:    http.StatusConflict,
	classroom.Invalid:     http.StatusBadRequest,
	classroom.Expired:     http.StatusUnauthorized,
	classroom.NotRunning:  http.StatusConflict,
	classroom.Unavailable: http.StatusServiceUnavailable,
}

// failureOf finds out what an error means for the one who asked.
func (s *Server) failureOf(err error) failure {
	f := failure{err: err, status: http.StatusInternalServerError, message: "error.internal", reason: "internal"}
	var (
		refused   *classroom.Error
		launch    *lti.Error
		busy      *classroom.BusyError
		tooLarge  *http.MaxBytesError
		httpError *statusError
		retry     *retryError
		platform  *platformError
		callback  *callbackError
		chatUser  *chatUserError
	)
	switch {
	case errors.As(err, &busy):
		f.status, f.message, f.reason, f.wait = http.StatusServiceUnavailable, "error.chat_busy", "chat_busy", max(busy.Wait, time.Second)
	case errors.As(err, &launch):
		f.status, f.message, f.reason, f.platform = launch.Reason.Status(), launchText(launch.Reason), string(launch.Reason), launch.PlatformID
		f.cookies = launch.Cookies
	case errors.As(err, &httpError):
		f.status, f.message, f.reason = httpError.status, httpError.message, http.StatusText(httpError.status)
	case errors.As(err, &tooLarge):
		f.status, f.message, f.reason = http.StatusRequestEntityTooLarge, "error.too_large", "too_large"
	case errors.Is(err, classroom.ErrNoChat):
		f.status, f.message, f.reason = http.StatusServiceUnavailable, "error.no_chat", "no_chat"
	case errors.As(err, &refused):
		f.reason = string(refused.Code)
		if status, known := statusOf[refused.Code]; known {
			f.status, f.message = status, s.knownText(refused)
		}
	}
	if errors.As(err, &retry) {
		f.retryAt = retry.at
	}
	if errors.As(err, &platform) {
		f.platform = platform.platformID
	}
	if errors.As(err, &callback) {
		f.status = callback.status
	}
	if errors.As(err, &chatUser) {
		f.chatUser, f.room = chatUser.user.Username, chatUser.room
	}
	return f
}

// knownText is the text of a refusal; refusals that storage makes at its border
// have none of their own.
func (s *Server) knownText(e *classroom.Error) string {
	if s.Texts.Has(e.Message) {
		return e.Message
	}
	if e.Code == classroom.NotFound {
		return "error.page_unknown"
	}
	return "error.internal"
}

// statusError is a refusal in terms of HTTP: a wrong method, an address that is none.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string { return http.StatusText(e.status) }

// retryError knows where the person may try again.
type retryError struct {
	error
	at string
}

func (e *retryError) Unwrap() error { return e.error }

func retryAt(err error, at string) error {
	if err == nil {
		return nil
	}
	return &retryError{err, at}
}

// fail answers an error: a page, a fragment or a line; and logs it once.
func (s *Server) fail(c *gin.Context, a authority, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		return // nobody is there any more
	}
	f := s.failureOf(err)
	address := s.address(c)
	if a.reader != scripts && f.status < http.StatusInternalServerError && !s.refusals.allow(address) {
		s.failShortly(c)
		return
	}
	f.reference = rand.Text()[:8]
	s.logFailure(c, a, f)
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
	s.Log.Log(c.Request.Context(), level, "refused",
		"reference", f.reference, "status", f.status, "reason", f.reason, "route", c.FullPath(),
		"room", c.Param("room"), "platform", f.platform, "address", s.address(c).String(), "err", f.err)
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

// noSuchMethod also answers what an LMS's server does when an admin saves the
// tool's form: Moodle fetches the launch address without being anybody.
func (s *Server) noSuchMethod(*gin.Context) error {
	return &statusError{http.StatusMethodNotAllowed, "error.method"}
}
