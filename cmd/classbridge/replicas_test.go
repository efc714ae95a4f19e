package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"classbridge/storage/storagetest"
)

// newReplicas runs two servers on one PostgreSQL behind one address, which hands
// requests to each in turn.
func newReplicas(t *testing.T) (proxied, [2]*server) {
	t.Helper()
	const key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
	return newReplicasWith(t, "CLASSBRIDGE_MASTER_KEY", key, key)
}

// newReplicasWith is newReplicas with a variable that each has a value of its own of.
func newReplicasWith(t *testing.T, variable, one, other string) (proxied, [2]*server) {
	t.Helper()
	t.Parallel()
	needsPostgres(t)
	addresses := [2]string{freeAddress(t), freeAddress(t)}
	replicas := [2]http.Handler{proxyTo(addresses[0]), proxyTo(addresses[1])}
	var turn atomic.Int64
	w := startWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		replicas[turn.Add(1)%2].ServeHTTP(rw, r)
	}))
	env := toolEnv(w, t.TempDir(), addresses[0])
	env["CLASSBRIDGE_DATABASE_URL"] = storagetest.Postgres(t).URL
	env[variable] = one
	second := maps.Clone(env)
	second["CLASSBRIDGE_ADDR"], second["CLASSBRIDGE_DATA"] = addresses[1], t.TempDir()
	second[variable] = other

	var servers [2]*server
	var both sync.WaitGroup // at once: they migrate under one lock
	for i, e := range []map[string]string{env, second} {
		both.Go(func() { servers[i] = start(t, e, isReady, "serve") })
	}
	both.Wait()
	p := proxied{w, env}
	addPlatform(t, env, w)
	return p, servers
}

func TestReplicasTellTheStory(t *testing.T) {
	w, servers := newReplicas(t)
	tellStory(t, w.World)
	for _, s := range servers {
		if code := s.end(); code != 0 {
			t.Errorf("exit code %d:\n%s", code, s.err)
		}
	}
}

// However many click at once, on whichever replica, there is one meeting, which
// is created once.
func TestReplicasStartOneMeeting(t *testing.T) {
	w, _ := newReplicas(t)
	teacher, assistant := newVisitor(t), newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	assistant.launch(w.LMS(), "assistant", "weekly")

	const clicks = 50
	var pages []visitor // each with a ticket of its own
	for i := range clicks {
		v := []*visitor{teacher, assistant}[i%2]
		v.reload()
		pages = append(pages, *v)
	}
	var all sync.WaitGroup
	joins := make([]string, clicks)
	for i, v := range pages {
		all.Go(func() { joins[i] = v.clickStart() })
	}
	all.Wait()

	meetings := map[string]int{}
	for _, j := range joins {
		u, err := url.Parse(j)
		if err != nil || !strings.HasPrefix(j, w.BBB()) {
			t.Fatalf("a click led to %q", j)
		}
		meetings[u.Query().Get("meetingID")]++
	}
	if len(meetings) != 1 {
		t.Errorf("%d clicks led to %d meetings", clicks, len(meetings))
	}
	if n := w.requests.of(createPath); n != 1 {
		t.Errorf("%d calls to create, want 1", n)
	}
}

// clickStart answers where the click leads, without going there.
func (v *visitor) clickStart() string {
	form := v.find(`form[action$="/start"]`)
	ticket := attribute(queryAll(form, "input[name=ticket]")[0], "value")
	answer, err := v.browser.Post(v.t.Context(), v.resolve(attribute(form, "action")), url.Values{"ticket": {ticket}})
	if err != nil {
		v.t.Error(err)
		return ""
	}
	answer.Body.Close()
	return answer.Header.Get("Location")
}
