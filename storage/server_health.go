package storage

import (
	"context"

	"classbridge/classroom"
)

// ServerHealths reads how the tenant's servers did when they were last tried.
func (db *DB) ServerHealths(ctx context.Context, tenantID string) (map[string]classroom.ServerHealth, error) {
	rows, err := list[classroom.ServerHealth](ctx, db.queries, "server healths", 0, "server_id", "tenant_id = ?", tenantID)
	byServer := map[string]classroom.ServerHealth{}
	for _, h := range rows {
		byServer[h.ServerID] = h
	}
	return byServer, err
}

// SaveServerHealth inserts or replaces how a server did. Nothing is kept of a
// server that was deleted meanwhile.
func (db *DB) SaveServerHealth(ctx context.Context, h classroom.ServerHealth) error {
	return wrap("save server health", db.on(ctx).Exec(`INSERT INTO server_healths
			(server_id, tenant_id, tried_at, answered_at, millis, failures, finding, version)
		SELECT id, tenant_id, ?, ?, ?, ?, ?, ? FROM servers WHERE tenant_id = ? AND id = ?
		ON CONFLICT (server_id) DO UPDATE SET tried_at = excluded.tried_at, answered_at = excluded.answered_at, millis = excluded.millis,
			failures = excluded.failures, finding = excluded.finding, version = excluded.version`,
		h.TriedAt, h.AnsweredAt, h.Millis, h.Failures, h.Finding, h.Version, h.TenantID, h.ServerID).Error)
}
