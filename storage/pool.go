package storage

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// pool is where GORM sends its statements; it makes what is bound the same for
// both databases.
type pool struct {
	gorm.ConnPool
	writer writer // nil where the database lets many write, and in a transaction, which has its turn
}

// writer lets one write at a time, each waiting in turn: SQLite would let them
// wait by trying again, each holding a connection that whoever writes may need.
type writer chan struct{}

func (w writer) turn(ctx context.Context) (done func(), err error) {
	if w == nil {
		return func() {}, nil
	}
	select {
	case w <- struct{}{}:
		return func() { <-w }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	done, err := p.writer.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return p.ConnPool.ExecContext(ctx, query, bind(args)...)
}

func (p pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.ConnPool.QueryContext(ctx, query, bind(args)...)
}

func (p pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.ConnPool.QueryRowContext(ctx, query, bind(args)...)
}

// bind changes the times among args, in place: UTC, because PostgreSQL's
// TIMESTAMP drops the zone silently and SQLite compares texts; microseconds,
// because that is what PostgreSQL keeps; NULL for the zero time.
func bind(args []any) []any {
	for i, a := range args {
		if t, ok := a.(time.Time); ok {
			args[i] = stamp(t)
		}
	}
	return args
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}
