package ltitest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// IDToken signs claims with the platform's key, whatever they say.
func (l *LMS) IDToken(claims map[string]any) string {
	key := l.signingKey()
	return Sign(map[string]any{"typ": "JWT", "alg": "RS256", "kid": key.KID}, claims, key.Private)
}

// Sign makes a token of any header and payload, with an RS256 signature, or an
// empty one without a key. Bytes are taken as they are, anything else as JSON.
func Sign(header, payload any, key *rsa.PrivateKey) string {
	signed := encode(header) + "." + encode(payload)
	if key == nil {
		return signed + "."
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(fmt.Sprintf("ltitest: sign: %v", err)) // a key that cannot sign is a mistake of the test
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func encode(v any) string {
	data, raw := v.([]byte)
	if !raw {
		var err error
		if data, err = json.Marshal(v); err != nil {
			panic(fmt.Sprintf("ltitest: encode: %v", err)) // as is a value that is no JSON
		}
	}
	return base64.RawURLEncoding.EncodeToString(data)
}
