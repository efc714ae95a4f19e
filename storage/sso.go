package storage

import (
	"context"
	"time"

	"classbridge/admin"
)

// ssoProviderRow is an admin.SSOProvider with its secret sealed.
type ssoProviderRow struct {
	ID           string
	TenantID     string
	Name         string
	Issuer       string
	ClientID     string
	ClientSecret string
	Scopes       string
	GroupsClaim  string
	Rules        []admin.GroupRule `gorm:"serializer:json"`
	Domains      []string          `gorm:"serializer:json"`
	Required     bool
	Enabled      bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

func (ssoProviderRow) TableName() string { return "sso_providers" }

func ssoSecret(id string) string { return "sso_providers/" + id + "/client_secret" }

func (q queries) newSSOProviderRow(p admin.SSOProvider) (ssoProviderRow, error) {
	r := ssoProviderRow(p)
	if p.ClientSecret == "" {
		return r, nil
	}
	var err error
	r.ClientSecret, err = q.vault.Seal([]byte(p.ClientSecret), ssoSecret(p.ID))
	return r, err
}

// FindSSOProvider reads the provider of a tenant.
func (q queries) FindSSOProvider(ctx context.Context, tenantID string) (admin.SSOProvider, bool, error) {
	r, found, err := find[ssoProviderRow](ctx, q, "single sign-on", "tenant_id = ?", tenantID)
	if err != nil || !found || r.ClientSecret == "" {
		return admin.SSOProvider(r), found, err
	}
	plain, err := q.vault.Open(r.ClientSecret, ssoSecret(r.ID))
	r.ClientSecret = string(plain)
	return admin.SSOProvider(r), err == nil, wrap("single sign-on", err)
}

// CreateSSOProvider inserts the provider of a tenant; Conflict if it has one.
func (q queries) CreateSSOProvider(ctx context.Context, p admin.SSOProvider) error {
	r, err := q.newSSOProviderRow(p)
	if err != nil {
		return err
	}
	return create(ctx, q, "create single sign-on", r)
}

// SaveSSOProvider changes the provider of a tenant.
func (q queries) SaveSSOProvider(ctx context.Context, p admin.SSOProvider) error {
	r, err := q.newSSOProviderRow(p)
	if err != nil {
		return err
	}
	return save(ctx, q, "save single sign-on", r)
}

// FindIdentity reads whose account a subject of an issuer has in the tenant.
func (q queries) FindIdentity(ctx context.Context, tenantID, issuer, subject string) (admin.Identity, bool, error) {
	return find[admin.Identity](ctx, q, "identity", "tenant_id = ? AND issuer = ? AND subject = ?", tenantID, issuer, subject)
}

// Identities lists those of an account, the oldest first.
func (q queries) Identities(ctx context.Context, tenantID, accountID string) ([]admin.Identity, error) {
	return list[admin.Identity](ctx, q, "identities", 0, "created_at, id", "tenant_id = ? AND account_id = ?", tenantID, accountID)
}

// CreateIdentity inserts an identity; Conflict if the subject has an account.
func (q queries) CreateIdentity(ctx context.Context, i admin.Identity) error {
	return create(ctx, q, "create identity", i)
}

// SaveIdentity changes an identity.
func (q queries) SaveIdentity(ctx context.Context, i admin.Identity) error {
	return save(ctx, q, "save identity", i)
}

// ForgetIdentities deletes all identities of an account.
func (q queries) ForgetIdentities(ctx context.Context, tenantID, accountID string) error {
	return wrap("forget identities", q.on(ctx).Exec("DELETE FROM identities WHERE tenant_id = ? AND account_id = ?", tenantID, accountID).Error)
}
