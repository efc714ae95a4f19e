package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	// cookieKnown tells a browser again in which somebody was signed in before.
	cookieKnown = "__Host-classbridge-browser"
	// cookieSSO binds one sign-in at the school's provider to this browser.
	cookieSSO = "__Host-classbridge-oidc-"

	pathSignOut = "/console/sign-out"
	pathSSO     = pathSignIn + "/sso"
	pathWelcome = "/console/welcome/:code"
)

// entranceRoutes are the console's addresses for whoever is not signed in.
func (s *Server) entranceRoutes() []route {
	return []route{
		{get, pathSignIn, s.showSignIn},
		{post, pathSignIn, s.signInByPassword},
		{post, pathSignIn + "/passkey", s.signInByPasskey},
		{post, pathSSO, s.askProvider},
		{get, pathSSO, s.providerAnswered},
		{post, pathSignOut, s.signOutOfConsole},
		{get, pathWelcome, s.showWelcome},
		{post, pathWelcome, s.arrive},
	}
}

// signInPage asks who somebody is.
type signInPage struct {
	basePage
	Next     string
	School   string // whose provider is offered; empty: the first tenant's
	Email    string // as typed
	Wrong    string // what is wrong, as a text
	Passkey  *admin.Ceremony
	Provider string // name of the school's own sign-in; empty: none
}

// showSignIn answers GET /console/sign-in.
func (s *Server) showSignIn(c *gin.Context) error {
	next := nextPage(c.Query("next"))
	if _, err := s.consoleVisit(c); err == nil {
		return seeOther(c, next)
	}
	return s.renderSignIn(c, http.StatusOK, signInPage{Next: next, School: c.Query("school")})
}

func (s *Server) renderSignIn(c *gin.Context, status int, p signInPage) error {
	p.basePage = s.base(c)
	p.Title = p.Text("console.title", "Page", p.Text("console.sign_in"))
	p.Styles, p.Scripts = []string{"console.css"}, []string{"passkey.js"}
	if s.Console.HasPasskeys() {
		ceremony, err := s.Console.AskPasskey()
		if err != nil {
			return err
		}
		p.Passkey = &ceremony
	}
	provider, on, err := s.providerOf(c, p.School)
	if err != nil {
		return err
	}
	h := headers{form: formSelf}
	if on {
		p.Provider = provider.Name
		if p.Provider == "" {
			p.Provider = p.Text("console.sign_in.school")
		}
		h.form = formOutside // the form of the provider's button ends there
	}
	return s.render(c, status, "console_sign_in", p, h)
}

// providerOf is the provider of the tenant that an address names. There is no
// list of tenants: it would tell strangers who they are.
func (s *Server) providerOf(c *gin.Context, school string) (admin.SSOProvider, bool, error) {
	return s.Console.SSO(c.Request.Context(), schoolID(school))
}

func schoolID(school string) string {
	if isID(school) {
		return school
	}
	return classroom.DefaultTenant
}

// from is the browser that asks.
func (s *Server) from(c *gin.Context) admin.From {
	value := func(name string) string {
		cookie, err := c.Request.Cookie(name)
		if err != nil {
			return ""
		}
		return cookie.Value
	}
	return admin.From{
		Address: s.address(c).String(), Browser: strings.ToValidUTF8(c.Request.UserAgent(), ""),
		Known: value(cookieKnown), Session: value(doorConsole),
	}
}

// letIn gives the browser what a sign-in, or a proof, has made for it.
func letIn(c *gin.Context, e admin.Entry, to string) error {
	openConsole(c, e.Token)
	setLax(c, cookieKnown, e.Known, admin.KnownFor)
	return seeOther(c, to)
}

// signInByPassword answers POST /console/sign-in.
func (s *Server) signInByPassword(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	e, err := s.Console.SignIn(c.Request.Context(), form.Get("email"), form.Get("password"), s.from(c))
	return s.signedIn(c, admin.MethodPassword, e, err, form)
}

// signInByPasskey answers POST /console/sign-in/passkey.
func (s *Server) signInByPasskey(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	e, err := s.Console.SignInPasskey(c.Request.Context(), form.Get("state"), form.Get("answer"), s.from(c))
	return s.signedIn(c, admin.MethodPasskey, e, err, form)
}

// signedIn answers what came of a sign-in: the console, or the page once more.
func (s *Server) signedIn(c *gin.Context, method string, e admin.Entry, err error, form url.Values) error {
	s.noteSignIn(c, method, err)
	if err == nil {
		return letIn(c, e, nextPage(form.Get("next")))
	}
	p := signInPage{Next: nextPage(form.Get("next")), School: form.Get("school"), Email: form.Get("email")}
	var again bool
	var status int
	if p.Wrong, status, again = s.mistake(c, err); !again {
		return err
	}
	return s.renderSignIn(c, status, p)
}

// mistake is the text of what somebody can put right in a form, and the status of
// the page that says so. again is false for what is no mistake of theirs.
func (s *Server) mistake(c *gin.Context, err error) (text string, status int, again bool) {
	var (
		wait    *admin.WaitError
		refused *classroom.Error
	)
	switch {
	case errors.As(err, &wait):
		seconds := int((wait.Wait + time.Second - 1) / time.Second)
		c.Header("Retry-After", strconv.Itoa(seconds))
		return s.printer(c).Text("console.sign_in.wait", "Count", seconds), http.StatusTooManyRequests, true
	case errors.As(err, &refused) && refused.Code != classroom.NotFound && strings.HasPrefix(refused.Message, "console.") && s.Texts.Has(refused.Message):
		return s.printer(c).Text(refused.Message), http.StatusUnprocessableEntity, true
	}
	return "", 0, false
}

// noteSignIn counts a sign-in, and logs one that was refused, within the budget
// of its address.
func (s *Server) noteSignIn(c *gin.Context, method string, err error) {
	result, wait := "ok", (*admin.WaitError)(nil)
	switch {
	case errors.As(err, &wait):
		result = "wait"
	case classroom.Is(err, classroom.Forbidden), classroom.Is(err, classroom.Expired):
		result = "refused"
	case err != nil:
		result = "failed"
	}
	if s.Observe.SignIn != nil {
		s.Observe.SignIn(method, result)
	}
	if err != nil && s.refusals.allow(s.address(c)) {
		s.Log.InfoContext(c.Request.Context(), "sign-in refused", "method", method, "reason", result, "address", s.address(c).String(), "err", err)
	}
}

// signOutOfConsole answers POST /console/sign-out.
func (s *Server) signOutOfConsole(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	from := s.from(c)
	if err := s.Console.SignOut(c.Request.Context(), from.Session, from.Address, form.Get("everywhere") != ""); err != nil {
		return err
	}
	closeConsole(c)
	return seeOther(c, pathSignIn)
}
