package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
)

// SSOProvider is the school's own sign-in (OpenID Connect Core 1.0), one a tenant.
type SSOProvider struct {
	ID           string
	TenantID     string
	Name         string // on its button
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       string      // besides openid, email and profile
	GroupsClaim  string      // where the ID token lists groups
	Rules        []GroupRule // which groups come in without an account, and as what
	Domains      []string    // of e-mail addresses that are believed; none: all that are verified
	Required     bool        // everybody but owners signs in here
	Enabled      bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// GroupRule makes the members of a group accounts of that role.
type GroupRule struct {
	Group string `json:"group"`
	Role  Role   `json:"role"`
}

// Identity is somebody as a provider knows them, and whose account that is. It is
// the provider's subject that counts, never again the e-mail address.
type Identity struct {
	ID        string
	TenantID  string
	AccountID string
	Issuer    string
	Subject   string
	ByGroup   bool // a group made the account: its role follows the group
	CreatedAt time.Time
	UsedAt    time.Time
}

// SSOStore keeps providers and identities.
type SSOStore interface {
	FindSSOProvider(ctx context.Context, tenantID string) (SSOProvider, bool, error)
	CreateSSOProvider(ctx context.Context, p SSOProvider) error
	SaveSSOProvider(ctx context.Context, p SSOProvider) error
	FindIdentity(ctx context.Context, tenantID, issuer, subject string) (Identity, bool, error)
	Identities(ctx context.Context, tenantID, accountID string) ([]Identity, error)
	CreateIdentity(ctx context.Context, i Identity) error
	SaveIdentity(ctx context.Context, i Identity) error
	// ForgetIdentities deletes all of an account.
	ForgetIdentities(ctx context.Context, tenantID, accountID string) error
}

// SSO answers the provider of a tenant by which somebody may sign in now.
func (c *Console) SSO(ctx context.Context, tenantID string) (SSOProvider, bool, error) {
	p, found, err := c.Store.FindSSOProvider(ctx, tenantID)
	if err != nil {
		return p, false, fmt.Errorf("single sign-on: %w", err)
	}
	return p, found && p.Enabled, nil
}

// mayEnterOtherwise refuses password and passkey where the school wants its own
// sign-in. Owners are let in always: a provider that is down, or set up wrongly,
// must not lock everybody out.
func (c *Console) mayEnterOtherwise(ctx context.Context, a Account) error {
	if a.Role == Owner || a.Disabled {
		return nil
	}
	p, on, err := c.SSO(ctx, a.TenantID)
	if err != nil || !on || !p.Required {
		return err
	}
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.sign_in.sso_only", Err: errors.New("the school wants its own sign-in")}
}

// roleOf is the mightiest role that one of the groups gives.
func (p SSOProvider) roleOf(groups []string) (Role, bool) {
	in := map[string]bool{}
	for _, g := range groups {
		in[g] = true
	}
	for _, role := range Roles() {
		for _, rule := range p.Rules {
			if rule.Role == role && in[rule.Group] {
				return role, true
			}
		}
	}
	return "", false
}
