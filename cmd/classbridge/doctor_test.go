package main

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/doctor"
	"classbridge/lti"
)

// examine runs the doctor and answers the state of each check.
func examine(t *testing.T, env map[string]string, code int, more ...string) (map[string]doctor.State, result) {
	t.Helper()
	r := command(t, env, "", append([]string{"doctor", "--json"}, more...)...)
	states := map[string]doctor.State{}
	for _, found := range decode[doctor.Shown](t, r).Results {
		if states[found.Check] != doctor.Failed {
			states[found.Check] = found.State
		}
		for _, text := range []string{found.What, found.Why, found.Do} {
			if strings.HasPrefix(text, "doctor.") || strings.HasPrefix(text, "chat.") {
				t.Errorf("%s has no words: %s", found.Check, text)
			}
		}
	}
	if r.code != code {
		t.Errorf("exit code %d, want %d:\n%s%s", r.code, code, r.out, r.err)
	}
	return states, r
}

func wantStates(t *testing.T, got map[string]doctor.State, want map[string]doctor.State) {
	t.Helper()
	for check, state := range want {
		if got[check] != state {
			t.Errorf("%s is %q, want %q", check, got[check], state)
		}
	}
}

// sound is what an installation in order shows, on loopback addresses.
func sound() map[string]doctor.State {
	return map[string]doctor.State{
		"database.answers": doctor.OK, "database.schema": doctor.OK, "database.key": doctor.OK, "database.queue": doctor.OK, "database.disk": doctor.OK,
		"address.name": doctor.Warning, "address.self": doctor.OK, "address.proxy": doctor.OK, "address.stream": doctor.OK, "address.clock": doctor.OK,
		"bbb.call": doctor.OK, "lms.keys": doctor.OK, "lms.token": doctor.OK, "lms.deployments": doctor.OK,
		"mattermost.reach": doctor.OK, "mattermost.token": doctor.OK, "mattermost.rights": doctor.OK,
		"rehearsal.meeting": doctor.OK, "bbb.callback": doctor.OK, "rehearsal.chat": doctor.OK,
	}
}

// The whole installation, beside a running server.
func TestDoctor(t *testing.T) {
	w := newProxied(t)
	start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	file := filepath.Join(t.TempDir(), "report.txt")
	states, r := examine(t, w.env, 0, "--rehearse", "--report", file)
	wantStates(t, states, sound())
	report, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(report), "accepts signed calls") {
		t.Errorf("the report: %v\n%s", err, report)
	}
	wantNoSecret(t, w.env, r.out+r.err+string(report))
	states, _ = examine(t, w.env, 0)
	if _, rehearsed := states["rehearsal.meeting"]; rehearsed {
		t.Error("a rehearsal that nobody asked for")
	}
	if r := must(t, w.env, "", "doctor"); !strings.Contains(r.out, "Public address\n") || !strings.Contains(r.out, "What to do: ") {
		t.Errorf("for people:\n%s", r.out)
	}
}

// wantNoSecret looks for everything that the installation keeps to itself.
func wantNoSecret(t *testing.T, env map[string]string, shown string) {
	t.Helper()
	secrets := []string{env["CLASSBRIDGE_BBB_SECRET"], env["CLASSBRIDGE_MATTERMOST_TOKEN"], env["CLASSBRIDGE_MATTERMOST_OAUTH_SECRET"], env["CLASSBRIDGE_METRICS_TOKEN"], "PRIVATE KEY", "checksum=", "access_token"}
	if master, err := os.ReadFile(filepath.Join(env["CLASSBRIDGE_DATA"], "master.key")); err == nil {
		secrets = append(secrets, strings.Fields(string(master))...)
	}
	if u, err := url.Parse(env["CLASSBRIDGE_DATABASE_URL"]); err == nil && u.User != nil {
		password, _ := u.User.Password()
		secrets = append(secrets, password)
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(shown, s) {
			t.Errorf("%q is shown:\n%s", s, shown)
		}
	}
}

