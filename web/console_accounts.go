package web

import (
	"net/http"
	"net/url"

	"classbridge/admin"

	"github.com/gin-gonic/gin"
)

const pathAccounts = "/console/accounts"

// accountsPage lists who may sign in.
type accountsPage struct {
	consolePage
	Accounts []admin.Account
	More     string // address of the next page; empty: this is the last
}

// accountOnePage is one account, as who manages accounts sees it.
type accountOnePage struct {
	consolePage
	Account    admin.Account
	Name, Role string // as typed
	Roles      []admin.Role
	Sessions   []admin.Session
	Ways       admin.WaysIn
	Wrong      map[string]string
}

// invitePage makes an account.
type invitePage struct {
	consolePage
	Email, Name, Role string
	Roles             []admin.Role
	Wrong             map[string]string
}

func (s *Server) accountsRoutes() []consoleRoute {
	one := pathAccounts + "/:account"
	return []consoleRoute{
		{get, pathAccounts, admin.ManageAccounts, s.showAccounts},
		{get, pathAccounts + "/invite", admin.ManageAccounts, s.afterProof("", s.showInvite)},
		{post, pathAccounts + "/invite", admin.ManageAccounts, s.afterProof(pathAccounts+"/invite", s.invite)},
		{get, pathAccounts + "/sso", admin.ManageAccounts, s.afterProof("", s.showSSOSettings)},
		{post, pathAccounts + "/sso", admin.ManageAccounts, s.afterProof(pathAccounts+"/sso", s.saveSSOSettings)},
		{get, one, admin.ManageAccounts, s.showOneAccount},
		{post, one, admin.ManageAccounts, s.afterProof(pathAccounts, s.saveOneAccount)},
		{post, one + "/disable", admin.ManageAccounts, s.afterProof(pathAccounts, s.disableAccount)},
		{post, one + "/enable", admin.ManageAccounts, s.afterProof(pathAccounts, s.enableAccount)},
		{post, one + "/sign-out", admin.ManageAccounts, s.afterProof(pathAccounts, s.signAccountOut)},
		{post, one + "/reset", admin.ManageAccounts, s.afterProof(pathAccounts, s.resetAccount)},
	}
}

// accountsShown is how many accounts a page lists.
const accountsShown = 50

// showAccounts answers GET /console/accounts.
func (s *Server) showAccounts(c *gin.Context, v admin.Visitor) error {
	p := &accountsPage{consolePage: s.consolePage(c, v, pathAccounts, "console.accounts")}
	var err error
	if p.Accounts, err = s.Console.Store.AccountsFrom(c.Request.Context(), v.Tenant.ID, c.Query("after"), accountsShown+1); err != nil {
		return err
	}
	if len(p.Accounts) > accountsShown {
		p.Accounts = p.Accounts[:accountsShown]
		p.More = pathAccounts + "?" + url.Values{"after": {p.Accounts[accountsShown-1].Email}}.Encode()
	}
	return s.renderConsole(c, "console_accounts", p)
}

// showInvite answers GET /console/accounts/invite.
func (s *Server) showInvite(c *gin.Context, v admin.Visitor) error {
	return s.renderInvite(c, v, http.StatusOK, invitePage{Role: string(admin.Admin)})
}

func (s *Server) renderInvite(c *gin.Context, v admin.Visitor, status int, p invitePage) error {
	p.consolePage = s.consolePage(c, v, pathAccounts, "console.accounts.invite")
	p.Back, p.Roles = pathAccounts, admin.Roles()
	return s.renderConsoleAs(c, status, "console_accounts_invite", &p)
}

// invite answers POST /console/accounts/invite by the page with the link: it is
// shown once, so there is nothing to lead to.
func (s *Server) invite(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	a, code, err := s.Console.Invite(c.Request.Context(), v, form.Get("email"), form.Get("name"), admin.Role(form.Get("role")))
	if text, status, again := s.mistake(c, err); again {
		return s.renderInvite(c, v, status, invitePage{
			Email: form.Get("email"), Name: form.Get("name"), Role: form.Get("role"), Wrong: map[string]string{fieldOf(err): text},
		})
	}
	if err != nil {
		return err
	}
	return s.showLinkOnce(c, v, a, code, false)
}

