package storage

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"time"

	"github.com/libtnb/sqlite"
	"gorm.io/gorm"
)

// sqliteConnections is how many may read at once; there is one writer at a time.
const sqliteConnections = 4

// sqliteOptions of each connection: wait for the writer instead of failing, let
// readers read meanwhile, check foreign keys, take the write lock when a
// transaction begins (one that reads first and then writes would fail when
// another wrote in between), write through to the disk at each commit (what was
// committed survives a power cut), and times as UTC texts that compare as times do.
const sqliteOptions = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)" +
	"&_pragma=synchronous(FULL)&_txlock=immediate&_time_format=sqlite&_timezone=UTC"

func openSQLite(ctx context.Context, c Config) (engine, gorm.Dialector, error) {
	if err := makePrivate(c.Path); err != nil {
		return engine{}, nil, err
	}
	dsn := "file:" + (&url.URL{Path: c.Path}).EscapedPath() + "?" + sqliteOptions
	db, err := sql.Open(sqlite.DriverName, dsn)
	if err != nil {
		return engine{}, nil, err
	}
	jobs, err := sql.Open(sqlite.DriverName, dsn)
	if err != nil {
		return engine{}, nil, errors.Join(err, db.Close())
	}
	// A file that is no database is found out here; GORM's dialect would panic.
	if _, err := db.ExecContext(ctx, "SELECT count(*) FROM sqlite_master"); err != nil {
		return engine{}, nil, errors.Join(err, jobs.Close(), db.Close())
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	jobs.SetMaxOpenConns(1)
	// The driver compiles each statement anew unless it is prepared.
	prepared := gorm.NewPreparedStmtDB(db, 256, 24*time.Hour)
	e := engine{sql: db, prepared: prepared, jobs: jobs, path: c.Path, writer: make(writer, 1)}
	return e, sqlite.New(sqlite.Config{Conn: pool{prepared, e.writer}}), nil
}

// makePrivate makes the file before SQLite does, readable by its owner only;
// SQLite gives the files beside it the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
