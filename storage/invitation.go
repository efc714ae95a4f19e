package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// CreateInvitation inserts an invitation.
func (q queries) CreateInvitation(ctx context.Context, i classroom.Invitation) error {
	return create(ctx, q, "create invitation "+i.ID, i)
}

// FindInvitation reads the invitation whose code has that hash.
func (q queries) FindInvitation(ctx context.Context, hash string) (classroom.Invitation, bool, error) {
	return find[classroom.Invitation](ctx, q, "invitation", "hash = ?", hash)
}

// Invitations lists those of a tenant, oldest first.
func (q queries) Invitations(ctx context.Context, tenantID string) ([]classroom.Invitation, error) {
	return list[classroom.Invitation](ctx, q, "invitations", 0, "created_at, id", "tenant_id = ?", tenantID)
}

// WithdrawInvitation ends an invitation that was not used.
func (q queries) WithdrawInvitation(ctx context.Context, tenantID, id string, at time.Time) error {
	return q.exec(ctx, "withdraw invitation "+id, `UPDATE invitations SET withdrawn_at = ?
		WHERE tenant_id = ? AND id = ? AND used_at IS NULL AND withdrawn_at IS NULL`, at, tenantID, id)
}

// ClaimInvitation sets an invitation aside: one statement, so that of many who
// try, one gets it. A claim ends by itself, in case its process does.
func (q queries) ClaimInvitation(ctx context.Context, id, claim string, now, until time.Time) (bool, error) {
	done := q.on(ctx).Exec(`UPDATE invitations SET claim = ?, claimed_until = ?
		WHERE id = ? AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > ?
		AND (claimed_until IS NULL OR claimed_until <= ?)`,
		claim, until, id, now, now)
	return done.RowsAffected == 1, wrap("claim invitation "+id, done.Error)
}

// ReleaseInvitation gives a claim back.
func (q queries) ReleaseInvitation(ctx context.Context, id, claim string) error {
	return q.exec(ctx, "release invitation "+id, `UPDATE invitations SET claim = '', claimed_until = NULL
		WHERE id = ? AND claim = ? AND used_at IS NULL`, id, claim)
}

// ForgetInvitations deletes those that expired before then.
func (q queries) ForgetInvitations(ctx context.Context, before time.Time) error {
	return wrap("forget invitations", q.on(ctx).Exec("DELETE FROM invitations WHERE expires_at < ?", before).Error)
}

// UseInvitation uses an invitation up, if it is still claimed.
func (q queries) UseInvitation(ctx context.Context, id, claim, platformID string, at time.Time) error {
	return q.exec(ctx, "use invitation "+id, `UPDATE invitations SET used_at = ?, platform_id = ?
		WHERE id = ? AND claim = ? AND used_at IS NULL AND withdrawn_at IS NULL`, at, platformID, id, claim)
}
