package lti

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ToolDescription is what we tell of ourselves.
type ToolDescription struct {
	Name, Description string
	LogoURL           string            // may be empty
	Labels            map[string]string // Name in other languages, by locale
	DeepLinkingLabel  string            // on the button that opens the choice of rooms; Name if empty
	Custom            map[string]string // beside those that every launch needs
	Scopes            []string          // of the services that are used
	Claims            []string          // about the person
}

// The custom parameters that are asked for at every registration, and come with
// launches where the platform knows the variable.
const (
	CustomTimezone       = "timezone"
	CustomContextHistory = "context_id_history"       // courses that this one was copied from
	CustomLinkHistory    = "resource_link_id_history" // links that this one was copied from
	CustomGroups         = "user_groups"              // Moodle's, which has no groups service
)

// custom is what goes with each launch, by variables (LTI Core §6).
func (d ToolDescription) custom() map[string]string {
	all := map[string]string{
		CustomTimezone:       "$Person.address.timezone",
		CustomContextHistory: "$Context.id.history",
		CustomLinkHistory:    "$ResourceLink.id.history",
		CustomGroups:         "$Moodle.Person.userGroupIds",
	}
	maps.Copy(all, d.Custom)
	return all
}

func (d ToolDescription) label(message string) string {
	if message == DeepLinkingRequest {
		return cmp.Or(d.DeepLinkingLabel, d.Name)
	}
	return d.Name
}

// Registration is what will be registered: a page can show it, and it marshals
// to the request of Dynamic Registration §3.5.
type Registration struct {
	Name, Description string
	Names             map[string]string // by locale
	Domain            string
	HomeURL           string
	LoginURL          string
	RedirectURI       string // where launches go
	JWKSURL           string
	LogoURL           string
	Family            string // of the platform
	Scopes, Claims    []string
	Messages          []RegisteredMessage
	Custom            map[string]string
}

// RegisteredMessage is a message that we will take, and where people find it.
type RegisteredMessage struct {
	Type, Label string
	Placements  []string // empty: where the platform usually has it
}

// JWKSURL is the address of our key set.
func (t *Tool) JWKSURL() string { return strings.TrimSuffix(t.URL, "/") + "/lti/jwks" }

// RegistrationFor asks for what we want and the platform has: some refuse
// everything for one scope or placement that they do not know. A list that the
// platform leaves out says nothing, and everything is asked for.
func (t *Tool) RegistrationFor(c *PlatformConfiguration, d ToolDescription) *Registration {
	r := &Registration{
		Name: d.Name, Description: d.Description, Names: d.Labels,
		HomeURL: t.URL, LoginURL: t.LoginURL(), RedirectURI: t.RedirectURI(), JWKSURL: t.JWKSURL(), LogoURL: d.LogoURL,
		Family: c.Family,
		Scopes: offered(d.Scopes, c.Scopes), Claims: offered(d.Claims, c.Claims),
		Custom: make(map[string]string),
	}
	if u, err := url.Parse(t.URL); err == nil {
		r.Domain = u.Host // with the port: Moodle compares it with that of the launches
	}
	for _, m := range wantedMessages(c.Family) {
		if placements, ok := c.takes(m); ok {
			r.Messages = append(r.Messages, RegisteredMessage{Type: m.kind, Label: d.label(m.kind), Placements: placements})
		}
	}
	for name, value := range d.custom() {
		variable, substituted := strings.CutPrefix(value, "$")
		if !substituted || len(c.Variables) == 0 || slices.Contains(c.Variables, variable) {
			r.Custom[name] = value
		}
	}
	return r
}

// offered are the wanted that there are.
func offered(wanted, there []string) []string {
	if len(there) == 0 {
		return slices.Clone(wanted)
	}
	var both []string
	for _, w := range wanted {
		if slices.Contains(there, w) {
			both = append(both, w)
		}
	}
	return both
}

