package storage

import (
	"context"
	"time"

	"classbridge/admin"

	"gorm.io/gorm/clause"
)

// LockAccounts reads all accounts of a tenant and locks them.
func (q queries) LockAccounts(ctx context.Context, tenantID string) ([]admin.Account, error) {
	var rows []admin.Account
	err := q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("tenant_id = ?", tenantID).Order("id").Find(&rows).Error
	return rows, wrap("lock accounts", err)
}

// AccountsFrom lists accounts of a tenant behind that address, by address.
func (q queries) AccountsFrom(ctx context.Context, tenantID, after string, limit int) ([]admin.Account, error) {
	return list[admin.Account](ctx, q, "accounts", limit, "email", "tenant_id = ? AND email > ?", tenantID, after)
}

// AnyAccount reports whether the installation has an account.
func (q queries) AnyAccount(ctx context.Context) (bool, error) {
	rows, err := list[admin.Account](ctx, q, "any account", 1, "id", "1 = 1")
	return len(rows) > 0, err
}

// CreateSignInLink inserts a link.
func (q queries) CreateSignInLink(ctx context.Context, l admin.SignInLink) error {
	return create(ctx, q, "create sign-in link", l)
}

// FindSignInLink reads the link whose code has that digest.
func (q queries) FindSignInLink(ctx context.Context, id string) (admin.SignInLink, bool, error) {
	return find[admin.SignInLink](ctx, q, "sign-in link", "id = ?", id)
}

// UseSignInLink deletes a link; NotFound if somebody was faster.
func (q queries) UseSignInLink(ctx context.Context, id string) error {
	return q.exec(ctx, "use sign-in link", "DELETE FROM sign_in_links WHERE id = ?", id)
}

// EndSignInLinks deletes those of an account.
func (q queries) EndSignInLinks(ctx context.Context, tenantID, accountID string) error {
	return wrap("end sign-in links", q.on(ctx).Exec("DELETE FROM sign_in_links WHERE tenant_id = ? AND account_id = ?", tenantID, accountID).Error)
}

// ForgetSignInLinks deletes what expired before then.
func (q queries) ForgetSignInLinks(ctx context.Context, expiredBefore time.Time) error {
	return wrap("forget sign-in links", q.on(ctx).Exec("DELETE FROM sign_in_links WHERE expires_at < ?", expiredBefore).Error)
}
