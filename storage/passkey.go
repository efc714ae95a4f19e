package storage

import (
	"context"

	"classbridge/admin"
)

// Passkeys lists those of an account, the oldest first.
func (q queries) Passkeys(ctx context.Context, tenantID, accountID string) ([]admin.Passkey, error) {
	return list[admin.Passkey](ctx, q, "passkeys", 0, "created_at, id", "tenant_id = ? AND account_id = ?", tenantID, accountID)
}

// FindPasskey reads the passkey of that authenticator's id, of whichever account.
func (q queries) FindPasskey(ctx context.Context, credentialID string) (admin.Passkey, bool, error) {
	return find[admin.Passkey](ctx, q, "passkey", "credential_id = ?", credentialID)
}

// CreatePasskey inserts a passkey; Conflict if the authenticator's id is taken.
func (q queries) CreatePasskey(ctx context.Context, p admin.Passkey) error {
	return create(ctx, q, "create passkey "+p.ID, p)
}

// SavePasskey changes a passkey.
func (q queries) SavePasskey(ctx context.Context, p admin.Passkey) error {
	return save(ctx, q, "save passkey "+p.ID, p)
}

// RemovePasskey deletes a passkey of that account; NotFound if it has no such one.
func (q queries) RemovePasskey(ctx context.Context, tenantID, accountID, id string) error {
	return q.exec(ctx, "remove passkey "+id, "DELETE FROM passkeys WHERE tenant_id = ? AND account_id = ? AND id = ?", tenantID, accountID, id)
}

// ForgetPasskeys deletes all passkeys of an account.
func (q queries) ForgetPasskeys(ctx context.Context, tenantID, accountID string) error {
	return wrap("forget passkeys", q.on(ctx).Exec("DELETE FROM passkeys WHERE tenant_id = ? AND account_id = ?", tenantID, accountID).Error)
}
