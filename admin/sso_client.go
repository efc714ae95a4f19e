package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"classbridge/classroom"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Bounds of what a provider may take and answer.
const (
	ssoTime = 10 * time.Second
	ssoBody = 1 << 20
)

// bounded reads no more of an answer than a document of a provider can be.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, ssoBody)
	}
	return resp, err
}

// ssoClient reaches providers. Whoever runs the installation may name one inside
// their network; another tenant's owner may not look around there.
func (c *Console) ssoClient(tenantID string) *http.Client {
	transport := c.HTTP(tenantID).Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: ssoTime,
		// Requests hold a code and a secret: they go where they were sent.
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the provider redirects") },
	}
}

// discover reads the provider's configuration (OpenID Connect Discovery 1.0 §4).
func (c *Console) discover(ctx context.Context, p SSOProvider) (context.Context, *oidc.Provider, error) {
	if err := checkIssuer(p.Issuer); err != nil {
		return ctx, nil, err
	}
	ctx = oidc.ClientContext(ctx, c.ssoClient(p.TenantID))
	provider, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return ctx, nil, unreachable(err)
	}
	var also struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&also); err != nil {
		return ctx, nil, unreachable(err)
	}
	at := provider.Endpoint()
	for _, address := range []string{at.AuthURL, at.TokenURL, also.Keys} {
		if err := checkEndpoint(address, p.Issuer); err != nil {
			return ctx, nil, unreachable(err)
		}
	}
	return ctx, provider, nil
}

func unreachable(err error) error {
	return &classroom.Error{Code: classroom.Unavailable, Message: "console.sso.unreachable", Err: err}
}

// checkIssuer wants https; http is for trials on this machine.
func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	wrong := err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(issuer) > 500
	if wrong || u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine(u.Hostname())) {
		return invalid("console.sso.issuer_wrong")
	}
	return nil
}

func onThisMachine(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// checkEndpoint keeps an https issuer from leading to anything less.
func checkEndpoint(address, issuer string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("an endpoint is no address")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && strings.HasPrefix(issuer, "http://")) {
		return errors.New("an endpoint is not https")
	}
	return nil
}

func (c *Console) oauth(p SSOProvider, provider *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: c.SSORedirect(),
		Scopes: append([]string{oidc.ScopeOpenID, "email", "profile"}, strings.Fields(p.Scopes)...),
	}
}

// SSORedirect is the address that the provider sends people back to.
func (c *Console) SSORedirect() string { return c.URL + "/console/sign-in/sso" }

// claims is what a provider says of somebody.
type claims struct {
	Issuer   string
	Subject  string
	Email    string
	Verified bool
	Name     string
	Groups   []string
	AuthTime time.Time
}

// identify exchanges a code for an ID token and checks it (OpenID Connect Core §3.1.3.7).
func (c *Console) identify(ctx context.Context, p SSOProvider, code, verifier, nonce string) (claims, error) {
	ctx, provider, err := c.discover(ctx, p)
	if err != nil {
		return claims{}, err
	}
	token, err := c.oauth(p, provider).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return claims{}, refusedBy(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: c.Now}).Verify(ctx, raw)
	if err != nil {
		return claims{}, errSSO(err)
	}
	if nonce == "" || id.Nonce != nonce {
		return claims{}, errSSO(errors.New("another nonce"))
	}
	if id.Subject == "" || len(id.Subject) > 255 || !plain(id.Subject) { // §2: not more than 255 characters
		return claims{}, errSSO(errors.New("no subject"))
	}
	return readClaims(id, p.GroupsClaim)
}

// refusedBy leaves out what the provider said: it may repeat the secret.
func refusedBy(err error) error {
	var said *oauth2.RetrieveError
	if errors.As(err, &said) && said.Response != nil {
		return errSSO(fmt.Errorf("the provider refused the code: status %d", said.Response.StatusCode))
	}
	return unreachable(err)
}

func errSSO(err error) error {
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.sso.refused", Err: err}
}

func readClaims(id *oidc.IDToken, groupsClaim string) (claims, error) {
	var said struct {
		Email    string          `json:"email"`
		Verified json.RawMessage `json:"email_verified"`
		Name     string          `json:"name"`
		AuthTime int64           `json:"auth_time"`
	}
	all := map[string]json.RawMessage{}
	if err := errors.Join(id.Claims(&said), id.Claims(&all)); err != nil {
		return claims{}, errSSO(err)
	}
	verified := string(said.Verified)
	return claims{
		Issuer: id.Issuer, Subject: id.Subject, Email: said.Email, Name: said.Name, AuthTime: time.Unix(said.AuthTime, 0),
		Verified: verified == "true" || verified == `"true"`, // some say it in quotes
		Groups:   readGroups(all[groupsClaim]),
	}, nil
}

// readGroups takes a list, or one group alone.
func readGroups(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	return nil
}
