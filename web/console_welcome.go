package web

import (
	"net/http"
	"net/url"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// welcomePage lets somebody choose how they sign in from now on.
type welcomePage struct {
	basePage
	Code    string
	First   bool // makes the first account
	Name    string
	Email   string
	Wrong   map[string]string // field to what is wrong with it
	Passkey *admin.Ceremony
}

// showWelcome answers GET /console/welcome/:code. Looking uses nothing up.
func (s *Server) showWelcome(c *gin.Context) error {
	w, err := s.Console.Welcome(c.Request.Context(), c.Param("code"))
	if err != nil {
		return err
	}
	return s.renderWelcome(c, http.StatusOK, w, welcomePage{Name: w.Account.Name, Email: w.Account.Email})
}

func (s *Server) renderWelcome(c *gin.Context, status int, w admin.Welcome, p welcomePage) error {
	p.basePage, p.Code, p.First = s.base(c), c.Param("code"), w.Account.ID == ""
	p.Title = p.Text("console.title", "Page", p.Text("console.welcome"))
	p.Styles, p.Scripts = []string{"console.css"}, []string{"passkey.js"}
	if s.Console.HasPasskeys() {
		ceremony, err := s.Console.OfferPasskey(c.Request.Context(), w.Account)
		if err != nil {
			return err
		}
		p.Passkey = &ceremony
	}
	return s.render(c, status, "console_welcome", p, headers{form: formSelf})
}

// arrive answers POST /console/welcome/:code.
func (s *Server) arrive(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	ctx, code := c.Request.Context(), c.Param("code")
	w, err := s.Console.Welcome(ctx, code)
	if err != nil {
		return err
	}
	e, err := s.Console.Arrive(ctx, code, admin.Arrival{
		Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"),
		Passkey: form.Get("answer"), State: form.Get("state"),
	}, s.from(c))
	s.noteSignIn(c, admin.MethodLink, err)
	switch {
	case err == nil && w.Account.ID == "":
		return letIn(c, e, pathSetup)
	case err == nil:
		return letIn(c, e, pathConsole)
	case isMessage(err, "console.error.link"): // somebody was faster with it
		return err
	}
	p := welcomePage{Name: form.Get("name"), Email: form.Get("email"), Wrong: map[string]string{}}
	if p.Email == "" {
		p.Email = w.Account.Email
	}
	text, status, again := s.mistake(c, err)
	if !again {
		return err
	}
	p.Wrong[fieldOf(err)] = text
	return s.renderWelcome(c, status, w, p)
}

// fieldOf is the field that a refusal is about.
func fieldOf(err error) string {
	switch {
	case isMessage(err, "console.account.name_wrong"):
		return "name"
	case isMessage(err, "console.account.email_wrong"), isMessage(err, "console.account.email_taken"):
		return "email"
	case isMessage(err, "console.account.role_wrong"):
		return "role"
	case isMessage(err, "console.passkey.refused"), isMessage(err, "console.passkey.stale"), isMessage(err, "console.passkey.many"):
		return "passkey"
	}
	return "password"
}

// oneTimeLink shows the address of a link, once.
type oneTimeLink struct {
	consolePage
	Account admin.Account
	Address string
	Reset   bool
}

func schoolLink(base, tenantID string) string {
	if tenantID == classroom.DefaultTenant {
		return base + pathSignIn
	}
	return base + pathSignIn + "?" + url.Values{"school": {tenantID}}.Encode()
}
