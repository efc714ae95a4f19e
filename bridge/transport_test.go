package bridge_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
)

// A server that is busy is left alone until the time that it told.
func TestBusyServerIsLeftAlone(t *testing.T) {
	w := standIn(t)
	var calls int
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		calls++
		mu.Unlock()
		rw.Header().Set("Retry-After", "7")
		http.Error(rw, "limit exceeded", http.StatusTooManyRequests)
	}))
	defer server.Close()
	w.conn.URL = server.URL
	for i := range 3 {
		_, err := w.bridge.Member(t.Context(), tenant, "c", "u")
		var busy *classroom.BusyError
		if !errors.As(err, &busy) || busy.Wait > 7*time.Second || busy.Wait < 6*time.Second {
			t.Errorf("call %d answers %v", i, err)
		}
	}
	if calls != 1 {
		t.Errorf("the server was called %d times", calls)
	}
	w.clock.advance(8 * time.Second)
	_, _ = w.bridge.Member(t.Context(), tenant, "c", "u")
	if calls != 2 {
		t.Errorf("after its time it was called %d times, want 2", calls)
	}
}

// Below a reserve of 20 calls the bridge goes no faster than calls come back.
func TestPace(t *testing.T) {
	w := standIn(t)
	remaining := 10
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Ratelimit-Limit", "101")
		rw.Header().Set("X-Ratelimit-Remaining", fmt.Sprint(remaining))
		rw.Header().Set("X-Ratelimit-Reset", "20")
		http.Error(rw, `{"id":"app.channel.get_member.missing.app_error","status_code":404}`, http.StatusNotFound)
	}))
	defer server.Close()
	w.conn.URL = server.URL
	member := func() time.Duration {
		start := time.Now()
		_, err := w.bridge.Member(t.Context(), tenant, "c", "u")
		w.must(err)
		return time.Since(start)
	}
	member()
	member() // takes the first turn
	if d := member(); d < 200*time.Millisecond {
		t.Errorf("with few calls left the next one came after %v", d)
	}
	remaining = 100
	member()
	start := time.Now()
	for range 20 {
		member()
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("with many calls left 20 took %v", d)
	}
}

func TestStrangeAnswers(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"no JSON":        func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>welcome") },
		"a proxy's page": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>sorry", http.StatusBadGateway) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"id":"`)
			for range 40 {
				fmt.Fprint(w, strings.Repeat("x", 1<<20))
			}
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example"+r.URL.Path, http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := standIn(t)
			server := httptest.NewServer(answer)
			defer server.Close()
			w.conn.URL = server.URL
			inside, err := w.bridge.Member(t.Context(), tenant, "c", "u")
			if err == nil || inside {
				t.Errorf("taken for an answer: %v", inside)
			}
			if err != nil && (strings.Contains(err.Error(), "html") || len(err.Error()) > 300) {
				t.Errorf("the error repeats what was sent: %.400v", err)
			}
		})
	}
}

func TestObserve(t *testing.T) {
	w := standIn(t)
	var seen []string
	w.bridge.Observe = func(call, result string, _ time.Duration) { seen = append(seen, call+" "+result) }
	_, _ = w.bridge.FindByEmail(t.Context(), tenant, "nobody@example.org")
	w.fake.FailNext("GET /api/v4/users/email", http.StatusInternalServerError)
	_, _ = w.bridge.FindByEmail(t.Context(), tenant, "nobody@example.org")
	_, err := w.bridge.FindByEmail(t.Context(), tenant, "admin@example.org")
	w.must(err)
	want := "get user by email refused, get user by email failed, get user by email ok"
	if got := strings.Join(seen, ", "); got != want {
		t.Errorf("seen: %s, want %s", got, want)
	}
}
