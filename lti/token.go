package lti

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// token is an id_token taken apart, not yet verified.
type token struct {
	header  header
	payload []byte
	claims  claims
}

// header is the protected header. What it may say about where a key is (jku,
// jwk, x5u, x5c) is not even read: keys come from the registered key set only
// (Security Framework §5.1.2).
type header struct {
	Algorithm string          `json:"alg"`
	KeyID     string          `json:"kid"`
	Critical  json.RawMessage `json:"crit"`
}

// parseToken reads a JWS in compact form (RFC 7515 §7.1).
func parseToken(raw string) (*token, error) {
	parts := strings.SplitN(raw, ".", 6)
	switch len(parts) {
	case 3:
	case 5:
		return nil, refuse(TokenEncrypted, "five parts: an encrypted token")
	default:
		return nil, refuse(TokenMalformed, "not three parts")
	}
	tok := &token{}
	if _, err := decodePart(parts[0], &tok.header); err != nil {
		return nil, refuse(TokenMalformed, "header: %w", err)
	}
	if err := tok.header.check(); err != nil {
		return nil, err
	}
	payload, err := decodePart(parts[1], &tok.claims)
	if err != nil {
		return nil, refuse(TokenMalformed, "payload: %w", err)
	}
	tok.payload = payload
	return tok, nil
}

func decodePart(part string, into any) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, err
	}
	return data, json.Unmarshal(data, into)
}

// check refuses everything but RS256, the one algorithm that LTI requires:
// `none`, and HS256 with the public key as its secret, are refused before a key
// is looked for (RFC 8725 §3.1).
func (h header) check() error {
	switch {
	case h.Algorithm != "RS256":
		return refuse(AlgorithmRefused, "alg %s", shown(h.Algorithm))
	case h.Critical != nil:
		return refuse(CriticalHeader, "crit is present")
	case h.KeyID == "":
		return refuse(KIDMissing, "no kid")
	}
	return nil
}
