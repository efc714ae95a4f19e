package bridge

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

// ErrToken means that the server does not accept the bot's token (any more):
// an admin has to connect again.
var ErrToken = errors.New("the token is not accepted")

// Error is a call that did not succeed. It holds no more of the server's answer
// than the id of the error: messages and addresses can name people.
type Error struct {
	Call   string
	Status int    // 0: no answer
	ID     string // Mattermost's, such as api.context.permissions.app_error
	Err    error
}

func (e *Error) Error() string {
	text := "mattermost: " + e.Call
	if e.Status != 0 {
		text = fmt.Sprintf("%s: %d %s", text, e.Status, e.ID)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

func failure(name string, resp *model.Response, err error) error {
	if err == nil {
		return nil
	}
	if busy := new(classroom.BusyError); errors.As(err, &busy) {
		return busy
	}
	e := &Error{Call: name}
	if resp != nil && resp.StatusCode >= 300 {
		e.Status = resp.StatusCode
	}
	var app *model.AppError
	var address *url.Error
	switch {
	case errors.As(err, &app):
		e.ID = app.Id
	case errors.As(err, &address):
		e.Err = address.Err
	case e.Status == 0:
		e.Err = err
	}
	if e.Status == http.StatusUnauthorized {
		e.Err = ErrToken
	}
	return e
}

// resultOf is the kind of outcome that is counted.
func resultOf(err error) string {
	var e *Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &e) && e.Status >= 400 && e.Status < 500:
		return "refused"
	case errors.As(err, new(*classroom.BusyError)):
		return "busy"
	}
	return "failed"
}

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

func hasID(err error, ids ...string) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(ids, e.ID)
}
