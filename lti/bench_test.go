package lti_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"classbridge/lti/ltitest"
)

// BenchmarkVerify is a warm launch; BenchmarkSignature is what of it no tool can
// do without.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	a := w.begin(b)
	a.form.Set("id_token", ltitest.Sign(a.header, a.claims, w.lms.Key().Private))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.tool.Verify(b.Context(), a.form, a.cookies); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignature(b *testing.B) {
	w := newWorld(b)
	a := w.begin(b)
	token := ltitest.Sign(a.header, a.claims, w.lms.Key().Private)
	cut := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[cut+1:])
	if err != nil {
		b.Fatal(err)
	}
	key := &w.lms.Key().Private.PublicKey
	for b.Loop() {
		sum := sha256.Sum256([]byte(token[:cut]))
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogin(b *testing.B) {
	w := newWorld(b)
	form := w.lms.Login("teacher", "room-1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.tool.Login(b.Context(), form, nil); err != nil {
			b.Fatal(err)
		}
	}
}
