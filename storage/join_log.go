package storage

import (
	"context"

	"classbridge/classroom"
)

// CreateJoinTry inserts a try to get into a class.
func (q queries) CreateJoinTry(ctx context.Context, t classroom.JoinTry) error {
	return create(ctx, q, "keep join "+t.Reference, t)
}

// FindJoinTry reads the one that a page and the log call by that reference.
func (q queries) FindJoinTry(ctx context.Context, tenantID, reference string) (classroom.JoinTry, bool, error) {
	return find[classroom.JoinTry](ctx, q, "join "+reference, "tenant_id = ? AND reference = ? AND reference <> ''", tenantID, reference)
}
