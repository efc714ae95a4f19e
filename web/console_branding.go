package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathBranding = pathSettings + "/branding"

// brandingPage is how the school's pages look.
type brandingPage struct {
	consolePage
	Look        admin.Branding
	Accent      string // as typed, else as it is
	Light, Dark *admin.Shades
	Wrong       map[string]string
}

// showBranding answers GET /console/settings/branding.
func (s *Server) showBranding(c *gin.Context, v admin.Visitor) error {
	b, err := s.Console.Branding(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	return s.renderBranding(c, v, http.StatusOK, &brandingPage{Look: b, Accent: b.Accent})
}

func (s *Server) renderBranding(c *gin.Context, v admin.Visitor, status int, p *brandingPage) error {
	p.consolePage = s.consolePage(c, v, pathSettings, "console.settings.branding")
	p.Back = pathSettings
	if accent, ok := admin.ParseColour(p.Accent); ok {
		light, dark := admin.ShadesOf(accent)
		p.Light, p.Dark = &light, &dark
	}
	return s.renderConsoleAs(c, status, "console_branding", p)
}

// saveBranding answers POST /console/settings/branding.
func (s *Server) saveBranding(c *gin.Context, v admin.Visitor) error {
	accent, logo, err := brandingForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	err = s.Console.ChangeBranding(ctx, v, accent, logo)
	if wrong := s.mistakes(c, err); wrong != nil {
		b, err := s.Console.Branding(ctx, v.Tenant.ID)
		if err != nil {
			return err
		}
		return s.renderBranding(c, v, wrongForm, &brandingPage{Look: b, Accent: accent, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	return done(c, pathBranding, "console.said.saved")
}

// brandingForm reads a form that brings a file along.
func brandingForm(c *gin.Context) (accent string, logo admin.LogoChange, err error) {
	kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return "", logo, &statusError{http.StatusUnsupportedMediaType, "error.form"}
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, admin.MaxLogo+maxForm)
	if err := c.Request.ParseMultipartForm(admin.MaxLogo + maxForm); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", logo, err
		}
		return "", logo, &classroom.Error{Code: classroom.Invalid, Message: "error.form", Err: errors.New("the form cannot be read")}
	}
	accent, logo.Remove = strings.TrimSpace(c.Request.PostFormValue("accent")), c.Request.PostFormValue("remove") != ""
	file, _, err := c.Request.FormFile("logo")
	if errors.Is(err, http.ErrMissingFile) {
		return accent, logo, nil
	}
	if err != nil {
		return "", logo, err
	}
	defer file.Close()
	logo.Picture, err = io.ReadAll(file)
	return accent, logo, err
}
