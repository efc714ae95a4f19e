package lti

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Login is the answer to a login initiation: set the cookies and redirect there.
type Login struct {
	URL      string         // the platform's authorization endpoint with the request in its query
	Cookies  []*http.Cookie // to set; some delete old ones
	Platform Platform
	Storage  *Storage // where to put the proof too, in case the browser keeps no cookie; nil if the platform has no such place
}

// Login starts the login that a platform asks for by GET or POST (Security
// Framework §5.1.1.1). It writes nothing and asks nobody but Platforms; the
// cookies are those that the browser sent.
//
// Nothing of the request is believed: it is not signed. It chooses the
// registration, and what belongs to the person goes back to the platform as it
// came.
func (t *Tool) Login(ctx context.Context, form url.Values, cookies []*http.Cookie) (*Login, error) {
	p, err := t.askedBy(ctx, form)
	if err != nil {
		return nil, err
	}
	if err := t.checkLogin(form); err != nil {
		return nil, of(p.ID, err)
	}
	secrets, err := t.secrets(false)
	if err != nil {
		return nil, of(p.ID, err)
	}
	s := newState(p.ID, storageTarget(form), t.now(), secrets[0])
	address, err := t.authRequest(p, s, form)
	if err != nil {
		return nil, of(p.ID, err)
	}
	return &Login{
		URL:      address,
		Cookies:  append(append(surplus(cookies), s.cookie()), probe(cookies)...),
		Platform: p,
		Storage:  s.storage(p, s.proof()),
	}, nil
}

// askedBy finds the registration. A platform with one registration may leave
// client_id out (LTI Core §4.1.3). lti_deployment_id does not choose between
// several: it is not signed and unknown before the first launch.
func (t *Tool) askedBy(ctx context.Context, form url.Values) (Platform, error) {
	issuer, client := form.Get("iss"), form.Get("client_id")
	if issuer == "" {
		return Platform{}, refuse(IssuerMissing, "no iss")
	}
	// Anybody can send this: what no registration can be is not looked up.
	if !registrable(issuer) || !registrable(client) {
		return Platform{}, refuse(PlatformUnknown, "iss of %d bytes %s client_id of %d bytes %s", len(issuer), shown(issuer), len(client), shown(client))
	}
	found, err := t.Platforms.FindPlatforms(ctx, issuer, client)
	if err != nil {
		return Platform{}, fmt.Errorf("lti: find platform: %w", err)
	}
	var fit []Platform
	for _, p := range found {
		// Compared here once more: a database may think that two issuers are equal.
		if p.Issuer == issuer && (client == "" || p.ClientID == client) {
			fit = append(fit, p)
		}
	}
	switch len(fit) {
	case 0:
		return Platform{}, refuse(PlatformUnknown, "iss %s client_id %s", shown(issuer), shown(client))
	case 1:
		return fit[0], nil
	}
	return Platform{}, refuse(PlatformAmbiguous, "iss %s has %d registrations and sent no client_id", shown(issuer), len(fit))
}

// maxRegistered is how long an issuer or a client_id may be.
const maxRegistered = 1024

func registrable(s string) bool { return len(s) <= maxRegistered && sound(s) }

func (t *Tool) checkLogin(form url.Values) error {
	target := form.Get("target_link_uri")
	switch {
	case form.Get("login_hint") == "":
		return refuse(LoginHintMissing, "no login_hint")
	case target == "":
		return refuse(TargetMissing, "no target_link_uri")
	case !t.ours(target):
		return refuse(TargetForeign, "target_link_uri %s is not below %s", shown(target), t.URL)
	}
	return nil
}

// authRequest is the OpenID Connect request (Security Framework §5.1.1.2).
func (t *Tool) authRequest(p Platform, s state, form url.Values) (string, error) {
	u, err := url.Parse(p.AuthURL)
	if err != nil || origin(u) == "" {
		return "", refuse(PlatformMisconfigured, "authorization endpoint %s", shown(p.AuthURL))
	}
	sealed, err := s.seal()
	if err != nil {
		return "", refuse(PlatformMisconfigured, "%w", err)
	}
	q := url.Values{
		"scope":         {"openid"},
		"response_type": {"id_token"},
		"response_mode": {"form_post"},
		"prompt":        {"none"},
		"client_id":     {p.ClientID},
		"redirect_uri":  {t.RedirectURI()},
		"login_hint":    {form.Get("login_hint")},
		"state":         {sealed},
		"nonce":         {s.nonce()},
	}
	// It goes back byte by byte, and is not invented where there was none.
	if form.Has("lti_message_hint") {
		q.Set("lti_message_hint", form.Get("lti_message_hint"))
	}
	// A blank as %20 means a blank to every parser, a plus sign does not.
	query := strings.ReplaceAll(q.Encode(), "+", "%20")
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	u.RawQuery, u.Fragment, u.RawFragment = query, "", ""
	return u.String(), nil
}
