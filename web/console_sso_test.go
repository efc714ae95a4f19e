package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// ada gives the provider's person an account.
func (p *provider) ada(role admin.Role) admin.Account {
	a := p.account(classroom.DefaultTenant, role, goodPassword)
	a.Email = "ada@school.example"
	p.must(p.db.SaveAccount(p.Context(), a))
	return a
}

func TestSSO(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, nil)
	a := p.ada(admin.Helpdesk)
	u := w.stranger()
	page := u.want(http.StatusOK, get, pathSignIn, nil)
	if checkPage(t, page); !strings.Contains(page, "School ID") || strings.Contains(page, p.url) {
		t.Error("the page does not offer the school's sign-in, or tells where it is")
	}
	back := p.visit(u, pathSSO, url.Values{"next": {pathAccount}})
	for name, want := range map[string]string{"response_type": "code", "client_id": "classbridge", "code_challenge_method": "S256", "scope": "openid email profile"} {
		if p.asked.Get(name) != want {
			t.Errorf("%s is %q", name, p.asked.Get(name))
		}
	}
	if to := u.want(http.StatusSeeOther, get, back, nil); to != pathAccount || !u.in() {
		t.Errorf("leads to %s, in: %t", to, u.in())
	}
	for name := range u.cookies {
		if strings.HasPrefix(name, cookieSSO) {
			t.Errorf("cookie %s stays", name)
		}
	}
	u.want(http.StatusUnauthorized, get, back, nil) // a second time
	p.claims["email"], p.claims["email_verified"] = "other@school.example", false
	again := w.stranger() // whose account it is, the subject says from now on
	if resp, page := p.signIn(again); resp.StatusCode != http.StatusSeeOther || !strings.Contains(again.want(http.StatusOK, get, pathAccount, nil), a.Email) {
		t.Errorf("the second time: %d\n%s", resp.StatusCode, page)
	}
}

// What does not hold lets nobody in.
func TestSSORefused(t *testing.T) {
	elsewhere := func(v url.Values, name, value string) { v.Set(name, value) }
	tests := []struct {
		name   string
		claims func(map[string]any)
		answer func(url.Values)
		status int
	}{
		{"another nonce", func(c map[string]any) { c["nonce"] = "other" }, nil, http.StatusForbidden},
		{"no nonce", func(c map[string]any) { delete(c, "nonce") }, nil, http.StatusForbidden},
		{"another audience", func(c map[string]any) { c["aud"] = "other" }, nil, http.StatusForbidden},
		{"another issuer", func(c map[string]any) { c["iss"] = "https://evil.example" }, nil, http.StatusForbidden},
		{"expired", func(c map[string]any) { c["exp"] = 1 }, nil, http.StatusForbidden},
		{"no subject", func(c map[string]any) { c["sub"] = "" }, nil, http.StatusForbidden},
		{"an address that is not verified", func(c map[string]any) { c["email_verified"] = false }, nil, http.StatusForbidden},
		{"an address of which nothing is said", func(c map[string]any) { delete(c, "email_verified") }, nil, http.StatusForbidden},
		{"no address", func(c map[string]any) { delete(c, "email") }, nil, http.StatusForbidden},
		{"somebody else", func(c map[string]any) { c["sub"], c["email"] = "eve", "eve@school.example" }, nil, http.StatusForbidden},
		{"another code", nil, func(v url.Values) { elsewhere(v, "code", "stolen") }, http.StatusForbidden},
		{"no code", nil, func(v url.Values) { v.Del("code") }, http.StatusForbidden},
		{"an error", nil, func(v url.Values) { elsewhere(v, "error", "server_error") }, http.StatusForbidden},
		{"cancelled", nil, func(v url.Values) { elsewhere(v, "error", "access_denied") }, http.StatusForbidden},
		{"another provider's answer", nil, func(v url.Values) { elsewhere(v, "iss", "https://evil.example") }, http.StatusForbidden},
		{"another state", nil, func(v url.Values) { elsewhere(v, "state", "e30.e30") }, http.StatusUnauthorized},
		{"no state", nil, func(v url.Values) { v.Del("state") }, http.StatusUnauthorized},
	}
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, nil)
	p.ada(admin.Owner)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p.spoil = test.claims
			u := w.stranger()
			back, err := url.Parse(p.visit(u, pathSSO, url.Values{}))
			w.must(err)
			q := back.Query()
			if test.answer != nil {
				test.answer(q)
			}
			resp, page := u.do(get, back.Path+"?"+q.Encode(), nil)
			if resp.StatusCode != test.status || u.cookies[doorConsole] != "" {
				t.Errorf("%d, want %d:\n%s", resp.StatusCode, test.status, page)
			}
			checkPage(t, page)
		})
	}
	for _, secret := range []string{clientSecret, "the-code"} {
		if lines := w.log.with(secret); len(lines) > 0 {
			t.Errorf("the log has %q: %v", secret, lines)
		}
	}
}

