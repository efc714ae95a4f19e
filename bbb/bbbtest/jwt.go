package bbbtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"hash"
	"slices"
	"strings"
	"time"
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
	return signed + "." + signature(fresh, secret, signed)
}

func signature(fresh func() hash.Hash, secret, signed string) string {
	mac := hmac.New(fresh, []byte(secret))
	mac.Write([]byte(signed))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// validHS512 reports whether one of the secrets signed a token that is still good.
func validHS512(token string, secrets []string, now time.Time) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	var claims struct {
		Expires int64 `json:"exp"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil || now.Unix() > claims.Expires {
		return false
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		want := signature(sha512.New, secret, parts[0]+"."+parts[1])
		return hmac.Equal([]byte(want), []byte(parts[2]))
	})
}

func segment(v map[string]any) string {
	raw, _ := json.Marshal(v) // strings and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(raw)
}
