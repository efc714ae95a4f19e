package program

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Moment is when a gate stops a request.
type Moment int

const (
	// BeforeArrival: the server has not seen the request.
	BeforeArrival Moment = iota
	// BeforeAnswer: the server has done what was asked; the asker does not know.
	BeforeAnswer
)

// Match picks requests. The body is that of the request.
type Match func(r *http.Request, body string) bool

// Gate stands before a server and stops single requests on their way.
type Gate struct {
	mu    sync.Mutex
	holds []*Hold
}

// Hold is one stop at a gate: of the first request that matches, and no other.
type Hold struct {
	moment  Moment
	match   Match
	reached chan struct{}
	lost    chan struct{}
	passed  chan struct{}
	once    sync.Once
}

// Stop has the gate stop the next request that matches.
func (g *Gate) Stop(at Moment, match Match) *Hold {
	h := &Hold{moment: at, match: match, reached: make(chan struct{}), lost: make(chan struct{}), passed: make(chan struct{})}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.holds = append(g.holds, h)
	return h
}

// Reached is closed when the request has been stopped.
func (h *Hold) Reached() <-chan struct{} { return h.reached }

// Pass lets the request, or its answer, go on.
func (h *Hold) Pass() { h.once.Do(func() { close(h.passed) }) }

// Lose closes the connection instead.
func (h *Hold) Lose() { h.once.Do(func() { close(h.lost) }) }

// Guard is the handler behind the gate.
func (g *Gate) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch h := g.take(r, string(body)); {
		case h == nil:
			next.ServeHTTP(w, r)
		case h.moment == BeforeArrival:
			h.wait(r)
			next.ServeHTTP(w, r)
		default:
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			h.wait(r)
			replay(w, answer)
		}
	})
}

// take finds the stop for a request and uses it up.
func (g *Gate) take(r *http.Request, body string) *Hold {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, h := range g.holds {
		if h.match(r, body) {
			g.holds = append(g.holds[:i:i], g.holds[i+1:]...)
			return h
		}
	}
	return nil
}

// wait returns when the request may go on; it does not when it is lost, or when
// whoever asked has gone: a killed program's request dies with it.
func (h *Hold) wait(r *http.Request) {
	close(h.reached)
	select {
	case <-h.passed:
	case <-h.lost:
		panic(http.ErrAbortHandler)
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

func replay(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
