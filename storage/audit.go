package storage

import (
	"context"
	"strings"

	"classbridge/admin"

	"gorm.io/gorm"
)

// CreateAuditEntry adds to the audit log.
func (q queries) CreateAuditEntry(ctx context.Context, e admin.AuditEntry) error {
	return create(ctx, q, "audit "+e.Act, e)
}

// AuditEntries lists those of a tenant, the newest first: their ids grow with time.
func (q queries) AuditEntries(ctx context.Context, tenantID string, f admin.AuditFilter) ([]admin.AuditEntry, error) {
	var entries []admin.AuditEntry
	on := audited(q.on(ctx).Where("tenant_id = ?", tenantID), f)
	if f.Limit > 0 {
		on = on.Limit(f.Limit)
	}
	return entries, wrap("audit entries", on.Order("id DESC").Find(&entries).Error)
}

// audited keeps what the filter chooses.
func audited(on *gorm.DB, f admin.AuditFilter) *gorm.DB {
	on = containing(on, f.Actor, "actor")
	if noun, _, whole := strings.Cut(f.Act, "."); whole {
		on = on.Where("act = ?", f.Act)
	} else if f.Act != "" {
		on = on.Where(`(act = ? OR act LIKE ? ESCAPE '\')`, noun, literal(noun)+".%")
	}
	if f.Subject != "" {
		on = on.Where(containing(on.Session(&gorm.Session{NewDB: true}), f.Subject, "subject").Or("subject_id = ?", f.Subject))
	}
	if f.Outcome != "" {
		on = on.Where("outcome = ?", f.Outcome)
	}
	if !f.From.IsZero() {
		on = on.Where("created_at >= ?", f.From)
	}
	if !f.To.IsZero() {
		on = on.Where("created_at < ?", f.To)
	}
	if f.Before != "" {
		on = on.Where("id < ?", f.Before)
	}
	return on
}

// literal is a text as LIKE takes it word for word.
func literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
