package bridgetest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

type app struct {
	ID        string   `json:"id"`
	CreatorID string   `json:"creator_id"`
	Secret    string   `json:"client_secret"`
	Name      string   `json:"name"`
	Callbacks []string `json:"callback_urls"`
	Homepage  string   `json:"homepage"`
	IsTrusted bool     `json:"is_trusted"`
}

// code is what a browser takes from authorize to the app, once.
type code struct {
	appID, userID string
	redirect      string
	challenge     string
	until         time.Time
}

const codeTime = 10 * time.Minute

func listApps(c *call) (any, error) {
	if !c.mayManageApps() {
		return nil, refuse(http.StatusForbidden, "api.command.admin_only.app_error")
	}
	q := c.r.URL.Query()
	if page, _ := strconv.Atoi(q.Get("page")); page > 0 {
		return []*app{}, nil
	}
	list := []*app{}
	for _, a := range c.apps {
		list = append(list, a)
	}
	return list, nil
}

func createApp(c *call) (any, error) {
	if !c.mayManageApps() {
		return nil, errForbidden
	}
	in, err := body[app](c)
	if err != nil {
		return nil, err
	}
	a := &in
	a.ID, a.Secret, a.CreatorID = newID(), newID(), c.user.ID
	c.apps[a.ID] = a
	return a, nil
}

func updateApp(c *call) (any, error) {
	a := c.apps[c.r.PathValue("id")]
	if !c.mayManageApps() || a == nil {
		return nil, errForbidden
	}
	in, err := body[app](c)
	if err != nil {
		return nil, err
	}
	a.Name, a.Callbacks, a.Homepage, a.IsTrusted = in.Name, in.Callbacks, in.Homepage, in.IsTrusted
	return a, nil
}

func deleteApp(c *call) (any, error) {
	id := c.r.PathValue("id")
	switch {
	case !c.mayManageApps():
		return nil, errForbidden
	case c.apps[id] == nil:
		return nil, refuse(http.StatusNotFound, "app.oauth.get_app.find.app_error")
	}
	delete(c.apps, id)
	return ok, nil
}

func regenerateSecret(c *call) (any, error) {
	a := c.apps[c.r.PathValue("id")]
	if !c.mayManageApps() || a == nil {
		return nil, errForbidden
	}
	a.Secret = newID()
	return a, nil
}

// authorize is GET /oauth/authorize: whoever is logged in is sent on with a code
// at once, since every app is a trusted one; whoever is not has to log in first.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	a := s.apps[q.Get("client_id")]
	c := s.caller(w, r)
	switch {
	case a == nil:
		http.Error(w, "There is no such app.", http.StatusNotFound)
	case c.user == nil:
		http.Redirect(w, r, s.url+"/login?redirect_to="+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
	case !slices.Contains(a.Callbacks, q.Get("redirect_uri")), q.Get("response_type") != "code":
		http.Error(w, "The redirect address is not the app's.", http.StatusBadRequest)
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		http.Error(w, "Only S256 is understood.", http.StatusBadRequest)
	default:
		key := newID()
		s.codes[key] = &code{appID: a.ID, userID: c.user.ID, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), until: s.clock().Add(codeTime)}
		to := url.Values{"code": {key}, "state": {q.Get("state")}}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+to.Encode(), http.StatusFound)
	}
}

// accessToken is POST /oauth/access_token.
func (s *Server) accessToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Body = http.MaxBytesReader(w, r.Body, 10_000)
	token, err := s.redeem(r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	answer(w, map[string]any{"access_token": token, "token_type": "bearer", "expires_in": 2592000, "scope": "user"}, nil)
}

const oauthErrors = "api.oauth.get_access_token."

func (s *Server) redeem(r *http.Request) (string, error) {
	a := s.apps[r.PostFormValue("client_id")]
	switch {
	case r.PostFormValue("grant_type") != "authorization_code":
		return "", refuse(http.StatusBadRequest, oauthErrors+"bad_grant.app_error")
	case a == nil:
		return "", refuse(http.StatusNotFound, oauthErrors+"credentials.app_error")
	case a.Secret != r.PostFormValue("client_secret"):
		return "", refuse(http.StatusForbidden, oauthErrors+"credentials.app_error")
	}
	key := r.PostFormValue("code")
	x := s.codes[key]
	delete(s.codes, key)
	switch {
	case x == nil || x.appID != a.ID || !s.clock().Before(x.until):
		return "", refuse(http.StatusBadRequest, oauthErrors+"expired_code.app_error")
	case x.redirect != r.PostFormValue("redirect_uri"):
		return "", refuse(http.StatusBadRequest, oauthErrors+"redirect_uri.app_error")
	case x.challenge != "" && x.challenge != challengeOf(r.PostFormValue("code_verifier")):
		return "", refuse(http.StatusBadRequest, oauthErrors+"pkce_verification_failed.app_error")
	}
	return s.newSession(x.userID, "oauth").token, nil
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
