package storage

import (
	"context"
	"time"

	"classbridge/admin"
)

// CreateSession inserts a session of the console.
func (q queries) CreateSession(ctx context.Context, s admin.Session) error {
	return create(ctx, q, "create console session", s)
}

// FindSession reads a session of the console with its account.
func (q queries) FindSession(ctx context.Context, id string) (admin.Session, admin.Account, bool, error) {
	s, found, err := find[admin.Session](ctx, q, "console session", "id = ?", id)
	if err != nil || !found {
		return s, admin.Account{}, false, err
	}
	a, err := q.Account(ctx, s.TenantID, s.AccountID)
	return s, a, err == nil, err
}

// SaveSession changes a session of the console.
func (q queries) SaveSession(ctx context.Context, s admin.Session) error {
	return save(ctx, q, "save console session", s)
}

// Sessions lists those of an account, the newest first.
func (q queries) Sessions(ctx context.Context, tenantID, accountID string) ([]admin.Session, error) {
	return list[admin.Session](ctx, q, "console sessions", 0, "created_at DESC, id", "tenant_id = ? AND account_id = ?", tenantID, accountID)
}

// EndSession deletes a session of that account; NotFound if it has no such one.
func (q queries) EndSession(ctx context.Context, tenantID, accountID, id string) error {
	return q.exec(ctx, "end console session", "DELETE FROM sessions WHERE tenant_id = ? AND account_id = ? AND id = ?", tenantID, accountID, id)
}

// EndSessions deletes all sessions of the account but one.
func (q queries) EndSessions(ctx context.Context, tenantID, accountID, but string) error {
	return wrap("end console sessions", q.on(ctx).Exec("DELETE FROM sessions WHERE tenant_id = ? AND account_id = ? AND id <> ?", tenantID, accountID, but).Error)
}

// ForgetSessions deletes what has expired.
func (q queries) ForgetSessions(ctx context.Context, seenBefore, madeBefore time.Time) error {
	return wrap("forget console sessions", q.on(ctx).Exec("DELETE FROM sessions WHERE seen_at < ? OR created_at < ?", seenBefore, madeBefore).Error)
}
