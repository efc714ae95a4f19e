package lti_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

func TestToolKeyIsStored(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	data, err := key.MarshalPEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := lti.ParseToolKey(data)
	if err != nil {
		t.Fatal(err)
	}
	if back.KID != key.KID || !back.Private.Equal(key.Private) {
		t.Error("another key came back")
	}
	if bits := key.Private.N.BitLen(); bits != 2048 {
		t.Errorf("%d bits", bits)
	}
}

func TestParseToolKeyRefusals(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"no PEM":         []byte("key"),
		"another type":   pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"no key":         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("key")}),
		"elliptic curve": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	} {
		if _, err := lti.ParseToolKey(data); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestToolKeyPrintsWithoutItself(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", &key)
		fmt.Fprintf(&out, verb+"\n", []lti.ToolKey{key})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "key", key)
	if secret := key.Private.D.String(); strings.Contains(out.String(), secret) || strings.Contains(out.String(), secret[:40]) {
		t.Error("the private exponent is printed")
	}
	if got := strings.Count(out.String(), key.KID); got != 13 {
		t.Errorf("the KID is printed %d times:\n%s", got, out.String())
	}
}

func TestJWKS(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(lti.JWKS([]lti.PublicKey{key.Public()}), &set); err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.KID, "e": "AQAB", "n": set.Keys[0]["n"]}}
	if diff := cmp.Diff(want, set.Keys); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := string(lti.JWKS(nil)); got != `{"keys":[]}` {
		t.Errorf("no keys are %s", got)
	}
}

// The names of keys are those of RFC 7638, whose example has this one.
func TestThumbprint(t *testing.T) {
	const modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	w := newWorld(t)
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, `{"keys":[{"kty":"RSA","kid":"2011-04-29","n":"`+modulus+`","e":"AQAB"}]}`)
	}))
	public, err := w.tool.Keys.Key(t.Context(), w.lms.Platform("p1"), "2011-04-29")
	if err != nil {
		t.Fatal(err)
	}
	if got := lti.Thumbprint(public); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("thumbprint %s", got)
	}
}
