//go:build linux

package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"time"
)

// platform is the LMS: it signs what people bring to the tools.
type platform struct {
	issuer string
	key    *rsa.PrivateKey
}

const (
	keyID        = "bench"
	deploymentID = "1"
)

var base64URL = base64.RawURLEncoding

func newPlatform(issuer string) (*platform, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &platform{issuer: issuer, key: key}, err
}

// jwk is the public key (RFC 7517).
func (p *platform) jwk() map[string]string {
	return map[string]string{
		"kty": "RSA", "kid": keyID, "use": "sig", "alg": "RS256",
		"n": base64URL.EncodeToString(p.key.N.Bytes()),
		"e": base64URL.EncodeToString(big.NewInt(int64(p.key.E)).Bytes()),
	}
}

// ServeHTTP is GET /jwks, the only address of the LMS that tools ask for.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/jwks" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{p.jwk()}})
}

// sign makes the id_token of a launch (RFC 7515, RS256).
func (p *platform) sign(t *tool, l *launch, now time.Time) error {
	header, err := json.Marshal(map[string]string{"alg": "RS256", "kid": keyID, "typ": "JWT"})
	if err != nil {
		return err
	}
	claims, err := json.Marshal(p.claims(t, l, now))
	if err != nil {
		return err
	}
	signed := base64URL.EncodeToString(header) + "." + base64URL.EncodeToString(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, digest[:])
	if err != nil {
		return err
	}
	l.token = signed + "." + base64URL.EncodeToString(signature)
	return nil
}
