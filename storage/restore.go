package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"classbridge/migrations"
	"classbridge/storage/archive"

	"github.com/jackc/pgx/v5/stdlib"
)

// ErrNewer is a backup whose tables this program does not know yet.
var ErrNewer = errors.New("the backup was made by a newer program: restore it with that one")

// Restore puts what the archive holds in the place of everything that the
// database holds, in one transaction: tables as they were when it was made, their
// rows, and the work that waited. queue makes the queue's own tables. Migrate
// brings the tables up to date afterwards.
//
// It reads the archive once: whoever gives it has read it to its end before, to
// know that it is whole (archive.Check).
func (db *DB) Restore(ctx context.Context, from *archive.Reader, queue func(context.Context) error) error {
	scripts, err := scriptsOf(from.Header.Migrations)
	if err != nil {
		return err
	}
	err = db.locked(ctx, func() error {
		p, err := db.migrations()
		if err != nil {
			return err
		}
		if _, err := p.GetDBVersion(ctx); err != nil { // makes its table
			return err
		}
		if err := queue(ctx); err != nil {
			return err
		}
		return db.replace(ctx, from, scripts)
	})
	db.cache.drop()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// Knows says whether this program has all those migrations; ErrNewer if not.
func Knows(versions []int64) error {
	_, err := scriptsOf(versions)
	return err
}

// scriptsOf are the files that make the tables of those migrations.
func scriptsOf(versions []int64) ([]string, error) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return nil, err
	}
	byNumber := map[int64]string{}
	for _, name := range files {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		byNumber[n] = name
	}
	var scripts []string
	for _, v := range slices.Sorted(slices.Values(versions)) {
		name, known := byNumber[v]
		if !known {
			return nil, fmt.Errorf("%w: this one has no migration %d", ErrNewer, v)
		}
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, string(text))
	}
	return scripts, nil
}

// restoring is the one transaction of a restore.
type restoring struct {
	db   *DB
	conn *sql.Conn
	tx   *sql.Tx
}

func (db *DB) replace(ctx context.Context, from *archive.Reader, scripts []string) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	r := restoring{db, conn, tx}
	if err := r.rebuild(ctx, from.Header, scripts); err != nil {
		return err
	}
	if err := r.fill(ctx, from); err != nil {
		return err
	}
	return tx.Commit()
}

// rebuild makes empty tables of the archive's version, whatever is there now.
func (r restoring) rebuild(ctx context.Context, h archive.Header, scripts []string) error {
	present, err := r.db.tables(ctx, r.tx)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(present) {
		if err := r.exec(ctx, "DROP TABLE "+quoted(t.Name)+r.db.cascade()); err != nil {
			return fmt.Errorf("drop table %s: %w", t.Name, err)
		}
	}
	for i, script := range scripts {
		if err := r.exec(ctx, script); err != nil {
			return fmt.Errorf("migration %d: %w", h.Migrations[i], err)
		}
	}
	if err := r.exec(ctx, "DELETE FROM "+migrationTable+" WHERE version_id > 0"); err != nil {
		return err
	}
	for _, v := range h.Migrations {
		if err := r.exec(ctx, fmt.Sprintf("INSERT INTO %s (version_id, is_applied) VALUES (%d, TRUE)", migrationTable, v)); err != nil {
			return err
		}
	}
	for _, t := range slices.Backward(h.Tables) { // what migrations have put into them
		if err := r.exec(ctx, "DELETE FROM "+quoted(t.Name)); err != nil {
			return fmt.Errorf("empty table %s: %w", t.Name, err)
		}
	}
	return r.exec(ctx, "DELETE FROM "+r.db.queue.Table())
}

// cascade lets a table go although another of ours, which goes next, refers to
// it. SQLite restores into a new file, where nothing goes.
func (db *DB) cascade() string {
	if db.pool != nil {
		return " CASCADE"
	}
	return ""
}

func (r restoring) exec(ctx context.Context, statement string) error {
	_, err := r.tx.ExecContext(ctx, statement)
	return err
}

// fill writes what the archive holds, a table at a time.
func (r restoring) fill(ctx context.Context, from *archive.Reader) error {
	next, err := from.Next()
	for err == nil {
		if next.Work != nil {
			if err := r.enqueue(ctx, *next.Work); err != nil {
				return fmt.Errorf("work %s: %w", next.Work.Kind, err)
			}
			next, err = from.Next()
			continue
		}
		rows := &rowsOf{table: next.Table, first: next, from: from}
		if err := r.load(ctx, rows); err != nil {
			return fmt.Errorf("table %s: %w", rows.table.Name, err)
		}
		next, err = rows.after, rows.err
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func (r restoring) load(ctx context.Context, rows *rowsOf) error {
	if r.db.pool != nil {
		return r.conn.Raw(func(c any) error {
			_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, []string{rows.table.Name}, columnNames(rows.table), rows)
			return err
		})
	}
	names := columnNames(rows.table)
	for i, name := range names {
		names[i] = quoted(name)
	}
	insert, err := r.tx.PrepareContext(ctx, "INSERT INTO "+quoted(rows.table.Name)+" ("+strings.Join(names, ", ")+
		") VALUES (?"+strings.Repeat(", ?", len(names)-1)+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// enqueue puts work back in the queue. What is due runs at once; work of a kind
// that is no more is left out.
func (r restoring) enqueue(ctx context.Context, w archive.Work) error {
	work, known, err := r.db.queue.Decode(w.Kind, w.Args)
	if err != nil {
		return err
	}
	if !known {
		r.db.log.WarnContext(ctx, "work of an unknown kind is left out", "kind", w.Kind)
		return nil
	}
	if r.db.pool == nil {
		return r.db.queue.InsertSQLite(ctx, r.tx, work, w.At)
	}
	return r.conn.Raw(func(c any) error {
		return r.db.queue.InsertPostgres(ctx, c.(*stdlib.Conn).Conn(), work, w.At)
	})
}

// rowsOf are the rows of one table, as PostgreSQL's COPY wants them, until those
// of another begin.
type rowsOf struct {
	table archive.Table
	first *archive.Record
	from  *archive.Reader
	now   []any
	after *archive.Record
	err   error // io.EOF: the archive has ended
}

// Next implements pgx.CopyFromSource.
func (r *rowsOf) Next() bool {
	if r.first != nil {
		r.now, r.first = r.first.Row, nil
		return true
	}
	record, err := r.from.Next()
	if err != nil {
		r.err = err
		return false
	}
	if record.Work != nil || record.Table.Name != r.table.Name {
		r.after = record
		return false
	}
	r.now = record.Row
	return true
}

// Values implements pgx.CopyFromSource.
func (r *rowsOf) Values() ([]any, error) { return r.now, nil }

// Err implements pgx.CopyFromSource.
func (r *rowsOf) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}
