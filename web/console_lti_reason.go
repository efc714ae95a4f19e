package web

import (
	"strings"

	"classbridge/classroom"
	"classbridge/lti"
)

// refusalKind groups the reasons of refusals by what an admin does about them: its
// text is console.lti.reason.KIND, what to do console.lti.reason.KIND.do.
func refusalKind(reason string) string {
	switch lti.Reason(reason) {
	case lti.IssuerMissing, lti.LoginHintMissing, lti.PlatformMisconfigured:
		return "login"
	case lti.TargetMissing, lti.TargetForeign, lti.LaunchTargetMissing, lti.LaunchTargetForeign:
		return "target"
	case lti.PlatformUnknown, lti.PlatformAmbiguous, lti.LMSUnauthorizedClient:
		return "unregistered"
	case lti.CookieMissing, lti.CookieMismatch, lti.StorageMissing, lti.StorageMismatch:
		return "cookie"
	case lti.StateMissing, lti.StateInvalid, lti.StateExpired, lti.Expired, lti.IssuedTooEarly, lti.LMSLaunchNoLonger, lti.LMSLoginRequired:
		return "late"
	case lti.IssuedInFuture, lti.NotYetValid:
		return "clock"
	case lti.KIDMissing, lti.KIDUnknown, lti.KeysUnavailable:
		return "keys"
	case lti.SignatureWrong, lti.AlgorithmRefused, lti.TokenMalformed, lti.TokenEncrypted, lti.CriticalHeader:
		return "signature"
	case lti.IssuerMismatch, lti.AudienceMismatch, lti.AudienceUntrusted, lti.PartyMissing, lti.PartyMismatch:
		return "audience"
	case lti.NonceMissing, lti.NonceMismatch:
		return "replayed"
	case lti.SubjectMissing, lti.SubjectInvalid:
		return "anonymous"
	case lti.VersionMissing, lti.VersionUnsupported, lti.MessageTypeMissing, lti.MessageTypeUnsupported:
		return "message"
	}
	return laterKind(reason)
}

// laterKind is refusalKind of what is looked at after these.
func laterKind(reason string) string {
	switch reason {
	case string(lti.PlatformDisabled):
		return "disabled"
	case "platform_pending":
		return "pending"
	case "deployment_pending":
		return "deployment"
	case "name_withheld":
		return "nameless"
	case "no_course":
		return "courseless"
	case "not_in_pilot":
		return "pilot"
	case "launch_replayed":
		return "replayed"
	case "internal", "busy", "timeout":
		return "ours"
	}
	if strings.HasPrefix(reason, "lms_") {
		return "lms"
	}
	return "claims"
}

// WhyRefused is the cause of a refusal in words for an admin.
func (p consolePage) WhyRefused(r classroom.Refusal) string {
	return p.Text("console.lti.reason." + refusalKind(r.Reason))
}

// DoRefused is what to do about it.
func (p consolePage) DoRefused(r classroom.Refusal) string {
	return p.Text("console.lti.reason." + refusalKind(r.Reason) + ".do")
}

// RoleRule says by which rule somebody has the role, in words for an admin.
func (p consolePage) RoleRule(l classroom.ListedLaunch) string {
	rule := l.Why
	switch {
	case strings.HasPrefix(rule, "course_"):
		rule = "course"
	case strings.HasPrefix(rule, "institution_"):
		rule = "institution"
	case strings.HasPrefix(rule, "system_"):
		rule = "system"
	case rule != classroom.WhyUnknownRole && rule != classroom.WhyTestUser:
		rule = classroom.WhyNoRole
	}
	return p.Text("console.lti.rule."+rule, "Role", l.RoleName)
}
