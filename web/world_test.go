package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// world is the tool with a real database, an LMS, a BigBlueButton and a chat.
type world struct {
	testing.TB
	db       *storage.DB
	lms      *ltitest.LMS
	lmsURL   string
	platform classroom.Platform
	bbb      *bbbtest.Server
	bbbURL   string
	bbbRow   classroom.Server
	chat     *chatStandIn
	room     *classroom.Classroom
	console  *admin.Console
	alarm    *admin.Alarm
	server   *Server
	url      string
	clock    *clock
	log      *records

	launches, joins *counts
}

// clock is the time of the tool: the real one, moved.
type clock struct {
	moved   atomic.Int64
	stopped atomic.Pointer[time.Time]
}

func (c *clock) Now() time.Time {
	if at := c.stopped.Load(); at != nil {
		return *at
	}
	return time.Now().Add(time.Duration(c.moved.Load())).UTC()
}

func (c *clock) forward(by time.Duration) { c.moved.Add(int64(by)) }

// stop lets no time pass.
func (c *clock) stop() {
	now := c.Now()
	c.stopped.Store(&now)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: storagetest.New(t), clock: &clock{}, chat: newChatStandIn(), log: &records{}, launches: &counts{}, joins: &counts{}}
	var handler http.Handler
	tool := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(tool.Close)
	w.url = tool.URL
	w.startLMS()
	w.startBBB()
	w.room = &classroom.Classroom{
		Store: w.db, Chat: w.chat, ChatAdmin: w.chat, Channels: w.chat, URL: w.url, Now: w.clock.Now, Log: slog.New(w.log),
		Signer: &classroom.Signer{Master: []byte(strings.Repeat("m", 32)), Now: w.clock.Now},
		Keys:   &classroom.Keyring{Store: w.db, Now: w.clock.Now},
		BBB:    func(s classroom.Server) *bbb.Client { return &bbb.Client{URL: s.URL, Secrets: s.Secrets} },
		Word:   func(_, id string) string { return id },
		Tool: &lti.Tool{
			URL: w.url, Platforms: w.db, Secret: []byte(strings.Repeat("s", 32)), Now: w.clock.Now,
			Keys: &lti.Keys{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Now: w.clock.Now, Logger: slog.New(w.log)},
		},
		Registrar: &lti.Registrar{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Logger: slog.New(w.log)},
	}
	w.console = &admin.Console{
		Store: w.db, Signer: w.room.Signer, URL: w.url, Now: w.clock.Now, Log: slog.New(w.log),
		HTTP: func(string) *http.Client { return &http.Client{} },
	}
	w.alarm = &admin.Alarm{Console: w.console, Word: func(_, id string, _ ...any) string { return id }}
	w.server = w.newServer()
	t.Cleanup(w.server.Close)
	handler = w.server.Handler()
	return w
}

func (w *world) newServer() *Server {
	w.Helper()
	texts, err := locales.Load()
	w.must(err)
	s, err := New(Config{
		URL: w.url, Classroom: w.room, Chat: w.chat, Console: w.console, Alarm: w.alarm, Texts: texts, Now: w.clock.Now, Log: slog.New(w.log),
		Doctor:       w.doctor(),
		ChatHealth:   w.chat,
		ChatCommand:  http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(w.chat.commanded(r)) }),
		Tool:         w.room.Tool,
		Keys:         func(context.Context) ([]byte, error) { return []byte(`{"keys":[]}`), nil },
		Ready:        func(ctx context.Context) error { return w.db.Ping(ctx) },
		Metrics:      http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("numbers 1\n")) }),
		MetricsToken: "metrics-token",
		Observe:      Observe{Launch: w.launches.add, Join: w.joins.add},
	})
	w.must(err)
	return s
}

func (w *world) startLMS() {
	w.Helper()
	w.lms, w.lmsURL = w.newLMS()
	w.platform = w.register(w.lms, classroom.DefaultTenant)
}

func (w *world) newLMS() (lms *ltitest.LMS, address string) { return w.newLMSOf(ltitest.Reference()) }

func (w *world) newLMSOf(profile ltitest.Profile) (lms *ltitest.LMS, address string) {
	w.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { lms.ServeHTTP(rw, r) }))
	w.Cleanup(server.Close)
	lms, err := ltitest.New(ltitest.Config{
		URL: server.URL, ToolURL: w.url, Now: w.clock.Now, Profile: profile,
		Custom: map[string]string{
			lti.CustomContextHistory: "$Context.id.history", lti.CustomLinkHistory: "$ResourceLink.id.history",
		},
		Persons: []ltitest.Person{
			{Sub: "teacher", Name: "Terry Teacher", Locale: "en", Roles: []string{ltitest.Instructor}},
			{Sub: "learner", Name: "Lee Learner", Locale: "en", Roles: []string{ltitest.Learner}},
			{Sub: "other-teacher", Name: "Otto Other", Locale: "en", Roles: []string{ltitest.Instructor}},
		},
		Courses: []ltitest.Course{{ID: "algebra", Label: "ALG", Title: "Algebra 101"}, {ID: "biology", Label: "BIO", Title: "Biology"}},
		Links: []ltitest.Link{
			{ID: "room-1", Title: "Weekly class", CourseID: "algebra"},
			{ID: "room-2", Title: "Field trip", CourseID: "biology"},
		},
	})
	w.must(err)
	return lms, server.URL
}

