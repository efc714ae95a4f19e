package storage

import (
	"context"
	"time"

	"classbridge/admin"
)

// LockAttempts reads a count, makes it if there is none, and locks it.
func (q queries) LockAttempts(ctx context.Context, id string, now time.Time) (admin.Attempts, error) {
	err := q.on(ctx).Exec("INSERT INTO attempts (id, failures, last_at, until) VALUES (?, 0, ?, ?) ON CONFLICT (id) DO NOTHING", id, now, now).Error
	if err != nil {
		return admin.Attempts{}, wrap("count attempts", err)
	}
	return lock[admin.Attempts](ctx, q, "attempts", id)
}

// SaveAttempts changes a count.
func (q queries) SaveAttempts(ctx context.Context, a admin.Attempts) error {
	return q.exec(ctx, "save attempts", "UPDATE attempts SET failures = ?, last_at = ?, until = ? WHERE id = ?", a.Failures, a.LastAt, a.Until, a.ID)
}

// ForgetAttempts deletes counts whose last attempt was before then.
func (q queries) ForgetAttempts(ctx context.Context, before time.Time) error {
	return wrap("forget attempts", q.on(ctx).Exec("DELETE FROM attempts WHERE last_at < ?", before).Error)
}
