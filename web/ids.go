package web

import (
	"errors"
	"net/http"
	"strings"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// checkIDs refuses an address whose ids are none before anybody looks for them:
// a database answers a NUL, or bytes that are no UTF-8, with an error of its own.
func checkIDs(c *gin.Context) error {
	for _, p := range c.Params {
		switch p.Key {
		case "room":
			if !isID(p.Value) {
				return noID("error.room_unknown")
			}
		case "recording":
			if !isID(p.Value) {
				return noID("error.recording_unknown")
			}
		case "server":
			if p.Value != classroom.EnvironmentServer && !isID(p.Value) {
				return noID("error.page_unknown")
			}
		case "platform", "class", "course", "visit", "announcement":
			if !isID(p.Value) {
				return noID("error.page_unknown")
			}
		case "account", "passkey":
			if !isID(p.Value) {
				return noID("error.page_unknown")
			}
		case "meeting":
			if !isID(p.Value) {
				return &callbackError{noID("not_found"), http.StatusGone}
			}
		case "token":
			if meeting, _, _ := strings.Cut(p.Value, "."); !isID(meeting) {
				return noID("not_found")
			}
		}
	}
	return nil
}

func noID(message string) error {
	return &classroom.Error{Code: classroom.NotFound, Message: message, Err: errNoID}
}

var errNoID = errors.New("the address has no id of ours")

// isID reports whether it is an id as we make them.
func isID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}
