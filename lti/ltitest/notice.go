package ltitest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const noticesClaim = claim + "platformnotificationservice"

// handlers are the tool's addresses for notices, by type.
type handlers struct {
	mu      sync.Mutex
	address map[string]string
}

func (l *LMS) routeNotices() {
	if len(l.Profile.Notices) > 0 {
		l.service("notices", "GET /notices", l.listHandlers, scopeNotices)
		l.service("notices", "PUT /notices", l.putHandler, scopeNotices)
	}
}

func (l *LMS) noticesOffer() map[string]any {
	return map[string]any{
		"service_versions": []string{"1.0"}, "platform_notification_service_url": l.at("/notices"),
		"scope": []string{scopeNotices}, "notice_types_supported": l.Profile.Notices,
	}
}

// Handlers are the addresses that the tool has given for notices, by type.
func (l *LMS) Handlers() map[string]string {
	l.handlers.mu.Lock()
	defer l.handlers.mu.Unlock()
	return maps.Clone(l.handlers.address)
}

// putHandler is PUT /notices: one handler of a type, which is at the tool; an empty
// one ends the notices (Platform Notification Service §4).
func (l *LMS) putHandler(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Type    string `json:"notice_type"`
		Handler string `json:"handler"`
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || !slices.Contains(l.Profile.Notices, in.Type) || !l.toolsOwn(in.Handler) {
		http.Error(w, "unknown notice_type, or a handler that is not the tool's", http.StatusBadRequest)
		return
	}
	l.handlers.mu.Lock()
	if l.handlers.address == nil {
		l.handlers.address = make(map[string]string)
	}
	if l.handlers.address[in.Type] = in.Handler; in.Handler == "" {
		delete(l.handlers.address, in.Type)
	}
	l.handlers.mu.Unlock()
	writeJSON(w, jsonType, http.StatusOK, map[string]string{"notice_type": in.Type, "handler": in.Handler})
}

// toolsOwn reports an address of the tool, or none.
func (l *LMS) toolsOwn(address string) bool {
	u, err := url.Parse(address)
	own, _ := url.Parse(l.ToolURL)
	return address == "" || err == nil && own != nil && u.Host == own.Host
}

// listHandlers is GET /notices.
func (l *LMS) listHandlers(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]string{}
	for kind, address := range l.Handlers() {
		list = append(list, map[string]string{"notice_type": kind, "handler": address})
	}
	writeJSON(w, jsonType, http.StatusOK, map[string]any{
		"client_id": l.ClientID, "deployment_id": l.DeploymentID, "notice_handlers": list,
	})
}

// Notice is the token of a notice of a course, with more claims if there are any.
func (l *LMS) Notice(kind, course string, more map[string]any) string {
	now := l.Now()
	claims := map[string]any{
		"iss": l.Issuer, "aud": l.ClientID, "nonce": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(l.Profile.Launch.Life).Unix(),
		claim + "version": "1.3.0", claim + "deployment_id": l.DeploymentID,
		claim + "notice": map[string]any{"id": rand.Text(), "type": kind, "timestamp": now.UTC().Format(time.RFC3339)},
	}
	if c, found := l.school.course(course); found {
		claims[claim+"context"] = filled("id", l.ContextID(c.ID), "label", c.Label, "title", c.Title)
	}
	maps.Copy(claims, more)
	return l.IDToken(claims)
}

// Notify posts tokens to the tool's handler of a type. Nothing is sent to a tool
// that has none; an answer other than success is an error.
func (l *LMS) Notify(ctx context.Context, kind string, tokens ...string) error {
	address := l.Handlers()[kind]
	if address == "" {
		return nil
	}
	var body struct {
		Notices []map[string]string `json:"notices"`
	}
	for _, token := range tokens {
		body.Notices = append(body.Notices, map[string]string{"jwt": token})
	}
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", jsonType)
	answer, err := l.HTTP.Do(req)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("ltitest: %s: HTTP status %d", address, answer.StatusCode)
	}
	return nil
}
