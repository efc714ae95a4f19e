package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// addresses are what an LMS has to know of this tool, to copy.
type addresses struct {
	Register string // with the invitation's code; this page's own
	Login    string
	Launch   string
	Keys     string
	Canvas   string // configuration to paste
}

func (s *Server) addresses(c *gin.Context) addresses {
	return addresses{
		Register: s.URL + registerPath(c.Param("invitation")),
		Login:    s.Tool.LoginURL(), Launch: s.Tool.RedirectURI(), Keys: s.Tool.JWKSURL(),
		Canvas: s.URL + "/lti/config.json",
	}
}

// invitedPage says how an address of an invitation is used.
type invitedPage struct {
	basePage
	Invitation classroom.Invitation
	Addresses  addresses
}

// offerPage says what would be registered, and asks.
type offerPage struct {
	basePage
	classroom.Offer
	Request   classroom.RegistrationRequest
	Proof     string // signed; the form sends it back
	Changed   bool   // since the admin agreed
	Action    string
	Addresses addresses
}

// LMSName is what the LMS is called until it is registered.
func (p offerPage) LMSName() string {
	u, err := url.Parse(p.LMS.Issuer)
	if err != nil {
		return p.LMS.Issuer
	}
	return u.Host
}

// Family is the LMS's own word for its kind, in the spelling that people know.
func (p offerPage) Family() string { return familyName(p.LMS.Family) }

func familyName(code string) string {
	names := map[string]string{familyMoodle: "Moodle", familyCanvas: "Canvas", familyBrightspace: "Brightspace", familySakai: "Sakai"}
	return cmp.Or(names[familyOf(code)], code)
}

// offeredMessage is something that people will find in the LMS.
type offeredMessage struct {
	Text       string   // its id
	Placements []string // where, in the LMS's words
}

// Messages are what people will find in the LMS.
func (p offerPage) Messages() []offeredMessage {
	var all []offeredMessage
	for _, m := range p.Registration.Messages {
		switch m.Type {
		case lti.ResourceLinkRequest:
			all = append(all, offeredMessage{"register.message.open", m.Placements})
		case lti.DeepLinkingRequest:
			all = append(all, offeredMessage{"register.message.choose", m.Placements})
		}
	}
	return all
}

// lmsService is a service of the LMS: why we ask for it, and what is without it.
type lmsService struct {
	why, without string // ids of texts; without is empty where nobody misses it
	scopes       []string
}

func lmsServices() []lmsService {
	return []lmsService{
		{"register.service.roster", "register.missing.roster", []string{lti.ScopeRoster}},
		{"register.service.grades", "register.missing.grades", []string{lti.ScopeScore, lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead}},
		{"register.service.groups", "register.missing.groups", []string{lti.ScopeGroups}},
		{"register.service.notices", "", []string{lti.ScopeNoticeHandlers}},
	}
}

// Services are the ids of texts for the services that will be used.
func (p offerPage) Services() []string {
	var ids []string
	for _, s := range lmsServices() {
		if p.gets(s) {
			ids = append(ids, s.why)
		}
	}
	return ids
}

// Missing are the ids of texts for what the LMS does not offer. Moodle tells
// groups with each launch instead.
func (p offerPage) Missing() []string {
	var ids []string
	_, groups := p.Registration.Custom[lti.CustomGroups]
	for _, s := range lmsServices() {
		byLaunch := groups && slices.Contains(s.scopes, lti.ScopeGroups)
		if s.without != "" && !byLaunch && !p.gets(s) {
			ids = append(ids, s.without)
		}
	}
	return ids
}

func (p offerPage) gets(s lmsService) bool {
	return slices.ContainsFunc(s.scopes, func(scope string) bool { return slices.Contains(p.Registration.Scopes, scope) })
}

