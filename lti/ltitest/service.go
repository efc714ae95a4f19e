package ltitest

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// service serves a pattern to calls with an access token that has one of the scopes.
func (l *LMS) service(endpoint, pattern string, h http.HandlerFunc, scopes ...string) {
	l.handle(endpoint, pattern, func(w http.ResponseWriter, r *http.Request) {
		if l.welcome(w, r) && l.admitted(w, r, scopes) {
			h(w, r)
		}
	})
}

// welcome refuses clients that do not say who they are, where the LMS does so. The
// name that Go gives says as little as none.
func (l *LMS) welcome(w http.ResponseWriter, r *http.Request) bool {
	agent := r.UserAgent()
	if l.Profile.Access.UserAgent && (agent == "" || strings.HasPrefix(agent, "Go-http-client")) {
		http.Error(w, "a User-Agent is needed", http.StatusForbidden)
		return false
	}
	return true
}

func (l *LMS) admitted(w http.ResponseWriter, r *http.Request, scopes []string) bool {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	l.tokens.mu.Lock()
	g, given := l.tokens.given[token]
	l.tokens.mu.Unlock()
	if !bearer || !given || !l.Now().Before(g.expires) {
		writeJSON(w, jsonType, l.Profile.Access.RefusedStatus, map[string]any{"status": l.Profile.Access.RefusedStatus})
		return false
	}
	if !slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(g.scopes, s) }) {
		writeJSON(w, jsonType, http.StatusForbidden, map[string]any{"error": "insufficient_scope"})
		return false
	}
	return true
}

// accepts reports whether the Accept header will do for a media type.
func (a acceptance) accepts(r *http.Request, media string) bool {
	header := r.Header.Get("Accept")
	switch a {
	case acceptExact:
		return header == media
	case acceptListed:
		return slices.ContainsFunc(strings.Split(header, ","), func(one string) bool {
			one = strings.TrimSpace(one)
			return one == media || one == "*/*"
		})
	}
	return true
}

// isA reports whether the body is said to be of a media type.
func isA(r *http.Request, media string) bool {
	said, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && said == media
}

func writeJSON(w http.ResponseWriter, media string, status int, v any) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // only a lost connection is left to fail
}

// page is the part of n things that a request asks for.
type page struct{ from, to, limit int }

// paged reads limit and from. Without a limit a page holds usual things, and never
// more than most; 0 is all.
func paged(r *http.Request, n, usual, most int) page {
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil || limit <= 0 {
		limit = usual
	}
	if most > 0 && (limit == 0 || limit > most) {
		limit = most
	}
	from, _ := strconv.Atoi(r.FormValue("from"))
	from = min(max(from, 0), n)
	if limit == 0 {
		return page{from, n, 0}
	}
	return page{from, min(from+limit, n), limit}
}

// linkNext adds the Link header of a page that is not the last.
func (l *LMS) linkNext(w http.ResponseWriter, r *http.Request, p page, n int, form NextForm, drop ...string) {
	if p.to >= n {
		return
	}
	query := r.URL.Query()
	for _, name := range drop {
		query.Del(name)
	}
	query.Set("limit", strconv.Itoa(p.limit))
	query.Set("from", strconv.Itoa(p.to))
	w.Header().Add("Link", l.linkTo(r.URL.EscapedPath(), query, form, "next"))
}

func (l *LMS) linkTo(path string, query url.Values, form NextForm, rel string) string {
	address := l.at(path) + "?" + query.Encode()
	switch form {
	case NextBare:
		return "<" + address + ">; rel=" + rel
	case NextCurly:
		return "<" + address + ">; rel=“" + rel + "”"
	case NextRelative:
		return "<" + path + "?" + query.Encode() + `>; rel="` + rel + `"`
	}
	return "<" + address + `>; rel="` + rel + `"`
}
