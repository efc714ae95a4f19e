package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
)

// failure is an error as it is answered and logged.
type failure struct {
	err       error
	status    int
	message   string // id of the text for the person
	reason    string // for log and metrics
	platform  string // whose pages may frame the answer, where it is known
	said      string // by the LMS, cleaned
	wait      time.Duration
	cookies   []*http.Cookie
	retryAt   string // where trying again makes sense
	chatUser  string // who is refused, of the chat
	room      string // where another account of the chat may be tried
	reference string // joins the page and the line in the log
}

// failureOf finds out what an error means for the one who asked.
func (s *Server) failureOf(err error) failure {
	f := failure{err: err, status: http.StatusInternalServerError, message: "error.internal", reason: "internal"}
	s.causeOf(&f)
	f.circumstances()
	return f
}

// causeOf fills in what went wrong.
func (s *Server) causeOf(f *failure) {
	var (
		refused  *classroom.Error
		launch   *lti.Error
		register *lti.RegistrationError
		busy     *classroom.BusyError
		tooLarge *http.MaxBytesError
		status   *statusError
	)
	switch {
	case errors.As(f.err, &busy):
		f.status, f.message, f.reason, f.wait = http.StatusServiceUnavailable, "error.chat_busy", "chat_busy", max(busy.Wait, time.Second)
	case errors.As(f.err, &launch):
		f.status, f.message, f.reason = launch.Reason.Status(), launchText(launch.Reason), string(launch.Reason)
		f.platform, f.cookies = launch.PlatformID, launch.Cookies
	case errors.As(f.err, &register):
		f.status, f.message, f.reason = registrationStatus(register.Reason), registrationText(register), string(register.Reason)
		f.said = register.Detail
	case errors.As(f.err, &status):
		f.status, f.message, f.reason = status.status, status.message, strings.TrimPrefix(status.message, "error.")
	case errors.As(f.err, &tooLarge):
		f.status, f.message, f.reason = http.StatusRequestEntityTooLarge, "error.too_large", "too_large"
	case errors.Is(f.err, classroom.ErrNoChat):
		f.status, f.message, f.reason = http.StatusServiceUnavailable, "error.no_chat", "no_chat"
	case errors.As(f.err, &refused):
		f.status, f.message, f.reason = statusOf(refused.Code), s.knownText(refused), strings.TrimPrefix(refused.Message, "error.")
	case errors.Is(f.err, context.DeadlineExceeded):
		f.status, f.message, f.reason = http.StatusServiceUnavailable, "error.busy", "timeout"
	case errors.Is(f.err, context.Canceled):
		f.reason = "canceled"
	}
}

// circumstances fills in what those knew who passed the error on.
func (f *failure) circumstances() {
	var (
		retry    *retryError
		platform *platformError
		callback *callbackError
		chatUser *chatUserError
	)
	if errors.As(f.err, &retry) {
		f.retryAt = retry.at
	}
	if errors.As(f.err, &platform) {
		f.platform = platform.platformID
	}
	if errors.As(f.err, &callback) {
		f.status = callback.status
	}
	if errors.As(f.err, &chatUser) {
		f.chatUser, f.room = chatUser.user.Username, chatUser.room
	}
}

func statusOf(code classroom.Code) int {
	switch code {
	case classroom.NotFound:
		return http.StatusNotFound
	case classroom.Forbidden:
		return http.StatusForbidden
	case classroom.Conflict, classroom.NotRunning:
		return http.StatusConflict
	case classroom.Invalid:
		return http.StatusBadRequest
	case classroom.Expired:
		return http.StatusUnauthorized
	case classroom.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
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
