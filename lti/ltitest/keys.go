package ltitest

import (
	"net/http"

	"classbridge/lti"
)

// Rotate makes a new key and signs with it from now on. With overlap the old keys
// stay published.
func (l *LMS) Rotate(overlap bool) error {
	key, err := lti.GenerateToolKey()
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.published
	if !overlap {
		kept = nil
	}
	l.key, l.published = key, append([]lti.PublicKey{key.Public()}, kept...)
	return nil
}

// Key is the one that signs now.
func (l *LMS) Key() lti.ToolKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.key
}

// JWKSRequests counts how often the key set was asked for.
func (l *LMS) JWKSRequests() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.requests
}

// ReplaceJWKS lets the handler answer instead of the key set, with a failure, too
// late or too much; nil brings the key set back.
func (l *LMS) ReplaceJWKS(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jwks = h
}

// JWKS is the key set as it is served.
func (l *LMS) JWKS() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lti.JWKS(l.published)
}

// serveJWKS is GET /jwks.
func (l *LMS) serveJWKS(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.requests++
	replaced := l.jwks
	l.mu.Unlock()
	if replaced != nil {
		replaced.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(l.JWKS())
}
