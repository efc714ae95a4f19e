package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/cmd/classbridge/demo"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// command runs the program to its end.
func command(t *testing.T, env map[string]string, in string, args ...string) result {
	t.Helper()
	return commandAt(t, time.Now, env, in, args...)
}

// commandAt is command at another time.
func commandAt(t *testing.T, now func() time.Time, env map[string]string, in string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{env: env, in: strings.NewReader(in), out: &out, err: &errs, now: now}
	code := p.exit(p.run(t.Context(), args))
	return result{code, out.String(), errs.String()}
}

// must is command for one that has to succeed.
func must(t *testing.T, env map[string]string, in string, args ...string) result {
	t.Helper()
	r := command(t, env, in, args...)
	if r.code != 0 {
		t.Fatalf("classbridge %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r
}

func environ(env map[string]string) []string {
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// server is `classbridge serve`, or `demo`, at work.
type server struct {
	t    *testing.T
	stop context.CancelFunc
	done chan int // exit code
	out  *output
	err  *output
}

// start runs a command that stays, and returns once it has said that line.
func start(t *testing.T, env map[string]string, ready string, args ...string) *server {
	t.Helper()
	return startAt(t, time.Now, env, ready, args...)
}

// startAt is start in a program whose time is now.
func startAt(t *testing.T, now func() time.Time, env map[string]string, ready string, args ...string) *server {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &server{t: t, stop: stop, done: make(chan int, 1), out: newOutput(ready), err: newOutput(ready)}
	p := &program{env: env, in: strings.NewReader(""), out: s.out, err: s.err, now: now}
	go func() { s.done <- p.exit(p.run(ctx, args)) }()
	t.Cleanup(func() { s.end() })
	select {
	case <-s.out.seen:
	case <-s.err.seen:
	case code := <-s.done:
		s.done <- code
		t.Fatalf("classbridge %s ended with exit code %d:\n%s%s", strings.Join(args, " "), code, s.out, s.err)
	case <-time.After(time.Minute):
		t.Fatalf("classbridge %s is not ready after a minute:\n%s%s", strings.Join(args, " "), s.out, s.err)
	}
	return s
}

// end tells it to stop and returns its exit code.
func (s *server) end() int {
	s.stop()
	select {
	case code := <-s.done:
		s.done <- code
		return code
	case <-time.After(25 * time.Second):
		s.t.Errorf("the server does not stop:\n%s", s.err)
		return -1
	}
}

// output keeps what a command says and tells when it has said a certain thing.
type output struct {
	wait string
	seen chan struct{}

	mu   sync.Mutex
	text strings.Builder
	said bool
}

func newOutput(wait string) *output { return &output{wait: wait, seen: make(chan struct{})} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(b)
	if !o.said && strings.Contains(o.text.String(), o.wait) {
		o.said = true
		close(o.seen)
	}
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// world is the demo's, whose tool is somewhere else.
type world struct {
	*demo.World
	requests counter
	holdUp   chan struct{} // where it is set, calls to create wait until it is closed
}

// startWorld lets tool answer for the tool's host.
func startWorld(t *testing.T, tool http.Handler) *world {
	t.Helper()
	var handler http.Handler
	w := &world{}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.requests.add(r.URL.Path)
		if w.holdUp != nil && r.URL.Path == createPath {
			<-w.holdUp
		}
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(s.Close)
	var err error
	w.World, err = demo.New(demo.Config{
		Port: s.Listener.Addr().(*net.TCPAddr).Port, HTTP: newClients(nil).own,
		Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	handler = w.Handler(tool)
	go w.Run(t.Context())
	return w
}

const createPath = "/bigbluebutton/api/create"

// counter counts requests by path.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[path]++
}

func (c *counter) of(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[path]
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// toolEnv configures a server behind that world, whose data is in dir.
func toolEnv(w *world, dir, address string) map[string]string {
	bbb, chat := w.Server(), w.Chat()
	return map[string]string{
		"CLASSBRIDGE_URL": w.Tool(), "CLASSBRIDGE_ADDR": address, "CLASSBRIDGE_DATA": dir,
		"CLASSBRIDGE_TRUSTED_PROXIES": "127.0.0.1, ::1",
		"CLASSBRIDGE_BBB_URL":         bbb.URL, "CLASSBRIDGE_BBB_SECRET": bbb.Secrets[0],
		"CLASSBRIDGE_MATTERMOST_URL": chat.URL, "CLASSBRIDGE_MATTERMOST_TOKEN": chat.Token, "CLASSBRIDGE_MATTERMOST_TEAM": chat.TeamName,
		"CLASSBRIDGE_MATTERMOST_OAUTH_ID": chat.OAuthID, "CLASSBRIDGE_MATTERMOST_OAUTH_SECRET": chat.OAuthSecret,
	}
}

// addPlatform registers the world's LMS by command.
func addPlatform(t *testing.T, env map[string]string, w *world) {
	t.Helper()
	p := w.Platform()
	must(t, env, "", "platform", "add", "--name", p.Name, "--issuer", p.Issuer, "--client-id", p.ClientID,
		"--auth-url", p.AuthURL, "--token-url", p.TokenURL, "--jwks-url", p.JWKSURL,
		"--deployment-id", w.DeploymentID(), "--on-premises")
}

func queryAll(n *html.Node, selector string) []*html.Node {
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}
