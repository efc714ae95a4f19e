package bbbtest

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Outage is a way of being down.
type Outage int

// The outages.
const (
	Up         Outage = iota
	ProxyError        // the web server before BigBlueButton answers 503 with a page
	HangUp            // connections are closed without an answer
)

// faults are switched by tests.
type faults struct {
	mu      sync.Mutex
	outage  Outage
	delay   time.Duration
	failing map[string][]string // call -> message keys of the next failures
}

// SetOutage takes the server down or up again.
func (s *Server) SetOutage(o Outage) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.outage = o
}

// SetDelay makes each answer wait.
func (s *Server) SetDelay(d time.Duration) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.delay = d
}

// FailNext makes the next call of that name fail with a message key; an empty key
// stands for a proxy's 502 page. May be called several times, for several calls.
func (s *Server) FailNext(call, key string) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if s.faults.failing == nil {
		s.faults.failing = map[string][]string{}
	}
	s.faults.failing[call] = append(s.faults.failing[call], key)
}

// DropCallbacks loses all callbacks from now on, or stops losing them.
func (s *Server) DropCallbacks(drop bool) { s.outbox.setDrop(drop) }

// Requests counts the calls of a name so far, refused ones too.
func (s *Server) Requests(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[call]
}

func (f *faults) take(call string) (key string, failed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys := f.failing[call]
	if len(keys) == 0 {
		return "", false
	}
	f.failing[call] = keys[1:]
	return keys[0], true
}

// pass reports whether the request gets through to BigBlueButton.
func (f *faults) pass(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	outage, delay := f.outage, f.delay
	f.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return false
		}
	}
	switch outage {
	case ProxyError:
		proxyPage(w, http.StatusServiceUnavailable)
		return false
	case HangUp:
		panic(http.ErrAbortHandler)
	}
	return true
}

func proxyPage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><head><title>%d %[2]s</title></head><body><h1>%[2]s</h1><hr>nginx</body></html>", status, http.StatusText(status))
}