// An answer belongs to the browser that asked: nobody can be made to sign in as
// somebody else.
func TestSSOBelongsToTheBrowser(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, nil)
	p.ada(admin.Owner)
	mallory, victim := w.stranger(), w.stranger()
	back := p.visit(mallory, pathSSO, url.Values{})
	p.visit(victim, pathSSO, url.Values{}) // has a cookie of its own
	before := p.tokens
	victim.want(http.StatusUnauthorized, get, back, nil)
	if p.tokens != before || victim.cookies[doorConsole] != "" {
		t.Error("the code was exchanged for another browser")
	}
	back = p.visit(mallory, pathSSO, url.Values{})
	w.clock.forward(admin.SSOLife + time.Second)
	mallory.want(http.StatusUnauthorized, get, back, nil)
}

// A group makes accounts, and their role follows it; but the last owner stays one.
func TestSSOGroups(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, func(s *admin.SSOProvider) {
		s.Rules = []admin.GroupRule{{Group: "cn=help,dc=school", Role: admin.Helpdesk}, {Group: "it", Role: admin.Admin}, {Group: "heads", Role: admin.Owner}}
		s.Domains = []string{"school.example"}
	})
	role := func(groups any) admin.Role {
		p.claims["groups"] = groups
		resp, _ := p.signIn(w.stranger())
		a, _, err := w.db.FindAccountByEmail(t.Context(), "ada@school.example")
		w.must(err)
		if resp.StatusCode != http.StatusSeeOther {
			return ""
		}
		return a.Role
	}
	for _, test := range []struct {
		groups any
		want   admin.Role
	}{
		{[]string{"students"}, ""},
		{[]string{"cn=help,dc=school"}, admin.Helpdesk},
		{[]string{"it", "cn=help,dc=school"}, admin.Admin},
		{"it", admin.Admin},
		{[]string{}, ""},
		{[]string{"heads"}, admin.Owner},
		{[]string{"it"}, admin.Owner}, // nobody else would manage accounts
	} {
		if got := role(test.groups); got != test.want {
			t.Errorf("groups %v: %q, want %q", test.groups, got, test.want)
		}
	}
	w.account(classroom.DefaultTenant, admin.Owner, "")
	if got := role("it"); got != admin.Admin {
		t.Errorf("with another owner: %q", got)
	}
	p.claims["sub"], p.claims["email"], p.claims["groups"] = "eve", "eve@evil.example", "heads"
	if resp, _ := p.signIn(w.stranger()); resp.StatusCode != http.StatusForbidden {
		t.Errorf("an address of another domain: %d", resp.StatusCode)
	}
}

// A provider is one tenant's: it vouches for nobody elsewhere.
func TestSSOOfAnotherTenant(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	school := w.otherSchool()
	p.offer(school.ID, func(s *admin.SSOProvider) { s.Rules = []admin.GroupRule{{Group: "it", Role: admin.Owner}} })
	p.ada(admin.Owner)
	p.claims["groups"] = "it"
	u := w.stranger()
	if page := u.want(http.StatusOK, get, pathSignIn, nil); strings.Contains(page, "School ID") {
		t.Error("another tenant's provider is offered to all")
	}
	if page := u.want(http.StatusOK, get, pathSignIn+"?school="+school.ID, nil); !strings.Contains(page, "School ID") {
		t.Error("the provider is not offered at the school's own address")
	}
	u.want(http.StatusForbidden, get, p.visit(u, pathSSO, url.Values{"school": {school.ID}}), nil)
}

// Where the school wants its own sign-in, owners still come in without it.
func TestSSORequired(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, func(s *admin.SSOProvider) { s.Required = true })
	owner, other := w.account(classroom.DefaultTenant, admin.Owner, goodPassword), w.account(classroom.DefaultTenant, admin.Admin, goodPassword)
	p.serve = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) }
	w.signsIn(owner)
	page := w.stranger().want(http.StatusUnprocessableEntity, post, pathSignIn, url.Values{"email": {other.Email}, "password": {goodPassword}})
	if !strings.Contains(wrongOf(page), "own sign-in") {
		t.Errorf("the page says %q", wrongOf(page))
	}
	w.stranger().want(http.StatusServiceUnavailable, post, pathSSO, url.Values{})
}

