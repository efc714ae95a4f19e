package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// FindRetention reads the tenant's rules for recordings.
func (q queries) FindRetention(ctx context.Context, tenantID string) (classroom.Retention, bool, error) {
	return find[classroom.Retention](ctx, q, "retention", "tenant_id = ?", tenantID)
}

// FindRetention reads the tenant's rules, as they were at most half a second ago.
func (db *DB) FindRetention(ctx context.Context, tenantID string) (classroom.Retention, bool, error) {
	return remembered(db.cache.retentions, tenantID, func() (classroom.Retention, bool, error) { return db.queries.FindRetention(ctx, tenantID) })
}

// SaveRetention inserts or replaces the tenant's rules.
func (q queries) SaveRetention(ctx context.Context, r classroom.Retention) error {
	return wrap("save retention", q.on(ctx).Exec(`INSERT INTO retentions (tenant_id, unpublish_days, delete_days, warn_days, updated_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET unpublish_days = excluded.unpublish_days,
		delete_days = excluded.delete_days, warn_days = excluded.warn_days, updated_at = excluded.updated_at`,
		r.TenantID, r.UnpublishDays, r.DeleteDays, r.WarnDays, r.UpdatedAt).Error)
}

// SaveRetention inserts or replaces the tenant's rules.
func (db *DB) SaveRetention(ctx context.Context, r classroom.Retention) error {
	defer db.cache.drop()
	return db.queries.SaveRetention(ctx, r)
}

// Retentions lists the rules of all tenants.
func (q queries) Retentions(ctx context.Context) ([]classroom.Retention, error) {
	return list[classroom.Retention](ctx, q, "retentions", 0, "tenant_id", "1 = 1")
}

// RecordingsToWarnOf lists recordings whose course was not told yet of what is to
// happen to them; those of a room stand together.
func (q queries) RecordingsToWarnOf(ctx context.Context, tenantID string, act classroom.Retire, states []classroom.RecordingState, ended time.Time, limit int) ([]classroom.Recording, error) {
	return q.recordings(ctx, "recordings to warn of", limit, "room_id, ended_at, id",
		"tenant_id = ? AND state IN ? AND NOT kept AND retire <> ? AND ended_at <= ?", tenantID, states, act, ended)
}

// RecordingsToRetire lists recordings whose time has come. A warning that waits to
// be posted holds them, unless it has waited for too long.
func (q queries) RecordingsToRetire(ctx context.Context, tenantID string, act classroom.Retire, states []classroom.RecordingState, ended, now, since time.Time, limit int) ([]classroom.Recording, error) {
	return q.recordings(ctx, "recordings to retire", limit, "retire_at, id",
		`tenant_id = ? AND state IN ? AND NOT kept AND retire = ? AND ended_at <= ? AND retire_at <= ?
		AND (retire_at <= ? OR NOT EXISTS (SELECT 1 FROM announcements a WHERE a.id = recordings.warning_id AND a.state = 'waiting'))`,
		tenantID, states, act, ended, now, since)
}

// RecordingsWarnedOf lists the recordings that a warning names, the oldest first.
func (q queries) RecordingsWarnedOf(ctx context.Context, announcementID string) ([]classroom.Recording, error) {
	return q.recordings(ctx, "recordings warned of", 0, "started_at, id", "warning_id = ? AND warning_id <> ''", announcementID)
}
