package web

import (
	"net/http"

	"classbridge/admin"
	"classbridge/locales"

	"github.com/gin-gonic/gin"
)

const (
	pathAccount  = "/console/account"
	pathPassword = pathAccount + "/password"
	pathPasskeys = pathAccount + "/passkeys"
)

// accountPage is somebody's own account.
type accountPage struct {
	consolePage
	Name, Locale string // as typed
	Languages    []locales.Language
	Sessions     []admin.Session
	Ways         admin.WaysIn
	HasPasskeys  bool
	Wrong        map[string]string
}

// passwordPage asks for a new password.
type passwordPage struct {
	consolePage
	Wrong string
}

// passkeyPage makes a new passkey.
type passkeyPage struct {
	consolePage
	Name    string
	Passkey admin.Ceremony
	Wrong   map[string]string
}

func (s *Server) accountRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathAccount, admin.Read, s.showAccount},
		{post, pathAccount, admin.Read, s.changeAccount},
		{get, pathPassword, admin.Read, s.afterProof("", s.showPassword)},
		{post, pathPassword, admin.Read, s.afterProof(pathPassword, s.changePassword)},
		{get, pathPasskeys, admin.Read, s.afterProof("", s.showPasskey)},
		{post, pathPasskeys, admin.Read, s.afterProof(pathPasskeys, s.addPasskey)},
		{post, pathPasskeys + "/:passkey/remove", admin.Read, s.afterProof(pathAccount, s.removePasskey)},
		{post, pathAccount + "/sessions/end", admin.Read, s.endSession},
		{post, pathAccount + "/sessions/end-others", admin.Read, s.endOtherSessions},
		{post, pathAccount + "/sso", admin.Read, s.afterProof(pathAccount, s.linkProvider)},
		{get, pathProve, admin.Read, s.showProve},
		{post, pathProve, admin.Read, s.proveByPassword},
		{post, pathProve + "/passkey", admin.Read, s.proveByPasskey},
		{post, pathProve + "/sso", admin.Read, s.proveByProvider},
	}
}

// showAccount answers GET /console/account.
func (s *Server) showAccount(c *gin.Context, v admin.Visitor) error {
	return s.renderAccount(c, v, http.StatusOK, accountPage{Name: v.Account.Name, Locale: v.Account.Locale})
}

func (s *Server) renderAccount(c *gin.Context, v admin.Visitor, status int, p accountPage) error {
	p.consolePage = s.consolePage(c, v, pathAccount, "console.account")
	p.Languages, p.HasPasskeys = s.Texts.Languages(), s.Console.HasPasskeys()
	var err error
	if p.Sessions, err = s.Console.SessionsOf(c.Request.Context(), v.Account); err != nil {
		return err
	}
	if p.Ways, err = s.Console.WaysIn(c.Request.Context(), v.Account); err != nil {
		return err
	}
	h := headers{form: formSelf}
	if p.Ways.Provider {
		h.form = formOutside // the form that links ends at the provider
	}
	return s.render(c, status, "console_account", &p, h)
}

// changeAccount answers POST /console/account.
func (s *Server) changeAccount(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	locale := form.Get("locale")
	if !s.Texts.Speaks(locale) {
		locale = ""
	}
	err = s.Console.ChangeOwn(c.Request.Context(), v, form.Get("name"), locale)
	if text, status, again := s.mistake(c, err); again {
		return s.renderAccount(c, v, status, accountPage{Name: form.Get("name"), Locale: locale, Wrong: map[string]string{"name": text}})
	}
	if err != nil {
		return err
	}
	return done(c, pathAccount, "console.said.saved")
}

// showPassword answers GET /console/account/password.
func (s *Server) showPassword(c *gin.Context, v admin.Visitor) error {
	return s.renderPassword(c, v, http.StatusOK, "")
}

func (s *Server) renderPassword(c *gin.Context, v admin.Visitor, status int, wrong string) error {
	p := &passwordPage{consolePage: s.consolePage(c, v, pathAccount, "console.account.password"), Wrong: wrong}
	p.Back = pathAccount
	return s.renderConsoleAs(c, status, "console_account_password", p)
}

// changePassword answers POST /console/account/password.
func (s *Server) changePassword(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	e, err := s.Console.ChangePassword(c.Request.Context(), v, form.Get("password"), s.from(c))
	if text, status, again := s.mistake(c, err); again {
		return s.renderPassword(c, v, status, text)
	}
	if err != nil {
		return err
	}
	return letIn(c, e, pathAccount+"?said=console.said.password")
}

// showPasskey answers GET /console/account/passkeys.
func (s *Server) showPasskey(c *gin.Context, v admin.Visitor) error {
	return s.renderPasskey(c, v, http.StatusOK, &passkeyPage{})
}

func (s *Server) renderPasskey(c *gin.Context, v admin.Visitor, status int, p *passkeyPage) error {
	if !s.Console.HasPasskeys() {
		return &statusError{http.StatusNotFound, "error.page_unknown"}
	}
	p.consolePage = s.consolePage(c, v, pathAccount, "console.account.passkey_new")
	p.Back, p.Scripts = pathAccount, append(p.Scripts, "passkey.js")
	var err error
	if p.Passkey, err = s.Console.OfferPasskey(c.Request.Context(), v.Account); err != nil {
		return err
	}
	return s.renderConsoleAs(c, status, "console_account_passkey", p)
}

// addPasskey answers POST /console/account/passkeys.
func (s *Server) addPasskey(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, 2*maxForm)
	if err != nil {
		return err
	}
	err = s.Console.AddPasskey(c.Request.Context(), v, form.Get("name"), form.Get("state"), form.Get("answer"))
	if text, status, again := s.mistake(c, err); again {
		return s.renderPasskey(c, v, status, &passkeyPage{Name: form.Get("name"), Wrong: map[string]string{fieldOf(err): text}})
	}
	if err != nil {
		return err
	}
	return done(c, pathAccount, "console.said.passkey_added")
}

// removePasskey answers POST /console/account/passkeys/:passkey/remove.
func (s *Server) removePasskey(c *gin.Context, v admin.Visitor) error {
	if err := s.Console.RemovePasskey(c.Request.Context(), v, c.Param("passkey")); err != nil {
		return err
	}
	return done(c, pathAccount, "console.said.passkey_removed")
}

// endSession answers POST /console/account/sessions/end.
func (s *Server) endSession(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	if err := s.Console.EndOwnSession(c.Request.Context(), v, form.Get("session")); err != nil {
		return err
	}
	return done(c, pathAccount, "console.said.session_ended")
}

// endOtherSessions answers POST /console/account/sessions/end-others.
func (s *Server) endOtherSessions(c *gin.Context, v admin.Visitor) error {
	if err := s.Console.EndOtherSessions(c.Request.Context(), v); err != nil {
		return err
	}
	return done(c, pathAccount, "console.said.sessions_ended")
}

// linkProvider answers POST /console/account/sso.
func (s *Server) linkProvider(c *gin.Context, v admin.Visitor) error {
	return s.leaveForProvider(c, v.Account.TenantID, admin.SSOLink, pathAccount, v)
}