// A provider that misbehaves costs little.
func TestSSOUnreachable(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, nil)
	for name, serve := range map[string]http.HandlerFunc{
		"endless": func(rw http.ResponseWriter, _ *http.Request) {
			for range 4 << 10 {
				if _, err := rw.Write(make([]byte, 1<<10)); err != nil {
					return
				}
			}
		},
		"HTML": func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("<html>")) },
		"redirects": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "http://169.254.169.254/", http.StatusFound)
		},
		"another issuer": func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte(`{"issuer":"https://evil.example","authorization_endpoint":"https://evil.example/a","token_endpoint":"https://evil.example/t","jwks_uri":"https://evil.example/k"}`))
		},
		"an endpoint that is none": func(rw http.ResponseWriter, _ *http.Request) {
			_, _ = rw.Write([]byte(`{"issuer":"` + p.url + `","authorization_endpoint":"javascript:alert(1)","token_endpoint":"x","jwks_uri":"x"}`))
		},
	} {
		p.serve = serve
		if resp, _ := w.stranger().do(post, pathSSO, url.Values{}); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

// Somebody links their own account by being signed in on both sides, and proves
// who they are by signing in there anew.
func TestSSOLinkAndProve(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	p.offer(classroom.DefaultTenant, nil)
	a := w.account(classroom.DefaultTenant, admin.Admin, goodPassword)
	p.claims["email_verified"] = false
	u := w.signsIn(a)
	if to := u.want(http.StatusSeeOther, get, p.visit(u, pathAccount+"/sso", url.Values{}), nil); to != pathAccount+"?said=console.said.linked" {
		t.Errorf("linking leads to %s", to)
	}
	if resp, _ := p.signIn(w.stranger()); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("signing in by the link: %d", resp.StatusCode)
	}
	other := w.signsIn(w.account(classroom.DefaultTenant, admin.Auditor, goodPassword))
	other.want(http.StatusConflict, get, p.visit(other, pathAccount+"/sso", url.Values{}), nil)
	u.stale()
	back := p.visit(u, pathProve+"/sso", url.Values{"next": {pathPassword}})
	if p.asked.Get("prompt") != "login" || p.asked.Get("max_age") != "0" {
		t.Errorf("the provider is asked %v", p.asked)
	}
	if to := u.want(http.StatusSeeOther, get, back, nil); to != pathPassword {
		t.Errorf("the proof leads to %s", to)
	}
	u.want(http.StatusOK, get, pathPassword, nil)
	u.stale()
	p.spoil = func(c map[string]any) { c["auth_time"] = w.clock.Now().Add(-time.Hour).Unix() }
	u.want(http.StatusForbidden, get, p.visit(u, pathProve+"/sso", url.Values{}), nil)
}

func TestSSOSettings(t *testing.T) {
	w := newWorld(t)
	p := w.provider()
	u := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	at := pathAccounts + "/sso"
	form := func(change ...string) url.Values {
		v := url.Values{
			"issuer": {p.url}, "client_id": {"classbridge"}, "client_secret": {clientSecret}, "name": {"School ID"}, "enabled": {"yes"},
			"groups_claim": {"groups"}, "rules": {"it = admin\r\ncn=help,dc=school = helpdesk\r\n"}, "domains": {"school.example, @example.org"},
		}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	for field, wrong := range map[string]url.Values{
		"issuer":        form("issuer", "http://login.example.org"),
		"client-id":     form("client_id", " "),
		"client-secret": form("client_secret", ""),
		"rules":         form("rules", "it = root"),
		"domains":       form("domains", "example"),
		"name":          form("name", "a\x00b"),
	} {
		page := u.want(http.StatusUnprocessableEntity, post, at, wrong)
		if checkPage(t, page); !strings.Contains(page, `id="`+field+`-wrong"`) || strings.Contains(page, clientSecret) {
			t.Errorf("%s: the page does not say what is wrong, or repeats the secret", field)
		}
	}
	u.want(http.StatusSeeOther, post, at, form())
	u.want(http.StatusSeeOther, post, at, form("client_secret", "", "name", "ID"))
	kept, _, err := w.db.FindSSOProvider(t.Context(), classroom.DefaultTenant)
	w.must(err)
	if kept.ClientSecret != clientSecret || kept.Name != "ID" || len(kept.Rules) != 2 || kept.Rules[1].Group != "cn=help,dc=school" || len(kept.Domains) != 2 {
		t.Errorf("kept is %+v", kept)
	}
	if page := u.want(http.StatusOK, get, at, nil); strings.Contains(page, clientSecret) || !strings.Contains(page, "A secret is set") {
		t.Error("the page shows the secret, or not that it is set")
	}
	other := w.provider()
	if page := u.want(http.StatusUnprocessableEntity, post, at, form("issuer", other.url, "client_secret", "")); !strings.Contains(page, "client-secret-wrong") {
		t.Error("the secret of one issuer is sent to another")
	}
	p.serve = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) }
	u.want(http.StatusUnprocessableEntity, post, at, form())
}
