package lti

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
)

// What Canvas calls itself in the names of its own extensions.
const (
	canvasHost   = "canvas.instructure.com"
	canvasPrefix = "https://" + canvasHost + "/lti/"
	canvasToolID = "classbridge" // the same in every course and account: tools are told apart by it
)

type canvasConfiguration struct {
	Title       string            `json:"title"`
	Description string            `json:"description"`
	LoginURL    string            `json:"oidc_initiation_url"`
	Target      string            `json:"target_link_uri"`
	KeySet      string            `json:"public_jwk_url"`
	Scopes      []string          `json:"scopes"`
	Extensions  []canvasExtension `json:"extensions"`
	Custom      map[string]string `json:"custom_fields"`
}

type canvasExtension struct {
	Platform string         `json:"platform"`
	Domain   string         `json:"domain"`
	ToolID   string         `json:"tool_id"`
	Privacy  string         `json:"privacy_level"`
	Settings canvasSettings `json:"settings"`
}

type canvasSettings struct {
	Text       string            `json:"text"`
	IconURL    string            `json:"icon_url,omitempty"`
	Placements []canvasPlacement `json:"placements"`
}

type canvasPlacement struct {
	Placement string `json:"placement"`
	Message   string `json:"message_type"`
	Target    string `json:"target_link_uri"`
	Text      string `json:"text"`
	IconURL   string `json:"icon_url,omitempty"`
	Default   string `json:"default,omitempty"`
}

// CanvasConfiguration is what an admin of Canvas gives to a developer key, by
// pasting it or its address, where tools may not register themselves.
func (t *Tool) CanvasConfiguration(d ToolDescription) ([]byte, error) {
	base, err := url.Parse(t.URL)
	if err != nil {
		return nil, fmt.Errorf("canvas configuration: %w", err)
	}
	config := canvasConfiguration{
		Title: d.Name, Description: d.Description,
		LoginURL: t.LoginURL(), Target: t.RedirectURI(), KeySet: t.JWKSURL(),
		Scopes: without(d.Scopes, ScopeGroups), Custom: d.custom(),
		Extensions: []canvasExtension{{
			Platform: canvasHost, Domain: base.Host, ToolID: canvasToolID, Privacy: "public",
			Settings: canvasSettings{Text: d.Name, IconURL: d.LogoURL, Placements: t.canvasPlacements(d)},
		}},
	}
	delete(config.Custom, CustomGroups) // Moodle's own
	return json.MarshalIndent(config, "", "  ")
}

// without leaves out a scope that Canvas does not know: it takes all or nothing.
func without(scopes []string, unknown string) []string {
	return append([]string{}, slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == unknown })...)
}

func (t *Tool) canvasPlacements(d ToolDescription) []canvasPlacement {
	var all []canvasPlacement
	for _, m := range wantedMessages(FamilyCanvas) {
		for _, name := range m.placements {
			if standardPlacement(name) {
				continue // a name of the specification's for what has one of Canvas's too
			}
			p := canvasPlacement{
				Placement: name, Message: m.kind, Target: t.RedirectURI(), Text: d.label(m.kind), IconURL: d.LogoURL,
			}
			if name == courseNavigation {
				p.Default = "disabled" // in no course's menu until its teacher wants it
			}
			all = append(all, p)
		}
	}
	return all
}
