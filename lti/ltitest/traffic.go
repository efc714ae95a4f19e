package ltitest

import (
	"net/http"
	"sync"
)

// traffic counts requests by endpoint, and keeps answers to give in place of the
// LMS's own.
type traffic struct {
	mu      sync.Mutex
	counts  map[string]int
	instead map[string][]http.Handler
}

// handle serves a pattern as one of the named endpoints.
func (l *LMS) handle(endpoint, pattern string, h http.HandlerFunc) {
	l.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if instead := l.traffic.pass(endpoint); instead != nil {
			instead.ServeHTTP(w, r)
			return
		}
		h(w, r)
	})
}

// pass counts a request, and returns what is to answer it instead.
func (t *traffic) pass(endpoint string) http.Handler {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = make(map[string]int)
	}
	t.counts[endpoint]++
	waiting := t.instead[endpoint]
	if len(waiting) == 0 {
		return nil
	}
	t.instead[endpoint] = waiting[1:]
	return waiting[0]
}

// Requests counts the requests of an endpoint: launch, auth, jwks, token, members,
// lineitems, lineitem, scores, results, groups, notices, configuration, register,
// deep-link or deep-link-return.
func (l *LMS) Requests(endpoint string) int {
	l.traffic.mu.Lock()
	defer l.traffic.mu.Unlock()
	return l.traffic.counts[endpoint]
}

// AnswerNext lets h answer the next request of an endpoint: an HTML page, too much,
// or too late. Further ones queue up.
func (l *LMS) AnswerNext(endpoint string, h http.Handler) {
	l.traffic.mu.Lock()
	defer l.traffic.mu.Unlock()
	if l.traffic.instead == nil {
		l.traffic.instead = make(map[string][]http.Handler)
	}
	l.traffic.instead[endpoint] = append(l.traffic.instead[endpoint], h)
}

// FailNext answers the next request of an endpoint with a status and a body.
func (l *LMS) FailNext(endpoint string, status int, body string) {
	l.AnswerNext(endpoint, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, body, status)
	}))
}
