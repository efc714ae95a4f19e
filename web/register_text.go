package web

import (
	"net/http"

	"classbridge/lti"
)

// registrationText is the text for a registration that failed. What exactly was
// wrong is in the log, under the reference on the page.
func registrationText(e *lti.RegistrationError) string {
	switch e.Reason {
	case lti.RegistrationPrivate, lti.RegistrationInsecure:
		return "error.register_private"
	case lti.RegistrationUnreachable, lti.RegistrationSlow:
		return "error.register_unreachable"
	case lti.RegistrationIssuer, lti.RegistrationRedirect:
		return "error.register_issuer"
	case lti.RegistrationClient:
		return "error.register_refused"
	case lti.RegistrationRefused:
		tokenRefused := e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
		if e.Step == lti.StepRegister || tokenRefused {
			return "error.register_refused"
		}
	}
	return "error.register_configuration"
}

// registrationStatus: what may be better a little later says so.
func registrationStatus(r lti.Reason) int {
	if r == lti.RegistrationUnreachable || r == lti.RegistrationSlow {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}
