package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

const testIssuer = "http://lms.example.org"

type onceEach map[string]bool

func (o onceEach) use(_ context.Context, nonce string) error {
	if o[nonce] {
		return errReplayed
	}
	o[nonce] = true
	return nil
}

// world is a floor, and the key of its platform.
type world struct {
	floor *floor
	key   jwk.Key
}

func newWorld(t *testing.T) *world {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwk.FromRaw(private)
	if err != nil {
		t.Fatal(err)
	}
	public, err := jwk.PublicKeyOf(key)
	if err != nil {
		t.Fatal(err)
	}
	set := jwk.NewSet()
	for _, k := range []jwk.Key{key, public} {
		_ = k.Set(jwk.KeyIDKey, "k1")
		_ = k.Set(jwk.AlgorithmKey, jwa.RS256)
	}
	if err := set.AddKey(public); err != nil {
		t.Fatal(err)
	}
	return &world{key: key, floor: &floor{issuer: testIssuer, key: set, secret: []byte("secret"), nonces: onceEach{}, now: time.Now}}
}

func (w *world) post(path string, form url.Values, cookies []*http.Cookie) *http.Response {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	w.floor.handler().ServeHTTP(answer, r)
	return answer.Result()
}

// login returns state and nonce, as the platform gets them, and the browser's cookies.
func (w *world) login(t *testing.T) (state, nonce string, cookies []*http.Cookie) {
	t.Helper()
	a := w.post("/login", url.Values{"iss": {testIssuer}, "client_id": {clientID}, "login_hint": {"5"}}, nil)
	to, err := a.Location()
	if a.StatusCode != http.StatusFound || err != nil {
		t.Fatalf("login answered %s: %v", a.Status, err)
	}
	return to.Query().Get("state"), to.Query().Get("nonce"), a.Cookies()
}

func (w *world) token(t *testing.T, nonce string, change func(jwt.Token)) string {
	t.Helper()
	token, err := jwt.NewBuilder().Issuer(testIssuer).Audience([]string{clientID}).Subject("5").
		IssuedAt(time.Now()).Expiration(time.Now().Add(time.Minute)).Claim("nonce", nonce).Claim("name", "Ann <b>").
		Claim("https://purl.imsglobal.org/spec/lti/claim/resource_link", map[string]any{"title": "Room 1"}).Build()
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(token)
	}
	signed, err := jwt.Sign(token, jwt.WithKey(jwa.RS256, w.key))
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

func TestLaunch(t *testing.T) {
	w := newWorld(t)
	state, nonce, cookies := w.login(t)
	form := url.Values{"state": {state}, "id_token": {w.token(t, nonce, nil)}}
	a := w.post("/launch", form, cookies)
	body, err := io.ReadAll(a.Body)
	if a.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("launch answered %s: %s", a.Status, body)
	}
	if len(body) != pageSize || !strings.Contains(string(body), "Room 1") || !strings.Contains(string(body), "Ann &lt;b&gt;") {
		t.Errorf("page of %d bytes: %.200s", len(body), body)
	}
	if a := w.post("/launch", form, cookies); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a replay answered %s", a.Status)
	}
}

func TestRefusals(t *testing.T) {
	set := func(name string, value any) func(jwt.Token) { return func(t jwt.Token) { _ = t.Set(name, value) } }
	for name, row := range map[string]struct {
		claim func(jwt.Token)
		spoil func(form url.Values, cookies []*http.Cookie)
	}{
		"nonce":     {claim: set("nonce", "another")},
		"issuer":    {claim: set("iss", "http://evil.example.org")},
		"audience":  {claim: set("aud", "another")},
		"expired":   {claim: set("exp", time.Now().Add(-time.Hour))},
		"no expiry": {claim: func(t jwt.Token) { _ = t.Remove("exp") }},
		"signature": {spoil: func(f url.Values, _ []*http.Cookie) { f.Set("id_token", f.Get("id_token")[:400]) }},
		"no state":  {spoil: func(f url.Values, _ []*http.Cookie) { f.Del("state") }},
		"state":     {spoil: func(f url.Values, _ []*http.Cookie) { f.Set("state", "x"+f.Get("state")) }},
		"cookie":    {spoil: func(_ url.Values, c []*http.Cookie) { c[0].Value = "another" }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			state, nonce, cookies := w.login(t)
			form := url.Values{"state": {state}, "id_token": {w.token(t, nonce, row.claim)}}
			if row.spoil != nil {
				row.spoil(form, cookies)
			}
			if a := w.post("/launch", form, cookies); a.StatusCode != http.StatusUnauthorized {
				t.Errorf("answered %s", a.Status)
			}
		})
	}
	t.Run("old state", func(t *testing.T) {
		w := newWorld(t)
		state, nonce, cookies := w.login(t)
		token := w.token(t, nonce, nil)
		w.floor.now = func() time.Time { return time.Now().Add(stateLife + time.Second) }
		if a := w.post("/launch", url.Values{"state": {state}, "id_token": {token}}, cookies); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("answered %s", a.Status)
		}
	})
}
