package storage

import (
	"context"
	"time"
)

// Consume marks a one-use token as used; Conflict if it was. The insert itself
// decides, so that of two replicas one wins.
func (q queries) Consume(ctx context.Context, id string, expires time.Time) error {
	err := q.on(ctx).Exec("INSERT INTO consumed (id, expires) VALUES (?, ?)", id, expires).Error
	return wrap("consume token", err)
}

// Consumed reports whether a token was used.
func (q queries) Consumed(ctx context.Context, id string) (bool, error) {
	var n int64
	err := q.on(ctx).Raw("SELECT count(*) FROM consumed WHERE id = ?", id).Scan(&n).Error
	return n > 0, wrap("consumed token", err)
}

// ForgetConsumed deletes the marks that expired before now.
func (q queries) ForgetConsumed(ctx context.Context, now time.Time) error {
	return wrap("forget consumed tokens", q.on(ctx).Exec("DELETE FROM consumed WHERE expires < ?", now).Error)
}
