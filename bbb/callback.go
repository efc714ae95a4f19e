package bbb

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// CallbackError says why a callback is not believed. Answer it with 401: 404 and
// 410 would stop Scalelite before it has tried its other secrets.
type CallbackError struct {
	Callback string // recording-ready or analytics
	Reason   CallbackReason
}

// CallbackReason is the machine's word for it.
type CallbackReason string

// The reasons of a CallbackError.
const (
	Malformed    CallbackReason = "malformed"
	BadSignature CallbackReason = "bad signature" // or an algorithm that is not allowed
	Expired      CallbackReason = "expired"
	TooFar       CallbackReason = "expires too late" // valid for longer than any server makes them
)

func (e *CallbackError) Error() string {
	return fmt.Sprintf("bbb %s callback: %s", e.Callback, e.Reason)
}

// RecordingReady is what the server says when a format of a recording is done.
type RecordingReady struct {
	MeetingID string
	RecordID  string
}

// VerifyRecordingReady checks the form field signed_parameters that is posted to
// the address in MetaRecordingReady. The token never expires, comes once for
// each format and again on a rebuild, and "ready" may still be unpublished: look
// with Recordings.
func (c *Client) VerifyRecordingReady(signedParameters string) (RecordingReady, error) {
	payload, reason := verifyJWS(signedParameters, c.Secrets, "HS256", "HS512")
	var claims struct {
		MeetingID string `json:"meeting_id"`
		RecordID  string `json:"record_id"`
	}
	if reason == "" && (json.Unmarshal(payload, &claims) != nil || claims.MeetingID == "" || claims.RecordID == "") {
		reason = Malformed
	}
	if reason != "" {
		return RecordingReady{}, &CallbackError{Callback: "recording-ready", Reason: reason}
	}
	return RecordingReady(claims), nil
}

// The server makes analytics tokens for 24 hours.
const (
	clockLeeway    = time.Minute
	longestExpires = 25 * time.Hour
)

// VerifyAnalytics checks the Authorization header of an analytics callback, with
// or without its scheme. The token covers neither body nor meeting: whoever saw
// one may post anything with it for a day. The caller must tie the address to one
// meeting and take its first report only; ParseAnalytics reads it.
func (c *Client) VerifyAnalytics(bearer string, now time.Time) error {
	payload, reason := verifyJWS(withoutScheme(bearer), c.Secrets, "HS512")
	if reason == "" {
		reason = checkExpiry(payload, now)
	}
	if reason != "" {
		return &CallbackError{Callback: "analytics", Reason: reason}
	}
	return nil
}

func withoutScheme(header string) string {
	scheme, token, ok := strings.Cut(strings.TrimSpace(header), " ")
	if ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return header
}

func checkExpiry(payload []byte, now time.Time) CallbackReason {
	var claims struct {
		Expires *float64 `json:"exp"` // NumericDate may have a fraction (RFC 7519 §2)
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Expires == nil {
		return Malformed
	}
	left := *claims.Expires - float64(now.Unix())
	switch {
	case left < -clockLeeway.Seconds():
		return Expired
	case left > longestExpires.Seconds():
		return TooFar
	}
	return ""
}
