package lti

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// This file alone knows the JOSE library. Of what it offers we use signing and the
// signature check with one key and one algorithm, both chosen by us, and the parser of
// key sets; its own choice of keys and its validation of claims let too much
// pass (keys of other types, tokens without exp, unknown crit).

// Sizes of RSA keys that may sign launches (Security Framework §6.2; the upper
// limit is ours, against keys that are slow on purpose).
const (
	minKeyBits = 2048
	maxKeyBits = 8192
)

// verifySignature checks that key has signed the token, by RS256 whatever its header
// says (RFC 7515 §5.2). The bytes that it covers are those that parseToken has read.
func verifySignature(token string, key *rsa.PublicKey) error {
	end := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.Strict().DecodeString(token[end+1:])
	if err != nil {
		return err
	}
	verifier, err := jws.NewVerifier(jwa.RS256)
	if err != nil {
		return err
	}
	return verifier.Verify([]byte(token[:end]), signature, key)
}

// sign makes the compact JWS of claims with our key: client assertions and deep
// linking responses (Security Framework §4.1.1, §5.2.1). The kid is in its
// header: Moodle refuses tokens without one.
func sign(k ToolKey, claims any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	headers := jws.NewHeaders()
	if err := errors.Join(headers.Set(jws.KeyIDKey, k.KID), headers.Set(jws.TypeKey, "JWT")); err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	token, err := jws.Sign(payload, jws.WithKey(jwa.RS256, k.Private, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return string(token), nil
}

// parseKeySet returns the keys that may sign launches by their kid. What cannot
// is left out and said, and does not spoil the rest.
func parseKeySet(body []byte) (keys map[string]*rsa.PublicKey, skipped []error, err error) {
	set, err := jwk.Parse(body, jwk.WithIgnoreParseError(true))
	if err != nil {
		return nil, nil, fmt.Errorf("not a key set: %w", err)
	}
	keys = make(map[string]*rsa.PublicKey)
	for i := range set.Len() {
		k, _ := set.Key(i)
		key, err := signingKey(k)
		if err != nil {
			skipped = append(skipped, fmt.Errorf("key %s: %w", shown(k.KeyID()), err))
			continue
		}
		if _, taken := keys[k.KeyID()]; !taken {
			keys[k.KeyID()] = key
		}
	}
	return keys, skipped, nil
}

// signingKey is k if it is an RSA public key for signatures by RS256.
func signingKey(k jwk.Key) (*rsa.PublicKey, error) {
	switch {
	case k.KeyID() == "":
		return nil, errors.New("no kid")
	case k.KeyType() != jwa.RSA:
		return nil, fmt.Errorf("type %s", k.KeyType())
	case k.KeyUsage() != "" && k.KeyUsage() != string(jwk.ForSignature):
		return nil, fmt.Errorf("use %s", shown(k.KeyUsage()))
	case k.Algorithm().String() != "" && k.Algorithm() != jwa.RS256:
		return nil, fmt.Errorf("alg %s", shown(k.Algorithm().String()))
	}
	var key rsa.PublicKey
	if err := k.Raw(&key); err != nil {
		return nil, err
	}
	if bits := key.N.BitLen(); bits < minKeyBits || bits > maxKeyBits {
		return nil, fmt.Errorf("%d bits", bits)
	}
	if key.E < 3 || key.E%2 == 0 {
		return nil, fmt.Errorf("exponent %d", key.E)
	}
	return &key, nil
}
