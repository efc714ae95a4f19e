package bbbtest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

const (
	analyticsCallback = "analytics_callback"
	maxReport         = 16 << 20
)

// keepAnalyticsURL does as Scalelite does: it puts its own address into the
// metadata, and keeps that of the receiver by the external id (so a later meeting
// overwrites it).
func (s *Server) keepAnalyticsURL(m *meeting, base string) {
	if to := m.meta[analyticsURL]; to != "" {
		s.analytics.kept[m.id] = to
		m.meta[analyticsURL] = base + "/bigbluebutton/api/" + analyticsCallback
	}
}

// takeAnalytics answers a node, which is not told whatever goes wrong.
func (s *Server) takeAnalytics(w http.ResponseWriter, r *http.Request) {
	if err := s.passOn(r); err != nil {
		s.cfg.Logger.Warn("analytics not passed on", "err", err)
	}
	w.WriteHeader(http.StatusNoContent)
}

// passOn sends the report with each of the secrets until one is accepted.
func (s *Server) passOn(r *http.Request) error {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !validHS512(token, s.cfg.Secrets, s.cfg.Now()) {
		return errors.New("bbbtest: the node's token is not good")
	}
	var params map[string]any
	if err := json.NewDecoder(io.LimitReader(r.Body, maxReport)).Decode(&params); err != nil {
		return err
	}
	id, _ := params["meeting_id"].(string)
	params["controller"], params["action"] = "bigbluebutton_api", analyticsCallback
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if to := s.analytics.kept[id]; to != "" {
		s.post(report{to: to, agent: "Ruby", body: body, secrets: s.cfg.Secrets, signed: s.cfg.Now()})
	}
	return nil
}
