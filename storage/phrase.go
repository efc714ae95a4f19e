package storage

import (
	"context"

	"classbridge/classroom"
)

// FindPhrases reads the tenant's sentences.
func (q queries) FindPhrases(ctx context.Context, tenantID string) (classroom.Phrases, bool, error) {
	return find[classroom.Phrases](ctx, q, "phrases", "tenant_id = ?", tenantID)
}

// SavePhrases inserts or replaces the tenant's sentences.
func (q queries) SavePhrases(ctx context.Context, p classroom.Phrases) error {
	return wrap("save phrases", q.on(ctx).Exec(`INSERT INTO phrases (tenant_id, started, ended, recorded, updated_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET started = excluded.started,
		ended = excluded.ended, recorded = excluded.recorded, updated_at = excluded.updated_at`,
		p.TenantID, p.Started, p.Ended, p.Recorded, p.UpdatedAt).Error)
}
