package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// The first account is made once, by whoever was first with the link.
func TestFirstAccount(t *testing.T) {
	w := newWorld(t)
	address, err := w.console.FirstLink(t.Context())
	w.must(err)
	again, err := w.console.FirstLink(t.Context()) // another replica, or a second start
	w.must(err)
	path := strings.TrimPrefix(address, w.url)
	u := w.stranger()
	checkPage(t, u.want(http.StatusOK, get, path, nil))
	u.want(http.StatusOK, get, path, nil) // looking uses nothing up
	for field, form := range map[string]url.Values{
		"name-wrong":     {"name": {" "}, "email": {"ada@example.org"}, "password": {goodPassword}},
		"email-wrong":    {"name": {"Ada"}, "email": {"ada"}, "password": {goodPassword}},
		"password-wrong": {"name": {"Ada"}, "email": {"ada@example.org"}, "password": {"short"}},
	} {
		page := u.want(http.StatusUnprocessableEntity, post, path, form)
		if !strings.Contains(page, `id="`+field+`"`) {
			t.Errorf("the page does not say %s", field)
		}
		checkPage(t, page)
	}
	form := url.Values{"name": {"Ada"}, "email": {"Ada@Example.org"}, "password": {goodPassword}}
	if to := u.want(http.StatusSeeOther, post, path, form); to != pathSetup || !u.in() {
		t.Errorf("the first account leads to %s, in: %t", to, u.in())
	}
	a, found, err := w.db.FindAccountByEmail(t.Context(), "ada@example.org")
	w.must(err)
	if !found || a.Role != admin.Owner || a.TenantID != classroom.DefaultTenant || a.Name != "Ada" {
		t.Errorf("the account is %+v", a)
	}
	for _, used := range []string{path, strings.TrimPrefix(again, w.url)} {
		w.stranger().want(http.StatusUnauthorized, get, used, nil)
		w.stranger().want(http.StatusUnauthorized, post, used, form)
	}
	if more, err := w.console.FirstLink(t.Context()); more != "" || err != nil {
		t.Errorf("there is still a link: %q, %v", more, err)
	}
}

func TestFirstLinkExpires(t *testing.T) {
	w := newWorld(t)
	address, err := w.console.FirstLink(t.Context())
	w.must(err)
	w.clock.forward(admin.FirstLinkFor)
	w.stranger().want(http.StatusUnauthorized, get, strings.TrimPrefix(address, w.url), nil)
}