// wantedMessage is a message, and in which places of the platform's pages.
type wantedMessage struct {
	kind       string
	placements []string
}

const (
	contentArea      = "ContentArea"       // Dynamic Registration §3.2: the course's contents
	richTextEditor   = "RichTextEditor"    // Dynamic Registration §3.2: the editor of texts
	courseNavigation = "course_navigation" // Canvas's menu of a course
)

func standardPlacement(name string) bool { return name == contentArea || name == richTextEditor }

// wantedMessages: Canvas gives each placement to one message only, so a link that
// is launched must not be found where rooms are chosen.
func wantedMessages(family string) []wantedMessage {
	choose := wantedMessage{DeepLinkingRequest, []string{contentArea, richTextEditor}}
	open := wantedMessage{kind: ResourceLinkRequest}
	if family == FamilyCanvas {
		choose.placements = append(choose.placements, "link_selection", "editor_button", "assignment_selection")
		open.placements = []string{courseNavigation}
	}
	return []wantedMessage{choose, open}
}

// takes returns the placements that the platform has for the message, in its own
// spelling, and whether it has the message.
func (c *PlatformConfiguration) takes(m wantedMessage) ([]string, bool) {
	if len(c.Messages) == 0 {
		return nil, true
	}
	for _, supported := range c.Messages {
		if supported.Type != m.kind {
			continue
		}
		var both []string
		for _, name := range supported.Placements {
			if slices.Contains(m.placements, strings.TrimPrefix(name, canvasPrefix)) {
				both = append(both, name)
			}
		}
		return both, true
	}
	return nil, false
}

// MarshalJSON makes the request (Dynamic Registration §3.5).
func (r *Registration) MarshalJSON() ([]byte, error) {
	body := map[string]any{
		"application_type":           "web",
		"response_types":             []string{"id_token"},
		"grant_types":                []string{"implicit", "client_credentials"},
		"initiate_login_uri":         r.LoginURL,
		"redirect_uris":              []string{r.RedirectURI},
		"client_name":                r.Name,
		"client_uri":                 r.HomeURL,
		"jwks_uri":                   r.JWKSURL,
		"token_endpoint_auth_method": "private_key_jwt",
		"scope":                      strings.Join(r.Scopes, " "),
		toolConfiguration:            r.toolConfiguration(),
	}
	if r.LogoURL != "" {
		body["logo_uri"] = r.LogoURL
	}
	for locale, name := range r.Names {
		body["client_name#"+locale] = name // OpenID Connect Registration §2.1
	}
	return json.Marshal(body)
}

const toolConfiguration = "https://purl.imsglobal.org/spec/lti-tool-configuration"

func (r *Registration) toolConfiguration() map[string]any {
	messages := make([]map[string]any, 0, len(r.Messages))
	for _, m := range r.Messages {
		messages = append(messages, r.message(m))
	}
	config := map[string]any{
		"domain":            r.Domain,
		"description":       r.Description,
		"target_link_uri":   r.RedirectURI,
		"custom_parameters": r.Custom,
		"claims":            append([]string{}, r.Claims...),
		"messages":          messages,
	}
	if r.Family == FamilyCanvas {
		config[canvasPrefix+"privacy_level"] = "public" // names and addresses; anonymous if not said
		config[canvasPrefix+"tool_id"] = canvasToolID
	}
	return config
}

func (r *Registration) message(m RegisteredMessage) map[string]any {
	message := map[string]any{"type": m.Type, "target_link_uri": r.RedirectURI, "label": m.Label}
	if r.LogoURL != "" {
		message["icon_uri"] = r.LogoURL
	}
	if len(m.Placements) > 0 {
		message["placements"] = m.Placements
	}
	if r.Family == FamilyCanvas && m.Type == ResourceLinkRequest {
		message[canvasPrefix+"course_navigation/default_enabled"] = false // until the course's teacher wants it
	}
	return message
}
