package ltitest

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"classbridge/lti"
)

// signups are the registration tokens that may be used, and what came of them.
type signups struct {
	mu     sync.Mutex
	tokens map[string]time.Time // until when
	done   *Signup
	active bool
}

// signupFor is how long a registration token lasts.
const signupFor = time.Hour

func (l *LMS) routeRegistration() {
	if l.Profile.Registration != nil {
		l.handle("configuration", "GET /openid-configuration", l.serveConfiguration)
		l.handle("register", "POST /register", l.register)
	}
}

// RegistrationURL is what the LMS opens to let the tool register itself: the tool's
// own address with where our configuration is, and a new token if there are any.
func (l *LMS) RegistrationURL(initiation string) string {
	u, err := url.Parse(initiation)
	if err != nil {
		return initiation
	}
	query := u.Query()
	query.Set("openid_configuration", l.at("/openid-configuration"))
	if token := l.registrationToken(); token != "" {
		query.Set("registration_token", token)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (l *LMS) registrationToken() string {
	now, token := l.Now(), rand.Text()
	switch l.Profile.Registration.Token {
	case noToken:
		return ""
	case jwtToken:
		token = l.IDToken(map[string]any{"sub": l.ClientID, "scope": "reg", "iat": now.Unix(), "exp": now.Add(signupFor).Unix()})
	}
	l.signups.mu.Lock()
	defer l.signups.mu.Unlock()
	if l.signups.tokens == nil {
		l.signups.tokens = make(map[string]time.Time)
	}
	l.signups.tokens[token] = now.Add(signupFor)
	return token
}

// mayRegister looks at the bearer token, and uses it up on demand.
func (l *LMS) mayRegister(r *http.Request, use bool) bool {
	if l.Profile.Registration.Token == noToken {
		return r.Header.Get("Authorization") == ""
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	l.signups.mu.Lock()
	defer l.signups.mu.Unlock()
	until, known := l.signups.tokens[token]
	if use {
		delete(l.signups.tokens, token)
	}
	return known && l.Now().Before(until)
}

// register is POST /register. The registration is that of this LMS: its client id
// is given again each time.
func (l *LMS) register(w http.ResponseWriter, r *http.Request) {
	if !l.mayRegister(r, true) {
		writeJSON(w, jsonType, http.StatusUnauthorized, map[string]string{"error": "invalid_token", "error_description": "token_already_used"})
		return
	}
	var s Signup
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		writeJSON(w, jsonType, http.StatusBadRequest, map[string]string{"error": "invalid_client_metadata"})
		return
	}
	if err := l.checkSignup(s); err != nil {
		writeJSON(w, jsonType, http.StatusUnprocessableEntity, map[string]string{"error": "invalid_client_metadata", "error_description": err.Error()})
		return
	}
	l.signups.mu.Lock()
	l.signups.done, l.signups.active = &s, l.Profile.Registration.Token != jwtToken
	l.signups.mu.Unlock()
	l.writeSignup(w, s)
}

func (l *LMS) checkSignup(s Signup) error {
	target, err := url.Parse(s.Tool.Target)
	switch {
	case err != nil || target.Host != s.Tool.Domain:
		return fmt.Errorf("domain %q is not that of %q", s.Tool.Domain, s.Tool.Target)
	case s.ApplicationType != "web" || !slices.Equal(s.ResponseTypes, []string{"id_token"}):
		return errors.New("application_type or response_types")
	case !slices.Contains(s.GrantTypes, "implicit") || !slices.Contains(s.GrantTypes, "client_credentials"):
		return errors.New("grant_types")
	case s.AuthMethod != "private_key_jwt" || s.JWKSURL == "" || s.LoginURL == "" || s.Name == "":
		return errors.New("token_endpoint_auth_method, jwks_uri, initiate_login_uri or client_name")
	case !slices.Contains(s.RedirectURIs, l.target()):
		return fmt.Errorf("redirect_uris lacks %s", l.target())
	}
	for _, scope := range strings.Fields(s.Scope) {
		if !slices.Contains(l.scopes(), scope) {
			return fmt.Errorf("scope %s", scope)
		}
	}
	return nil
}

// writeSignup answers what was registered, which may be less than was asked for.
func (l *LMS) writeSignup(w http.ResponseWriter, s Signup) {
	form := l.Profile.Registration
	s.Tool.Version = "1.3.0"
	if !form.OmitsID {
		s.Tool.DeploymentID = l.DeploymentID
	}
	if form.Sloppy {
		s.Tool.Messages = slices.DeleteFunc(slices.Clone(s.Tool.Messages), func(m SignupMessage) bool { return m.Type != lti.DeepLinkingRequest })
	}
	writeJSON(w, jsonType, http.StatusOK, struct {
		ClientID string `json:"client_id"`
		Signup
	}{l.ClientID, s})
}
