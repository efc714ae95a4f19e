package ltitest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// tokenFor is how long an access token lasts.
const tokenFor = time.Hour

// Scopes of the services.
const (
	scopeRoster       = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
	scopeLineItem     = ags + "scope/lineitem"
	scopeLineItemRead = ags + "scope/lineitem.readonly"
	scopeResultRead   = ags + "scope/result.readonly"
	scopeScore        = ags + "scope/score"
	scopeGroups       = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
	scopeNotices      = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

	ags = "https://purl.imsglobal.org/spec/lti-ags/"
)

// grant is an access token.
type grant struct {
	scopes  []string
	expires time.Time
}

// tokens are those that were given, and the assertions that were used for them.
type tokens struct {
	mu    sync.Mutex
	given map[string]grant
	used  map[string]bool // by jti
}

// scopes are what the tool may be granted.
func (l *LMS) scopes() []string {
	var all []string
	if l.Profile.Roster != nil {
		all = append(all, scopeRoster)
	}
	if l.Profile.Grades != nil {
		all = append(all, scopeLineItem, scopeLineItemRead, scopeResultRead, scopeScore)
	}
	if l.Profile.Groups {
		all = append(all, scopeGroups)
	}
	if len(l.Profile.Notices) > 0 {
		all = append(all, scopeNotices)
	}
	return all
}

// serveToken is POST /token: client_credentials with an assertion that the tool
// has signed (Security Framework §4.1).
func (l *LMS) serveToken(w http.ResponseWriter, r *http.Request) {
	if !l.welcome(w, r) {
		return
	}
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" || r.PostForm.Get("client_assertion_type") != assertionType {
		l.refuseToken(w, "invalid_request")
		return
	}
	if err := l.checkAssertion(r.Context(), r.PostForm.Get("client_assertion")); err != nil {
		l.refuseToken(w, "invalid_client")
		return
	}
	granted, code := l.grantable(strings.Fields(r.PostForm.Get("scope")))
	if code != "" {
		l.refuseToken(w, code)
		return
	}
	l.writeToken(w, l.tokens.give(granted, l.Now()), granted)
}

// grantable is the part of the scopes that may be had, or why none is given.
func (l *LMS) grantable(asked []string) (granted []string, code string) {
	for _, scope := range asked {
		switch {
		case slices.Contains(l.scopes(), scope) && l.registeredFor(scope):
			granted = append(granted, scope)
		case l.Profile.Access.AllOrNothing:
			return nil, "invalid_scope"
		}
	}
	if len(granted) == 0 {
		return nil, "invalid_scope"
	}
	return granted, ""
}

func (t *tokens) give(scopes []string, now time.Time) (token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.given == nil {
		t.given = make(map[string]grant)
	}
	token = rand.Text()
	t.given[token] = grant{scopes: scopes, expires: now.Add(tokenFor)}
	return token
}

// spend marks a jti as used; again says that it was.
func (t *tokens) spend(jti string) (again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used == nil {
		t.used = make(map[string]bool)
	}
	again = t.used[jti]
	t.used[jti] = true
	return again
}

// ForgetTokens makes all access tokens invalid.
func (l *LMS) ForgetTokens() {
	l.tokens.mu.Lock()
	defer l.tokens.mu.Unlock()
	l.tokens.given = nil
}

func (l *LMS) writeToken(w http.ResponseWriter, token string, granted []string) {
	answer := map[string]any{"access_token": token}
	if !l.Profile.Access.OnlyToken {
		answer["token_type"] = "Bearer"
		answer["expires_in"] = int(tokenFor / time.Second)
		answer["scope"] = strings.Join(granted, " ")
	}
	l.writeTokenAnswer(w, http.StatusOK, answer)
}

func (l *LMS) refuseToken(w http.ResponseWriter, code string) {
	l.writeTokenAnswer(w, http.StatusBadRequest, map[string]any{"error": code})
}

func (l *LMS) writeTokenAnswer(w http.ResponseWriter, status int, answer map[string]any) {
	w.Header().Set("Content-Type", l.Profile.Access.ContentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // only a lost connection is left to fail
}
