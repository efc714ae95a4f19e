package lti_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

const (
	claim  = "https://purl.imsglobal.org/spec/lti/claim/"
	toolAt = "https://class.example"
)

// world is an LMS, a tool that is registered there, and a clock for both.
type world struct {
	*clock
	lms       *ltitest.LMS
	server    *httptest.Server
	tool      *lti.Tool
	platforms *platforms
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{clock: &clock{now: time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)}, platforms: &platforms{}}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.lms.ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	lms, err := ltitest.New(ltitest.Config{URL: w.server.URL, Issuer: "https://lms.example", ToolURL: toolAt, Now: w.Now})
	if err != nil {
		t.Fatal(err)
	}
	w.lms = lms
	w.platforms.add(lms.Platform("p1"))
	w.tool = &lti.Tool{
		URL: toolAt, Platforms: w.platforms, Secret: []byte("0123456789abcdef0123456789abcdef"), Now: w.Now,
		Keys: &lti.Keys{OnPremisesHTTP: w.server.Client(), Now: w.Now, Logger: slog.New(slog.DiscardHandler)},
	}
	return w
}

// attempt is a launch under construction: the form, and the token that goes in it
// unless the form has one.
type attempt struct {
	form    url.Values
	cookies []*http.Cookie
	header  map[string]any
	claims  map[string]any
}

// begin logs in and prepares the good answer to it.
func (w *world) begin(t testing.TB) *attempt {
	t.Helper()
	login, err := w.tool.Login(t.Context(), w.lms.Login("teacher", "room-1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	query := parse(t, login.URL).Query()
	claims, err := w.lms.Claims("teacher", "room-1", query.Get("nonce"))
	if err != nil {
		t.Fatal(err)
	}
	return &attempt{
		form:    url.Values{"state": {query.Get("state")}},
		cookies: login.Cookies,
		header:  map[string]any{"typ": "JWT", "alg": "RS256", "kid": w.lms.Key().KID},
		claims:  claims,
	}
}

func (w *world) verify(ctx context.Context, a *attempt) (*lti.Launch, error) {
	form := maps.Clone(a.form)
	if !form.Has("id_token") {
		form.Set("id_token", ltitest.Sign(a.header, a.claims, w.lms.Key().Private))
	}
	return w.tool.Verify(ctx, form, a.cookies)
}

// mustVerify is the launch that the changed claims make.
func (w *world) mustVerify(t testing.TB, change func(a *attempt)) *lti.Launch {
	t.Helper()
	a := w.begin(t)
	change(a)
	launch, err := w.verify(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return launch
}

func set(name string, value any) func(*attempt) {
	return func(a *attempt) { a.claims[name] = value }
}

func drop(name string) func(*attempt) {
	return func(a *attempt) { delete(a.claims, name) }
}

// in changes a member of a claim that is an object.
func in(name, member string, value any) func(*attempt) {
	return func(a *attempt) { a.claims[name].(map[string]any)[member] = value }
}

func all(changes ...func(*attempt)) func(*attempt) {
	return func(a *attempt) {
		for _, change := range changes {
			change(a)
		}
	}
}

func unchanged(*attempt) {}

// reason of a refusal, empty without one.
func reason(t testing.TB, err error) lti.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *lti.Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *lti.Error: %v", err)
	}
	return e.Reason
}

func parse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// clock is one that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// platforms are registrations in memory. err, if set, is a broken database.
type platforms struct {
	mu   sync.Mutex
	list []lti.Platform
	err  error
}

func (p *platforms) add(one lti.Platform) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, one)
}

func (p *platforms) change(id string, change func(*lti.Platform)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.list, func(q lti.Platform) bool { return q.ID == id })
	change(&p.list[i])
}

func (p *platforms) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.DeleteFunc(p.list, func(q lti.Platform) bool { return q.ID == id })
}

func (p *platforms) FindPlatforms(_ context.Context, issuer, clientID string) ([]lti.Platform, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []lti.Platform
	for _, q := range p.list {
		if q.Issuer == issuer && (clientID == "" || q.ClientID == clientID) {
			found = append(found, q)
		}
	}
	return found, p.err
}

func (p *platforms) FindPlatform(_ context.Context, id string) (lti.Platform, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.list {
		if q.ID == id {
			return q, true, p.err
		}
	}
	return lti.Platform{}, false, p.err
}

// publicJWKS serves the LMS's keys by https, as a public platform must.
func (w *world) publicJWKS(t testing.TB) string {
	t.Helper()
	public := httptest.NewTLSServer(w.lms)
	t.Cleanup(public.Close)
	w.tool.Keys.HTTP = public.Client()
	return public.URL + "/jwks"
}
