package web

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"html"
	"regexp"
	"strings"
)

// authenticator is a device that makes passkeys and signs with them (WebAuthn
// Level 3 §6), with the browser in front of it.
type authenticator struct {
	*world
	origin  string // that the browser says
	rpID    string
	key     *ecdsa.PrivateKey
	id      []byte
	handle  string
	counter uint32
	flags   byte // of the next answer
}

const (
	flagPresent  = 0x01
	flagVerified = 0x04
	flagKey      = 0x40 // attested credential data follows
)

// authenticator is a new device in a browser at the console's address.
func (w *world) authenticator() *authenticator {
	w.Helper()
	// A passkey belongs to a name; the tests' server has a number.
	w.console.URL = strings.Replace(w.url, "127.0.0.1", "localhost", 1)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	w.must(err)
	return &authenticator{
		world: w, origin: w.console.URL, rpID: "localhost", key: key, id: []byte(rand.Text()), flags: flagPresent | flagVerified,
	}
}

var (
	askedOf    = regexp.MustCompile(`data-options="([^"]*)"`)
	questionOf = regexp.MustCompile(`name="state" value="([^"]*)"`)
)

// asked is what a page asks of the device.
type asked struct {
	Challenge string `json:"challenge"`
	User      struct {
		ID string `json:"id"`
	} `json:"user"`
	UserVerification string `json:"userVerification"`
	state            string
}

func (d *authenticator) asked(page string) asked {
	d.Helper()
	options, state := askedOf.FindStringSubmatch(page), questionOf.FindStringSubmatch(page)
	if options == nil || state == nil {
		d.Fatalf("the page asks for no passkey:\n%s", page)
	}
	a := asked{state: html.UnescapeString(state[1])}
	d.must(json.Unmarshal([]byte(html.UnescapeString(options[1])), &a))
	return a
}

// create answers with a new passkey.
func (d *authenticator) create(a asked) string {
	d.handle = a.User.ID
	data := d.data(d.flags | flagKey)
	data = append(data, make([]byte, 16)...) // AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.id)))
	data = append(append(data, d.id...), d.coseKey()...)
	// {"fmt": "none", "attStmt": {}, "authData": data} in CBOR
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59"), byte(len(data)>>8), byte(len(data)))
	return d.answer(map[string]any{
		"clientDataJSON": b64(d.client("webauthn.create", a)), "attestationObject": b64(append(object, data...)), "transports": []string{"internal"},
	})
}

// get answers with a signature.
func (d *authenticator) get(a asked) string {
	d.counter++
	client, data := d.client("webauthn.get", a), d.data(d.flags)
	digest := sha256.Sum256(client)
	signed := sha256.Sum256(append(bytes.Clone(data), digest[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, signed[:])
	d.must(err)
	return d.answer(map[string]any{
		"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": d.handle,
	})
}

func (d *authenticator) answer(response map[string]any) string {
	b, err := json.Marshal(map[string]any{
		"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
	d.must(err)
	return string(b)
}

func (d *authenticator) client(kind string, a asked) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": a.Challenge, "origin": d.origin, "crossOrigin": false})
	d.must(err)
	return b
}

func (d *authenticator) data(flags byte) []byte {
	id := sha256.Sum256([]byte(d.rpID))
	return binary.BigEndian.AppendUint32(append(id[:], flags), d.counter)
}

// coseKey is the public key as COSE has it (RFC 9053 §7.1): EC2, ES256, P-256.
func (d *authenticator) coseKey() []byte {
	point, err := d.key.PublicKey.Bytes()
	d.must(err)
	key := append([]byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"), point[1:33]...)
	return append(append(key, "\x22\x58\x20"...), point[33:]...)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
