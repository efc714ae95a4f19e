package ltitest

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"strings"
	"sync"
)

// toolKeys are the tool's public keys, as they were last read.
type toolKeys struct {
	mu    sync.Mutex
	known map[string]*rsa.PublicKey // by kid
}

// fromTool is the payload of a token that the tool has signed. Its keys are kept
// until one does not fit, as Moodle keeps them, or read each time.
func (l *LMS) fromTool(ctx context.Context, token string) ([]byte, error) {
	if !l.Profile.Access.FreshKeys {
		if payload, err := verify(token, l.toolKeys.all()); err == nil {
			return payload, nil
		}
	}
	keys, err := l.readToolKeys(ctx)
	if err != nil {
		return nil, err
	}
	l.toolKeys.keep(keys)
	return verify(token, keys)
}

func (k *toolKeys) all() map[string]*rsa.PublicKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known
}

func (k *toolKeys) keep(keys map[string]*rsa.PublicKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known = keys
}

func (l *LMS) readToolKeys(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	read := l.ToolKeys
	if read == nil {
		read = func() ([]byte, error) { return l.get(ctx, l.tool("/lti/jwks")) }
	}
	body, err := read()
	if err != nil {
		return nil, err
	}
	return parseKeys(body)
}

func (l *LMS) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := l.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ltitest: %s: HTTP status %d", address, answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<20))
}

// parseKeys takes the keys that Canvas would take: with kid, alg and use.
func parseKeys(body []byte) (map[string]*rsa.PublicKey, error) {
	var set struct {
		Keys []struct{ Kty, Kid, Alg, Use, N, E string }
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, err
	}
	keys := make(map[string]*rsa.PublicKey)
	for _, k := range set.Keys {
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		if k.Kty != "RSA" || k.Kid == "" || k.Alg != "RS256" || k.Use != "sig" || errN != nil || errE != nil {
			return nil, fmt.Errorf("ltitest: key %q of the tool is unfit", k.Kid)
		}
		keys[k.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	return keys, nil
}

// verify is the payload of a compact RS256 token.
func verify(token string, keys map[string]*rsa.PublicKey) ([]byte, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a JWT")
	}
	var header struct{ Alg, Kid string }
	var decoded [3][]byte
	for i, p := range parts {
		data, err := base64.RawURLEncoding.DecodeString(p)
		if err != nil {
			return nil, err
		}
		decoded[i] = data
	}
	if err := json.Unmarshal(decoded[0], &header); err != nil {
		return nil, err
	}
	key := keys[header.Kid]
	if header.Alg != "RS256" || key == nil {
		return nil, fmt.Errorf("no key %q for %q", header.Kid, header.Alg)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return decoded[1], rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], decoded[2])
}
