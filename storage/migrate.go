package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"classbridge/migrations"

	"github.com/pressly/goose/v3"
)

// migrationLock is the key of PostgreSQL's advisory lock: the letters "clas".
const migrationLock = 0x636c6173

// lockPoll is how often a SQLite file's lock is tried.
const lockPoll = 20 * time.Millisecond

// Migrate brings the tables up to date, and then those of the queue, whose own
// migrations know no lock: one process at a time, however many start at once.
func (db *DB) Migrate(ctx context.Context, queue func(context.Context) error) error {
	err := db.locked(ctx, func() error {
		if err := db.migrate(ctx); err != nil {
			return err
		}
		return queue(ctx)
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (db *DB) migrate(ctx context.Context) error {
	p, err := db.migrations()
	if err != nil {
		return err
	}
	if err := db.backUpFirst(ctx, p); err != nil {
		return fmt.Errorf("the backup that is made first: %w", err)
	}
	done, err := p.Up(ctx)
	for _, m := range done {
		db.log.InfoContext(ctx, "migrated", "file", m.Source.Path)
	}
	db.cache.drop()
	return err
}

// backUpFirst makes going back possible: migrations only know the way forward.
func (db *DB) backUpFirst(ctx context.Context, p *goose.Provider) error {
	if db.backUp == nil {
		return nil
	}
	applied, err := db.applied(ctx, db.sql)
	if err != nil || len(applied) == 0 {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil || !pending {
		return err
	}
	return db.backUp(ctx, db)
}

// Migrated reports whether all migrations of this program were applied.
func (db *DB) Migrated(ctx context.Context) (bool, error) {
	p, err := db.migrations()
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	pending, err := p.HasPending(ctx)
	return err == nil && !pending, err
}

func (db *DB) migrations() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.pool != nil {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, db.sql, migrations.FS)
}

func (db *DB) locked(ctx context.Context, fn func() error) error {
	if db.pool != nil {
		return db.lockedPostgres(ctx, fn)
	}
	return db.lockedSQLite(ctx, fn)
}

// lockedPostgres holds the lock on one connection, which gives it back when it
// ends, however it ends.
func (db *DB) lockedPostgres(ctx context.Context, fn func() error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	c := conn.Hijack()
	defer c.Close(context.WithoutCancel(ctx))
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return fn()
}

// lockedSQLite holds a lock on a file beside the database; the system gives it
// back when the process ends.
func (db *DB) lockedSQLite(ctx context.Context, fn func() error) error {
	f, err := os.OpenFile(db.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return fn()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("lock: %w", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}
