package doctor

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
)

// toolKey is made once: it takes its time.
var toolKey = sync.OnceValues(lti.GenerateToolKey)

// newDoctor examines an installation of stand-ins at that address.
func newDoctor(t *testing.T, address string) (*Doctor, *memory) {
	t.Helper()
	store := &memory{used: map[string]bool{}}
	return &Doctor{
		URL: address, Version: "test", Data: t.TempDir(), Signer: signer('m'), Store: store, Database: &database{},
		HTTP: http.DefaultClient, TenantHTTP: func(string) *http.Client { return http.DefaultClient }, PublicHTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, UserAgent: "test",
		Lookup: net.DefaultResolver.LookupNetIP, Now: time.Now, Chat: &chat{},
		Key: func(context.Context) (lti.ToolKey, error) { return toolKey() },
		BBB: func(s classroom.Server) *bbb.Client {
			return &bbb.Client{URL: s.URL, Secrets: s.Secrets, Hash: bbb.Hash(s.Hash), Timeout: 2 * time.Second}
		},
	}, store
}

func signer(letter byte) *classroom.Signer {
	return &classroom.Signer{Master: []byte(strings.Repeat(string(letter), 32)), Now: time.Now}
}

// serve answers as an installation does, for the doctor that it returns.
func serve(t *testing.T, change func(http.Handler) http.Handler) *Doctor {
	t.Helper()
	var d *Doctor
	var h http.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { installation(d, rw, r) })
	if change != nil {
		h = change(h)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	d, _ = newDoctor(t, s.URL)
	return d
}

// installation is what package web does with a probe.
func installation(d *Doctor, rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set(HeaderProgram, "1")
	token := r.URL.Query().Get("challenge")
	peer, _, _ := net.SplitHostPort(r.RemoteAddr)
	echo, err := d.Answer(token, Echo{Peer: peer, Client: peer, Host: r.Host, Forwarded: r.Header.Values("X-Forwarded-For")})
	switch {
	case strings.HasPrefix(r.URL.Path, PathCalled):
		_ = d.Called(r.Context(), strings.TrimPrefix(r.URL.Path, PathCalled))
	case err != nil:
		http.NotFound(rw, r)
	case r.URL.Path == PathStream:
		stream(rw, StreamEvents, StreamPace)
	default:
		_ = json.NewEncoder(rw).Encode(echo)
	}
}

func stream(rw http.ResponseWriter, events int, pace time.Duration) {
	rw.Header().Set("Content-Type", "text/event-stream")
	for i := range events {
		if i > 0 {
			time.Sleep(pace) // what is tested is time
		}
		_, _ = rw.Write([]byte("event: probe\ndata: x\n\n"))
		rw.(http.Flusher).Flush()
	}
}

// wantFound checks what was found, and that it is said in words.
func wantFound(t *testing.T, r Result, s State, id string) {
	t.Helper()
	if r.State != s || r.What.ID != id {
		t.Errorf("found %s %s %v, want %s %s", r.State, r.What.ID, r.Why.Values, s, id)
	}
	wantWords(t, r)
}

func wantWords(t *testing.T, r Result) {
	t.Helper()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := texts.For("en")
	for _, text := range []Text{r.What, r.Why, r.Do} {
		if words := text.In(p); text.ID != "" && (words == text.ID || strings.Contains(words, "<no value>")) {
			t.Errorf("no words for %s with %v", text.ID, text.Values)
		}
	}
	if r.State != OK && (r.Why.In(p) == "" || r.Do.In(p) == "") {
		t.Errorf("%s says not why, or not what to do", r.What.ID)
	}
}

// memory is a Store.
type memory struct {
	mu        sync.Mutex
	used      map[string]bool
	servers   []classroom.Server
	platforms []classroom.Platform
	deployed  []classroom.Deployment
	chat      classroom.ChatConnection
	report    string
}

func (m *memory) Tenants(context.Context) ([]classroom.Tenant, error) {
	return []classroom.Tenant{{ID: classroom.DefaultTenant, Name: "School"}}, nil
}
func (m *memory) Servers(context.Context, string) ([]classroom.Server, error) { return m.servers, nil }
func (m *memory) ListPlatforms(context.Context, string) ([]classroom.Platform, error) {
	return m.platforms, nil
}
func (m *memory) Deployments(context.Context, string) ([]classroom.Deployment, error) {
	return m.deployed, nil
}
func (m *memory) FindChatConnection(context.Context, string) (classroom.ChatConnection, bool, error) {
	return m.chat, m.chat.URL != "", nil
}
func (m *memory) Consume(_ context.Context, id string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used[id] {
		return &classroom.Error{Code: classroom.Conflict}
	}
	m.used[id] = true
	return nil
}
func (m *memory) Consumed(_ context.Context, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used[id], nil
}
func (m *memory) SaveDiagnosis(_ context.Context, _, report string, _ time.Time) error {
	m.report = report
	return nil
}
func (m *memory) FindDiagnosis(context.Context, string) (string, bool, error) {
	return m.report, m.report != "", nil
}

// database is a Database in the state that a test wants.
type database struct {
	silent, unread error
	old, otherKey  bool
	oldest         time.Duration
}

func (d *database) Ping(context.Context) error              { return d.silent }
func (d *database) Migrated(context.Context) (bool, error)  { return !d.old, d.unread }
func (d *database) KeyAgrees(context.Context) (bool, error) { return !d.otherKey, nil }
func (d *database) Waiting(context.Context) (int, time.Duration, error) {
	return 3, d.oldest, nil
}

// chat is a Chat that says what a test wants.
type chat struct {
	checks []classroom.ChatCheck
	step   string
	err    error
}

func (c *chat) Verify(context.Context, classroom.ChatConnection, *locales.Printer) []classroom.ChatCheck {
	return c.checks
}
func (c *chat) Rehearse(context.Context, classroom.ChatConnection, string) (string, error) {
	return c.step, c.err
}

const secret = "the-bbb-s3cret"

// newServer is a BigBlueButton, and its row.
func newServer(t *testing.T, cfg bbbtest.Config) (*bbbtest.Server, classroom.Server) {
	t.Helper()
	cfg.Secrets = []string{secret}
	fake := bbbtest.New(cfg)
	s := httptest.NewServer(fake)
	t.Cleanup(s.Close)
	return fake, classroom.Server{ID: "1", Name: "BBB", URL: s.URL + "/bigbluebutton/", Secrets: []string{secret}}
}

// page answers everything with that.
func page(t *testing.T, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(status)
		_, _ = rw.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// gone is an address where nobody answers.
func gone(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(nil)
	s.Close()
	return s.URL
}
