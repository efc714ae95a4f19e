package ltitest

import (
	"encoding/json"
	"net/http"
	"strings"

	"classbridge/lti"
)

// Rotate makes a new key and signs with it from now on. With overlap the old keys
// stay published.
func (l *LMS) Rotate(overlap bool) error {
	key, err := lti.GenerateToolKey()
	if err != nil {
		return err
	}
	l.signWith(key, overlap)
	return nil
}

func (l *LMS) signWith(key lti.ToolKey, overlap bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.published
	if !overlap {
		kept = nil
	}
	l.key, l.made, l.published = key, l.Now(), append([]lti.PublicKey{key.Public()}, kept...)
}

// Key is the one that signs now.
func (l *LMS) Key() lti.ToolKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.key
}

// signingKey is Key, after the rotation that is due.
func (l *LMS) signingKey() lti.ToolKey {
	l.mu.Lock()
	due := l.Profile.Keys.Rotation > 0 && l.Now().Sub(l.made) >= l.Profile.Keys.Rotation
	l.mu.Unlock()
	if due {
		_ = l.Rotate(true) // without randomness the old key stays
	}
	return l.Key()
}

// JWKSRequests counts how often the key set was asked for.
func (l *LMS) JWKSRequests() int { return l.Requests("jwks") }

// ReplaceJWKS lets the handler answer instead of the key set, with a failure, too
// late or too much; nil brings the key set back.
func (l *LMS) ReplaceJWKS(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.jwks = h
}

// JWKS is the key set as it is served, but for the padding.
func (l *LMS) JWKS() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lti.JWKS(l.published)
}

// serveJWKS is GET /jwks.
func (l *LMS) serveJWKS(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	replaced := l.jwks
	l.mu.Unlock()
	if replaced != nil {
		replaced.ServeHTTP(w, r)
		return
	}
	if l.Profile.Keys.CacheControl != "" {
		w.Header().Set("Cache-Control", l.Profile.Keys.CacheControl)
	}
	w.Header().Set("Content-Type", jsonType)
	_, _ = w.Write(padded(l.JWKS(), l.Profile.Keys.Padding))
}

// padded adds a key of another use, which is as long as asked.
func padded(set []byte, size int) []byte {
	if size == 0 {
		return set
	}
	var keys struct {
		Keys []json.RawMessage `json:"keys"`
	}
	_ = json.Unmarshal(set, &keys) // our own
	other, _ := json.Marshal(map[string]string{
		"kty": "oct", "use": "enc", "kid": "padding", "k": strings.Repeat("A", size),
	})
	keys.Keys = append(keys.Keys, other)
	set, _ = json.Marshal(keys)
	return set
}
