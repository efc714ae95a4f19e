package storage

import (
	"context"

	"classbridge/admin"
	"classbridge/classroom"
)

// Tenant reads a tenant.
func (q queries) Tenant(ctx context.Context, id string) (classroom.Tenant, error) {
	return get[classroom.Tenant](ctx, q, "tenant "+id, "id = ?", id)
}

// Tenant reads a tenant, as it was at most half a second ago.
func (db *DB) Tenant(ctx context.Context, id string) (classroom.Tenant, error) {
	return db.cache.tenants.get(id, func() (classroom.Tenant, error) { return db.queries.Tenant(ctx, id) })
}

// SaveTenant changes a tenant.
func (q queries) SaveTenant(ctx context.Context, t classroom.Tenant) error {
	return save(ctx, q, "save tenant "+t.ID, t)
}

// SaveTenant changes a tenant.
func (db *DB) SaveTenant(ctx context.Context, t classroom.Tenant) error {
	defer db.cache.drop()
	return db.queries.SaveTenant(ctx, t)
}

// SaveTenant changes a tenant.
func (t *tx) SaveTenant(ctx context.Context, tenant classroom.Tenant) error {
	t.wrote = true
	return t.queries.SaveTenant(ctx, tenant)
}

// Tenants lists all of them, the oldest first.
func (q queries) Tenants(ctx context.Context) ([]classroom.Tenant, error) {
	return list[classroom.Tenant](ctx, q, "tenants", 0, "created_at, id", "1 = 1")
}

// CreateTenant inserts a tenant.
func (q queries) CreateTenant(ctx context.Context, t classroom.Tenant) error {
	return create(ctx, q, "create tenant "+t.ID, t)
}

// Schools lists all tenants with what they have.
func (q queries) Schools(ctx context.Context) ([]admin.School, error) {
	var schools []admin.School
	err := q.on(ctx).Raw(`SELECT t.*, (SELECT COUNT(*) FROM accounts a WHERE a.tenant_id = t.id) AS accounts,
		(SELECT COUNT(*) FROM platforms p WHERE p.tenant_id = t.id) AS platforms,
		(SELECT COUNT(*) FROM courses c WHERE c.tenant_id = t.id) AS courses
		FROM tenants t ORDER BY t.created_at, t.id`).Scan(&schools).Error
	return schools, wrap("schools", err)
}
