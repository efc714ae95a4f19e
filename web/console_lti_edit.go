package web

import (
	"net/http"
	"net/url"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// platformEditPage is the form of what may be changed of a registration.
type platformEditPage struct {
	consolePage
	Platform classroom.Platform
	Fields   []ltiField
	Origins  string // one a line
	New      []classroom.DeploymentState
	Form     classroom.PlatformForm
	Wrong    map[string]string
}

// Switches are the form's ticks, by name.
func (p *platformEditPage) Switches() []ltiSwitch {
	switches := []ltiSwitch{
		{"on-premises", p.Form.OnPremises}, {"allow-anonymous", p.Form.AllowAnonymous},
		{"require-name", p.Form.RequireName}, {"require-context", p.Form.RequireContext},
	}
	if !p.Inside {
		switches = switches[1:]
	}
	return switches
}

type ltiSwitch struct {
	Name string
	On   bool
}

// editPlatformForm answers GET /console/lti/platforms/:platform/edit.
func (s *Server) editPlatformForm(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	return s.renderPlatformEdit(c, v, http.StatusOK, &platformEditPage{Platform: of, Form: classroom.FormOf(of)})
}

func (s *Server) renderPlatformEdit(c *gin.Context, v admin.Visitor, status int, p *platformEditPage) error {
	p.consolePage = s.consolePage(c, v, pathLTI, "console.lti.edit", "Name", p.Platform.Name)
	p.Back, p.Origins = pathPlatforms+"/"+p.Platform.ID, strings.Join(p.Form.FrameOrigins, "\n")
	p.New = []classroom.DeploymentState{classroom.DeploymentPending, classroom.DeploymentFirst, classroom.DeploymentActive}
	for _, f := range []ltiField{
		{Name: "name", Value: p.Form.Name}, {Name: "auth-url", Value: p.Form.AuthURL, URL: true}, {Name: "token-url", Value: p.Form.TokenURL, URL: true},
		{Name: "jwks-url", Value: p.Form.JWKSURL, URL: true}, {Name: "audience", Value: p.Form.Audience, Optional: true}, {Name: "family", Value: p.Form.Family, Optional: true},
	} {
		f.Wrong = p.Wrong[f.Name]
		p.Fields = append(p.Fields, f)
	}
	return s.renderConsoleAs(c, status, "console_lti_edit", p)
}

// platformForm is what was posted.
func platformForm(form url.Values) classroom.PlatformForm {
	of := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	return classroom.PlatformForm{
		Name: of("name"), AuthURL: of("auth-url"), TokenURL: of("token-url"), JWKSURL: of("jwks-url"), Audience: of("audience"), Family: of("family"),
		NewDeployments: classroom.DeploymentState(of("new-deployments")), FrameOrigins: linesOf(form.Get("frame-origin")),
		OnPremises: of("on-premises") != "", AllowAnonymous: of("allow-anonymous") != "",
		RequireName: of("require-name") != "", RequireContext: of("require-context") != "",
	}
}

// editPlatform answers POST /console/lti/platforms/:platform.
func (s *Server) editPlatform(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	wish := platformForm(form)
	was, became, err := s.Classroom.EditPlatform(c.Request.Context(), v.Tenant.ID, of.ID, wish)
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderPlatformEdit(c, v, wrongForm, &platformEditPage{Platform: of, Form: wish, Wrong: wrong})
	}
	act := admin.Act{Name: "platform.change", Subject: of.Name, SubjectID: of.ID, Detail: admin.Changes(platformFacts(was), platformFacts(became))}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathPlatforms+"/"+of.ID, "console.said.saved")
}
