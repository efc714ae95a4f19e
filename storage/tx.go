package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"classbridge/classroom"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// Queue puts work in the queue on the transaction that storage has open; package
// jobs implements it. conn is in that transaction, which is not the queue's to
// end, and is given for the time of the call only.
type Queue interface {
	InsertSQLite(ctx context.Context, tx *sql.Tx, w classroom.Work, at time.Time) error
	InsertPostgres(ctx context.Context, conn *pgx.Conn, w classroom.Work, at time.Time) error
	// Waiting is the query of the work that is still to be done: its kind, its
	// fields in JSON, and when it is due, in microseconds since 1970.
	Waiting(postgres bool) string
	// Decode makes work of the first two; false for kinds that are not known.
	Decode(kind string, args []byte) (classroom.Work, bool, error)
	// Table is where the queue keeps its work.
	Table() string
}

// tx is an open transaction.
type tx struct {
	queries
	insert func(ctx context.Context, w classroom.Work, at time.Time) error
	wrote  bool // something that the DB may remember
}

var _ classroom.Tx = (*tx)(nil)

// Enqueue stores work to be done when the transaction has committed.
func (t *tx) Enqueue(ctx context.Context, w classroom.Work, at time.Time) error {
	return wrap("enqueue "+w.WorkKind(), t.insert(ctx, w, at))
}

// Tx runs fn in one transaction; see classroom.Store. After an error of one of
// its statements PostgreSQL refuses all others: fn must answer it.
func (db *DB) Tx(ctx context.Context, fn func(classroom.Tx) error) error {
	return db.tx(ctx, func(t *tx) error { return fn(t) })
}

func (db *DB) tx(ctx context.Context, fn func(*tx) error) error {
	if db.pool != nil {
		return db.txPostgres(ctx, fn)
	}
	return db.txSQLite(ctx, fn)
}

func (db *DB) txSQLite(ctx context.Context, fn func(*tx) error) error {
	done, err := db.writer.turn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer done()
	raw, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t := db.onTx(ctx, &gorm.PreparedStmtTX{Tx: raw, PreparedStmtDB: db.prepared})
	t.insert = func(ctx context.Context, w classroom.Work, at time.Time) error {
		return db.queue.InsertSQLite(ctx, raw, w, at)
	}
	return db.finish(raw, t, fn)
}

func (db *DB) txPostgres(ctx context.Context, fn func(*tx) error) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close()
	raw, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t := db.onTx(ctx, raw)
	t.insert = func(ctx context.Context, w classroom.Work, at time.Time) error {
		// Raw keeps database/sql from ending the transaction meanwhile.
		return conn.Raw(func(c any) error {
			return db.queue.InsertPostgres(ctx, c.(*stdlib.Conn).Conn(), w, at)
		})
	}
	return db.finish(raw, t, fn)
}

func (db *DB) onTx(ctx context.Context, p gorm.ConnPool) *tx {
	g := db.gorm.Session(&gorm.Session{NewDB: true, Context: ctx})
	g.Statement.ConnPool = pool{ConnPool: p}
	return &tx{queries: queries{gorm: g, vault: db.vault, now: db.now}}
}

func (db *DB) finish(raw *sql.Tx, t *tx, fn func(*tx) error) error {
	defer raw.Rollback() // also when fn panics; nothing after Commit
	if err := fn(t); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if t.wrote {
		db.cache.drop()
	}
	return nil
}