// Each part is broken in turn: it is told, and tells no secret.
func TestDoctorFinds(t *testing.T) {
	w := newProxied(t)
	s := start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	w.env["CLASSBRIDGE_METRICS_TOKEN"] = "metrics-canary"
	spoil := func(name, value string) map[string]string {
		env := map[string]string{}
		for k, v := range w.env {
			env[k] = v
		}
		env[name] = value
		return env
	}
	for _, test := range []struct {
		name string
		env  map[string]string
		want map[string]doctor.State
	}{
		{"BigBlueButton's secret", spoil("CLASSBRIDGE_BBB_SECRET", "wrong-secret-canary"), map[string]doctor.State{"bbb.call": doctor.Failed, "rehearsal.meeting": doctor.Failed, "bbb.callback": doctor.Skipped, "lms.keys": doctor.OK}},
		{"the bot's token", spoil("CLASSBRIDGE_MATTERMOST_TOKEN", "wrong-token-canary"), map[string]doctor.State{"mattermost.token": doctor.Failed, "rehearsal.chat": doctor.Failed, "bbb.call": doctor.OK}},
		{"the master key", spoil("CLASSBRIDGE_MASTER_KEY", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="), map[string]doctor.State{"database.key": doctor.Failed, "address.self": doctor.Failed, "database.rest": doctor.Skipped}},
		{"the database", spoil("CLASSBRIDGE_DATABASE_URL", "postgres://somebody:database-canary@"+freeAddress(t)+"/none?connect_timeout=1"), map[string]doctor.State{"database.answers": doctor.Failed, "address.self": doctor.OK}},
		{"the address", spoil("CLASSBRIDGE_URL", w.BBB()), map[string]doctor.State{"address.self": doctor.Failed, "address.stream": doctor.Skipped, "bbb.call": doctor.OK}},
	} {
		t.Run(test.name, func(t *testing.T) {
			states, r := examine(t, test.env, exitFailure, "--rehearse")
			wantStates(t, states, test.want)
			wantNoSecret(t, test.env, r.out+r.err)
			wantNoSecret(t, w.env, r.out+r.err)
		})
	}
	s.end()
	states, _ := examine(t, w.env, exitFailure)
	wantStates(t, states, map[string]doctor.State{"address.self": doctor.Failed, "database.answers": doctor.OK, "bbb.call": doctor.OK})
}

func TestDoctorOfNothing(t *testing.T) {
	env := map[string]string{"CLASSBRIDGE_DATA": t.TempDir()}
	if r := command(t, env, "", "doctor"); r.code != exitUsage || !strings.Contains(r.err, "CLASSBRIDGE_URL") {
		t.Errorf("without an address: exit code %d\n%s", r.code, r.err)
	}
	env["CLASSBRIDGE_URL"] = "http://" + freeAddress(t)
	states, _ := examine(t, env, exitFailure)
	wantStates(t, states, map[string]doctor.State{"database.schema": doctor.Failed, "address.self": doctor.Failed})
	must(t, env, "", "migrate")
	states, _ = examine(t, env, exitFailure)
	wantStates(t, states, map[string]doctor.State{"database.schema": doctor.OK, "bbb.call": doctor.Warning, "lms.keys": doctor.Warning, "mattermost.connection": doctor.Skipped})
}

// Callbacks come to any replica, and the doctor learns of them.
func TestDoctorBesideReplicas(t *testing.T) {
	w, _ := newReplicas(t)
	states, r := examine(t, w.env, 0, "--rehearse")
	wantStates(t, states, sound())
	wantNoSecret(t, w.env, r.out+r.err)
}

// What stands before the program: how it is told from one that is set up well.
func TestDoctorBehindProxies(t *testing.T) {
	for _, test := range []struct {
		name    string
		trusted string
		proxy   func(http.Handler) http.Handler
		code    int
		want    map[string]doctor.State
	}{
		{"not trusted", "", passOn, 0, map[string]doctor.State{"address.self": doctor.OK, "address.proxy": doctor.Warning, "address.stream": doctor.OK}},
		{"everybody trusted", "0.0.0.0/0", passOn, exitFailure, map[string]doctor.State{"address.self": doctor.OK, "address.proxy": doctor.Failed}},
		{"collects answers", "127.0.0.1", collect, exitFailure, map[string]doctor.State{"address.self": doctor.OK, "address.proxy": doctor.OK, "address.stream": doctor.Failed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			address := freeAddress(t)
			w := startWorld(t, test.proxy(proxyTo(address)))
			env := toolEnv(w, t.TempDir(), address)
			env["CLASSBRIDGE_TRUSTED_PROXIES"] = test.trusted
			start(t, env, isReady, "serve")
			states, _ := examine(t, env, test.code)
			wantStates(t, states, test.want)
		})
	}
}

func passOn(h http.Handler) http.Handler { return h }

// collect passes an answer on when it is complete, as proxies do that buffer.
func collect(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		maps.Copy(rw.Header(), answer.Header())
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
}

// The clients that the program really has refuse a school's own addresses to
// platforms that are not on its premises, and that is told.
func TestDoctorTellsPrivateAddresses(t *testing.T) {
	d := newDoctor(config{}, nil, nil, newClients(nil), nil, time.Now)
	d.Key = func(context.Context) (lti.ToolKey, error) { return lti.GenerateToolKey() }
	d.Store = noDeployments{}
	p := classroom.Platform{Name: "LMS", Platform: lti.Platform{ID: "1", ClientID: "c", JWKSURL: "https://10.0.0.1/jwks", TokenURL: "https://10.0.0.1/token"}}
	for want, got := range map[string]doctor.Result{
		"doctor.lms.keys_private":  d.CheckKeys(t.Context(), p),
		"doctor.lms.token_private": d.CheckToken(t.Context(), p),
		"doctor.bbb.forbidden":     d.CheckServer(t.Context(), classroom.Server{URL: "https://169.254.169.254/", Secrets: []string{"s3cret"}}),
	} {
		if got.State != doctor.Failed || got.What.ID != want {
			t.Errorf("found %s %s, want %s", got.State, got.What.ID, want)
		}
	}
}

type noDeployments struct{ doctor.Store }

func (noDeployments) Deployments(context.Context, string) ([]classroom.Deployment, error) {
	return nil, nil
}
