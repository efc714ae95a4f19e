package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

// policiesPage is what the school decides for one platform, and what the switches
// of its role policy would make of people.
type policiesPage struct {
	consolePage
	Platform classroom.Platform // with its policies as typed, else as they are
	Switches []roleSwitch
	Starters []classroom.StartPolicy
	Guests   []classroom.GuestPolicy
	Names    []classroom.NamesPolicy
	Channels []classroom.ChannelPolicy
	Pilot    string // a course a line
	Wrong    map[string]string

	Tried   bool // the rest says what the policy would do
	Roles   string
	Would   *verdict // of Roles; nil: none were typed
	Person  string
	People  []classroom.NamedEnrolment
	Changes []classroom.RoleChange
}

// roleSwitch is one switch of the form.
type roleSwitch struct {
	Name    classroom.RoleSwitch
	On      bool
	Default bool
}

// verdict is what roles make of a person.
type verdict struct {
	classroom.Standing
	Reads string // what the room's page tells them
}

// Becomes is what the policy on the page makes of somebody.
func (p *policiesPage) Becomes(e classroom.NamedEnrolment) bool { return e.Became(p.Platform.Roles) }

// showPolicies answers GET /console/settings/platforms/:platform.
func (s *Server) showPolicies(c *gin.Context, v admin.Visitor) error {
	p, err := s.Classroom.PolicyPlatform(c.Request.Context(), v.Tenant.ID, c.Param("platform"))
	if err != nil {
		return err
	}
	return s.renderPolicies(c, http.StatusOK, s.policiesPage(c, v, p))
}

func (s *Server) policiesPage(c *gin.Context, v admin.Visitor, platform classroom.Platform) *policiesPage {
	p := &policiesPage{
		consolePage: s.consolePage(c, v, pathSettings, "console.settings.platform", "Name", platform.Name), Platform: platform,
		Starters: classroom.StartPolicies(), Guests: classroom.GuestPolicies(), Names: classroom.NamesPolicies(), Channels: classroom.ChannelPolicies(),
		Pilot: strings.Join(platform.Pilot, "\n"),
	}
	p.Back = pathSettings
	p.Platform.Starters = cmp.Or(platform.Starters, classroom.StartModerators)
	for _, name := range classroom.RoleSwitches() {
		p.Switches = append(p.Switches, roleSwitch{name, platform.Roles.On(name), name.Default()})
	}
	return p
}

func (s *Server) renderPolicies(c *gin.Context, status int, p *policiesPage) error {
	return s.renderConsoleAs(c, status, "console_settings_platform", p)
}

// typedPolicies reads the form over what is in force.
func typedPolicies(form url.Values, p classroom.Platform) classroom.Platform {
	p.Starters = classroom.StartPolicy(form.Get("starters"))
	p.ChatGuests = classroom.GuestPolicy(form.Get("guests"))
	p.NamesInPosts = classroom.NamesPolicy(form.Get("names"))
	p.Channels = classroom.ChannelPolicy(form.Get("channels"))
	p.Record = form.Get("record") != ""
	p.RecordNotice = form.Get("notice")
	p.Pilot = strings.Split(form.Get("pilot"), "\n")
	p.Roles = typedRoles(form)
	return p
}

func typedRoles(form url.Values) classroom.RolePolicy {
	policy := classroom.RolePolicy{Switches: map[classroom.RoleSwitch]bool{}}
	for _, name := range classroom.RoleSwitches() {
		if on := form.Get("role_"+string(name)) != ""; on != name.Default() {
			policy.Switches[name] = on
		}
	}
	return policy
}

// savePolicies answers POST /console/settings/platforms/:platform.
func (s *Server) savePolicies(c *gin.Context, v admin.Visitor) error {
	ctx := c.Request.Context()
	was, form, err := s.policyForm(c, v)
	if err != nil {
		return err
	}
	became, err := classroom.CheckPolicies(typedPolicies(form, was))
	if wrong := s.mistakes(c, err); wrong != nil {
		p := s.policiesPage(c, v, became)
		p.Wrong, p.Pilot = wrong, form.Get("pilot")
		return s.renderPolicies(c, wrongForm, p)
	}
	act := admin.Act{Name: "platform.policies", Subject: was.Name, SubjectID: was.ID, Detail: admin.Changes(policyFacts(was), policyFacts(became))}
	if err := s.Console.Record(ctx, v, act, s.Classroom.ChangePolicies(ctx, became)); err != nil {
		return err
	}
	return done(c, pathSettings+"/platforms/"+was.ID, "console.said.saved")
}

func (s *Server) policyForm(c *gin.Context, v admin.Visitor) (classroom.Platform, url.Values, error) {
	p, err := s.Classroom.PolicyPlatform(c.Request.Context(), v.Tenant.ID, c.Param("platform"))
	if err != nil {
		return p, nil, err
	}
	form, err := postedForm(c, maxPlacement)
	return p, form, err
}

// policyFacts are what the audit log says of a platform's policies.
func policyFacts(p classroom.Platform) map[string]string {
	facts := map[string]string{
		"who may start": string(cmp.Or(p.Starters, classroom.StartModerators)), "guests of the chat": string(p.ChatGuests),
		"names in posts": string(p.NamesInPosts), "channels": string(p.Channels), "record": strconv.FormatBool(p.Record),
		"notice": p.RecordNotice, "pilot": strings.Join(p.Pilot, ", "),
	}
	for _, name := range classroom.RoleSwitches() {
		facts["role switch "+string(name)] = strconv.FormatBool(p.Roles.On(name))
	}
	return facts
}

// tryPolicies answers POST /console/settings/platforms/:platform/try: what the
// policy as typed would make of roles, of a person, and of whoever is enrolled.
func (s *Server) tryPolicies(c *gin.Context, v admin.Visitor) error {
	ctx := c.Request.Context()
	was, form, err := s.policyForm(c, v)
	if err != nil {
		return err
	}
	p := s.policiesPage(c, v, typedPolicies(form, was))
	p.Pilot, p.Tried = form.Get("pilot"), true
	p.Roles, p.Person = form.Get("roles"), strings.TrimSpace(form.Get("person"))
	if roles := typedRoleNames(p.Roles); len(roles) > 0 {
		p.Would = p.verdict(p.Platform.Roles.Decide(lti.ParseRoles(roles)))
	}
	if p.Changes, err = s.Classroom.RoleChanges(ctx, was, p.Platform.Roles); err != nil {
		return err
	}
	if p.Person != "" && v.May(admin.ReadPeople) {
		if p.People, err = s.Classroom.EnrolmentsNamed(ctx, was, p.Person); err != nil {
			return err
		}
	}
	return s.renderPolicies(c, http.StatusOK, p)
}

// maxTriedRoles is more than any LMS sends.
const maxTriedRoles = 50

// typedRoleNames takes roles as they stand in a launch, or by their short names.
func typedRoleNames(text string) []string {
	roles := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\"'[]\t\r\n", r) })
	return slices.Clip(roles[:min(len(roles), maxTriedRoles)])
}

func (p *policiesPage) verdict(standing classroom.Standing) *verdict {
	as := p.Text("room.as_viewer")
	if standing.Moderator {
		as = p.Text("room.as_moderator")
	}
	return &verdict{standing, p.Text("room.why."+standing.Why, "As", as, "Role", cmp.Or(standing.RoleName, "?"))}
}
