package web

import (
	"strings"

	"classbridge/lti"
)

// launchText is the text for a refused launch: people need what they, or their
// admin, can do about it, not which of some sixty checks failed. That is in the
// log, under the reference on the page.
func launchText(r lti.Reason) string {
	switch r {
	case lti.CookieMissing, lti.CookieMismatch, lti.StorageMissing, lti.StorageMismatch:
		return "error.launch_cookie"
	case lti.StateExpired, lti.Expired, lti.IssuedTooEarly, lti.LMSLaunchNoLonger, lti.LMSLoginRequired:
		return "error.launch_late"
	case lti.PlatformUnknown, lti.PlatformAmbiguous, lti.PlatformDisabled, lti.LMSUnauthorizedClient:
		return "error.launch_unregistered"
	case lti.KeysUnavailable, lti.KIDUnknown:
		return "error.launch_keys"
	case lti.IssuedInFuture, lti.NotYetValid:
		return "error.launch_clock"
	case lti.MessageTypeUnsupported:
		return "error.message_unsupported"
	case lti.SubjectMissing:
		return "error.launch_anonymous"
	}
	if strings.HasPrefix(string(r), "lms_") {
		return "error.launch_lms"
	}
	return "error.launch_invalid"
}
