package classroom

import (
	"errors"
	"fmt"
)

// Code says what kind of refusal an Error is; web/errors.go alone turns codes
// into status codes and pages.
type Code string

const (
	NotFound    Code = "not_found"   // no such thing, or not of this tenant
	Forbidden   Code = "forbidden"   // this person may not do it
	Conflict    Code = "conflict"    // it exists already, or was used already
	Invalid     Code = "invalid"     // what was sent cannot be meant
	Expired     Code = "expired"     // it was valid once
	NotRunning  Code = "not_running" // nothing to enter at the moment
	Unavailable Code = "unavailable" // another part is down; trying again helps
)

// Error is every refusal of this package that a person may have to read.
type Error struct {
	Code    Code
	Message string // id of a text in the catalogue, written for the person
	Err     error  // for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Is reports whether err is, or wraps, an Error of that code.
func Is(err error, code Code) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func refuse(code Code, message string) error {
	return &Error{Code: code, Message: message}
}
