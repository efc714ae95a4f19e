package lti

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	assertionTTL = 5 * time.Minute

	// assertionAge is how old an assertion says that it is. Platforms refuse
	// those of the future (Canvas beyond 30 s), and our clock may be ahead.
	assertionAge = 10 * time.Second

	usualTokenTTL   = time.Hour       // recommended by Security Framework §7.2, if the platform does not say
	maxTokenTTL     = time.Hour       // a permission that was withdrawn is noticed in the end
	partialTokenTTL = 5 * time.Minute // of one with fewer scopes than asked: an admin may be adding them now

	maxToken       = 16 << 10
	maxTokenAnswer = 256 << 10
)

// assertion is a client assertion (Security Framework §4.1.1, RFC 7523 §3).
type assertion struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"` // one string: lists confuse some platforms
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	ID       string `json:"jti"`

	// DeploymentID helps platforms that share a client id between schools (LTI Core §6.2.1).
	DeploymentID string `json:"https://purl.imsglobal.org/spec/lti/claim/deployment_id,omitempty"`
}

// askToken asks the platform for a token (Security Framework §4.1).
func (s *Services) askToken(ctx context.Context, a Access, scopes []string) (*grant, error) {
	asked := s.now()
	signed, err := s.assert(ctx, a, asked)
	if err != nil {
		return nil, &ServiceError{Service: ServiceToken, Platform: a.Platform.ID, Host: host(a.Platform.TokenURL), Err: err}
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
		"scope":                 {strings.Join(scopes, " ")},
	}
	var got tokenAnswer
	x := exchange{secret: signed, request: request{
		service: ServiceToken, access: a, method: http.MethodPost, url: a.Platform.TokenURL,
		accept: "application/json", contentType: "application/x-www-form-urlencoded", body: []byte(form.Encode()), limit: maxTokenAnswer,
	}}
	if err := s.exchange(ctx, x, func(ans *answer) error { return ans.token(&got) }); err != nil {
		return nil, err
	}
	return got.grant(a.grantKey(scopes), scopes, asked), nil
}

// assert signs for us. The key is asked for each time: it may have been rotated.
func (s *Services) assert(ctx context.Context, a Access, now time.Time) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	key, err := s.Key(ctx)
	if err != nil {
		return "", fmt.Errorf("key to sign with: %w", err)
	}
	issued := now.Add(-assertionAge)
	return sign(key, assertion{
		Issuer: a.Platform.ClientID, Subject: a.Platform.ClientID, DeploymentID: a.DeploymentID,
		Audience: cmp.Or(a.Platform.Audience, a.Platform.TokenURL),
		IssuedAt: issued.Unix(), Expires: issued.Add(assertionTTL).Unix(), ID: rand.Text(),
	})
}

// tokenAnswer is the answer to a request for a token (RFC 6749 §5.1), as
// platforms write it.
type tokenAnswer struct {
	Token     text   `json:"access_token"`
	Type      text   `json:"token_type"`
	ExpiresIn scalar `json:"expires_in"`
	Scope     list   `json:"scope"`
	Error     text   `json:"error"` // sent by some with status 200
}

// token reads the answer. Its content type is not asked: Moodle's is text/html.
func (a *answer) token(into *tokenAnswer) error {
	d, err := newDocument(a.body)
	if err != nil {
		return err
	}
	var v object[tokenAnswer]
	if err := d.decode(&v); err != nil {
		return err
	}
	*into = v.orEmpty()
	switch t := string(into.Token); {
	case into.Error != "":
		return &answerError{code: clean(string(into.Error), maxWord), err: errors.New("an error with the status of success")}
	case t == "":
		return &answerError{err: errors.New("no access_token")}
	case len(t) > maxToken || !plain(t) || strings.ContainsAny(t, " "):
		return &answerError{err: errors.New("an access_token that fits no header")}
	case into.Type != "" && !strings.EqualFold(string(into.Type), "Bearer"):
		return &answerError{err: fmt.Errorf("token_type %s", shown(string(into.Type)))}
	}
	return nil
}

func (t *tokenAnswer) grant(k grantKey, asked []string, now time.Time) *grant {
	g := &grant{key: k, token: string(t.Token), scopes: asked, since: now} // no scope: all of them (RFC 6749 §5.1)
	if granted := strings.Fields(strings.Join(t.Scope.items, " ")); len(granted) > 0 {
		g.scopes = granted
	}
	ttl, said := t.ttl()
	g.guessed = !said
	if len(intersect(asked, g.scopes)) < len(asked) {
		ttl = min(ttl, partialTokenTTL)
	}
	early := min(max(ttl/10, time.Minute), ttl/2)
	g.expires, g.renew = now.Add(ttl), now.Add(ttl-early)
	return g
}

// ttl is what expires_in says. What makes no sense is as good as nothing: a
// token that has ended is replaced when the platform refuses it.
func (t *tokenAnswer) ttl() (ttl time.Duration, said bool) {
	seconds, err := strconv.ParseFloat(string(t.ExpiresIn.text), 64)
	if err != nil || !(seconds > 0) {
		return usualTokenTTL, false
	}
	return time.Duration(min(seconds, maxTokenTTL.Seconds()) * float64(time.Second)), true
}
