package main

import (
	"context"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const isReady = "msg=ready"

// proxied is a world whose tool is a server of its own, behind a reverse proxy
// as in a school.
type proxied struct {
	*world
	env map[string]string
}

func newProxied(t *testing.T) proxied {
	t.Helper()
	t.Parallel()
	address := freeAddress(t)
	w := startWorld(t, proxyTo(address))
	return proxied{w, toolEnv(w, t.TempDir(), address)}
}

func proxyTo(address string) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: address})
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}
}

func TestServeTellsTheStory(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world) // beside the running server
	tellStory(t, w.World)
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.err)
	}
	for _, level := range []string{"level=WARN", "level=ERROR"} {
		if strings.Contains(s.err.String(), level) {
			t.Errorf("the log of a story without mishaps has %s:\n%s", level, s.err)
		}
	}
}

// Commands beside a running server take effect within a second.
func TestCommandsBesideServe(t *testing.T) {
	w := newProxied(t)
	address, secret := w.env["CLASSBRIDGE_BBB_URL"], w.env["CLASSBRIDGE_BBB_SECRET"]
	delete(w.env, "CLASSBRIDGE_BBB_URL")
	delete(w.env, "CLASSBRIDGE_BBB_SECRET")
	start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	must(t, w.env, secret, "bbb", "add", "--url", address, "--secret-file", "-", "--name", "Main")
	teacher := newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")

	must(t, w.env, "", "platform", "disable", "Demo LMS")
	within(t, time.Second, "launches are refused", func() bool {
		answer, err := newVisitor(t).browser.Launch(t.Context(), w.LMS(), "teacher", "weekly")
		if err != nil {
			return true // the login is refused: there is no redirect to follow
		}
		answer.Body.Close()
		return answer.StatusCode >= 400
	})

	must(t, w.env, "", "platform", "enable", "Demo LMS")
	within(t, time.Second, "launches are accepted again", func() bool {
		answer, err := newVisitor(t).browser.Launch(t.Context(), w.LMS(), "teacher", "weekly")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusSeeOther
	})

	must(t, w.env, "", "bbb", "disable", "Main")
	within(t, time.Second, "the page says that there is no BigBlueButton", func() bool {
		teacher.reload()
		return teacher.find(`form[action$="/start"]`) == nil
	})
}

func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("not within %v: %s", limit, what)
			return
		}
	}
}

// A restart keeps sessions: all of them are in the database and in cookies.
func TestRestartKeepsSessions(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	teacher := newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	form := *teacher
	if code := s.end(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, s.err)
	}
	start(t, w.env, isReady, "serve")
	teacher.reload()
	teacher.want("[data-role=moderator]", "Instructor")
	form.submit(`form[action$="/start"]`) // of the page that was drawn before
	inside(&form, "Tamar Levi", "Moderator")
}

// Live pages, which last as long as somebody looks, do not hold up the end.
func TestShutdownEndsStreams(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	v := newVisitor(t)
	v.launch(w.LMS(), "learner1", "weekly")
	stream, err := v.browser.Get(t.Context(), v.resolve(attribute(v.find("[data-events]"), "data-events")))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if got := stream.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
		t.Fatalf("the live page's stream is %q (HTTP status %d)", got, stream.StatusCode)
	}
	begun := time.Now()
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the end took %v with a live page open", took)
	}
}

// Who clicked before the end gets into the class.
func TestShutdownFinishesRequests(t *testing.T) {
	w := newProxied(t)
	w.holdUp = make(chan struct{})
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	v := newVisitor(t)
	v.launch(w.LMS(), "teacher", "weekly")
	joined := make(chan string, 1)
	go func() { joined <- v.clickStart() }()
	within(t, 10*time.Second, "the click reaches BigBlueButton", func() bool { return w.requests.of(createPath) > 0 })

	s.stop()
	within(t, 10*time.Second, "nobody new is accepted", func() bool {
		answer, err := http.Get("http://" + w.env["CLASSBRIDGE_ADDR"] + "/healthz")
		if err == nil {
			answer.Body.Close()
		}
		return err != nil
	})
	close(w.holdUp)
	if address := <-joined; !strings.HasPrefix(address, w.BBB()) {
		t.Errorf("the click led to %q", address)
	}
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.err)
	}
}

func TestServeRefusesASecondServerOnOneFile(t *testing.T) {
	w := newProxied(t)
	start(t, w.env, isReady, "serve")
	r := command(t, w.env, "", "serve")
	if r.code != exitFailure || !strings.Contains(r.err, "another server works in") {
		t.Errorf("exit code %d:\n%s", r.code, r.err)
	}
}

// The environment's server and chat are in force while their variables are there.
func TestServeAppliesTheEnvironment(t *testing.T) {
	w := newProxied(t)
	start(t, w.env, isReady, "serve").end()
	list := must(t, w.env, "", "bbb", "list").out
	if !strings.Contains(list, environmentID) || !strings.Contains(list, "yes") {
		t.Errorf("after a start with CLASSBRIDGE_BBB_URL:\n%s", list)
	}
	delete(w.env, "CLASSBRIDGE_BBB_URL")
	delete(w.env, "CLASSBRIDGE_BBB_SECRET")
	start(t, w.env, isReady, "serve").end()
	if list = must(t, w.env, "", "bbb", "list").out; !strings.Contains(list, environmentID) || strings.Contains(list, "yes") {
		t.Errorf("after a start without CLASSBRIDGE_BBB_URL:\n%s", list)
	}
}

func TestServeSaysWhatIsWrongAtStart(t *testing.T) {
	taken := freeAddress(t)
	l, err := listen(t.Context(), "", taken)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, test := range []struct {
		name string
		env  map[string]string
		code int
		want string
	}{
		{"no address", map[string]string{}, exitUsage, "CLASSBRIDGE_URL is not set"},
		{"address taken", map[string]string{"CLASSBRIDGE_ADDR": taken}, exitFailure, "CLASSBRIDGE_ADDR cannot be listened on"},
		{"metrics address taken", map[string]string{"CLASSBRIDGE_METRICS_ADDR": taken}, exitFailure, "CLASSBRIDGE_METRICS_ADDR cannot be listened on"},
		{"master key", map[string]string{"CLASSBRIDGE_MASTER_KEY": "short"}, exitUsage, "master key"},
		{"data", map[string]string{"CLASSBRIDGE_DATA": filepath.Join(os.DevNull, "x")}, exitFailure, os.DevNull},
		{"database", map[string]string{"CLASSBRIDGE_DATABASE_URL": "postgres://nobody@" + freeAddress(t) + "/none?connect_timeout=1"}, exitFailure, "PostgreSQL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := map[string]string{"CLASSBRIDGE_DATA": t.TempDir(), "CLASSBRIDGE_ADDR": freeAddress(t)}
			if test.name != "no address" {
				env["CLASSBRIDGE_URL"] = "https://class.example.org"
			}
			for name, value := range test.env {
				env[name] = value
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			var out, errs strings.Builder
			code := run(ctx, []string{"serve"}, environ(env), strings.NewReader(""), &out, &errs)
			if code != test.code || !strings.Contains(errs.String(), test.want) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, test.code, test.want, &errs)
			}
		})
	}
}
