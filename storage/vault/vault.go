// Package vault seals the secrets that the database holds: BigBlueButton's
// secrets, the chat's tokens, the tool's private keys. It is the only package
// that imports the library which does it.
//
// A sealed text says with which master key it was made, so that one key can take
// another's place while both are in use (Keys), and opens only for the associated
// data that it was sealed for. Storage gives "table/id/column", so that a sealed text copied into another row, or another column, is refused.
//
//	v, err := vault.New(master)
//	sealed, err := v.Seal([]byte("the secret"), "servers/"+id+"/secrets")
//	plain, err := v.Open(sealed, "servers/"+id+"/secrets")
package vault

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
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

// Vault seals with the first of its master keys, and opens with any of them. It
// is safe for use by many goroutines.
type Vault struct{ keys *Keys }

// New makes the vault of master keys of MasterSize bytes: the first seals, all open.
func New(masters ...[]byte) (*Vault, error) {
	keys, err := Given(masters...)
	if err != nil {
		return nil, err
	}
	return With(keys), nil
}

// With makes the vault of keys that may change.
func With(keys *Keys) *Vault { return &Vault{keys} }

// Seal encrypts plain for ad; each call gives another text.
func (v *Vault) Seal(plain []byte, ad string) (string, error) {
	k := v.keys.all()[0]
	sealed, err := k.aead.Encrypt(plain, []byte(ad))
	if err != nil {
		return "", fmt.Errorf("vault: seal %s: %w", ad, err)
	}
	return format + "." + k.id + "." + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open decrypts what Seal made for the same ad: ErrOtherKey or ErrSealed if it cannot.
func (v *Vault) Open(sealed, ad string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != format {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	k, known := v.keys.find(parts[1])
	if !known {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrOtherKey)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	plain, err := k.aead.Decrypt(b, []byte(ad))
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", ad, ErrSealed)
	}
	return plain, nil
}

// Current is the id of the key that seals.
func (v *Vault) Current() string { return v.keys.all()[0].id }

// Knows reports whether the key with that id is one of the vault's.
func (v *Vault) Knows(keyID string) bool {
	_, known := v.keys.find(keyID)
	return known
}

// KeyOf is the id of the key that a text was sealed with; false if it is no
// sealed text.
func KeyOf(sealed string) (string, bool) {
	rest, found := strings.CutPrefix(sealed, format+".")
	id, body, cut := strings.Cut(rest, ".")
	_, err := hex.DecodeString(id)
	return id, found && cut && err == nil && len(id) == idSize && body != ""
}
