package bbbtest

import (
	"bytes"
	"net/http"
	"time"
)

// AnalyticsFault is what may befall analytics callbacks on their last way, from
// BigBlueButton or from Scalelite to the receiver.
type AnalyticsFault int

// The faults.
const (
	AnalyticsIntact   AnalyticsFault = iota
	AnalyticsDropped                 // none arrives, but other callbacks do
	AnalyticsForged                  // signed with a secret that is not the server's
	AnalyticsExpired                 // the token was good until yesterday
	AnalyticsRepeated                // comes twice at the same time
	AnalyticsReplayed                // in its place comes the one before it, of another meeting, with that one's token
	AnalyticsGarbage                 // breaks off in the middle, with a good token
)

// SetAnalyticsFault holds from now on, until it is set again.
func (s *Server) SetAnalyticsFault(f AnalyticsFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.analytics.fault = f
}

// SetAnalyticsDelay makes analytics callbacks wait on their last way. Their token
// is made before: after a day it is too old.
func (s *Server) SetAnalyticsDelay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.analytics.delay = d
}

// analyticsState is guarded by Server.mu.
type analyticsState struct {
	fault AnalyticsFault
	delay time.Duration
	last  *report           // the newest that was to be sent
	kept  map[string]string // Scalelite: external meeting id -> address of the receiver
}

// report is an analytics callback to be made.
type report struct {
	to      string
	agent   string
	body    []byte
	secrets []string // tried in this order
	signed  time.Time
}

// post sends a report to its receiver, or what the fault makes of it.
func (s *Server) post(r report) {
	for _, arriving := range s.analytics.befall(r) {
		s.outbox.add(arriving.callback(r.signed.Add(s.analytics.delay)))
	}
	s.analytics.last = &r
}

func (a *analyticsState) befall(r report) []report {
	switch a.fault {
	case AnalyticsDropped:
		return nil
	case AnalyticsForged:
		r.secrets = []string{"a secret that no server has"}
	case AnalyticsExpired:
		r.signed = r.signed.Add(-2 * tokenLife)
	case AnalyticsRepeated:
		return []report{r, r}
	case AnalyticsReplayed:
		if a.last == nil {
			return nil
		}
		to := r.to
		r = *a.last
		r.to = to
	case AnalyticsGarbage:
		r.body = r.body[:len(r.body)/2]
	}
	return []report{r}
}

const tokenLife = 24 * time.Hour

// callback posts once. The bearer token is signed with the secret but covers
// neither the body nor the meeting.
func (r report) callback(due time.Time) callback {
	c := callback{what: "analytics", due: due}
	for _, secret := range r.secrets {
		token := signHS512(secret, map[string]any{"exp": r.signed.Add(tokenLife).Unix()})
		c.requests = append(c.requests, func() (*http.Request, error) {
			req, err := http.NewRequest(http.MethodPost, r.to, bytes.NewReader(r.body))
			if err == nil {
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("User-Agent", r.agent)
				req.Header.Set("Authorization", "Bearer "+token)
			}
			return req, err
		})
	}
	return c
}
