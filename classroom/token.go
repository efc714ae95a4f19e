package classroom

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Signer makes and checks what we hand out and get back: session cookies,
// tickets, the OAuth state, callback addresses. Everything is derived from the
// master key, so replicas and restarts agree and nothing has to be stored.
type Signer struct {
	Master []byte // 32 bytes
	Now    func() time.Time

	keys sync.Map // by use: deriving costs more than signing
}

// Purpose separates the kinds of tokens: one of a purpose is nothing for another.
type Purpose string

// ErrToken is any token that does not hold: forged, of another purpose, expired.
var ErrToken = errors.New("the token does not hold")

type envelope struct {
	ID      string          `json:"i"`
	Expires int64           `json:"e"` // unix seconds
	Body    json.RawMessage `json:"b"`
}

// Key derives a 32-byte key for one use from the master key (HKDF-SHA256, RFC 5869).
func (s *Signer) Key(use string) []byte {
	if key, ok := s.keys.Load(use); ok {
		return key.([]byte)
	}
	key, err := hkdf.Key(sha256.New, s.Master, nil, "classbridge "+use, 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	s.keys.Store(use, key)
	return key
}

// Code is a short keyed code for values that must be the same at every call and
// be guessed by nobody: BBB passwords, opaque user ids, callback addresses.
func (s *Signer) Code(use string, parts ...string) string {
	mac := hmac.New(sha256.New, s.Key(use))
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// CodeIs compares a code in constant time.
func (s *Signer) CodeIs(code, use string, parts ...string) bool {
	return hmac.Equal([]byte(code), []byte(s.Code(use, parts...)))
}

// Sign makes a token of body that lives for ttl. Tokens are URL-safe.
func (s *Signer) Sign(p Purpose, body any, ttl time.Duration) (string, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", p, err)
	}
	plain, err := json.Marshal(envelope{ID: rand.Text(), Expires: s.Now().Add(ttl).Unix(), Body: b})
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", p, err)
	}
	text := base64.RawURLEncoding.EncodeToString(plain)
	return text + "." + s.Code("token "+string(p), text), nil
}

// Open checks a token of that purpose and fills body. It answers the token's own
// id, for one-use tokens, and when it expires.
func (s *Signer) Open(p Purpose, token string, body any) (id string, expires time.Time, err error) {
	text, code, found := strings.Cut(token, ".")
	if !found || len(token) > 4096 || !s.CodeIs(code, "token "+string(p), text) {
		return "", time.Time{}, ErrToken
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", time.Time{}, ErrToken
	}
	var e envelope
	if json.Unmarshal(plain, &e) != nil || json.Unmarshal(e.Body, body) != nil {
		return "", time.Time{}, ErrToken
	}
	expires = time.Unix(e.Expires, 0).UTC()
	if !s.Now().Before(expires) {
		return "", time.Time{}, fmt.Errorf("%w: it expired", ErrToken)
	}
	return e.ID, expires, nil
}
