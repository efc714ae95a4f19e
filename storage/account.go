package storage

import (
	"context"
	"strings"

	"classbridge/admin"
)

var _ admin.Store = (*DB)(nil)

// AdminTx runs fn in one transaction; see admin.Store.
func (db *DB) AdminTx(ctx context.Context, fn func(admin.Queries) error) error {
	return db.tx(ctx, func(t *tx) error { return fn(t) })
}

// Account reads an account of the tenant.
func (q queries) Account(ctx context.Context, tenantID, id string) (admin.Account, error) {
	return get[admin.Account](ctx, q, "account "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// FindAccountByEmail reads the account with that address, of whichever tenant.
func (q queries) FindAccountByEmail(ctx context.Context, email string) (admin.Account, bool, error) {
	return find[admin.Account](ctx, q, "account by address", "email = ?", strings.ToLower(email))
}

// Accounts lists those of a tenant.
func (q queries) Accounts(ctx context.Context, tenantID string) ([]admin.Account, error) {
	return list[admin.Account](ctx, q, "accounts", 0, "email", "tenant_id = ?", tenantID)
}

// CreateAccount inserts an account; Conflict if its address is taken.
func (q queries) CreateAccount(ctx context.Context, a admin.Account) error {
	a.Email = strings.ToLower(a.Email)
	return create(ctx, q, "create account "+a.ID, a)
}

// SaveAccount changes an account.
func (q queries) SaveAccount(ctx context.Context, a admin.Account) error {
	a.Email = strings.ToLower(a.Email)
	return save(ctx, q, "save account "+a.ID, a)
}
