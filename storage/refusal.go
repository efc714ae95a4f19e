package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// CreateRefusal inserts a refused launch.
func (q queries) CreateRefusal(ctx context.Context, r classroom.Refusal) error {
	return create(ctx, q, "keep refusal "+r.Reference, r)
}

// Refusals lists those of a tenant, the newest first.
func (q queries) Refusals(ctx context.Context, tenantID string, f classroom.RefusalFilter) ([]classroom.Refusal, error) {
	where, args := "tenant_id = ?", []any{tenantID}
	for _, only := range []struct{ column, value string }{
		{"platform_id", f.PlatformID}, {"reference", f.Reference}, {"subject", f.Subject},
	} {
		if only.value != "" {
			where, args = where+" AND "+only.column+" = ?", append(args, only.value)
		}
	}
	if f.Before != "" { // several may be of one instant
		where, args = where+" AND (created_at, id) < (SELECT created_at, id FROM refusals WHERE tenant_id = ? AND id = ?)", append(args, tenantID, f.Before)
	}
	return list[classroom.Refusal](ctx, q, "refusals", f.Limit, "created_at DESC, id DESC", where, args...)
}

// FindRefusal reads the one that a page and the log call by that reference.
func (q queries) FindRefusal(ctx context.Context, tenantID, reference string) (classroom.Refusal, bool, error) {
	return find[classroom.Refusal](ctx, q, "refusal "+reference, "tenant_id = ? AND reference = ?", tenantID, reference)
}

// ForgetRefusals deletes those of before then.
func (q queries) ForgetRefusals(ctx context.Context, before time.Time) error {
	return wrap("forget refusals", q.on(ctx).Exec("DELETE FROM refusals WHERE created_at < ?", before).Error)
}
