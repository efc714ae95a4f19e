package storage

import (
	"context"

	"classbridge/classroom"
)

// FindMaintenance reads the tenant's window.
func (q queries) FindMaintenance(ctx context.Context, tenantID string) (classroom.Maintenance, bool, error) {
	return find[classroom.Maintenance](ctx, q, "maintenance", "tenant_id = ?", tenantID)
}

// FindMaintenance reads the tenant's window, as it was at most half a second ago.
func (db *DB) FindMaintenance(ctx context.Context, tenantID string) (classroom.Maintenance, bool, error) {
	return remembered(db.cache.maintenances, tenantID, func() (classroom.Maintenance, bool, error) { return db.queries.FindMaintenance(ctx, tenantID) })
}

// SaveMaintenance inserts or replaces the tenant's window.
func (q queries) SaveMaintenance(ctx context.Context, m classroom.Maintenance) error {
	return wrap("save maintenance", q.on(ctx).Exec(`INSERT INTO maintenances (tenant_id, words, begins_at, ends_at, updated_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET words = excluded.words,
		begins_at = excluded.begins_at, ends_at = excluded.ends_at, updated_at = excluded.updated_at`,
		m.TenantID, m.Words, m.BeginsAt, m.EndsAt, m.UpdatedAt).Error)
}

// SaveMaintenance inserts or replaces the tenant's window.
func (db *DB) SaveMaintenance(ctx context.Context, m classroom.Maintenance) error {
	defer db.cache.drop()
	return db.queries.SaveMaintenance(ctx, m)
}

// DeleteMaintenance forgets the tenant's window, if there is one.
func (q queries) DeleteMaintenance(ctx context.Context, tenantID string) error {
	return wrap("delete maintenance", q.on(ctx).Exec("DELETE FROM maintenances WHERE tenant_id = ?", tenantID).Error)
}

// DeleteMaintenance forgets the tenant's window, if there is one.
func (db *DB) DeleteMaintenance(ctx context.Context, tenantID string) error {
	defer db.cache.drop()
	return db.queries.DeleteMaintenance(ctx, tenantID)
}
