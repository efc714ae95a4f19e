//go:build e2e

package e2e_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"classbridge/e2e/parts"
)

const idpSecret = "a secret of client and provider"

// idp is a small OpenID provider, at which one person is always signed in.
type idp struct {
	url       string
	key       *rsa.PrivateKey
	nonce     string
	challenge string
}

// byProvider sets the school's own sign-in up and signs in by it.
func (d *door) byProvider() {
	d.Helper()
	p := &idp{key: must(rsa.GenerateKey(rand.Reader, 2048))}
	server := httptest.NewServer(p.handler())
	d.Cleanup(server.Close)
	p.url = server.URL
	d.press("#passkey", "#content")
	d.open("/console/accounts/sso", "#issuer")
	parts.Type(d, d.tab, "#issuer", p.url)
	parts.Type(d, d.tab, "#client-id", "classbridge")
	parts.Type(d, d.tab, "#client-secret", idpSecret)
	parts.Type(d, d.tab, "#name", "School ID")
	parts.Type(d, d.tab, "#domains", "example")
	parts.Tick(d, d.tab, "#enabled")
	d.press("#save", "#domains-wrong")
	d.usable("sso-wrong")
	parts.Type(d, d.tab, "#domains", "example.org")
	parts.Type(d, d.tab, "#client-secret", idpSecret)
	d.press("#save", "#said")
	d.usable("sso")
	d.signOut()
	d.usable("sign-in-school")
	d.press("#provider", "#yes") // the provider's page
	d.press("#yes", "#content")
}

func (p *idp) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{
			"issuer": p.url, "authorization_endpoint": p.url + "/authorize", "token_endpoint": p.url + "/token", "jwks_uri": p.url + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	return mux
}

// authorize asks on a page, as providers do.
func (p *idp) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.nonce, p.challenge = q.Get("nonce"), q.Get("code_challenge")
	back := q.Get("redirect_uri") + "?" + url.Values{"code": {"code"}, "state": {q.Get("state")}, "iss": {p.url}}.Encode()
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, `<!doctype html><html lang="en"><title>School ID</title><link rel="icon" href="data:,"><a id="yes" href="%s">Continue as Olga</a>`, html.EscapeString(back))
}

func (p *idp) token(w http.ResponseWriter, r *http.Request) {
	_, secret, _ := r.BasicAuth()
	digest := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if secret != url.QueryEscape(idpSecret) || encode(digest[:]) != p.challenge {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := time.Now()
	p.answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.sign(map[string]any{
		"iss": p.url, "aud": "classbridge", "sub": "olga-at-school", "nonce": p.nonce, "email": "olga@example.org", "email_verified": true,
		"iat": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})})
}

func (p *idp) sign(claims map[string]any) string {
	text := encode([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + encode(must(json.Marshal(claims)))
	digest := sha256.Sum256([]byte(text))
	return text + "." + encode(must(rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, digest[:])))
}

func (p *idp) answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
