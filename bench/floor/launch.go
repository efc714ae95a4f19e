package main

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

const (
	clientID    = "bench"
	stateCookie = "__Host-state"
	pageSize    = 2048
)

type floor struct {
	issuer string
	key    jwk.Set
	secret []byte
	nonces interface {
		use(ctx context.Context, nonce string) error
	}
	now func() time.Time
}

func (f *floor) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", f.login)
	mux.HandleFunc("POST /launch", f.launch)
	return mux
}

// login is POST /login: third-party initiated login (Security Framework §5.1.1.1).
func (f *floor) login(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("iss") != f.issuer || r.PostFormValue("client_id") != clientID {
		http.Error(w, "unknown platform", http.StatusBadRequest)
		return
	}
	state := f.newState()
	setCookie(w, stateCookie, f.mac("cookie", state), stateLife)
	answer := url.Values{
		"scope":            {"openid"},
		"response_type":    {"id_token"},
		"response_mode":    {"form_post"},
		"prompt":           {"none"},
		"client_id":        {clientID},
		"redirect_uri":     {"http://" + r.Host + "/launch"},
		"login_hint":       {r.PostFormValue("login_hint")},
		"lti_message_hint": {r.PostFormValue("lti_message_hint")},
		"state":            {state},
		"nonce":            {f.mac("nonce", state)},
	}
	http.Redirect(w, r, f.issuer+"/auth?"+answer.Encode(), http.StatusFound)
}

// launch is POST /launch: the authentication response (Security Framework §5.1.1.3).
func (f *floor) launch(w http.ResponseWriter, r *http.Request) {
	token, err := f.verify(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	setCookie(w, "__Host-session", token.Subject()+"."+f.mac("session", token.Subject()), time.Hour)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(page(token)))
}

func (f *floor) verify(r *http.Request) (jwt.Token, error) {
	state := r.PostFormValue("state")
	if !f.stateIsGood(state) {
		return nil, errors.New("state")
	}
	cookie, err := r.Cookie(stateCookie)
	if err != nil || !hmac.Equal([]byte(cookie.Value), []byte(f.mac("cookie", state))) {
		return nil, errors.New("state of another browser")
	}
	nonce := f.mac("nonce", state)
	token, err := jwt.Parse([]byte(r.PostFormValue("id_token")),
		jwt.WithKeySet(f.key), jwt.WithIssuer(f.issuer), jwt.WithAudience(clientID),
		jwt.WithClaimValue("nonce", nonce), jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithAcceptableSkew(time.Minute), jwt.WithClock(jwt.ClockFunc(f.now)))
	if err != nil {
		return nil, fmt.Errorf("id_token: %w", err)
	}
	return token, f.nonces.use(r.Context(), nonce)
}

func setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	})
}

// page is as long as those of the peers.
func page(token jwt.Token) string {
	link, _ := token.Get("https://purl.imsglobal.org/spec/lti/claim/resource_link")
	title, _ := link.(map[string]any)["title"].(string)
	name, _ := token.Get("name")
	start := fmt.Sprintf("<!doctype html><title>Bench</title><h1>%s</h1><p>%s</p><p>", html.EscapeString(title), html.EscapeString(fmt.Sprint(name)))
	const end = "</p>"
	return start + strings.Repeat("x", max(0, pageSize-len(start)-len(end))) + end
}