// Of many who follow first links at once, one becomes the owner.
func TestFirstAccountRace(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 4 {
		address, err := w.console.FirstLink(t.Context())
		w.must(err)
		code := address[strings.LastIndex(address, "/")+1:]
		wg.Go(func() {
			_, err := w.console.Arrive(t.Context(), code, admin.Arrival{Name: "A", Email: code[:8] + "@example.org", Password: goodPassword}, admin.From{})
			if err != nil && !classroom.Is(err, classroom.Expired) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	accounts, err := w.db.Accounts(t.Context(), classroom.DefaultTenant)
	w.must(err)
	if len(accounts) != 1 {
		t.Errorf("%d accounts were made", len(accounts))
	}
}

var shownLink = regexp.MustCompile(`id="link">[^<]*(/console/welcome/[A-Z2-7]+)<`)

// link is the address that a page shows once.
func link(t *testing.T, page string) string {
	t.Helper()
	m := shownLink.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page shows no link:\n%s", page)
	}
	return m[1]
}

func TestInvite(t *testing.T) {
	w := newWorld(t)
	owner := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	form := url.Values{"email": {"Lin@example.org"}, "name": {"Lin"}, "role": {"helpdesk"}}
	page := owner.want(http.StatusOK, post, pathAccounts+"/invite", form)
	checkPage(t, page)
	path := link(t, page)
	if page := owner.want(http.StatusUnprocessableEntity, post, pathAccounts+"/invite", form); !strings.Contains(page, "email-wrong") {
		t.Error("a second invitation of one address is not refused at its field")
	}
	lin := w.stranger()
	checkPage(t, lin.want(http.StatusOK, get, path, nil))
	arrival := url.Values{"name": {"Lin Chen"}, "email": {"owner@example.org"}, "role": {"owner"}, "password": {goodPassword}}
	lin.want(http.StatusSeeOther, post, path, arrival)
	a, found, err := w.db.FindAccountByEmail(t.Context(), "lin@example.org")
	w.must(err)
	if !found || a.Role != admin.Helpdesk || a.Name != "Lin Chen" || !lin.in() {
		t.Errorf("the account is %+v", a)
	}
	w.stranger().want(http.StatusUnauthorized, post, path, arrival)
	for _, page := range []string{pathAccounts, pathAccounts + "/" + a.ID} {
		if strings.Contains(owner.want(http.StatusOK, get, page, nil), path) {
			t.Errorf("%s still shows the link", page)
		}
	}
	late := link(t, owner.want(http.StatusOK, post, pathAccounts+"/invite", url.Values{"email": {"late@example.org"}, "name": {"L"}, "role": {"admin"}}))
	w.clock.forward(admin.LinkFor)
	w.stranger().want(http.StatusUnauthorized, get, late, nil)
}

func TestInviteForms(t *testing.T) {
	w := newWorld(t)
	owner := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	for name, form := range map[string]url.Values{
		"no role":        {"email": {"x@example.org"}, "name": {"X"}},
		"an odd role":    {"email": {"x@example.org"}, "name": {"X"}, "role": {"root"}},
		"two addresses":  {"email": {"x@example.org, y@example.org"}, "name": {"X"}, "role": {"admin"}},
		"a header":       {"email": {"x@example.org\r\nBcc: y@example.org"}, "name": {"X"}, "role": {"admin"}},
		"a long name":    {"email": {"x@example.org"}, "name": {strings.Repeat("x", 101)}, "role": {"admin"}},
		"a control in a": {"email": {"x@example.org"}, "name": {"X\x00Y"}, "role": {"admin"}},
	} {
		page := owner.want(http.StatusUnprocessableEntity, post, pathAccounts+"/invite", form)
		if !strings.Contains(page, `class="wrong"`) {
			t.Errorf("%s: the page does not say what is wrong", name)
		}
		checkPage(t, page)
	}
}

// Whose rights change signs in again; whoever is shut out is out at once.
func TestChangeAccount(t *testing.T) {
	w := newWorld(t)
	owner := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	a := w.account(classroom.DefaultTenant, admin.Auditor, goodPassword)
	path := pathAccounts + "/" + a.ID
	u := w.signsIn(a)
	owner.want(http.StatusSeeOther, post, path, url.Values{"name": {"New Name"}, "role": {"auditor"}})
	if !u.in() {
		t.Error("another name has signed the account out")
	}
	owner.want(http.StatusSeeOther, post, path, url.Values{"name": {"New Name"}, "role": {"admin"}})
	if u.in() {
		t.Error("another role has left the session as it was")
	}
	u = w.signsIn(a)
	owner.want(http.StatusSeeOther, post, path+"/sign-out", url.Values{})
	if u.in() {
		t.Error("still signed in")
	}
	u = w.signsIn(a)
	owner.want(http.StatusSeeOther, post, path+"/disable", url.Values{})
	u.want(http.StatusUnprocessableEntity, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
	if page := owner.want(http.StatusUnprocessableEntity, post, path+"/reset", url.Values{}); !strings.Contains(page, "role-wrong") {
		t.Error("a disabled account can be reset")
	}
	owner.want(http.StatusSeeOther, post, path+"/enable", url.Values{})
	w.signsIn(a)
	reset := link(t, owner.want(http.StatusOK, post, path+"/reset", url.Values{}))
	w.stranger().want(http.StatusUnprocessableEntity, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
	w.stranger().want(http.StatusSeeOther, post, reset, url.Values{"name": {"N"}, "password": {"another gantry 48 violas"}})
	checkPage(t, owner.want(http.StatusOK, get, path, nil))
}

// Somebody stays who can manage accounts.
func TestLastOwner(t *testing.T) {
	w := newWorld(t)
	school := w.otherSchool()
	a, b := w.account(school.ID, admin.Owner, goodPassword), w.account(school.ID, admin.Owner, goodPassword)
	first, second := w.signsIn(a), w.signsIn(b)
	disable := func(a admin.Account) string { return pathAccounts + "/" + a.ID + "/disable" }
	var wg sync.WaitGroup
	wg.Go(func() { first.do(post, disable(b), url.Values{}) })
	wg.Go(func() { second.do(post, disable(a), url.Values{}) })
	wg.Wait()
	left := 0
	accounts, err := w.db.Accounts(t.Context(), school.ID)
	w.must(err)
	for _, one := range accounts {
		if one.Disabled {
			continue
		}
		left++
		u := w.signsIn(one)
		u.want(http.StatusUnprocessableEntity, post, disable(one), url.Values{})
		page := u.want(http.StatusUnprocessableEntity, post, pathAccounts+"/"+one.ID, url.Values{"name": {"N"}, "role": {"admin"}})
		if !strings.Contains(page, "last owner") || !u.in() {
			t.Error("the page does not say why, or the owner is out")
		}
	}
	if left != 1 {
		t.Errorf("%d owners are left, want 1", left)
	}
}

func TestOwnAccount(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Helpdesk, goodPassword)
	u, other := w.signsIn(a), w.signsIn(a)
	foreign := w.signIn(classroom.DefaultTenant, admin.Auditor)
	sessions, err := w.db.Sessions(t.Context(), a.TenantID, a.ID)
	w.must(err)
	strangers, err := w.db.Sessions(t.Context(), a.TenantID, foreign.account.ID)
	w.must(err)
	page := u.want(http.StatusOK, get, pathAccount, nil)
	checkPage(t, page)
	for _, s := range sessions {
		if strings.Contains(page, u.cookies[doorConsole]) || !strings.Contains(page, "Go-http-client") || s.ID == u.cookies[doorConsole] {
			t.Error("the page shows a token, or not the browser")
		}
	}
	u.want(http.StatusSeeOther, post, pathAccount+"/sessions/end", url.Values{"session": {strangers[0].ID}})
	if resp, _ := foreign.do(get, pathConsole, nil); resp.StatusCode != http.StatusOK {
		t.Error("somebody else's session was ended")
	}
	u.want(http.StatusSeeOther, post, pathAccount+"/sessions/end-others", url.Values{})
	if !u.in() || other.in() {
		t.Error("the wrong sessions ended")
	}
	u.want(http.StatusSeeOther, post, pathAccount, url.Values{"name": {"A  New\tName"}, "locale": {"xx"}, "role": {"owner"}})
	now, err := w.db.Account(t.Context(), a.TenantID, a.ID)
	w.must(err)
	if now.Name != "A New Name" || now.Locale != "" || now.Role != admin.Helpdesk {
		t.Errorf("the account is %+v", now)
	}
	u.want(http.StatusUnprocessableEntity, post, pathAccount, url.Values{"name": {""}})
}

func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Admin, goodPassword)
	u, other := w.signsIn(a), w.signsIn(a)
	token := u.cookies[doorConsole]
	checkPage(t, u.want(http.StatusOK, get, pathPassword, nil))
	page := u.want(http.StatusUnprocessableEntity, post, pathPassword, url.Values{"password": {"Ada Byron 2026!"}})
	if !strings.Contains(page, "password-wrong") || strings.Contains(page, "2026!") {
		t.Error("a password of one's own name is taken, or repeated")
	}
	const next = "another gantry 48 violas"
	u.want(http.StatusSeeOther, post, pathPassword, url.Values{"password": {next}})
	if !u.in() || other.in() || u.cookies[doorConsole] == token {
		t.Error("the other browser is still in, or this one has its old token")
	}
	w.stranger().want(http.StatusUnprocessableEntity, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
	w.stranger().want(http.StatusSeeOther, post, pathSignIn, url.Values{"email": {a.Email}, "password": {next}})
}

// What changes who can sign in asks for a fresh proof; the proof has a new token.
func TestProve(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	u := w.signsIn(a)
	u.stale()
	for _, path := range []string{pathPassword, pathPasskeys, pathAccounts + "/invite", pathAccounts + "/sso"} {
		to, next := u.want(http.StatusSeeOther, get, path, nil), url.Values{"next": {path}}
		if to != pathProve+"?"+next.Encode() {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	for _, path := range []string{pathPassword, pathAccounts + "/invite", pathAccounts + "/" + a.ID, pathAccounts + "/" + a.ID + "/reset"} {
		if to := u.want(http.StatusSeeOther, post, path, url.Values{"password": {"another gantry 48 violas"}}); !strings.HasPrefix(to, pathProve) {
			t.Errorf("POST %s leads to %s", path, to)
		}
	}
	checkPage(t, u.want(http.StatusOK, get, pathProve+"?next="+pathPassword, nil))
	token := u.cookies[doorConsole]
	if page := u.want(http.StatusUnprocessableEntity, post, pathProve, url.Values{"password": {"wrong"}}); wrongOf(page) == "" {
		t.Error("the page does not say what is wrong")
	}
	to := u.want(http.StatusSeeOther, post, pathProve, url.Values{"password": {goodPassword}, "next": {pathPassword}})
	if to != pathPassword || u.cookies[doorConsole] == token {
		t.Errorf("the proof leads to %s, same token: %t", to, u.cookies[doorConsole] == token)
	}
	u.want(http.StatusOK, get, pathPassword, nil)
	fresh := u.cookies[doorConsole]
	u.cookies[doorConsole] = token
	if u.in() {
		t.Error("the token from before the proof is still good")
	}
	u.cookies[doorConsole] = fresh
	u.want(http.StatusSeeOther, post, pathProve, url.Values{"password": {goodPassword}, "next": {"https://evil.example"}})
}

// The domain asks for the proof itself, whatever pages do.
func TestProofIsAskedForInTheDomain(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	v, err := w.console.Visit(t.Context(), u.token, "")
	w.must(err)
	v.Session.ProvedAt = w.clock.Now().Add(-time.Hour)
	_, _, invited := w.console.Invite(t.Context(), v, "x@example.org", "X", admin.Owner)
	_, _, reset := w.console.ResetSignIn(t.Context(), v, u.account.ID)
	_, changed := w.console.ChangePassword(t.Context(), v, goodPassword, admin.From{})
	for name, err := range map[string]error{
		"invite": invited, "reset": reset, "password": changed,
		"change":  w.console.ChangeAccount(t.Context(), v, u.account.ID, "X", admin.Owner),
		"disable": w.console.DisableAccount(t.Context(), v, u.account.ID, true),
		"sso":     w.console.SetSSO(t.Context(), v, admin.SSOSettings{}),
		"passkey": w.console.AddPasskey(t.Context(), v, "x", "", ""),
		"remove":  w.console.RemovePasskey(t.Context(), v, noThing),
		"end":     w.console.EndSessionsOf(t.Context(), v, u.account.ID),
	} {
		if !isMessage(err, "console.prove.stale") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAccountsArePaged(t *testing.T) {
	w := newWorld(t)
	for range accountsShown + 1 {
		w.account(classroom.DefaultTenant, admin.Auditor, "")
	}
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	page := u.page(pathAccounts)
	more := regexp.MustCompile(`href="(/console/accounts\?after=[^"]+)"`).FindStringSubmatch(page)
	if more == nil || strings.Count(page, "<tr>") != accountsShown+1 {
		t.Fatalf("%d rows, more: %v", strings.Count(page, "<tr>"), more)
	}
	if rest := u.page(more[1]); strings.Count(rest, "<tr>") != 3 {
		t.Errorf("%d rows on the second page", strings.Count(rest, "<tr>"))
	}
}
