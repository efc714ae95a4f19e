package ltitest

import (
	"maps"
	"slices"
	"strings"
)

// Signup is what the tool has registered (Dynamic Registration §3.5).
type Signup struct {
	ApplicationType string   `json:"application_type"`
	ResponseTypes   []string `json:"response_types"`
	GrantTypes      []string `json:"grant_types"`
	LoginURL        string   `json:"initiate_login_uri"`
	RedirectURIs    []string `json:"redirect_uris"`
	Name            string   `json:"client_name"`
	LogoURL         string   `json:"logo_uri,omitempty"`
	JWKSURL         string   `json:"jwks_uri"`
	AuthMethod      string   `json:"token_endpoint_auth_method"`
	Scope           string   `json:"scope"`

	Tool SignupTool `json:"https://purl.imsglobal.org/spec/lti-tool-configuration"`
}

// SignupTool is the tool configuration of a Signup.
type SignupTool struct {
	Version      string            `json:"version,omitempty"`
	DeploymentID string            `json:"deployment_id,omitempty"`
	Target       string            `json:"target_link_uri"`
	Domain       string            `json:"domain"`
	Description  string            `json:"description"`
	Messages     []SignupMessage   `json:"messages"`
	Custom       map[string]string `json:"custom_parameters"`
	Claims       []string          `json:"claims"`
}

// SignupMessage is a message that the tool takes.
type SignupMessage struct {
	Type       string   `json:"type"`
	Target     string   `json:"target_link_uri,omitempty"`
	Label      string   `json:"label,omitempty"`
	Placements []string `json:"placements,omitempty"`
}

// Signup is what the tool has registered; nil before it has.
func (l *LMS) Signup() *Signup {
	l.signups.mu.Lock()
	defer l.signups.mu.Unlock()
	return l.signups.done
}

// registeredFor reports whether the tool asked for a scope when it registered, if it
// did so itself. Who may change line items may read them too, at Moodle's
// registration alone.
func (l *LMS) registeredFor(scope string) bool {
	s := l.Signup()
	if s == nil {
		return true
	}
	asked := strings.Fields(s.Scope)
	return slices.Contains(asked, scope) ||
		scope == scopeLineItemRead && l.Profile.Registration.Sloppy && slices.Contains(asked, scopeLineItem)
}

// Activate is the admin who lets people use the tool that was registered, where it
// is pending until then.
func (l *LMS) Activate() {
	l.signups.mu.Lock()
	defer l.signups.mu.Unlock()
	l.signups.active = true
}

// pending reports a tool that waits for Activate.
func (l *LMS) pending() bool {
	l.signups.mu.Lock()
	defer l.signups.mu.Unlock()
	return l.signups.done != nil && !l.signups.active
}

// toolCustom are the parameters of the tool: configured, or registered.
func (l *LMS) toolCustom() map[string]string {
	custom := maps.Clone(l.Custom)
	if custom == nil {
		custom = make(map[string]string)
	}
	if s := l.Signup(); s != nil {
		maps.Copy(custom, s.Tool.Custom)
	}
	return custom
}
