package bbb

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Error is what every method of a Client returns when it fails. It holds no
// secret, password, checksum or token.
type Error struct {
	Call    string // create, getMeetingInfo, ...
	Reason  Reason
	Key     string // BigBlueButton's own, such as notFound, when Reason is Refused
	Message string // BigBlueButton's text or the beginning of what came instead; for the log, not for people
	Status  int    // HTTP status, zero without an answer
	Err     error  // the cause, where there is one
}

// Reason says what kind of failure an Error is.
type Reason string

// The reasons of an Error.
const (
	Invalid     Reason = "invalid"      // the request makes no sense; nothing was sent
	Refused     Reason = "refused"      // the server answered FAILED; Key says why
	Unreachable Reason = "unreachable"  // no connection, no answer in time, or one that broke off
	Unreadable  Reason = "unreadable"   // an answer, but not BigBlueButton's XML: a proxy's page, a wrong path
	TooLarge    Reason = "too large"    // an answer beyond the size limit
	Redirected  Reason = "redirected"   // an answer that sends the signed call elsewhere
	CircuitOpen Reason = "circuit open" // the call failed several times in a row; not tried again for some seconds
)

// Message keys that decide what to do.
const (
	KeyNotFound       = "notFound"
	KeyChecksum       = "checksumError"
	KeyIDNotUnique    = "idNotUnique"
	KeyDuplicate      = "duplicateWarning"
	KeyInternal       = "internalError"
	KeyUnavailable    = "serverUnavailable"
	KeyTagUnavailable = "serverTagUnavailable"
	KeyForciblyEnded  = "meetingForciblyEnded"
	KeyValidation     = "validationError"
	KeyUnsupported    = "unsupportedRequest"

	// Keys that a browser brings back from a refused join, see ParseErrors.
	KeyMaxParticipants = "maxParticipantsReached"
	KeyMismatch        = "mismatchCreateTimeParam"
	KeyGuestDenied     = "guestDeniedAccess"
	KeyInvalidMeeting  = "invalidMeetingIdentifier"
	KeyInvalidPassword = "invalidPassword"
	KeyUserNotFound    = "userNotFound"
)

func (e *Error) Error() string {
	s := fmt.Sprintf("bbb %s: %s", e.Call, e.Reason)
	if e.Key != "" {
		s += " " + e.Key
	}
	if e.Status != 0 && e.Status != http.StatusOK {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// NotFound reports that the server knows no such meeting or recording. Behind a
// pool this can be wrong for a minute.
func NotFound(err error) bool { return HasKey(err, KeyNotFound) }

// ChecksumRefused reports that the server did not accept the signature: a wrong
// secret, a disabled hash, or a proxy that rewrites the query. Not worth retrying.
func ChecksumRefused(err error) bool { return HasKey(err, KeyChecksum) }

// HasKey reports that the server refused with one of the keys.
func HasKey(err error, keys ...string) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == Refused && slices.Contains(keys, e.Key)
}

// Unavailable reports a failure that may pass by itself, so that the call is
// worth repeating later and nothing may be concluded about the meeting.
func Unavailable(err error) bool {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return false
	}
	switch e.Reason {
	case Unreachable, Unreadable, CircuitOpen:
		return true
	case Refused:
		return HasKey(err, KeyInternal, KeyUnavailable, KeyTagUnavailable)
	}
	return false
}

// result is the word for metrics.
func result(err error) string {
	var e *Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case Unavailable(err):
		return "unavailable"
	case errors.As(err, &e) && e.Reason == Refused:
		return "refused"
	}
	return "failed"
}
