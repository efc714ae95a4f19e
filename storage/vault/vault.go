// Package vault seals the secrets that the database holds: BigBlueButton's
// secrets, the chat's tokens, the tool's private keys. It is the only package
// that imports the library which does it.
//
// A sealed text says with which key it was made, and opens only for the
// associated data that it was sealed for. Storage gives "table/id/column", so
// that a sealed text copied into another row, or another column, is refused.
//
//	v, err := vault.New(master)
//	sealed, err := v.Seal([]byte("the secret"), "servers/"+id+"/secrets")
//	plain, err := v.Open(sealed, "servers/"+id+"/secrets")
package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Errors of Open.
var (
	// ErrOtherKey: sealed with another master key than the one in use.
	ErrOtherKey = errors.New("sealed with another master key")
	// ErrSealed: not a sealed text, changed since, or sealed for something else.
	ErrSealed = errors.New("the sealed text does not open")
)

// format is the first part of every sealed text: version, key id, ciphertext.
const format = "v1"

// Vault seals and opens with a key derived from the master key. It is safe for
// use by many goroutines.
type Vault struct {
	keyID string
	aead  tink.AEAD
}

// New makes the vault of a master key of MasterSize bytes.
func New(master []byte) (*Vault, error) {
	if len(master) != MasterSize {
		return nil, fmt.Errorf("vault: the master key has %d bytes, not %d", len(master), MasterSize)
	}
	key, err := derive(master, "classbridge vault key", 32)
	if err != nil {
		return nil, err
	}
	id, err := derive(master, "classbridge vault key id", 4)
	if err != nil {
		return nil, err
	}
	aead, err := subtle.NewXChaCha20Poly1305(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return &Vault{keyID: hex.EncodeToString(id), aead: aead}, nil
}

// derive makes a key for one use from the master key (HKDF-SHA256, RFC 5869).
func derive(master []byte, use string, size int) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, master, nil, use, size)
	if err != nil {
		return nil, fmt.Errorf("vault: derive %s: %w", use, err)
	}
	return key, nil
}

// Seal encrypts plain for ad; each call gives another text.
func (v *Vault) Seal(plain []byte, ad string) (string, error) {
	sealed, err := v.aead.Encrypt(plain, []byte(ad))
	if err != nil {
		return "", fmt.Errorf("vault: seal %s: %w", ad, err)
	}
	return format + "." + v.keyID + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal made for the same ad: ErrOtherKey or ErrSealed if it cannot.
func (v *Vault) Open(sealed, ad string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != format {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	if parts[1] != v.keyID {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrOtherKey)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	plain, err := v.aead.Decrypt(b, []byte(ad))
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	return plain, nil
}
