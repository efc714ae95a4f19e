package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"classbridge/storage/archive"
)

// Backup writes all rows, and the work that waits, as they are at one moment. It
// reads beside whoever works on the database, and holds nobody up. The schema may
// be of any version.
func (db *DB) Backup(ctx context.Context, to io.Writer, about archive.Header) (archive.Summary, error) {
	var told archive.Summary
	err := db.snapshot(ctx, func(on asker) error {
		w, err := db.beginArchive(ctx, on, to, &about)
		if err != nil {
			return err
		}
		for _, t := range about.Tables {
			if err := dumpTable(ctx, on, w, t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		if err := db.dumpWork(ctx, on, w); err != nil {
			return fmt.Errorf("work that waits: %w", err)
		}
		told, err = w.Close()
		return err
	})
	if err != nil {
		return archive.Summary{}, fmt.Errorf("back up: %w", err)
	}
	return told, nil
}

func (db *DB) beginArchive(ctx context.Context, on asker, to io.Writer, about *archive.Header) (*archive.Writer, error) {
	var err error
	if about.Migrations, err = db.applied(ctx, on); err != nil {
		return nil, err
	}
	if len(about.Migrations) == 0 {
		return nil, errors.New("the database is empty")
	}
	if about.Tables, err = db.tables(ctx, on); err != nil {
		return nil, err
	}
	about.Key = db.vault.Current()
	about.Database = "sqlite"
	if db.pool != nil {
		about.Database = "postgres"
	}
	return archive.NewWriter(to, *about)
}

// snapshot has everything that read asks answered as of one moment.
func (db *DB) snapshot(ctx context.Context, read func(asker) error) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if db.pool != nil {
		tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			return err
		}
		defer tx.Rollback()
		return read(tx)
	}
	// Not by BeginTx, which takes SQLite's write lock: in WAL mode who only reads
	// sees the database as it was at the first look, and nobody waits.
	if _, err := conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return read(conn)
}

func dumpTable(ctx context.Context, on asker, w *archive.Writer, t archive.Table) error {
	if err := w.Table(t.Name); err != nil {
		return err
	}
	var columns []string
	for _, c := range t.Columns {
		columns = append(columns, quoted(c.Name))
	}
	rows, err := on.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+quoted(t.Name))
	if err != nil {
		return err
	}
	defer rows.Close()
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for rows.Next() {
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if values[i], err = archive.Value(c.Kind, values[i]); err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		if err := w.Row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (db *DB) dumpWork(ctx context.Context, on asker, w *archive.Writer) error {
	if err := w.Work(); err != nil {
		return err
	}
	if made, err := db.hasTable(ctx, on, db.queue.Table()); err != nil || !made {
		return err
	}
	rows, err := on.QueryContext(ctx, db.queue.Waiting(db.pool != nil))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			kind, args string
			due        int64
		)
		if err := rows.Scan(&kind, &args, &due); err != nil {
			return err
		}
		if err := w.Job(archive.Work{Kind: kind, Args: []byte(args), At: time.UnixMicro(due)}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// unused are the tables that the program fills by itself, before anybody uses it.
var unused = map[string]bool{"tenants": true, "tool_keys": true, "master_keys": true}

// InUse reports whether the database holds anything that somebody put there.
func (db *DB) InUse(ctx context.Context) (bool, error) {
	tables, err := db.tables(ctx, db.sql)
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		if unused[t.Name] {
			continue
		}
		var found bool
		err := db.sql.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoted(t.Name)+")").Scan(&found)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}
