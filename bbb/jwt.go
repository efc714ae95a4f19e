package bbb

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"slices"
	"strings"
)

// The two tokens that BigBlueButton sends are signed with the shared secret by
// HMAC and nothing else, so they are checked here by hand: no key types, no
// header that chooses a key, no algorithm beyond the list (RFC 8725 §3.1).

const maxToken = 8 << 10

type jwsHeader struct {
	Alg  string          `json:"alg"`
	Crit json.RawMessage `json:"crit"` // what we do not understand we refuse (RFC 7515 §4.1.11)
}

// verifyJWS returns the payload of a compact JWS if one of the secrets signed it
// with one of the algorithms.
func verifyJWS(token string, secrets []string, algorithms ...string) ([]byte, CallbackReason) {
	if len(token) > maxToken {
		return nil, Malformed
	}
	signed, signature, ok := cutLast(token)
	if !ok {
		return nil, Malformed
	}
	head, body, ok := strings.Cut(signed, ".")
	if !ok {
		return nil, Malformed
	}
	var header jwsHeader
	if !decodeSegment(head, &header) || header.Crit != nil {
		return nil, Malformed
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil {
		return nil, Malformed
	}
	if !slices.Contains(algorithms, header.Alg) || !anySigned(signed, signature, header.Alg, secrets) {
		return nil, BadSignature
	}
	return payload, ""
}

func cutLast(token string) (signed string, signature []byte, ok bool) {
	dot := strings.LastIndexByte(token, '.')
	if dot < 0 {
		return "", nil, false
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(token[dot+1:])
	return token[:dot], signature, err == nil
}

func decodeSegment(segment string, to any) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	return err == nil && json.Unmarshal(raw, to) == nil
}

// anySigned tries all secrets and compares in constant time. An empty secret
// would let anybody sign.
func anySigned(signed string, signature []byte, alg string, secrets []string) bool {
	fresh := map[string]func() hash.Hash{"HS256": sha256.New, "HS512": sha512.New}[alg]
	if fresh == nil {
		return false
	}
	for _, secret := range secrets {
		mac := hmac.New(fresh, []byte(secret))
		mac.Write([]byte(signed))
		if hmac.Equal(mac.Sum(nil), signature) && secret != "" {
			return true
		}
	}
	return false
}
