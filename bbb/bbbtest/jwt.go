package bbbtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
)

// signHS256 leaves typ out of the header, as the recording scripts may.
func signHS256(secret string, claims map[string]any) string {
	return signJWT(sha256.New, secret, map[string]any{"alg": "HS256"}, claims)
}

func signHS512(secret string, claims map[string]any) string {
	return signJWT(sha512.New, secret, map[string]any{"typ": "JWT", "alg": "HS512"}, claims)
}

func signJWT(fresh func() hash.Hash, secret string, header, claims map[string]any) string {
	signed := segment(header) + "." + segment(claims)
	mac := hmac.New(fresh, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func segment(v map[string]any) string {
	raw, _ := json.Marshal(v) // strings and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}
