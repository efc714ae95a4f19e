package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

func (s *Server) platformAddRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathLTI + "/new", admin.Change, s.newPlatformForm},
		{post, pathPlatforms, admin.Change, s.addPlatform},
	}
}

// byHand is the choice of an LMS that has no preset.
const byHand = "other"

// ltiField is one field of a form about a registration.
type ltiField struct {
	Name, Value, Wrong string
	Hint               string // id of a text; empty: none
	URL                bool
	Optional           bool
}

// platformAddPage is the choice of an LMS, and then the form of a registration.
type platformAddPage struct {
	consolePage
	Presets     []lti.Preset
	Preset      string // chosen; byHand: none of them; empty: nothing is chosen yet
	LMS         string
	Form        lti.ToolForm // what to fill in there
	Fields      []ltiField
	Deployments string
	OnPremises  bool
	Wrong       map[string]string
}

// newPlatformForm answers GET /console/lti/new.
func (s *Server) newPlatformForm(c *gin.Context, v admin.Visitor) error {
	return s.renderPlatformAdd(c, v, http.StatusOK, url.Values{"preset": {c.Query("preset")}}, nil)
}

func (s *Server) renderPlatformAdd(c *gin.Context, v admin.Visitor, status int, form url.Values, wrong map[string]string) error {
	p := &platformAddPage{
		consolePage: s.consolePage(c, v, pathLTI, "console.lti.add"), Presets: lti.Presets(), Preset: form.Get("preset"),
		Deployments: form.Get("deployments"), OnPremises: form.Get("on-premises") != "", Wrong: wrong,
	}
	p.Back = pathLTI
	preset, found := lti.FindPreset(p.Preset)
	switch {
	case found:
		p.LMS, p.Form = preset.LMS, preset.Form(s.Tool)
		p.fill(form, preset.Needs(), nil)
		p.fill(form, nil, []string{"name"})
	case p.Preset == byHand:
		p.LMS, p.Form = p.Text("console.lti.lms"), lti.PlainForm(s.Tool)
		p.fill(form, []string{lti.NeedIssuer, lti.NeedClientID, "auth-url", lti.NeedTokenURL, lti.NeedJWKSURL}, []string{"audience", "family", "name"})
	default:
		p.Preset = ""
	}
	return s.renderConsoleAs(c, status, "console_lti_add", p)
}

// fill adds fields with what was typed.
func (p *platformAddPage) fill(form url.Values, needed, optional []string) {
	for i, name := range slices.Concat(needed, optional) {
		p.Fields = append(p.Fields, ltiField{
			Name: name, Value: form.Get(name), Wrong: p.Wrong[name], URL: strings.HasSuffix(name, "url"), Optional: i >= len(needed),
		})
	}
}

// registrationForm is what was posted; blanks at the ends come from copying.
func registrationForm(form url.Values) classroom.RegistrationForm {
	of := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	f := classroom.RegistrationForm{
		URL: of(lti.NeedURL), Name: of("name"), Issuer: of(lti.NeedIssuer), ClientID: of(lti.NeedClientID),
		AuthURL: of("auth-url"), TokenURL: of(lti.NeedTokenURL), JWKSURL: of(lti.NeedJWKSURL),
		Audience: of("audience"), Family: of("family"), OnPremises: of("on-premises") != "", DeploymentIDs: linesOf(form.Get("deployments")),
	}
	if preset := of("preset"); preset != byHand {
		f.Preset = preset
	}
	return f
}

// linesOf are the lines that are not empty.
func linesOf(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// addPlatform answers POST /console/lti/platforms.
func (s *Server) addPlatform(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	added, err := s.Classroom.AddPlatform(ctx, v.Tenant.ID, registrationForm(form))
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderPlatformAdd(c, v, wrongForm, form, wrong)
	}
	act := admin.Act{Name: "platform.add", Subject: added.Name, SubjectID: added.ID, Detail: admin.Changes(nil, platformFacts(added))}
	if err := s.Console.Record(ctx, v, act, err); err != nil {
		return err
	}
	said := "console.said.lti_added"
	if s.Classroom.FetchKeys(ctx, added) != nil {
		said = "console.said.lti_added_keyless"
	}
	return done(c, pathPlatforms+"/"+added.ID, said)
}

// platformFacts are what the audit log says of a registration.
func platformFacts(p classroom.Platform) map[string]string {
	on := func(b bool) string { return map[bool]string{true: "yes", false: "no"}[b] }
	return map[string]string{
		"name": p.Name, "issuer": p.Issuer, "client": p.ClientID, "auth_url": p.AuthURL, "token_url": p.TokenURL, "jwks_url": p.JWKSURL,
		"audience": p.Audience, "family": p.Family, "new_deployments": string(p.NewDeployments), "frame_origins": strings.Join(p.FrameOrigins, " "),
		"on_premises": on(p.OnPremises), "anonymous": on(p.AllowAnonymous), "require_name": on(p.RequireName), "require_course": on(p.RequireContext),
		"disabled": on(p.Disabled), "pending": on(p.Pending),
	}
}

// wordsOf is the reader's text of a refusal of the domain; empty if err is none
// that has one.
func (s *Server) wordsOf(c *gin.Context, err error, prefix string) string {
	var refused *classroom.Error
	if !errors.As(err, &refused) {
		return ""
	}
	for _, id := range []string{prefix + refused.Message, refused.Message} {
		if s.Texts.Has(id) {
			return s.printer(c).Text(id)
		}
	}
	return ""
}
