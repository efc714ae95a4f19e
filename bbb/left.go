package bbb

import (
	"encoding/json"
	"net/url"
)

// APIMessage is one of the errors that a refused join brings back to the
// ErrorRedirectURL. Anybody can write such an address: decide by Key, and show
// words of your own instead of Message.
type APIMessage struct {
	Key     string `json:"key"`
	Message string `json:"message"`
}

const (
	maxErrors     = 8 << 10 // bytes
	maxErrorCount = 10
)

// ParseErrors reads ?errors=[{"key":...,"message":...}]. What cannot be read is
// no error.
func ParseErrors(q url.Values) []APIMessage {
	raw := q.Get("errors")
	if len(raw) > maxErrors {
		return nil
	}
	var list []APIMessage
	if json.Unmarshal([]byte(raw), &list) != nil {
		return nil
	}
	return list[:min(len(list), maxErrorCount)]
}
