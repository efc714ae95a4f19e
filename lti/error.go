package lti

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is the refusal of a login, a launch or a notice.
type Error struct {
	Reason     Reason
	PlatformID string         // our id of the registration, once it is known
	Cookies    []*http.Cookie // to set with the answer; they delete what was used up
	Storage    *Storage       // with CookieMissing: where else the proof may be, without its Value; nil if nowhere
	Err        error          // what exactly was wrong, for the log
}

func (e *Error) Error() string {
	s := "lti: " + string(e.Reason)
	if e.PlatformID != "" {
		s += " (platform " + e.PlatformID + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Reason says why a login or launch was refused. It is for machines: metrics,
// the choice of a page, the admin's log.
type Reason string

// Reasons to refuse a login initiation.
const (
	IssuerMissing         Reason = "issuer_missing"
	LoginHintMissing      Reason = "login_hint_missing"
	TargetMissing         Reason = "target_missing"
	TargetForeign         Reason = "target_foreign" // target_link_uri is not an address of this tool
	PlatformUnknown       Reason = "platform_unknown"
	PlatformAmbiguous     Reason = "platform_ambiguous" // several registrations, and no client_id
	PlatformMisconfigured Reason = "platform_misconfigured"
)

// Reasons to refuse the envelope of a launch: its form, state and cookie.
const (
	ParameterDuplicate Reason = "parameter_duplicate"
	IDTokenMissing     Reason = "id_token_missing"
	StateMissing       Reason = "state_missing"
	StateInvalid       Reason = "state_invalid"
	StateExpired       Reason = "state_expired"
	CookieMissing      Reason = "cookie_missing" // the browser kept no cookie, or the launch was posted before
	CookieMismatch     Reason = "cookie_mismatch"
	StorageMissing     Reason = "storage_missing" // the platform's storage has nothing of this login, or there is none
	StorageMismatch    Reason = "storage_mismatch"
	PlatformDisabled   Reason = "platform_disabled" // since the login
)

// Reasons that the platform itself gave instead of an id_token (OpenID Connect
// Core §3.1.2.6).
const (
	LMSInvalidRequest     Reason = "lms_invalid_request"
	LMSAccessDenied       Reason = "lms_access_denied"
	LMSUnauthorizedClient Reason = "lms_unauthorized_client"
	LMSResponseType       Reason = "lms_unsupported_response_type"
	LMSInvalidScope       Reason = "lms_invalid_scope"
	LMSLoginRequired      Reason = "lms_login_required"
	LMSLaunchNoLonger     Reason = "lms_launch_no_longer_valid" // Canvas: the launch was used or is too old
	LMSError              Reason = "lms_error"                  // any other
)

// Reasons to refuse the id_token's header, key and signature.
const (
	TokenMalformed   Reason = "token_malformed"
	TokenEncrypted   Reason = "token_encrypted"
	AlgorithmRefused Reason = "algorithm_refused" // anything but RS256
	CriticalHeader   Reason = "critical_header"   // crit: extensions that we do not know
	KIDMissing       Reason = "kid_missing"
	KIDUnknown       Reason = "kid_unknown"      // or not a key that may sign launches
	KeysUnavailable  Reason = "keys_unavailable" // the platform's key set cannot be fetched
	SignatureWrong   Reason = "signature"
)

// Reasons to refuse the registered claims (Security Framework §5.1.3).
const (
	IssuerMismatch    Reason = "issuer_mismatch"
	AudienceMismatch  Reason = "audience_mismatch"
	AudienceUntrusted Reason = "audience_untrusted" // others beside us
	PartyMissing      Reason = "azp_missing"
	PartyMismatch     Reason = "azp_mismatch"
	DateInvalid       Reason = "date_invalid"
	ExpiryMissing     Reason = "exp_missing"
	Expired           Reason = "expired"
	IssuedMissing     Reason = "iat_missing"
	IssuedInFuture    Reason = "iat_future"
	IssuedTooEarly    Reason = "iat_old" // before the login that it answers; a notice of more than a day
	NotYetValid       Reason = "nbf_future"
	NonceMissing      Reason = "nonce_missing"
	NonceMismatch     Reason = "nonce_mismatch"
	SubjectMissing    Reason = "subject_missing"
	SubjectInvalid    Reason = "subject_invalid"
)

// Reasons to refuse the message (LTI Core §5.3, Deep Linking §3.4).
const (
	VersionMissing         Reason = "version_missing"
	VersionUnsupported     Reason = "version_unsupported"
	MessageTypeMissing     Reason = "message_type_missing"
	MessageTypeUnsupported Reason = "message_type_unsupported"
	DeploymentMissing      Reason = "deployment_missing"
	DeploymentInvalid      Reason = "deployment_invalid"
	LaunchTargetMissing    Reason = "launch_target_missing"
	LaunchTargetForeign    Reason = "launch_target_foreign"
	ResourceLinkMissing    Reason = "resource_link_missing"
	ResourceLinkInvalid    Reason = "resource_link_invalid"
	ContextInvalid         Reason = "context_invalid"
	RolesMissing           Reason = "roles_missing"
	RolesInvalid           Reason = "roles_invalid"
	DeepLinkingMissing     Reason = "deep_linking_missing"
	DeepLinkingInvalid     Reason = "deep_linking_invalid"
)

// Reasons to refuse a notice (Platform Notification Service §3.4); most of those
// of launches apply too.
const (
	NoticesMalformed Reason = "notices_malformed" // the delivery, not one of its tokens
	NoticeMissing    Reason = "notice_missing"
	NoticeInvalid    Reason = "notice_invalid"
)

// Status is the HTTP status to answer with: 400 for what is no launch at all,
// 503 for what may work in a minute, 401 for a launch that must not be believed.
func (r Reason) Status() int {
	switch r {
	case IssuerMissing, LoginHintMissing, TargetMissing, TargetForeign, PlatformUnknown, PlatformAmbiguous,
		ParameterDuplicate, IDTokenMissing, MessageTypeUnsupported, NoticesMalformed:
		return http.StatusBadRequest
	case PlatformMisconfigured:
		return http.StatusInternalServerError
	case KeysUnavailable:
		return http.StatusServiceUnavailable
	}
	if strings.HasPrefix(string(r), "lms_") {
		return http.StatusBadRequest
	}
	return http.StatusUnauthorized
}

func refuse(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Err: fmt.Errorf(format, args...)}
}

// of notes whose launch was refused.
func of(platformID string, err error) error {
	var e *Error
	if errors.As(err, &e) && e.PlatformID == "" {
		e.PlatformID = platformID
	}
	return err
}

// shown is a foreign string fit for a line of the log.
func shown(s string) string { return fmt.Sprintf("%q", clean(s, 120)) }