func (w *world) register(lms *ltitest.LMS, tenant string) classroom.Platform {
	w.Helper()
	p := classroom.Platform{
		Platform: lms.Platform(storagetest.ID()), TenantID: tenant, Name: "LMS",
		Channels: classroom.ChannelAtFirstLaunch, NewDeployments: classroom.DeploymentActive, Record: true,
		FrameOrigins: []string{"https://intranet.example"}, CreatedAt: w.clock.Now(),
	}
	p.OnPremises = true
	w.must(w.db.CreatePlatform(w.Context(), p, nil))
	return p
}

func (w *world) startBBB() {
	w.Helper()
	w.bbb = bbbtest.New(bbbtest.Config{Secrets: []string{"bbb-secret"}})
	server := httptest.NewServer(w.bbb)
	w.Cleanup(server.Close)
	w.bbbURL = server.URL
	w.bbbRow = classroom.Server{
		ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Name: "BBB", URL: server.URL + "/bigbluebutton/",
		Secrets: []string{"bbb-secret"}, Hash: "sha256", CreatedAt: w.clock.Now(), UpdatedAt: w.clock.Now(),
	}
	w.must(w.db.CreateServer(w.Context(), w.bbbRow))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// counts notes what an observer is told.
type counts struct {
	mu   sync.Mutex
	seen []string
}

func (c *counts) add(a, b string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, strings.TrimSpace(a+" "+b))
}

func (c *counts) last() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) == 0 {
		return ""
	}
	return c.seen[len(c.seen)-1]
}

// of lists those that begin so.
func (c *counts) of(prefix string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.seen), func(one string) bool { return !strings.HasPrefix(one, prefix) })
}

// records keeps the log.
type records struct {
	mu    sync.Mutex
	lines []string
}

func (r *records) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }
func (r *records) WithAttrs([]slog.Attr) slog.Handler           { return r }
func (r *records) WithGroup(string) slog.Handler                { return r }

func (r *records) Handle(_ context.Context, rec slog.Record) error {
	line := rec.Message
	rec.Attrs(func(a slog.Attr) bool {
		line += " " + a.Key + "=" + a.Value.String()
		return true
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	return nil
}

// with lists the lines that have all of the words.
func (r *records) with(words ...string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []string
	for _, line := range r.lines {
		all := true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			found = append(found, line)
		}
	}
	return found
}

// chatStandIn is the chat: who is a member, and whose sign-in a code is.
type chatStandIn struct {
	mu        sync.Mutex
	members   map[string]bool
	challenge map[string]string // of the state
	err       error             // instead of any answer
	exchanges int               // of codes
	sessions  int               // of its admins
}

func newChatStandIn() *chatStandIn {
	return &chatStandIn{members: map[string]bool{}, challenge: map[string]string{}}
}

func (s *chatStandIn) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *chatStandIn) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *chatStandIn) AuthorizeURL(_ context.Context, tenantID, redirectURI, state, challenge string) (string, error) {
	if err := s.failure(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenge[tenantID] = challenge
	q := url.Values{"state": {state}, "redirect_uri": {redirectURI}, "code_challenge": {challenge}}
	return "https://chat.example/oauth/authorize?" + q.Encode(), nil
}

// wrongCode is one that the chat never gave, or long ago.
const wrongCode = "wrong"

// Identify takes the code for the user's id, and checks the proof (RFC 7636 §4.6).
func (s *chatStandIn) Identify(_ context.Context, tenantID, redirectURI, code, verifier string) (classroom.ChatUser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges++
	if s.err != nil {
		return classroom.ChatUser{}, s.err
	}
	if code == wrongCode {
		return classroom.ChatUser{}, &classroom.Error{Code: classroom.Expired, Message: "whatever", Err: errors.New("invalid_grant")}
	}
	digest := sha256.Sum256([]byte(verifier))
	if len(verifier) < 43 || base64.RawURLEncoding.EncodeToString(digest[:]) != s.challenge[tenantID] {
		return classroom.ChatUser{}, errors.New("the verifier does not fit")
	}
	if !strings.HasSuffix(redirectURI, "/mattermost/oauth") {
		return classroom.ChatUser{}, errors.New("another redirect URI")
	}
	return classroom.ChatUser{ID: code, Username: code + ".name", Name: "Name of " + code}, nil
}

func (s *chatStandIn) Member(_ context.Context, _, _, userID string) (bool, error) {
	if err := s.failure(); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.members[userID], nil
}

func (s *chatStandIn) OpenChannel(context.Context, string, classroom.ChannelSpec) (classroom.Channel, error) {
	return classroom.Channel{ID: "channel", Name: "channel"}, nil
}

func (s *chatStandIn) Admit(context.Context, string, string, string) error { return nil }

func (s *chatStandIn) Expel(context.Context, string, string, string) error { return nil }

func (s *chatStandIn) FindByEmail(context.Context, string, string) (classroom.ChatUser, error) {
	return classroom.ChatUser{}, classroom.ErrNoChatUser
}

func (s *chatStandIn) Publish(context.Context, string, classroom.Post) (string, error) {
	return "post", nil
}

func (s *chatStandIn) Edit(context.Context, string, string, string, classroom.Notice) error {
	return nil
}
