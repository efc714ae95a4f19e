package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestOAuthRefusals(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	stateOf := func(a *answer) string {
		return mustURL(t, a.header.Get("Location")).Query().Get("state")
	}
	back := func(b *browser, q url.Values) *answer { return b.get("/mattermost/oauth?" + q.Encode()) }

	b := w.browser()
	state := stateOf(b.get(goFrom(path)))
	back(w.browser(), url.Values{"code": {"u1"}, "state": {state}}).want(http.StatusUnauthorized).says("error.oauth_state") // another browser
	back(b, url.Values{"code": {"u1"}, "state": {state + "x"}}).want(http.StatusUnauthorized).says("error.oauth_state")     // forged
	back(b, url.Values{"code": {"u1"}}).want(http.StatusUnauthorized)                                                       // none
	back(b, url.Values{"code": {"u1"}, "state": {state}}).leads(goFrom(path))
	back(b, url.Values{"code": {"u1"}, "state": {state}}).want(http.StatusUnauthorized).says("error.oauth_state") // used

	b = w.browser()
	denied := back(b, url.Values{"error": {"access_denied"}, "state": {stateOf(b.get(goFrom(path)))}}).want(http.StatusForbidden).says("error.oauth_denied")
	if denied.attr("a.button", "href") != goFrom(path) {
		t.Error("one cannot try again")
	}
	back(b, url.Values{"error": {"server_error"}, "error_description": {"<b>x"}, "state": {stateOf(b.get(goFrom(path)))}}).want(http.StatusServiceUnavailable)
	back(b, url.Values{"state": {stateOf(b.get(goFrom(path)))}}).want(http.StatusServiceUnavailable)

	b = w.browser()
	state = stateOf(b.get(goFrom(path)))
	w.clock.forward(oauthLife + time.Second)
	back(b, url.Values{"code": {"u1"}, "state": {state}}).want(http.StatusUnauthorized).says("error.oauth_state") // expired
}

// Codes that are none cost the chat no more than an address has refusals.
func TestWrongCodesAreBounded(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	w.clock.stop()
	come := func(code string) *answer {
		b := w.browser()
		sent := b.get(goFrom(path)).leads("https://chat.example/")
		state := mustURL(t, sent.header.Get("Location")).Query().Get("state")
		return b.get("/mattermost/oauth?" + url.Values{"code": {code}, "state": {state}}.Encode())
	}
	for range refusalBurst + 10 { // what is good costs nothing
		come("u1").leads(goFrom(path))
	}
	refused := come(wrongCode).want(http.StatusUnauthorized).says("error.oauth_state")
	if refused.attr("a.button", "href") != goFrom(path) {
		t.Error("one cannot start again")
	}
	before := w.chat.exchanges
	for range refusalBurst + 30 {
		come(wrongCode)
	}
	if got := w.chat.exchanges - before; got != refusalBurst-1 {
		t.Errorf("the chat was asked %d times, want %d", got, refusalBurst-1)
	}
	// Who really comes then is not sent away for good.
	busy := come("u1").want(http.StatusServiceUnavailable).says("error.chat_busy")
	if got := busy.attr("meta[http-equiv=refresh]", "content"); !strings.HasSuffix(got, "; url="+goFrom(path)) {
		t.Errorf("the page goes on by %q", got)
	}
}

func TestOAuthCookies(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	b := w.browser()
	sent := b.get(goFrom(path))
	cookie := sent.header.Get("Set-Cookie")
	for _, want := range []string{oauthCookie, "Path=/", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	q := mustURL(t, sent.header.Get("Location")).Query()
	if got := q.Get("redirect_uri"); got != w.url+"/mattermost/oauth" {
		t.Errorf("redirect_uri %q", got)
	}
	if len(q.Get("code_challenge")) != 43 {
		t.Errorf("code_challenge %q", q.Get("code_challenge"))
	}
	in := b.signIn(sent, "u1")
	chat := strings.Join(in.header.Values("Set-Cookie"), "\n")
	for _, want := range []string{cookieChat + "=", "Max-Age=43200", "SameSite=Lax", oauthCookie} {
		if !strings.Contains(chat, want) {
			t.Errorf("after the sign-in the cookies lack %s: %s", want, chat)
		}
	}

	// A link followed again and again without coming back fills no browser.
	b = w.browser()
	for range 3 * oauthsKept {
		b.get(goFrom(path))
	}
	kept := 0
	for _, c := range b.Client.Jar.Cookies(mustURL(t, w.url)) {
		if strings.HasPrefix(c.Name, oauthCookie) {
			kept++
		}
	}
	if kept != oauthsKept {
		t.Errorf("%d cookies of sign-ins are kept, want %d", kept, oauthsKept)
	}
}
