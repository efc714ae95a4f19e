package lti

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
)

// RegistrationStep says how far a registration came.
type RegistrationStep string

// The steps of a registration (Dynamic Registration §3).
const (
	StepConfiguration RegistrationStep = "configuration" // reading the platform's
	StepRegister      RegistrationStep = "register"      // sending ours
)

// RegistrationError is why a platform could not be registered. Its text is for
// the log: it holds no token, and of addresses the host only.
type RegistrationError struct {
	Step   RegistrationStep
	Reason Reason
	Status int    // of the platform's answer; 0 without one
	Detail string // what the platform says, cleaned, for the admin; often empty
	Err    error
}

// Reasons that a registration fails for.
const (
	RegistrationAddress     Reason = "registration_address"     // of the configuration is none that may be asked
	RegistrationPrivate     Reason = "registration_private"     // it leads to where a public platform cannot be
	RegistrationUnreachable Reason = "registration_unreachable" // no connection, or it broke
	RegistrationSlow        Reason = "registration_slow"
	RegistrationRedirect    Reason = "registration_redirect" // to another place
	RegistrationTooLarge    Reason = "registration_too_large"
	RegistrationNotJSON     Reason = "registration_not_json"
	RegistrationIssuer      Reason = "registration_issuer"   // not of the host that was asked
	RegistrationEndpoint    Reason = "registration_endpoint" // one is missing or no address
	RegistrationInsecure    Reason = "registration_insecure" // http, and the platform is not on premises
	RegistrationRefused     Reason = "registration_refused"  // by the platform: see Status and Detail
	RegistrationClient      Reason = "registration_client"   // no client_id in the answer
)

func (e *RegistrationError) Error() string {
	s := "lti: registration: " + string(e.Step) + ": " + string(e.Reason)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP status %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Detail != "" {
		s += ": " + shown(e.Detail)
	}
	return s
}

func (e *RegistrationError) Unwrap() error { return e.Err }

func failed(step RegistrationStep, r Reason, format string, args ...any) *RegistrationError {
	return &RegistrationError{Step: step, Reason: r, Err: fmt.Errorf(format, args...)}
}

// notReached sorts what an HTTP client returns instead of an answer.
func (r *Registrar) notReached(step RegistrationStep, err error) *RegistrationError {
	// *url.Error prints the address, and Canvas's holds the registration token.
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	e := &RegistrationError{Step: step, Reason: RegistrationUnreachable, Err: err}
	network := net.Error(nil)
	switch {
	case r.forbidden(err):
		e.Reason = RegistrationPrivate
	case errors.As(err, new(*awayError)):
		e.Reason = RegistrationRedirect
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		e.Reason = RegistrationSlow
	}
	return e
}

func (r *Registrar) forbidden(err error) bool {
	for _, f := range r.Forbidden {
		if errors.Is(err, f) {
			return true
		}
	}
	return false
}
