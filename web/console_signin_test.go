package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/alexedwards/argon2id"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Helpdesk, goodPassword)
	u := w.stranger()
	page := u.want(http.StatusOK, get, pathSignIn+"?next=/console/account", nil)
	checkPage(t, page)
	if !strings.Contains(page, `value="/console/account"`) {
		t.Error("the page forgets where somebody wanted to go")
	}
	form := url.Values{"email": {" " + strings.ToUpper(a.Email)}, "password": {goodPassword}, "next": {"/console/account?x=1"}}
	resp, _ := u.do(post, pathSignIn, form)
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != "/console/account?x=1" {
		t.Fatalf("%d to %s", resp.StatusCode, to)
	}
	for _, c := range resp.Cookies() {
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("cookie %s", c)
		}
	}
	if !u.in() {
		t.Error("not signed in")
	}
	if to := u.want(http.StatusSeeOther, get, pathSignIn+"?next=/console/account", nil); to != "/console/account" {
		t.Errorf("who is signed in is led to %s", to)
	}
	if to := u.want(http.StatusSeeOther, post, pathSignOut, url.Values{}); to != pathSignIn || u.in() {
		t.Errorf("signing out leads to %s, in: %t", to, u.in())
	}
}

// The token of a session is another one after each sign-in, and the one before is
// worth nothing: neither one that somebody planted nor one's own.
func TestSessionIsNeverKept(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	mallory := w.signIn(classroom.DefaultTenant, admin.Auditor)
	for _, planted := range []string{"planted-by-somebody-else", mallory.token} {
		u := w.stranger()
		u.cookies[doorConsole] = planted
		u.want(http.StatusSeeOther, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
		if u.cookies[doorConsole] == planted {
			t.Fatal("the token was kept")
		}
		if resp, _ := mallory.do(get, pathAccounts, nil); planted == mallory.token && !toSignIn(resp) {
			t.Errorf("the planted session is still good: %d", resp.StatusCode)
		}
		first := u.cookies[doorConsole]
		u.want(http.StatusSeeOther, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
		if u.cookies[doorConsole] == first {
			t.Error("the second sign-in kept the token of the first")
		}
		u.cookies[doorConsole] = first
		if u.in() {
			t.Error("the session of the first sign-in is still good")
		}
	}
}

// Whoever may not come in learns nothing of which accounts there are.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	known := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	disabled := w.account(classroom.DefaultTenant, admin.Admin, goodPassword)
	disabled.Disabled = true
	w.must(w.db.SaveAccount(t.Context(), disabled))
	bare := w.account(classroom.DefaultTenant, admin.Admin, "")
	said := map[string]bool{}
	for name, form := range map[string]url.Values{
		"wrong password":   {"email": {known.Email}, "password": {"wrong " + goodPassword}},
		"no password":      {"email": {known.Email}},
		"unknown":          {"email": {"nobody@example.org"}, "password": {goodPassword}},
		"disabled":         {"email": {disabled.Email}, "password": {goodPassword}},
		"without password": {"email": {bare.Email}, "password": {""}},
		"no address":       {"email": {"' OR 1=1 --"}, "password": {goodPassword}},
		"NUL":              {"email": {"a\x00@example.org"}, "password": {"a\x00"}},
		"not UTF-8":        {"email": {"a\xff@example.org"}, "password": {"\xff\xfe"}},
		"endless password": {"email": {known.Email}, "password": {strings.Repeat("p", 5000)}},
	} {
		u := w.stranger()
		resp, page := u.do(post, pathSignIn, form)
		if resp.StatusCode != http.StatusUnprocessableEntity || u.cookies[doorConsole] != "" {
			t.Errorf("%s: %d, cookies %v", name, resp.StatusCode, u.cookies)
		}
		said[wrongOf(page)] = true
		if form.Get("password") != "" && strings.Contains(page, form.Get("password")) {
			t.Errorf("%s: the page repeats the password", name)
		}
	}
	if len(said) != 1 || said[""] {
		t.Errorf("refusals differ: %v", said)
	}
	if lines := w.log.with("sign-in refused", "reason=refused"); len(lines) != 9 {
		t.Errorf("%d lines tell of refusals:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for _, never := range []string{goodPassword, known.Email, "nobody@example.org"} {
		if lines := w.log.with(never); len(lines) > 0 {
			t.Errorf("the log has %q: %v", never, lines)
		}
	}
}

// Guesses wait ever longer; a restart, or another replica, does not forget them.
func TestSignInBackoff(t *testing.T) {
	w := newWorld(t)
	w.clock.stop()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	guess := func(u *doorUser, password string) (int, int) {
		resp, _ := u.do(post, pathSignIn, url.Values{"email": {a.Email}, "password": {password}})
		wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return resp.StatusCode, wait
	}
	u := w.stranger()
	for range 6 {
		if status, _ := guess(u, "wrong"); status != http.StatusUnprocessableEntity {
			t.Fatalf("a free attempt: %d", status)
		}
	}
	status, wait := guess(u, goodPassword)
	if status != http.StatusTooManyRequests || wait < 1 {
		t.Fatalf("one attempt too many: %d, wait %d s", status, wait)
	}
	w.server = w.newServer() // a restart
	if status, _ := guess(u, goodPassword); status != http.StatusTooManyRequests {
		t.Errorf("after a restart: %d", status)
	}
	for last := wait; last < 60; last = wait {
		at := w.clock.Now().Add(time.Duration(wait) * time.Second)
		w.clock.stopped.Store(&at)
		if status, _ := guess(u, "wrong"); status != http.StatusUnprocessableEntity {
			t.Fatalf("after waiting %d s: %d", wait, status)
		}
		if _, wait = guess(u, "wrong"); wait <= last {
			t.Fatalf("the wait does not grow: %d s after %d s", wait, last)
		}
	}
	at := w.clock.Now().Add(time.Duration(wait) * time.Second)
	w.clock.stopped.Store(&at)
	if status, _ := guess(u, goodPassword); status != http.StatusSeeOther {
		t.Errorf("the right password, after the wait: %d", status)
	}
	if status, _ := guess(w.stranger(), "wrong"); status != http.StatusUnprocessableEntity {
		t.Errorf("after a good sign-in the count has not begun anew: %d", status)
	}
}

// Strangers all over the world cannot keep an owner out: where the owner signed in
// before there is no wait at all, elsewhere a short one.
func TestStrangersLockNobodyOut(t *testing.T) {
	w := newWorld(t)
	w.clock.stop()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	home := w.signsIn(a)
	delete(home.cookies, doorConsole)
	for i := range 40 {
		_, err := w.console.SignIn(t.Context(), a.Email, "wrong", admin.From{Address: "198.51.100." + strconv.Itoa(i)})
		if err == nil {
			t.Fatal("a wrong password let somebody in")
		}
	}
	_, err := w.console.SignIn(t.Context(), a.Email, goodPassword, admin.From{Address: "203.0.113.9"})
	if wait, ok := err.(*admin.WaitError); !ok || wait.Wait > 30*time.Second {
		t.Errorf("from a new place: %v, want a short wait", err)
	}
	home.want(http.StatusSeeOther, post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}})
	other := w.account(classroom.DefaultTenant, admin.Admin, goodPassword)
	if _, err := w.console.SignIn(t.Context(), other.Email, goodPassword, admin.From{Address: "203.0.113.9"}); err != nil {
		t.Errorf("another account is kept out as well: %v", err)
	}
}

