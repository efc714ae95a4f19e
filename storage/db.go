package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage/vault"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// Config is what a DB needs; all but URL or Path, whichever is not used, must be set.
type Config struct {
	URL   string // of the PostgreSQL database; empty: SQLite
	Path  string // of the SQLite file
	Vault *vault.Vault
	Queue Queue
	Now   func() time.Time
	Log   *slog.Logger
	// BackUp is called by Migrate before it changes tables that are there; nil: nothing is.
	BackUp func(context.Context, *DB) error
}

// DB is the open database. It is safe for use by many goroutines.
type DB struct {
	queries
	engine
	cache caches
	queue Queue
	log   *slog.Logger

	backUp func(context.Context, *DB) error
}

var (
	_ classroom.Store = (*DB)(nil)
	_ lti.Platforms   = (*DB)(nil)
)

// engine is the part of a DB that is made differently for each database.
type engine struct {
	sql      *sql.DB
	prepared *gorm.PreparedStmtDB // SQLite
	jobs     *sql.DB              // SQLite: the queue's connection to the same file
	path     string               // SQLite
	writer   writer               // SQLite
	pool     *pgxpool.Pool        // PostgreSQL
}

// Open connects to the database. It makes no tables: see Migrate.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Vault == nil || c.Queue == nil || c.Now == nil || c.Log == nil {
		return nil, errors.New("open database: Vault, Queue, Now and Log must be set")
	}
	open, name := openSQLite, "SQLite"
	if c.URL != "" {
		open, name = openPostgres, "PostgreSQL"
	}
	e, dialector, err := open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open %s database: %w", name, err)
	}
	g, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		NamingStrategy:         naming{},
		NowFunc:                c.Now,
		Logger:                 logger.Discard, // statements hold names and addresses
	})
	if err != nil {
		e.close()
		return nil, fmt.Errorf("open %s database: %w", name, err)
	}
	return &DB{
		queries: queries{gorm: g, direct: e.pool, vault: c.Vault, now: c.Now},
		engine:  e,
		cache:   newCaches(c.Now),
		queue:   c.Queue,
		log:     c.Log,
		backUp:  c.BackUp,
	}, nil
}

// Close ends all connections.
func (db *DB) Close() error { return db.engine.close() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.sql.PingContext(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// Handles gives the queue what it works on: the pool on PostgreSQL, else a
// connection of its own to the SQLite file (SQLite has one writer at a time, and
// a second connection would only wait for the first).
func (db *DB) Handles() (*pgxpool.Pool, *sql.DB) { return db.pool, db.jobs }

func (e engine) close() error {
	if e.pool != nil {
		err := e.sql.Close()
		e.pool.Close()
		return err
	}
	e.prepared.Close()
	return errors.Join(e.jobs.Close(), e.sql.Close())
}

// naming names tables as GORM does, but for the word whose plural it knows better.
type naming struct{ schema.NamingStrategy }

func (n naming) TableName(noun string) string {
	if noun == "Person" {
		return "persons"
	}
	return n.NamingStrategy.TableName(noun)
}
