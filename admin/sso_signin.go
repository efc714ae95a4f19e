package admin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	purposeSSO classroom.Purpose = "single sign-on"
	// SSOLife is how long somebody may take at the provider.
	SSOLife = 10 * time.Minute
)

// What somebody is sent to the provider for.
const (
	SSOSignIn = "sign_in"
	SSOProve  = "prove" // a fresh proof, for whoever is signed in
	SSOLink   = "link"  // makes the provider's person the visitor's own
)

// ssoState travels to the provider and back. It is signed, good for one use, and
// bound to the browser that asked by a cookie.
type ssoState struct {
	ID      string `json:"i"`
	Tenant  string `json:"t"`
	For     string `json:"f"`
	Session string `json:"s,omitempty"` // id of the session that proves or links
	Next    string `json:"n,omitempty"`
	Key     string `json:"k"` // id of the master key that nonce and verifier come from
}

// SSOQuestion is what sends a browser to the provider.
type SSOQuestion struct {
	URL     string
	Cookie  string // the end of the cookie's name
	Binding string // what it holds
}

// AskSSO sends somebody to the provider of a tenant. v is who is signed in, for
// SSOProve and SSOLink.
func (c *Console) AskSSO(ctx context.Context, tenantID, what, next string, v Visitor) (SSOQuestion, error) {
	p, on, err := c.SSO(ctx, tenantID)
	if err != nil {
		return SSOQuestion{}, err
	}
	if !on {
		return SSOQuestion{}, &classroom.Error{Code: classroom.NotFound, Message: "console.sso.off", Err: errors.New("no single sign-on")}
	}
	_, provider, err := c.discover(ctx, p)
	if err != nil {
		return SSOQuestion{}, err
	}
	s := ssoState{ID: rand.Text(), Tenant: tenantID, For: what, Session: v.Session.ID, Next: shorten(next, 500), Key: c.Signer.KeyID()}
	state, err := c.Signer.Sign(purposeSSO, s, SSOLife)
	if err != nil {
		return SSOQuestion{}, err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(c.nonce(s)), oauth2.S256ChallengeOption(c.verifier(s))}
	if what == SSOProve { // somebody has to type something there (OpenID Connect Core §3.1.2.1)
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return SSOQuestion{URL: c.oauth(p, provider).AuthCodeURL(state, options...), Cookie: s.ID, Binding: c.binding(s)}, nil
}

// Derived, so they are stored nowhere; the verifier is of 43 characters or more
// (RFC 7636 §4.1).
func (c *Console) nonce(s ssoState) string   { return c.Signer.CodeOf(s.Key, "oidc nonce", s.ID) }
func (c *Console) binding(s ssoState) string { return c.Signer.CodeOf(s.Key, "oidc browser", s.ID) }
func (c *Console) verifier(s ssoState) string {
	return c.Signer.CodeOf(s.Key, "oidc pkce 1", s.ID) + c.Signer.CodeOf(s.Key, "oidc pkce 2", s.ID)
}

// SSOAnswer is what a browser brings back from the provider.
type SSOAnswer struct {
	State   string
	Code    string
	Error   string
	Issuer  string                   // RFC 9207; may be missing
	Binding func(name string) string // the value of the cookie whose name ends so
}

// SSOResult is what came of it.
type SSOResult struct {
	For    string
	Next   string
	Cookie string // that is not needed any more
	Entry  Entry  // none for SSOLink
}

// AnswerSSO takes what somebody brings back. v is who is signed in, if anybody.
func (c *Console) AnswerSSO(ctx context.Context, answer SSOAnswer, v Visitor, from From) (SSOResult, error) {
	s, err := c.openSSO(ctx, answer)
	result := SSOResult{For: s.For, Next: s.Next, Cookie: s.ID}
	if err != nil {
		return result, err
	}
	p, on, err := c.SSO(ctx, s.Tenant)
	if err == nil && !on {
		err = errSSO(errors.New("single sign-on was switched off"))
	}
	if err == nil {
		err = checkAnswer(answer, p)
	}
	if err != nil {
		return result, err
	}
	who, err := c.identify(ctx, p, answer.Code, c.verifier(s), c.nonce(s))
	if err != nil {
		return result, err
	}
	result.Entry, err = c.useSSO(ctx, s, p, who, v, from)
	return result, err
}

// openSSO checks the state, that this browser asked for it, and uses it up.
func (c *Console) openSSO(ctx context.Context, answer SSOAnswer) (ssoState, error) {
	var s ssoState
	stale := func(err error) error {
		return &classroom.Error{Code: classroom.Expired, Message: "console.sso.stale", Err: err}
	}
	id, expires, err := c.Signer.Open(purposeSSO, answer.State, &s)
	if err != nil {
		return ssoState{}, stale(err)
	}
	if subtle.ConstantTimeCompare([]byte(answer.Binding(s.ID)), []byte(c.binding(s))) != 1 {
		return ssoState{}, stale(errors.New("another browser asked, or it keeps no cookies"))
	}
	err = c.Store.Consume(ctx, id, expires)
	if classroom.Is(err, classroom.Conflict) {
		err = stale(errors.New("the state was used before"))
	}
	return s, err
}

func checkAnswer(answer SSOAnswer, p SSOProvider) error {
	switch {
	case answer.Error == "access_denied":
		return &classroom.Error{Code: classroom.Forbidden, Message: "console.sso.denied", Err: errors.New("access_denied")}
	case answer.Issuer != "" && answer.Issuer != p.Issuer:
		return errSSO(errors.New("another issuer answers"))
	case answer.Error != "" || answer.Code == "":
		return errSSO(errors.New("the provider answered without a code"))
	}
	return nil
}

func (c *Console) useSSO(ctx context.Context, s ssoState, p SSOProvider, who claims, v Visitor, from From) (Entry, error) {
	if s.For == SSOSignIn {
		a, err := c.admit(ctx, p, who)
		if err != nil {
			return Entry{}, c.recordOf(ctx, Account{TenantID: p.TenantID, Email: "single sign-on"}, from, Act{Name: "sign_in", Subject: MethodSSO}, err)
		}
		return c.enter(ctx, a, MethodSSO, from)
	}
	if v.Session.ID == "" || v.Session.ID != s.Session || v.Account.TenantID != p.TenantID {
		return Entry{}, errSSO(errors.New("the session has changed meanwhile"))
	}
	if s.For == SSOLink {
		return Entry{}, c.linkIdentity(ctx, v, who)
	}
	return c.proveSSO(ctx, v, who, from)
}

// proveSSO believes the provider only that somebody has just signed in there.
func (c *Console) proveSSO(ctx context.Context, v Visitor, who claims, from From) (Entry, error) {
	i, found, err := c.Store.FindIdentity(ctx, v.Account.TenantID, who.Issuer, who.Subject)
	switch {
	case err != nil:
		return Entry{}, fmt.Errorf("identity: %w", err)
	case !found || i.AccountID != v.Account.ID:
		err = errSSO(errors.New("somebody else signed in"))
	case c.Now().Sub(who.AuthTime) > SSOLife:
		err = errSSO(errors.New("the sign-in is an old one"))
	}
	if err != nil {
		return Entry{}, c.recordOf(ctx, v.Account, from, Act{Name: "proof", Subject: MethodSSO}, err)
	}
	return c.proved(ctx, v, MethodSSO, from)
}
