package classroom

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Signer makes and checks what we hand out and get back: session cookies,
// tickets, the OAuth state, callback addresses. Everything is derived from the
// master key, so replicas and restarts agree and nothing has to be stored.
type Signer struct {
	Master  []byte  // 32 bytes
	Masters Masters // instead of Master, where one key may take another's place
	Now     func() time.Time

	keys sync.Map // by master key and use: deriving costs more than signing
}

// Masters are the master keys in use: the first signs, all open.
type Masters interface {
	Masters() [][]byte
	// Look reports whether they have changed just now: another replica may sign
	// with a key that this one has not met.
	Look() bool
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

// Key derives a 32-byte key for one use from the current master key.
func (s *Signer) Key(use string) []byte { return s.derive(s.masters()[0], use) }

// KeysFor gives the keys for one use to whoever signs by itself: the first
// signs, all open. again is for what none of them opens, and nil if there are no
// others by now.
func (s *Signer) KeysFor(use string) func(again bool) [][]byte {
	return func(again bool) [][]byte {
		if again && !s.look() {
			return nil
		}
		var keys [][]byte
		for _, master := range s.masters() {
			keys = append(keys, s.derive(master, use))
		}
		return keys
	}
}

// KeyID says which master key is current, and nothing of the key itself; the
// vault calls it by the same name.
func (s *Signer) KeyID() string { return s.id(s.masters()[0]) }

func (s *Signer) id(master []byte) string {
	return hex.EncodeToString(s.derive(master, "vault key id")[:4])
}

func (s *Signer) masters() [][]byte {
	if s.Masters == nil {
		return [][]byte{s.Master}
	}
	return s.Masters.Masters()
}

func (s *Signer) look() bool { return s.Masters != nil && s.Masters.Look() }

// derive is HKDF-SHA256 (RFC 5869).
func (s *Signer) derive(master []byte, use string) []byte {
	name := string(master) + use
	if key, ok := s.keys.Load(name); ok {
		return key.([]byte)
	}
	key, err := hkdf.Key(sha256.New, master, nil, "classbridge "+use, 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	s.keys.Store(name, key)
	return key
}

// Code is a short keyed code for values that must be the same at every call and
// be guessed by nobody: tokens, callback addresses.
func (s *Signer) Code(use string, parts ...string) string { return code(s.Key(use), parts) }

// CodeOf is Code by the master key with that id, for what has to stay the same
// while keys change: who uses it keeps the id. One that is not known stands for
// the oldest key that there is.
func (s *Signer) CodeOf(keyID, use string, parts ...string) string {
	named := func(master []byte) bool { return s.id(master) == keyID }
	masters := s.masters()
	i := slices.IndexFunc(masters, named)
	if i < 0 && s.look() {
		masters = s.masters()
		i = slices.IndexFunc(masters, named)
	}
	if i < 0 {
		i = len(masters) - 1
	}
	return code(s.derive(masters[i], use), parts)
}

// CodeIs compares a code in constant time with those of all master keys.
func (s *Signer) CodeIs(given, use string, parts ...string) bool {
	return s.oneIs(given, use, parts) || s.look() && s.oneIs(given, use, parts)
}

func (s *Signer) oneIs(given, use string, parts []string) bool {
	return slices.ContainsFunc(s.masters(), func(master []byte) bool {
		return hmac.Equal([]byte(given), []byte(code(s.derive(master, use), parts)))
	})
}

func code(key []byte, parts []string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
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
	text, sum, found := strings.Cut(token, ".")
	if !found || len(token) > 4096 || !s.CodeIs(sum, "token "+string(p), text) {
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
