package web

import (
	"errors"
	"net/http"
	"net/url"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathProve = "/console/prove"

// provePage asks somebody who is signed in to show once more who they are.
type provePage struct {
	consolePage
	Next     string
	Wrong    string
	Password bool // the account has one
	Passkey  *admin.Ceremony
	Provider string // name of the school's own sign-in, if it vouches for the account
}

// afterProof lets handle run only when the visitor has shown lately who they are;
// others are led to the proof, and then to page. An empty page is the address itself.
func (s *Server) afterProof(page string, handle func(*gin.Context, admin.Visitor) error) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		if s.Console.Proved(v) {
			return handle(c, v)
		}
		next := page
		if next == "" {
			next = c.Request.URL.RequestURI()
		}
		return seeOther(c, pathProve+"?"+url.Values{"next": {next}}.Encode())
	}
}

// showProve answers GET /console/prove.
func (s *Server) showProve(c *gin.Context, v admin.Visitor) error {
	return s.renderProve(c, v, http.StatusOK, provePage{Next: nextPage(c.Query("next"))})
}

func (s *Server) renderProve(c *gin.Context, v admin.Visitor, status int, p provePage) error {
	p.consolePage = s.consolePage(c, v, pathAccount, "console.prove")
	p.Scripts = append(p.Scripts, "passkey.js")
	ways, err := s.Console.WaysIn(c.Request.Context(), v.Account)
	if err != nil {
		return err
	}
	p.Password = v.Account.Password != ""
	if len(ways.Passkeys) > 0 && s.Console.HasPasskeys() {
		ceremony, err := s.Console.AskPasskey()
		if err != nil {
			return err
		}
		p.Passkey = &ceremony
	}
	h := headers{form: formSelf}
	if ways.Linked {
		p.Provider, h.form = ways.ProviderName, formOutside
		if p.Provider == "" {
			p.Provider = p.Text("console.sign_in.school")
		}
	}
	return s.render(c, status, "console_prove", &p, h)
}

// proveByPassword answers POST /console/prove.
func (s *Server) proveByPassword(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	e, err := s.Console.ProvePassword(c.Request.Context(), v, form.Get("password"), s.from(c))
	return s.proved(c, v, admin.MethodPassword, e, err, form)
}

// proveByPasskey answers POST /console/prove/passkey.
func (s *Server) proveByPasskey(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	e, err := s.Console.ProvePasskey(c.Request.Context(), v, form.Get("state"), form.Get("answer"), s.from(c))
	return s.proved(c, v, admin.MethodPasskey, e, err, form)
}

func (s *Server) proved(c *gin.Context, v admin.Visitor, method string, e admin.Entry, err error, form url.Values) error {
	if err == nil {
		return letIn(c, e, nextPage(form.Get("next")))
	}
	s.noteSignIn(c, method, err)
	text, status, again := s.mistake(c, err)
	if !again {
		return err
	}
	return s.renderProve(c, v, status, provePage{Next: nextPage(form.Get("next")), Wrong: text})
}

// proveByProvider answers POST /console/prove/sso.
func (s *Server) proveByProvider(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	return s.leaveForProvider(c, v.Account.TenantID, admin.SSOProve, nextPage(form.Get("next")), v)
}

// isMessage reports whether an error is the refusal of that text.
func isMessage(err error, message string) bool {
	var refused *classroom.Error
	return errors.As(err, &refused) && refused.Message == message
}
