package web

import (
	"net/http"
	"net/url"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// ssoPage sets the school's own sign-in up.
type ssoPage struct {
	consolePage
	Set       admin.SSOSettings // as typed; never the secret
	HasSecret bool
	Roles     []admin.Role
	Redirect  string
	SignInAt  string
	Wrong     map[string]string
}

// showSSOSettings answers GET /console/accounts/sso.
func (s *Server) showSSOSettings(c *gin.Context, v admin.Visitor) error {
	p, _, err := s.Console.Store.FindSSOProvider(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	set := admin.SSOSettings{
		Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, Scopes: p.Scopes, GroupsClaim: p.GroupsClaim,
		Rules: p.RulesText(), Domains: strings.Join(p.Domains, " "), Required: p.Required, Enabled: p.Enabled,
	}
	return s.renderSSOSettings(c, v, http.StatusOK, ssoPage{Set: set})
}

func (s *Server) renderSSOSettings(c *gin.Context, v admin.Visitor, status int, p ssoPage) error {
	kept, _, err := s.Console.Store.FindSSOProvider(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	p.consolePage = s.consolePage(c, v, pathAccounts, "console.sso")
	p.Back, p.Roles, p.HasSecret = pathAccounts, admin.Roles(), kept.ClientSecret != ""
	p.Redirect, p.SignInAt = s.Console.SSORedirect(), schoolLink(s.URL, v.Tenant.ID)
	p.Set.ClientSecret = ""
	return s.renderConsoleAs(c, status, "console_sso", &p)
}

// saveSSOSettings answers POST /console/accounts/sso.
func (s *Server) saveSSOSettings(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, 2*maxForm)
	if err != nil {
		return err
	}
	set := ssoSettings(form)
	err = s.Console.SetSSO(c.Request.Context(), v, set)
	if err == nil {
		return done(c, pathAccounts+"/sso", "console.said.saved")
	}
	text, status, again := s.mistake(c, err)
	if !again {
		return err
	}
	if classroom.Is(err, classroom.Unavailable) { // what went wrong is theirs to mend: the address, or the provider
		s.Log.InfoContext(c.Request.Context(), "single sign-on could not be tried", "err", err)
	}
	return s.renderSSOSettings(c, v, status, ssoPage{Set: set, Wrong: map[string]string{ssoField(err): text}})
}

func ssoSettings(form url.Values) admin.SSOSettings {
	return admin.SSOSettings{
		Name: form.Get("name"), Issuer: form.Get("issuer"), ClientID: form.Get("client_id"), ClientSecret: form.Get("client_secret"),
		Scopes: form.Get("scopes"), GroupsClaim: form.Get("groups_claim"), Rules: form.Get("rules"), Domains: form.Get("domains"),
		Required: form.Get("required") != "", Enabled: form.Get("enabled") != "",
	}
}

// ssoField is the field that a refusal is about.
func ssoField(err error) string {
	for message, field := range map[string]string{
		"console.sso.client_missing": "client_id", "console.sso.secret_missing": "client_secret",
		"console.sso.rules_wrong": "rules", "console.sso.domains_wrong": "domains", "console.sso.text_wrong": "name",
	} {
		if isMessage(err, message) {
			return field
		}
	}
	return "issuer"
}