// Claims are the ids of texts for what launches will tell of a person.
func (p offerPage) Claims() []string {
	ids := []string{"register.claim.role"}
	add := func(text string, claims ...string) {
		if slices.ContainsFunc(claims, func(claim string) bool { return slices.Contains(p.Registration.Claims, claim) }) {
			ids = append(ids, text)
		}
	}
	add("register.claim.name", "name", "given_name", "family_name")
	add("register.claim.email", "email")
	add("register.claim.locale", "locale")
	return ids
}

// customParameter is a custom parameter as LMSs write it, and why it is asked for.
type customParameter struct{ Line, Why string }

// Custom lists the custom parameters, by name.
func (p offerPage) Custom() []customParameter {
	why := map[string]string{
		lti.CustomTimezone:       "register.custom.timezone",
		lti.CustomContextHistory: "register.custom.copies",
		lti.CustomLinkHistory:    "register.custom.copies",
		lti.CustomGroups:         "register.custom.groups",
	}
	var all []customParameter
	for _, name := range slices.Sorted(maps.Keys(p.Registration.Custom)) {
		all = append(all, customParameter{name + "=" + p.Registration.Custom[name], why[name]})
	}
	return all
}

// registeredPage says how far the set-up of a registration has come, and what
// only the LMS's admin can do now. It holds nothing that is secret.
type registeredPage struct {
	basePage
	Platform    classroom.Platform
	KeysMissing bool
	Addresses   addresses
}

// State is the id of the text that says whether launches are taken.
func (p registeredPage) State() string {
	switch {
	case p.Platform.Disabled:
		return "register.state.disabled"
	case p.Platform.Pending:
		return "register.state.pending"
	}
	return "register.state.active"
}

// Deployments is the id of the text that says which deployments need no approval;
// empty where the platform has told the one that there is.
func (p registeredPage) Deployments() string {
	switch {
	case p.Platform.NewDeployments == classroom.DeploymentFirst:
		return "register.deployments.first"
	case lti.SharedIssuer(p.Platform.Issuer) && p.Platform.NewDeployments == classroom.DeploymentPending:
		return "register.deployments.shared"
	}
	return ""
}

// Todo are the ids of texts for what is left to do in this kind of LMS.
func (p registeredPage) Todo() []string { return todoOf(p.Platform.Family) }

// todoOf are the ids of texts for what is left to do in a kind of LMS after it was
// registered.
func todoOf(family string) []string {
	switch familyOf(family) {
	case familyMoodle:
		return []string{"register.todo.moodle.activate", "register.todo.moodle.chooser", "register.todo.moodle.grades",
			"register.todo.moodle.window", "register.todo.moodle.privacy"}
	case familyCanvas:
		return []string{"register.todo.canvas.enable", "register.todo.canvas.install", "register.todo.canvas.privacy", "register.todo.canvas.menu"}
	case familyBrightspace:
		return []string{"register.todo.brightspace.deploy", "register.todo.brightspace.privacy", "register.todo.brightspace.links"}
	case familySakai:
		return []string{"register.todo.sakai.enable", "register.todo.sakai.privacy", "register.todo.sakai.window"}
	}
	return []string{"register.todo.other.enable", "register.todo.other.privacy", "register.todo.other.grades", "register.todo.other.window"}
}

// StepText is the id of the text of a step.
func (p registeredPage) StepText(s classroom.Step) string { return "register.step." + string(s) }

func knownOrigin(origins []string, o string) bool {
	return slices.ContainsFunc(origins, func(known string) bool {
		scheme, suffix, wild := strings.Cut(known, "*")
		return known == o || wild && strings.HasPrefix(o, scheme) && strings.HasSuffix(o, suffix)
	})
}

// The kinds of LMS whose admins are told more, by the beginning of what they call
// themselves (product_family_code).
const (
	familyMoodle      = lti.FamilyMoodle
	familyCanvas      = lti.FamilyCanvas
	familyBrightspace = "desire2learn"
	familySakai       = "sakai"
)

// familyOf is one of these, or empty.
func familyOf(code string) string {
	for _, family := range []string{familyMoodle, familyCanvas, familyBrightspace, familySakai} {
		if strings.HasPrefix(strings.ToLower(code), family) {
			return family
		}
	}
	return ""
}