func (s *Server) showLinkOnce(c *gin.Context, v admin.Visitor, a admin.Account, code string, reset bool) error {
	p := &oneTimeLink{
		consolePage: s.consolePage(c, v, pathAccounts, "console.accounts.link", "Email", a.Email),
		Account:     a, Address: s.Console.Address(code), Reset: reset,
	}
	p.Back = pathAccounts
	return s.renderConsole(c, "console_accounts_link", p)
}

// showOneAccount answers GET /console/accounts/:account.
func (s *Server) showOneAccount(c *gin.Context, v admin.Visitor) error {
	a, err := s.Console.Store.Account(c.Request.Context(), v.Tenant.ID, c.Param("account"))
	if err != nil {
		return err
	}
	return s.renderOneAccount(c, v, http.StatusOK, accountOnePage{Account: a, Name: a.Name, Role: string(a.Role)})
}

func (s *Server) renderOneAccount(c *gin.Context, v admin.Visitor, status int, p accountOnePage) error {
	p.consolePage = s.consolePage(c, v, pathAccounts, "console.accounts.one", "Email", p.Account.Email)
	p.Back, p.Roles = pathAccounts, admin.Roles()
	var err error
	if p.Sessions, err = s.Console.SessionsOf(c.Request.Context(), p.Account); err != nil {
		return err
	}
	if p.Ways, err = s.Console.WaysIn(c.Request.Context(), p.Account); err != nil {
		return err
	}
	return s.renderConsoleAs(c, status, "console_accounts_one", &p)
}

// changed answers what came of a change of one account.
func (s *Server) changed(c *gin.Context, v admin.Visitor, err error, said string, form url.Values) error {
	path := pathAccounts + "/" + c.Param("account")
	text, status, again := s.mistake(c, err)
	switch {
	case err == nil:
		return done(c, path, said)
	case !again:
		return err
	}
	a, err := s.Console.Store.Account(c.Request.Context(), v.Tenant.ID, c.Param("account"))
	if err != nil {
		return err
	}
	p := accountOnePage{Account: a, Name: a.Name, Role: string(a.Role), Wrong: map[string]string{"role": text}}
	if form != nil {
		p.Name, p.Role = form.Get("name"), form.Get("role")
	}
	return s.renderOneAccount(c, v, status, p)
}

// saveOneAccount answers POST /console/accounts/:account.
func (s *Server) saveOneAccount(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	if _, err := s.Console.Store.Account(c.Request.Context(), v.Tenant.ID, c.Param("account")); err != nil {
		return err
	}
	err = s.Console.ChangeAccount(c.Request.Context(), v, c.Param("account"), form.Get("name"), admin.Role(form.Get("role")))
	return s.changed(c, v, err, "console.said.saved", form)
}

// disableAccount answers POST /console/accounts/:account/disable.
func (s *Server) disableAccount(c *gin.Context, v admin.Visitor) error {
	err := s.Console.DisableAccount(c.Request.Context(), v, c.Param("account"), true)
	return s.changed(c, v, err, "console.said.account_disabled", nil)
}

// enableAccount answers POST /console/accounts/:account/enable.
func (s *Server) enableAccount(c *gin.Context, v admin.Visitor) error {
	err := s.Console.DisableAccount(c.Request.Context(), v, c.Param("account"), false)
	return s.changed(c, v, err, "console.said.account_enabled", nil)
}

// signAccountOut answers POST /console/accounts/:account/sign-out.
func (s *Server) signAccountOut(c *gin.Context, v admin.Visitor) error {
	err := s.Console.EndSessionsOf(c.Request.Context(), v, c.Param("account"))
	return s.changed(c, v, err, "console.said.sessions_ended", nil)
}

// resetAccount answers POST /console/accounts/:account/reset by the new link.
func (s *Server) resetAccount(c *gin.Context, v admin.Visitor) error {
	a, code, err := s.Console.ResetSignIn(c.Request.Context(), v, c.Param("account"))
	if err != nil {
		return s.changed(c, v, err, "", nil)
	}
	return s.showLinkOnce(c, v, a, code, true)
}