// Of many guesses at once no more are tried than are free.
func TestGuessesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.clock.stop()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	results := make(chan error, 16)
	for range cap(results) {
		go func() {
			_, err := w.console.SignIn(t.Context(), a.Email, "wrong", admin.From{Address: "198.51.100.1"})
			results <- err
		}()
	}
	tried := 0
	for range cap(results) {
		if classroom.Is(<-results, classroom.Forbidden) {
			tried++
		}
	}
	if tried != 6 {
		t.Errorf("%d guesses were tried, want 6", tried)
	}
}

// A hash made at the cost of the past is made anew; the password stays good.
func TestHashIsBroughtUpToDate(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	old, err := argon2id.CreateHash(goodPassword, &argon2id.Params{Memory: 8 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	w.must(err)
	a.Password = old
	w.must(w.db.SaveAccount(t.Context(), a))
	w.signsIn(a)
	now, err := w.db.Account(t.Context(), a.TenantID, a.ID)
	w.must(err)
	if now.Password == old || !strings.HasPrefix(now.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %.40s", now.Password)
	}
	w.signsIn(a)
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	for _, next := range []string{"https://evil.example/", "//evil.example/console", "/console\r\nSet-Cookie: x=y", `/console\@evil.example`, "/rooms/1"} {
		u := w.stranger()
		resp, _ := u.do(post, pathSignIn, url.Values{"email": {a.Email}, "password": {goodPassword}, "next": {next}})
		if to := resp.Header.Get("Location"); to != pathConsole || resp.Header.Get("Set-Cookie") == "x=y" {
			t.Errorf("next %q leads to %q", next, to)
		}
	}
}

func TestSignInForms(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		name   string
		body   string
		header []string
		want   int
	}{
		{"too large", "email=" + strings.Repeat("a", maxForm), nil, http.StatusRequestEntityTooLarge},
		{"malformed", "email=%zz", nil, http.StatusBadRequest},
		{"another kind", "{}", []string{"Content-Type", "application/json"}, http.StatusUnsupportedMediaType},
		{"no kind", "email=a", []string{"Content-Type", ""}, http.StatusUnsupportedMediaType},
		{"another site's", "email=a%40b.example&password=x", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, http.StatusForbidden},
	}
	for _, path := range []string{pathSignIn, pathSignIn + "/passkey", pathSSO, pathSignOut} {
		for _, test := range tests {
			r, err := http.NewRequestWithContext(t.Context(), post, w.url+path, strings.NewReader(test.body))
			w.must(err)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			for i := 0; i+1 < len(test.header); i += 2 {
				r.Header.Set(test.header[i], test.header[i+1])
			}
			resp, err := http.DefaultClient.Do(r)
			w.must(err)
			resp.Body.Close()
			if resp.StatusCode != test.want {
				t.Errorf("POST %s, %s: %d, want %d", path, test.name, resp.StatusCode, test.want)
			}
		}
	}
}

func TestSignInIsWrittenDown(t *testing.T) {
	w := newWorld(t)
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	u := w.signsIn(a)
	w.stranger().want(http.StatusUnprocessableEntity, post, pathSignIn, url.Values{"email": {a.Email}, "password": {"wrong"}})
	u.want(http.StatusSeeOther, post, pathSignOut, url.Values{"everywhere": {"yes"}})
	if u.in() {
		t.Error("still signed in")
	}
	want := []string{"sign_in link done", "sign_in password done", "sign_in password refused", "sign_out  done"}
	if got := w.actsOf(a); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the audit log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
