package storage

import (
	"context"

	"classbridge/admin"
)

// CreateAuditEntry adds to the audit log.
func (q queries) CreateAuditEntry(ctx context.Context, e admin.AuditEntry) error {
	return create(ctx, q, "audit "+e.Act, e)
}
