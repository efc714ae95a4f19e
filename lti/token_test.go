package lti_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

func TestTokenRefusals(t *testing.T) {
	w := newWorld(t)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: mustPKIX(t, &w.lms.Key().Private.PublicKey)})
	token := func(make func(a *attempt) string) func(*attempt) {
		return func(a *attempt) { a.form.Set("id_token", make(a)) }
	}
	header := func(name string, value any) func(*attempt) {
		return func(a *attempt) { a.header[name] = value }
	}
	tests := []struct {
		name   string
		change func(*attempt)
		want   lti.Reason
	}{
		{"J1 nonsense", token(func(*attempt) string { return "nonsense" }), lti.TokenMalformed},
		{"J1 three empty parts", token(func(*attempt) string { return ".." }), lti.TokenMalformed},
		{"J1 four parts", token(func(*attempt) string { return "a.b.c.d" }), lti.TokenMalformed},
		{"J1 many parts", token(func(*attempt) string { return strings.Repeat(".", 100) }), lti.TokenMalformed},
		{"J1 header is no JSON", token(func(*attempt) string { return "YQ.YQ.YQ" }), lti.TokenMalformed},
		{"J1 padded header", token(func(*attempt) string { return "e30=.e30.YQ" }), lti.TokenMalformed},
		{"J1 payload is no JSON", token(func(a *attempt) string {
			return strings.Replace(ltitest.Sign(a.header, map[string]any{}, w.lms.Key().Private), ".e30.", ".YQ.", 1)
		}), lti.TokenMalformed},
		{"J1 payload is a list", token(func(a *attempt) string { return ltitest.Sign(a.header, []string{"x"}, w.lms.Key().Private) }), lti.TokenMalformed},
		{"J1 kid is a number", header("kid", 5), lti.TokenMalformed},
		{"J2 no kid", func(a *attempt) { delete(a.header, "kid") }, lti.KIDMissing},
		{"J2 kid is empty", header("kid", ""), lti.KIDMissing},
		{"J3 unknown kid", header("kid", "other"), lti.KIDUnknown},
		{"J4 right kid, wrong key", token(func(a *attempt) string { return ltitest.Sign(a.header, a.claims, stranger) }), lti.SignatureWrong},
		{"J4 signature cut off", token(func(a *attempt) string { return ltitest.Sign(a.header, a.claims, nil) }), lti.SignatureWrong},
		{"J4 payload changed after signing", token(func(a *attempt) string {
			parts := strings.Split(ltitest.Sign(a.header, a.claims, w.lms.Key().Private), ".")
			a.claims["sub"] = "somebody else"
			parts[1] = strings.Split(ltitest.Sign(a.header, a.claims, nil), ".")[1]
			return strings.Join(parts, ".")
		}), lti.SignatureWrong},
		{"J5 alg none", token(func(a *attempt) string {
			a.header["alg"] = "none"
			return ltitest.Sign(a.header, a.claims, nil)
		}), lti.AlgorithmRefused},
		{"J6 HS256 with the public key", token(func(a *attempt) string {
			a.header["alg"] = "HS256"
			signed := strings.TrimSuffix(ltitest.Sign(a.header, a.claims, nil), ".")
			h := hmac.New(sha256.New, public)
			h.Write([]byte(signed))
			return signed + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
		}), lti.AlgorithmRefused},
		{"J7 RS384", header("alg", "RS384"), lti.AlgorithmRefused},
		{"J7 RS512", header("alg", "RS512"), lti.AlgorithmRefused},
		{"J7 ES256", header("alg", "ES256"), lti.AlgorithmRefused},
		{"J7 PS256", header("alg", "PS256"), lti.AlgorithmRefused},
		{"J7 rs256", header("alg", "rs256"), lti.AlgorithmRefused},
		{"J7 alg absent", func(a *attempt) { delete(a.header, "alg") }, lti.AlgorithmRefused},
		{"J9 crit unknown", header("crit", []string{"exp"}), lti.CriticalHeader},
		{"J9 crit null", header("crit", nil), lti.CriticalHeader},
		{"J9 unencoded payload", all(header("b64", false), header("crit", []string{"b64"})), lti.CriticalHeader},
		{"J11 encrypted", token(func(*attempt) string { return "e30.YQ.YQ.YQ.YQ" }), lti.TokenEncrypted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := w.begin(t)
			test.change(a)
			_, err := w.verify(t.Context(), a)
			if got := reason(t, err); got != test.want || got.Status() != 401 {
				t.Errorf("reason %q, status %d; want %q, 401: %v", got, got.Status(), test.want, err)
			}
		})
	}
}

// J8: a token says where its key is, and we do not look there.
func TestKeysNamedByTheTokenAreNotUsed(t *testing.T) {
	w := newWorld(t)
	stranger, err := ltitest.New(ltitest.Config{URL: w.server.URL, ToolURL: toolAt, Now: w.Now})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	w.lms.ReplaceJWKS(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked++
		if r.URL.RawQuery != "" {
			t.Errorf("asked for %s", r.URL)
		}
		_, _ = rw.Write(w.lms.JWKS())
	}))
	jwk := strings.TrimSuffix(strings.TrimPrefix(string(stranger.JWKS()), `{"keys":[`), `]}`)
	for _, named := range []map[string]any{
		{"jku": w.server.URL + "/jwks?evil"},
		{"x5u": w.server.URL + "/jwks?evil"},
		{"jwk": jsonOf(t, jwk)},
		{"x5c": []string{"MIIB"}},
	} {
		a := w.begin(t)
		for name, value := range named {
			a.header[name] = value
		}
		a.form.Set("id_token", ltitest.Sign(a.header, a.claims, stranger.Key().Private))
		_, err := w.verify(t.Context(), a)
		if got := reason(t, err); got != lti.SignatureWrong {
			t.Errorf("%v: reason %q", named, got)
		}
	}
	if asked != 1 {
		t.Errorf("%d requests for keys, want the one of the platform", asked)
	}
}

// Nothing of a token, a state or a nonce is in what is logged.
func TestErrorsKeepSecrets(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*attempt){
		"signature": func(a *attempt) { a.form.Set("id_token", ltitest.Sign(a.header, a.claims, nil)) },
		"kid":       func(a *attempt) { a.header["kid"] = "x" },
		"nonce":     set("nonce", "mine"),
		"expired":   set("exp", 1),
		"version":   drop(claim + "version"),
		"cookie":    func(a *attempt) { a.cookies = nil },
		"state":     func(a *attempt) { a.form.Set("state", "A"+a.form.Get("state")) },
		"malformed": func(a *attempt) { a.form.Set("id_token", ltitest.Sign("x", a.claims, nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			a := w.begin(t)
			cookie, nonce := a.cookies[0].Value, a.claims["nonce"].(string)
			change(a)
			_, err := w.verify(t.Context(), a)
			if err == nil {
				t.Fatal("was accepted")
			}
			secrets := append(strings.Split(a.form.Get("id_token"), "."), cookie, nonce, a.form.Get("state"), string(w.tool.Secret))
			for _, secret := range secrets {
				if len(secret) > 3 && strings.Contains(err.Error(), secret) {
					t.Errorf("%q in %q", secret, err)
				}
			}
			var e *lti.Error
			if errors.As(err, &e); !strings.Contains(err.Error(), string(e.Reason)) {
				t.Errorf("no reason in %q", err)
			}
		})
	}
}

func mustPKIX(t *testing.T, key *rsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
