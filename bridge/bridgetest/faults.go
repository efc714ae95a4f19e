package bridgetest

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// faults are what goes wrong on purpose, before the server proper is reached.
type faults struct {
	mu    sync.Mutex
	down  bool
	slow  time.Duration
	fails []fail
	rate  *rate
	calls []string
}

// fail is what happens to the next call of that kind.
type fail struct {
	call   string
	status int  // answered in place of doing it
	lose   bool // done, and not answered
}

// rate is Mattermost's limiter: burst calls at once, perSecond in the long run.
type rate struct {
	perSecond, burst float64
	used             float64
	at               time.Time
}

// Down makes the server hang up on everybody, or come back.
func (s *Server) Down(down bool) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.down = down
}

// Slow makes every answer wait for d.
func (s *Server) Slow(d time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.slow = d
}

// FailNext answers the next call that begins so, "POST /api/v4/posts", with that
// status. It may be called several times for several calls.
func (s *Server) FailNext(call string, status int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.fails = append(s.faults.fails, fail{call: call, status: status})
}

// LoseAnswer does what the next call that begins so asks for and hangs up in
// place of answering.
func (s *Server) LoseAnswer(call string) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.fails = append(s.faults.fails, fail{call: call, lose: true})
}

// RateLimit limits everybody together; 0 lifts the limit, as it is at first.
func (s *Server) RateLimit(perSecond, burst int) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rate = nil
	if perSecond > 0 {
		s.faults.rate = &rate{perSecond: float64(perSecond), burst: float64(burst)}
	}
}

// Restart forgets what a real server keeps in memory only: the pending ids of
// the last 30 seconds.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.pending)
}

// Calls lists the calls so far, "POST /api/v4/posts", the oldest first.
func (s *Server) Calls() []string {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return append([]string(nil), s.faults.calls...)
}

func (f *faults) serve(w http.ResponseWriter, r *http.Request, now time.Time, next http.Handler) {
	f.mu.Lock()
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	down, slow, limited := f.down, f.slow, f.rate != nil && f.rate.refuse(w, now)
	failing := f.take(r)
	f.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-r.Context().Done():
		return
	}
	switch {
	case down:
		panic(http.ErrAbortHandler) // net/http hangs up
	case limited:
		http.Error(w, "limit exceeded", http.StatusTooManyRequests)
	case failing.lose:
		next.ServeHTTP(&nobody{header: http.Header{}}, r)
		panic(http.ErrAbortHandler)
	case failing.status != 0:
		answer(w, nil, refuse(failing.status, "bridgetest.fault"))
	default:
		next.ServeHTTP(w, r)
	}
}

func (f *faults) take(r *http.Request) fail {
	for i, x := range f.fails {
		if strings.HasPrefix(r.Method+" "+r.URL.Path, x.call) {
			f.fails = append(f.fails[:i:i], f.fails[i+1:]...)
			return x
		}
	}
	return fail{}
}

func (l *rate) refuse(w http.ResponseWriter, now time.Time) bool {
	if !l.at.IsZero() {
		l.used = max(0, l.used-now.Sub(l.at).Seconds()*l.perSecond)
	}
	l.at = now
	refused := l.used+1 > l.burst+1
	if !refused {
		l.used++
	}
	set := func(name string, n float64) { w.Header().Set("X-Ratelimit-"+name, fmt.Sprint(int(math.Ceil(n)))) }
	set("Limit", l.burst+1)
	set("Remaining", max(0, l.burst+1-math.Ceil(l.used)))
	set("Reset", l.used/l.perSecond)
	if refused {
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(1/l.perSecond))))
	}
	return refused
}

// nobody is the reader of an answer that is lost.
type nobody struct{ header http.Header }

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) Write(b []byte) (int, error) { return len(b), nil }
func (n *nobody) WriteHeader(int)             {}
