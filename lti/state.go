package lti

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// stateLife is how long a login may take.
const stateLife = 10 * time.Minute

// state is what a login has to remember until its launch. It travels through
// the platform instead of lying in a database: sealed, it is these fields and
// their MAC in base64url, which no platform's cleaning of parameters changes
// (Moodle strips < and > from it).
type state struct {
	id            [16]byte
	issued        time.Time // to the second
	platformID    string
	storageTarget string // Blackboard says it at the login only

	secret []byte // that it is signed with; not part of what is sealed
}

// What the secret signs. The labels keep one MAC from being used as another.
const (
	labelState  = "lti state"
	labelNonce  = "lti nonce"
	labelCookie = "lti cookie"
	labelStored = "lti stored"
)

const (
	stateVersion = 1
	stateHead    = 1 + 16 + 8 // version, id, issued
	macSize      = 16
)

func newState(platformID, storageTarget string, now time.Time, secret []byte) state {
	s := state{issued: time.Unix(now.Unix(), 0), platformID: platformID, storageTarget: storageTarget, secret: secret}
	_, _ = rand.Read(s.id[:]) // never fails
	return s
}

// seal writes the state down: head, length of platformID, platformID,
// storageTarget, MAC.
func (s state) seal() (string, error) {
	if len(s.platformID) > 255 {
		return "", errors.New("platform id is too long for a state")
	}
	b := make([]byte, 0, stateHead+1+len(s.platformID)+len(s.storageTarget)+macSize)
	b = append(b, stateVersion)
	b = append(b, s.id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.issued.Unix()))
	b = append(b, byte(len(s.platformID)))
	b = append(b, s.platformID...)
	b = append(b, s.storageTarget...)
	b = append(b, mac(s.secret, labelState, b)...)
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// openState is the reverse of seal.
func openState(secret []byte, sealed string) (state, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(b) < stateHead+1+macSize {
		return state{}, errors.New("not of our form")
	}
	body, sum := b[:len(b)-macSize], b[len(b)-macSize:]
	if !hmac.Equal(sum, mac(secret, labelState, body)) {
		return state{}, errors.New("not signed by us")
	}
	rest := body[stateHead+1:]
	idSize := int(body[stateHead])
	if body[0] != stateVersion || idSize > len(rest) {
		return state{}, errors.New("of another version")
	}
	s := state{
		issued:        time.Unix(int64(binary.BigEndian.Uint64(body[17:])), 0),
		platformID:    string(rest[:idSize]),
		storageTarget: string(rest[idSize:]),
		secret:        secret,
	}
	copy(s.id[:], body[1:])
	return s, nil
}

// nonce is bound to the state by being made of it, so that nothing needs to be
// stored, and only who knows the secret can make the one that fits.
func (s state) nonce() string {
	return base64.RawURLEncoding.EncodeToString(mac(s.secret, labelNonce, s.id[:]))
}

func (s state) expires() time.Time { return s.issued.Add(stateLife) }

// mac is HMAC-SHA256 cut to 128 bits (RFC 2104 §5).
func mac(secret []byte, label string, data []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(label))
	h.Write([]byte{0})
	h.Write(data)
	return h.Sum(nil)[:macSize]
}
