package lti

import "context"

// Platform is one registration of this tool at an LMS (LTI Core §3.1.2). ID is
// ours; issuers are shared (all of Canvas has one), so only issuer and client
// together name a registration.
type Platform struct {
	ID       string
	Issuer   string
	ClientID string
	AuthURL  string // OIDC authorization endpoint
	TokenURL string
	JWKSURL  string
	Audience string // of client assertions, where it is not TokenURL (Brightspace)
	Family   string // product_family_code, as the LMS says or an admin did; may be empty

	OnPremises     bool // plain http and private addresses are allowed for its URLs
	AllowAnonymous bool // launches without a subject are accepted (LTI Core §5.3.6.1)
}

// What LMSs with quirks of their own call themselves: Platform.Family, and
// ToolPlatform.Family of a launch (LTI Core §5.4.2).
const (
	FamilyMoodle   = "moodle"
	FamilyCanvas   = "canvas"
	FamilyOpenOlat = "openolat" // its launches do not say it; its preset does
)

// Platforms finds registrations. A disabled registration is not found.
type Platforms interface {
	// FindPlatforms returns the registrations of an issuer, those of clientID
	// only unless it is empty. None is no error.
	FindPlatforms(ctx context.Context, issuer, clientID string) ([]Platform, error)

	// FindPlatform returns the registration with our own id.
	FindPlatform(ctx context.Context, id string) (p Platform, found bool, err error)
}
