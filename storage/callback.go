package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// NoteCallback notes when a server last called back.
func (q queries) NoteCallback(ctx context.Context, tenantID, serverID string, at time.Time) error {
	return wrap("note callback", q.on(ctx).Exec(`INSERT INTO callbacks_seen (server_id, tenant_id, seen_at) VALUES (?, ?, ?)
		ON CONFLICT (server_id) DO UPDATE SET seen_at = excluded.seen_at`, serverID, tenantID, at).Error)
}

// SilentServers lists the enabled servers of a tenant that have not called back
// since then, though so many meetings that people were in have ended there.
func (q queries) SilentServers(ctx context.Context, tenantID string, since time.Time, meetings int) ([]classroom.Server, error) {
	return q.servers(ctx, `tenant_id = ? AND NOT disabled
		AND NOT EXISTS (SELECT 1 FROM callbacks_seen c WHERE c.server_id = servers.id AND c.seen_at >= ?)
		AND (SELECT COUNT(*) FROM meetings m WHERE m.server_id = servers.id AND m.ended_at >= ? AND m.attended > 0) >= ?`,
		tenantID, since, since, meetings)
}

// OverdueRecording is a meeting whose recording has been processed for too long.
type OverdueRecording struct {
	ID      string // of the meeting
	Name    string
	EndedAt time.Time
}

// OverdueRecordings lists meetings of the tenant that ended before then and whose
// recordings are still being processed, the oldest first.
func (q queries) OverdueRecordings(ctx context.Context, tenantID string, before time.Time, limit int) ([]OverdueRecording, error) {
	var rows []OverdueRecording
	err := q.on(ctx).Raw(`SELECT id, name, ended_at FROM meetings
		WHERE tenant_id = ? AND recording_state = 'processing' AND ended_at < ? ORDER BY ended_at LIMIT ?`, tenantID, before, limit).Scan(&rows).Error
	return rows, wrap("overdue recordings", err)
}
