package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
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
