package bbbtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

const secret = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"

// clock moves when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// world is a stand-in, its clock, a client, and what it called back.
type world struct {
	*bbbtest.Server
	t      *testing.T
	url    string
	client *bbb.Client
	clock  *clock
	inbox  *inbox
}

func newWorld(t *testing.T, cfg bbbtest.Config) *world {
	t.Helper()
	c := &clock{at: time.UnixMilli(1531241258036)}
	if cfg.Secrets == nil {
		cfg.Secrets = []string{secret}
	}
	cfg.Now = c.now
	w := &world{Server: bbbtest.New(cfg), t: t, clock: c, inbox: newInbox(t)}
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.client = &bbb.Client{URL: server.URL, Secrets: cfg.Secrets}
	return w
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.clock.mu.Lock()
	w.clock.at = w.clock.at.Add(d)
	w.clock.mu.Unlock()
	w.Tick()
}

func (w *world) create(r bbb.CreateRequest) bbb.Created {
	w.t.Helper()
	if r.MeetingID == "" {
		r.MeetingID = "abc123"
	}
	r.Name, r.AttendeePW, r.ModeratorPW = "Algebra", "viewer-pw", "moderator-pw"
	made, err := w.client.Create(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func (w *world) enter(name string, role bbb.Role) {
	w.t.Helper()
	if err := w.EnterAs("abc123", bbbtest.Person{Name: name, UserID: "id-" + name, Role: string(role)}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) there() bool {
	w.t.Helper()
	info, err := w.client.Info(w.t.Context(), "abc123")
	if err != nil && !bbb.NotFound(err) {
		w.t.Fatal(err)
	}
	return err == nil && info.End.IsZero()
}

func (w *world) recordings(states ...bbb.RecordingState) []bbb.Recording {
	w.t.Helper()
	found, err := w.client.Recordings(w.t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"abc123"}, States: states})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// inbox takes callbacks and answers with the next status, 200 when none is left.
type inbox struct {
	url      string
	mu       sync.Mutex
	statuses []int
	got      []letter
}

type letter struct {
	method, uri, body string
	header            http.Header
}

func newInbox(t *testing.T) *inbox {
	in := &inbox{}
	server := httptest.NewServer(in)
	t.Cleanup(server.Close)
	in.url = server.URL
	return in
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.got = append(in.got, letter{r.Method, r.URL.RequestURI(), string(body), r.Header})
	if len(in.statuses) > 0 {
		w.WriteHeader(in.statuses[0])
		in.statuses = in.statuses[1:]
	}
}

// take returns what came since the last time.
func (in *inbox) take() []letter {
	in.mu.Lock()
	defer in.mu.Unlock()
	got := in.got
	in.got = nil
	return got
}

// get fetches a page, follows redirects on the way, and returns its text.
func (w *world) get(url string) (status int, text string, at string) {
	w.t.Helper()
	return w.read(http.Get(url))
}

func (w *world) read(resp *http.Response, err error) (status int, text string, at string) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Request.URL.String()
}

func wants(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is missing in\n%s", word, text)
		}
	}
}

func wantsNone(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%q is in\n%s", word, text)
		}
	}
}
