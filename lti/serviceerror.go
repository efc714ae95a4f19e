package lti

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ServiceError is the failure of a call to a platform. Its text is for the log
// and for admins: it holds no token and of addresses the host only.
//
// One that is neither Temporary nor Refused is an answer that makes no sense.
type ServiceError struct {
	Service    Service
	Platform   string        // our id of the registration
	Host       string        // that was called
	Status     int           // 0: no answer, or not all of it, or not even asked
	Code       string        // OAuth error code of the platform (RFC 6749 §5.2, RFC 6750 §3.1), or one of ours
	Detail     string        // what the platform said of it, cut short
	RetryAfter time.Duration // how long it wants to be left alone; 0: it does not say
	Err        error
}

// Codes of ours, beside those of OAuth.
const (
	CodeInsufficientScope = "insufficient_scope" // RFC 6750 has it too: the token does not permit the call
	CodeAddressRefused    = "address_refused"    // not called: http or private off premises, or another origin than that of the page
	CodeRateLimited       = "rate_limited"       // Canvas says so with status 403
)

// codeInvalidScope is the refusal of a scope (RFC 6749 §5.2).
const codeInvalidScope = "invalid_scope"

func (e *ServiceError) Error() string {
	s := fmt.Sprintf("lti: %s service at %s (platform %s)", e.Service, e.Host, e.Platform)
	if e.Status != 0 {
		s += fmt.Sprintf(": HTTP status %d", e.Status)
	}
	if e.Code != "" {
		s += ": " + e.Code
	}
	if e.Detail != "" {
		s += ": " + strconv.Quote(e.Detail)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ServiceError) Unwrap() error { return e.Err }

// Temporary reports that the same call may work later.
func (e *ServiceError) Temporary() bool {
	switch {
	case e.Code == CodeRateLimited, e.Status == http.StatusTooManyRequests, e.Status == http.StatusRequestTimeout:
		return true
	case e.Status == 0:
		return e.Code == ""
	}
	return e.Status >= 500
}

// Refused reports that the platform refuses us or this request for good.
func (e *ServiceError) Refused() bool {
	if e.Temporary() {
		return false
	}
	return e.Code != "" || e.Status >= 400
}

func temporary(err error) bool {
	var e *ServiceError
	return errors.As(err, &e) && e.Temporary()
}

func scopesRefused(err error) bool {
	var e *ServiceError
	return errors.As(err, &e) && e.Service == ServiceToken && e.Code == codeInvalidScope
}

// answerError is what is wrong with an answer that came.
type answerError struct {
	code string
	err  error
}

func (e *answerError) Error() string { return e.err.Error() }
func (e *answerError) Unwrap() error { return e.err }

func malformed(format string, args ...any) error {
	return &answerError{err: fmt.Errorf(format, args...)}
}

const (
	maxDetail     = 200
	maxRetryAfter = time.Hour
)

// describe takes from the body of a refusal what helps an admin.
func (e *ServiceError) describe(body []byte, secret string) {
	var told struct {
		Error       text `json:"error"`
		Description text `json:"error_description"`
		Message     text `json:"message"`
	}
	detail := string(body)
	if json.Unmarshal(body, &told) == nil {
		e.Code = clean(withoutSecret(string(told.Error), secret), maxWord)
		if told.Description != "" || told.Message != "" {
			detail = string(told.Description + told.Message)
		}
	}
	e.Detail = clean(withoutSecret(detail, secret), maxDetail)
	if e.Status == http.StatusForbidden && strings.Contains(detail, "Rate Limit Exceeded") {
		e.Code = CodeRateLimited
	}
}

// withoutSecret: some platforms repeat in an error what they were sent.
func withoutSecret(s, secret string) string {
	if secret == "" {
		return s
	}
	return strings.ReplaceAll(s, secret, "[token]")
}

// retryAfter reads seconds or a date (RFC 9110 §10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return clean(u.Host, maxTitle)
}
