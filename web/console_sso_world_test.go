package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/storage/storagetest"
)

// provider is a school's own sign-in (OpenID Connect Core 1.0), whose person has
// the claims that a test wants.
type provider struct {
	*world
	url    string
	key    *rsa.PrivateKey
	claims map[string]any
	spoil  func(claims map[string]any) // after everything else
	asked  url.Values                  // the last authorization request
	tokens int                         // how often a code was exchanged
	serve  http.HandlerFunc            // instead of all answers
}

const clientSecret = "the client's secret"

func (w *world) provider() *provider {
	w.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	w.must(err)
	p := &provider{world: w, key: key, claims: map[string]any{"sub": "ada-at-school", "email": "ada@school.example", "email_verified": true, "name": "Ada"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.configuration)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if p.serve != nil {
			p.serve(rw, r)
			return
		}
		mux.ServeHTTP(rw, r)
	}))
	w.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *provider) configuration(rw http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(rw).Encode(map[string]any{
		"issuer": p.url, "authorization_endpoint": p.url + "/authorize", "token_endpoint": p.url + "/token", "jwks_uri": p.url + "/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *provider) keys(rw http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(rw).Encode(map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
		"n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

// token checks client, code and verifier (RFC 7636 §4.6).
func (p *provider) token(rw http.ResponseWriter, r *http.Request) {
	p.tokens++
	id, secret, _ := r.BasicAuth()
	digest := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if id != "classbridge" || secret != url.QueryEscape(clientSecret) || r.FormValue("code") != "the-code" || b64(digest[:]) != p.asked.Get("code_challenge") || len(r.FormValue("code_verifier")) < 43 {
		http.Error(rw, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": p.idToken()})
}

func (p *provider) idToken() string {
	now := p.clock.Now()
	claims := map[string]any{
		"iss": p.url, "aud": "classbridge", "nonce": p.asked.Get("nonce"),
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "auth_time": now.Unix(),
	}
	maps.Copy(claims, p.claims)
	if p.spoil != nil {
		p.spoil(claims)
	}
	body, err := json.Marshal(claims)
	p.must(err)
	text := b64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + b64(body)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA256, digest[:])
	p.must(err)
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// offer makes it the sign-in of a tenant.
func (p *provider) offer(tenant string, change func(*admin.SSOProvider)) {
	p.Helper()
	s := admin.SSOProvider{
		ID: storagetest.ID(), TenantID: tenant, Name: "School ID", Issuer: p.url, ClientID: "classbridge", ClientSecret: clientSecret,
		GroupsClaim: "groups", Rules: []admin.GroupRule{}, Domains: []string{}, Enabled: true, CreatedAt: p.clock.Now(), UpdatedAt: p.clock.Now(),
	}
	if change != nil {
		change(&s)
	}
	p.must(p.db.CreateSSOProvider(p.Context(), s))
}

// visit sends a browser to the provider from that form, and answers the address
// that the provider sends it back to.
func (p *provider) visit(u *doorUser, path string, form url.Values) string {
	p.Helper()
	to, err := url.Parse(u.want(http.StatusSeeOther, post, path, form))
	p.must(err)
	if !strings.HasPrefix(to.String(), p.url+"/authorize?") {
		p.Fatalf("the form leads to %s", to)
	}
	p.asked = to.Query()
	back, err := url.Parse(p.asked.Get("redirect_uri"))
	p.must(err)
	answer := url.Values{"state": {p.asked.Get("state")}, "code": {"the-code"}, "iss": {p.url}}
	return back.Path + "?" + answer.Encode()
}

// signIn is the whole way.
func (p *provider) signIn(u *doorUser) (*http.Response, string) {
	p.Helper()
	return u.do(get, p.visit(u, pathSSO, url.Values{}), nil)
}
