package storage

import (
	"context"

	"classbridge/admin"
)

// SetupMarks lists what was decided, or found, about a tenant's set-up.
func (q queries) SetupMarks(ctx context.Context, tenantID string) ([]admin.SetupMark, error) {
	return list[admin.SetupMark](ctx, q, "set-up marks", 0, "step", "tenant_id = ?", tenantID)
}

// SaveSetupMark inserts or replaces a mark.
func (q queries) SaveSetupMark(ctx context.Context, m admin.SetupMark) error {
	return wrap("save set-up mark", q.on(ctx).Exec(`INSERT INTO setup_marks (tenant_id, step, state, marked_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (tenant_id, step) DO UPDATE SET state = excluded.state, marked_at = excluded.marked_at`,
		m.TenantID, m.Step, m.State, m.MarkedAt).Error)
}

// SetupFacts counts what a tenant has connected.
func (q queries) SetupFacts(ctx context.Context, tenantID string) (admin.SetupFacts, error) {
	var f admin.SetupFacts
	err := q.on(ctx).Raw(`SELECT (SELECT COUNT(*) FROM servers WHERE tenant_id = ? AND NOT disabled) AS servers,
		(SELECT COUNT(*) FROM chat_connections WHERE tenant_id = ?) AS chats,
		(SELECT COUNT(*) FROM platforms WHERE tenant_id = ? AND NOT disabled) AS platforms`, tenantID, tenantID, tenantID).Scan(&f).Error
	return f, wrap("what is connected", err)
}
