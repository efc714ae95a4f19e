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

// addPasskey gives the account that is signed in a passkey on that device.
func (u *doorUser) addPasskey(d *authenticator) {
	u.Helper()
	a := d.asked(u.want(http.StatusOK, get, pathPasskeys, nil))
	u.want(http.StatusSeeOther, post, pathPasskeys, url.Values{"name": {"Laptop"}, "state": {a.state}, "answer": {d.create(a)}})
}

// byPasskey signs a browser in.
func (u *doorUser) byPasskey(d *authenticator) (int, string) {
	u.Helper()
	a := d.asked(u.want(http.StatusOK, get, pathSignIn, nil))
	resp, page := u.do(post, pathSignIn+"/passkey", url.Values{"state": {a.state}, "answer": {d.get(a)}})
	return resp.StatusCode, page
}

func TestPasskey(t *testing.T) {
	w := newWorld(t)
	d := w.authenticator()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	u := w.signsIn(a)
	checkPage(t, u.want(http.StatusOK, get, pathPasskeys, nil))
	u.addPasskey(d)
	page := u.want(http.StatusOK, get, pathAccount, nil)
	if checkPage(t, page); !strings.Contains(page, "Laptop") {
		t.Error("the account does not list the passkey")
	}
	visitor := w.stranger()
	if status, page := visitor.byPasskey(d); status != http.StatusSeeOther || !visitor.in() {
		t.Fatalf("signing in: %d\n%s", status, page)
	}
	keys, err := w.db.Passkeys(t.Context(), a.TenantID, a.ID)
	w.must(err)
	if len(keys) != 1 || keys[0].UsedAt.IsZero() || !strings.Contains(keys[0].Credential, `"signCount":1`) {
		t.Errorf("kept is %+v", keys)
	}
	visitor.stale()
	checkPage(t, visitor.want(http.StatusOK, get, pathProve, nil))
	asked := d.asked(visitor.want(http.StatusOK, get, pathProve, nil))
	visitor.want(http.StatusSeeOther, post, pathProve+"/passkey", url.Values{"state": {asked.state}, "answer": {d.get(asked)}, "next": {pathAccount}})
	visitor.want(http.StatusSeeOther, post, pathPasskeys+"/"+keys[0].ID+"/remove", url.Values{})
	if status, _ := w.stranger().byPasskey(d); status != http.StatusUnprocessableEntity {
		t.Errorf("a passkey that was removed: %d", status)
	}
}

func TestPasskeyRefused(t *testing.T) {
	w := newWorld(t)
	d := w.authenticator()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	w.signsIn(a).addPasskey(d)
	other := w.authenticator()
	for name, spoil := range map[string]func(*authenticator){
		"another site's page":     func(d *authenticator) { d.origin = "https://evil.example" },
		"another site's key":      func(d *authenticator) { d.rpID = "evil.example" },
		"nobody was there":        func(d *authenticator) { d.flags = flagVerified },
		"nobody unlocked it":      func(d *authenticator) { d.flags = flagPresent },
		"another key":             func(d *authenticator) { d.key = other.key },
		"a key that is not known": func(d *authenticator) { d.id = other.id },
		"another account":         func(d *authenticator) { d.handle = b64([]byte(noThing)) },
		"no account":              func(d *authenticator) { d.handle = "" },
	} {
		spoiled := *d
		spoil(&spoiled)
		u := w.stranger()
		status, page := u.byPasskey(&spoiled)
		if status != http.StatusUnprocessableEntity || u.cookies[doorConsole] != "" || wrongOf(page) == "" {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := w.stranger().byPasskey(d); status != http.StatusSeeOther {
		t.Errorf("the good one: %d", status)
	}
	d.counter-- // a copy of the key does not know of the sign-in before
	if status, _ := w.stranger().byPasskey(d); status != http.StatusUnprocessableEntity {
		t.Errorf("a copy of the key: %d", status)
	}
}

// An answer is good once, for what was asked, for a while.
func TestPasskeyAnswers(t *testing.T) {
	w := newWorld(t)
	d := w.authenticator()
	a := w.account(classroom.DefaultTenant, admin.Owner, goodPassword)
	u := w.signsIn(a)
	u.addPasskey(d)
	send := func(state, answer string) int {
		resp, _ := w.stranger().do(post, pathSignIn+"/passkey", url.Values{"state": {state}, "answer": {answer}})
		return resp.StatusCode
	}
	page := func() asked { return d.asked(w.stranger().want(http.StatusOK, get, pathSignIn, nil)) }
	first := page()
	answer := d.get(first)
	if status := send(first.state, answer); status != http.StatusSeeOther {
		t.Fatalf("the first time: %d", status)
	}
	for name, status := range map[string]int{
		"a second time":        send(first.state, answer),
		"of another page":      send(page().state, answer),
		"without a question":   send("", answer),
		"with a forged one":    send("e30.e30", answer),
		"of a new passkey":     send(d.asked(u.want(http.StatusOK, get, pathPasskeys, nil)).state, answer),
		"not JSON":             send(page().state, "{"),
		"JSON of another kind": send(page().state, `{"id":1,"response":[]}`),
	} {
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	late := page()
	answer = d.get(late)
	w.clock.forward(time.Hour)
	if status := send(late.state, answer); status != http.StatusUnprocessableEntity {
		t.Errorf("too late: %d", status)
	}
}

// Somebody can do without any password from the first link on, and never removes
// the last way in.
func TestPasskeyInsteadOfPassword(t *testing.T) {
	w := newWorld(t)
	d := w.authenticator()
	address, err := w.console.FirstLink(t.Context())
	w.must(err)
	path := strings.TrimPrefix(address, w.console.URL)
	u := w.stranger()
	a := d.asked(u.want(http.StatusOK, get, path, nil))
	u.want(http.StatusSeeOther, post, path, url.Values{"name": {"Ada"}, "email": {"ada@example.org"}, "state": {a.state}, "answer": {d.create(a)}})
	visitor := w.stranger()
	if status, _ := visitor.byPasskey(d); status != http.StatusSeeOther || !visitor.in() {
		t.Fatalf("signing in: %d", status)
	}
	account, _, err := w.db.FindAccountByEmail(t.Context(), "ada@example.org")
	w.must(err)
	keys, err := w.db.Passkeys(t.Context(), account.TenantID, account.ID)
	w.must(err)
	if account.Password != "" || len(keys) != 1 {
		t.Fatalf("%d passkeys, password %q", len(keys), account.Password)
	}
	visitor.want(http.StatusConflict, post, pathPasskeys+"/"+keys[0].ID+"/remove", url.Values{})
	// Somebody else's passkey is not found, whoever asks.
	other := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	other.want(http.StatusNotFound, post, pathPasskeys+"/"+keys[0].ID+"/remove", url.Values{})
	second := w.authenticator()
	second.id = d.id
	b := second.asked(other.want(http.StatusOK, get, pathPasskeys, nil))
	other.want(http.StatusUnprocessableEntity, post, pathPasskeys, url.Values{"name": {"Stolen"}, "state": {b.state}, "answer": {second.create(b)}})
}

func TestNoPasskeysAtANumber(t *testing.T) {
	w := newWorld(t)
	u := w.signsIn(w.account(classroom.DefaultTenant, admin.Owner, goodPassword))
	u.want(http.StatusNotFound, get, pathPasskeys, nil)
	if page := w.stranger().want(http.StatusOK, get, pathSignIn, nil); strings.Contains(page, "data-passkey") {
		t.Error("the page offers passkeys, which cannot work")
	}
}
