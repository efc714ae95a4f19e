package lti

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
)

// ToolKey is a key pair of this tool. Platforms know the public half from our
// key set; it prints as its KID only.
type ToolKey struct {
	KID     string // RFC 7638 thumbprint of the key
	Private *rsa.PrivateKey
}

// PublicKey is what platforms may see of a ToolKey.
type PublicKey struct {
	KID string
	Key *rsa.PublicKey
}

const pemPrivateKey = "PRIVATE KEY" // PKCS #8 (RFC 7468 §10)

// GenerateToolKey makes a new RSA key pair of the size that every platform takes.
// Its name never begins with a hyphen: commands would take it for a flag.
func GenerateToolKey() (ToolKey, error) {
	for {
		private, err := rsa.GenerateKey(rand.Reader, minKeyBits)
		if err != nil {
			return ToolKey{}, fmt.Errorf("generate tool key: %w", err)
		}
		if kid := Thumbprint(&private.PublicKey); kid[0] != '-' {
			return ToolKey{KID: kid, Private: private}, nil
		}
	}
}

// ParseToolKey reads what MarshalPEM wrote.
func ParseToolKey(data []byte) (ToolKey, error) {
	block, _ := pem.Decode(data)
	if block == nil || block.Type != pemPrivateKey {
		return ToolKey{}, errors.New("parse tool key: not a PEM private key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return ToolKey{}, fmt.Errorf("parse tool key: %w", err)
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok || private.N.BitLen() < minKeyBits {
		return ToolKey{}, fmt.Errorf("parse tool key: not an RSA key of at least %d bits", minKeyBits)
	}
	return ToolKey{KID: Thumbprint(&private.PublicKey), Private: private}, nil
}

// MarshalPEM writes the private key in clear: it is for a vault, never for a log.
func (k ToolKey) MarshalPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.Private)
	if err != nil {
		return nil, fmt.Errorf("marshal tool key %s: %w", k.KID, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemPrivateKey, Bytes: der}), nil
}

// Public is the half to publish.
func (k ToolKey) Public() PublicKey { return PublicKey{KID: k.KID, Key: &k.Private.PublicKey} }

func (k ToolKey) String() string       { return "tool key " + k.KID }
func (k ToolKey) GoString() string     { return k.String() }
func (k ToolKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// JWKS is our key set (RFC 7517) as platforms want it: with alg and use, which
// Canvas insists on.
func JWKS(keys []PublicKey) []byte {
	type jwk struct {
		Type      string `json:"kty"`
		Use       string `json:"use"`
		Algorithm string `json:"alg"`
		KID       string `json:"kid"`
		N         string `json:"n"`
		E         string `json:"e"`
	}
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, k := range keys {
		set.Keys = append(set.Keys, jwk{"RSA", "sig", "RS256", k.KID, modulus(k.Key), exponent(k.Key)})
	}
	data, _ := json.Marshal(set) // strings only: cannot fail
	return data
}

// Thumbprint is the name of a key that follows from the key itself (RFC 7638 §3).
func Thumbprint(key *rsa.PublicKey) string {
	sum := sha256.Sum256(fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, exponent(key), modulus(key)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func modulus(key *rsa.PublicKey) string { return base64.RawURLEncoding.EncodeToString(key.N.Bytes()) }

func exponent(key *rsa.PublicKey) string {
	return base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())
}
