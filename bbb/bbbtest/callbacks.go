package bbbtest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// announceEnd calls both addresses for the end of a meeting. They are not signed,
// and tried five times.
func (s *Server) announceEnd(m *meeting) {
	marks := "false"
	if m.marked {
		marks = "true"
	}
	s.callEnd("meeting ended", m.settings.endedURL)
	if to := m.meta["endcallbackurl"]; to != "" {
		s.callEnd("end callback", withQuery(to, url.Values{"recordingmarks": {marks}, "meetingID": {m.id}}))
	}
}

func (s *Server) callEnd(what, to string) {
	if to == "" {
		return
	}
	s.outbox.add(callback{
		what:  what,
		due:   s.cfg.Now(),
		later: []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute},
		requests: []func() (*http.Request, error){
			func() (*http.Request, error) { return http.NewRequest(http.MethodGet, to, nil) },
		},
	})
}

func withQuery(to string, q url.Values) string {
	if strings.Contains(to, "?") {
		return to + "&" + q.Encode()
	}
	return to + "?" + q.Encode()
}

// announceReady tells that one format is done. BigBlueButton tries once.
// Scalelite tries each secret until one is accepted; 404 and 410 stop it.
func (s *Server) announceReady(r *recording) {
	if s.cfg.Scalelite {
		if to := s.ready[r.MeetingID]; to != "" {
			s.outbox.add(callback{
				what: "recording ready", due: s.cfg.Now(),
				requests: readyRequests(r, to, s.cfg.Secrets),
				stop:     func(status int) bool { return status == http.StatusNotFound || status == http.StatusGone },
			})
		}
		return
	}
	for _, to := range r.ready {
		s.outbox.add(callback{what: "recording ready", due: s.cfg.Now(), requests: readyRequests(r, to, s.cfg.Secrets[:1])})
	}
}

func readyRequests(r *recording, to string, secrets []string) []func() (*http.Request, error) {
	var requests []func() (*http.Request, error)
	for _, secret := range secrets {
		token := signHS256(secret, map[string]any{"meeting_id": r.MeetingID, "record_id": r.RecordID})
		form := url.Values{"signed_parameters": {token}}.Encode()
		requests = append(requests, func() (*http.Request, error) {
			req, err := http.NewRequest(http.MethodPost, to, strings.NewReader(form))
			if err == nil {
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			return req, err
		})
	}
	return requests
}
