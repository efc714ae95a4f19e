package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBudget(func() time.Time { return now })
	noisy, quiet := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for i := range refusalBurst {
		if !b.allow(noisy) {
			t.Fatalf("refusal %d is beyond the budget", i)
		}
	}
	if b.allow(noisy) {
		t.Error("the budget has no end")
	}
	if !b.allow(quiet) {
		t.Error("one address spends another's budget")
	}
	now = now.Add(time.Minute)
	if !b.allow(noisy) {
		t.Error("the budget does not recover")
	}
	for i := range refusalsTracked + 10 {
		b.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if b.recent.Len() != refusalsTracked || len(b.known) != refusalsTracked {
		t.Errorf("%d addresses are remembered (%d)", b.recent.Len(), len(b.known))
	}
}

func TestRefusalsBeyondTheBudgetAreShort(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for range refusalBurst + 20 {
		b.get("/lti/login")
	}
	a := b.get("/lti/login").want(http.StatusTooManyRequests)
	if len(a.body) > 300 || !strings.Contains(a.body, "open the class again from your course") || a.header.Get("Retry-After") == "" {
		t.Errorf("beyond the budget: %d bytes, %s", len(a.body), a.body)
	}
	if logged := len(w.log.with("refused")); logged > refusalBurst+5 {
		t.Errorf("%d lines of log for a flood", logged)
	}
	if got := w.launches.last(); got != "refused issuer_missing" {
		t.Errorf("refusals beyond the budget are not counted: %q", got)
	}
	// What is good goes on as if nothing were.
	for range 5 {
		w.browser().enter("learner", "room-1")
	}
}

func TestBudgetIsHeld(t *testing.T) {
	now := time.Unix(0, 0)
	b := newBudget(func() time.Time { return now })
	address := netip.MustParseAddr("192.0.2.1")
	var releases []func()
	for i := range refusalBurst {
		release, ok := b.hold(address)
		if !ok {
			t.Fatalf("%d under way are beyond the budget", i)
		}
		releases = append(releases, release)
	}
	if _, ok := b.hold(address); ok {
		t.Error("what is under way has no bound")
	}
	for _, release := range releases {
		release()
	}
	for range 10 * refusalBurst { // what was good costs nothing
		release, ok := b.hold(address)
		if !ok {
			t.Fatal("what was given back is gone")
		}
		release()
	}
	for range refusalBurst {
		b.allow(address)
	}
	if _, ok := b.hold(address); ok {
		t.Error("an address that has used up its refusals holds more")
	}
}

// Anybody can make the log tell of a database that is away; not without end.
func TestFailuresOfStrangersAreLoggedWithinTheBudget(t *testing.T) {
	w := newWorld(t)
	known := w.browser()
	page, _ := known.enter("teacher", "room-1")
	broken := w.bbbRow
	broken.Secrets = []string{"wrong"}
	w.must(w.db.SaveServer(t.Context(), broken))
	action, fields := page.form("form.start")
	stranger := w.browser()
	w.chat.fail(errors.New("the chat is away"))
	w.connectChat()
	to := goFrom(strings.TrimSuffix(action, "/start"))
	for range refusalBurst + 50 {
		stranger.get(to)
	}
	a := stranger.get(to).want(http.StatusServiceUnavailable).says("error.chat_unavailable")
	if a.attr("a.button", "href") != to || a.has(".reference") {
		t.Error("beyond the budget one cannot try again, or is given a reference to a line that is not there")
	}
	if logged := len(w.log.with("refused", "chat_unavailable")); logged < refusalBurst || logged > refusalBurst+20 {
		t.Errorf("%d lines of log for a flood", logged)
	}
	// What people with a session meet is in the log all the same.
	reference := known.post(action, fields).want(http.StatusServiceUnavailable).text(".reference")
	if len(reference) < 8 || len(w.log.with(reference[len(reference)-8:], "start_failed")) != 1 {
		t.Errorf("%q is not in one line of the log", reference)
	}
}

// TestClassBehindOneAddress: a class starting is everybody within one minute, a
// campus behind one address, also after something there had used up its refusals.
func TestClassBehindOneAddress(t *testing.T) {
	const launches = 2000
	w := newWorld(t)
	w.clock.stop() // no refusal is earned back
	from := func(path string, form url.Values, cookies []*http.Cookie) *http.Response {
		r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = "192.0.2.7:1"
		for _, c := range cookies {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		return rec.Result()
	}
	for from("/lti/login", nil, nil).StatusCode != http.StatusTooManyRequests {
	}
	var wg sync.WaitGroup
	people := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range people {
				if err := w.launchFrom(from, fmt.Sprint("learner-", i)); err != nil {
					t.Errorf("launch %d: %v", i, err)
				}
			}
		})
	}
	for i := range launches {
		people <- i
	}
	close(people)
	wg.Wait()
	if got := len(w.launches.of("accepted")); got != launches {
		t.Errorf("%d launches were accepted, want %d", got, launches)
	}
	if got := from("/lti/login", nil, nil).StatusCode; got != http.StatusTooManyRequests {
		t.Errorf("good launches gave refusals back: status %d", got)
	}
}

// launchFrom launches as that subject, without the network.
func (w *world) launchFrom(post func(string, url.Values, []*http.Cookie) *http.Response, sub string) error {
	login := post("/lti/login", w.lms.Login("learner", "room-1"), nil)
	to, err := login.Location()
	if err != nil {
		return fmt.Errorf("login: status %d: %w", login.StatusCode, err)
	}
	claims, err := w.lms.Claims("learner", "room-1", to.Query().Get("nonce"))
	if err != nil {
		return err
	}
	claims["sub"] = sub
	form := url.Values{"state": {to.Query().Get("state")}, "id_token": {w.lms.IDToken(claims)}}
	if a := post("/lti/launch", form, login.Cookies()); a.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("status %d", a.StatusCode)
	}
	return nil
}

func TestAddress(t *testing.T) {
	w := newWorld(t)
	trusting := w.server.Config
	trusting.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	proxied, err := New(trusting)
	w.must(err)
	t.Cleanup(proxied.Close)
	for _, test := range []struct {
		server                  *Server
		remote, forwarded, want string
	}{
		{w.server, "192.0.2.7:1", "", "192.0.2.7"},
		{w.server, "10.0.0.1:1", "192.0.2.7", "10.0.0.1"}, // nobody is trusted by default
		{proxied, "10.0.0.1:1", "192.0.2.7", "192.0.2.7"},
		{proxied, "192.0.2.9:1", "192.0.2.7", "192.0.2.9"}, // not a proxy of ours
		{proxied, "10.0.0.1:1", "1.1.1.1, 192.0.2.7", "192.0.2.7"},
		{w.server, "[2001:db8:1:2:3::4]:1", "", "2001:db8:1:2::"},
		{w.server, "[::ffff:192.0.2.7]:1", "", "192.0.2.7"},
	} {
		r := httptest.NewRequest("GET", "/lti/login", nil)
		r.RemoteAddr = test.remote
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		before := len(w.log.with("address=" + test.want + " "))
		test.server.Handler().ServeHTTP(httptest.NewRecorder(), r)
		if len(w.log.with("address="+test.want+" ")) != before+1 {
			t.Errorf("%+v is not logged as from %s", fmt.Sprint(test.remote, test.forwarded), test.want)
		}
	}
}
