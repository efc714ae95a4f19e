package lti

import (
	"net/http"
	"time"
)

// Launch is a verified message from a platform. All of it was signed by the
// platform of the registration; identifiers are unique within that registration
// only. Texts have lost control characters and excessive length, and are not
// escaped for any medium.
type Launch struct {
	Platform     Platform
	Cookies      []*http.Cookie // to set with the answer; they delete what was used up
	Nonce        string         // the caller must use it up, once, in a write of its own
	NonceExpires time.Time      // from then on a replay is refused without looking
	IssuedAt     time.Time

	MessageType   string // ResourceLinkRequest or DeepLinkingRequest
	DeploymentID  string // whether it is known is for the caller to decide
	TargetLinkURI string // an address of this tool; empty in a deep linking request that has none

	Anonymous  bool   // no subject: then there are neither names, roles nor services
	Subject    string // the person, within the registration
	Name       string // made of GivenName and FamilyName if the platform sends only these
	GivenName  string
	FamilyName string
	Email      string
	Locale     string // of the person, otherwise of the presentation
	Roles      []Role

	Context      *Context // nil outside a course
	ResourceLink ResourceLink
	Presentation Presentation
	LIS          LIS
	ToolPlatform ToolPlatform
	Custom       map[string]string // without variables that the platform did not know

	NRPS        *NRPS        // nil if not offered to us
	AGS         *AGS         // nil if not offered to us
	Groups      *Groups      // nil if not offered to us
	Notices     *Notices     // nil if not offered to us
	DeepLinking *DeepLinking // in a deep linking request
}

// The messages that Verify accepts.
const (
	ResourceLinkRequest = "LtiResourceLinkRequest"
	DeepLinkingRequest  = "LtiDeepLinkingRequest"
)

// Context is the course (LTI Core §5.4.1).
type Context struct {
	ID, Label, Title string
	Type             []string // URIs, URNs or short words, as they came
}

// ResourceLink is the place in the course that was clicked (LTI Core §5.3.5).
type ResourceLink struct {
	ID, Title, Description string
}

// Presentation says how the platform shows us (LTI Core §5.4.4).
type Presentation struct {
	Locale         string
	DocumentTarget string // iframe, window or frame
	ReturnURL      string // http or https; a secret of the person, for a link and never for a redirect or a log
}

// LIS holds the identifiers of the student information system (LTI Core §5.4.5).
type LIS struct {
	PersonSourcedID, CourseSectionSourcedID, CourseOfferingSourcedID string
}

// ToolPlatform describes the LMS (LTI Core §5.4.2). GUID is what the LMS says of
// itself, not a proof of anything.
type ToolPlatform struct {
	GUID, Name, Family, Version string
}

// NRPS is the offer of the roster (Names and Role Provisioning Services §3.6.1.1).
type NRPS struct {
	MembershipsURL string
	Versions       []string
}

// AGS is the offer of the gradebook (Assignment and Grade Services §4.1).
type AGS struct {
	Scopes    []string
	LineItems string // URL of the container; may be empty
	LineItem  string // URL of the one item bound to the link; may be empty
}

// Groups is the offer of the course's groups (Course Groups Service §3).
type Groups struct {
	Scopes    []string
	GroupsURL string // context_groups_url
}

// Notices is the offer to tell us what happens at the platform (Platform
// Notification Service §3).
type Notices struct {
	Scopes []string
	URL    string   // platform_notification_service_url
	Types  []string // notice_types_supported
}

// DeepLinking says what the platform wants to be given (Deep Linking §3.4.1).
type DeepLinking struct {
	ReturnURL       string // where the browser posts the answer; keep its query, never log it
	AcceptTypes     []string
	AcceptTargets   []string // accept_presentation_document_targets
	AcceptMultiple  bool
	AcceptLineItem  bool
	AutoCreate      bool
	Title, Text     string
	AcceptMediaType string
	Data            *string // to be sent back as it is; nil: none must be sent
}
