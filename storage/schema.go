package storage

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"classbridge/migrations"
	"classbridge/storage/archive"
)

// asker is a connection, or a transaction, that is asked questions.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// migrationTable is where goose keeps what was applied.
const migrationTable = "goose_db_version"

// The tables of a schema, and which refers to which.
const (
	tablesPostgres = `SELECT table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`
	tablesSQLite    = `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1`
	columnsPostgres = `SELECT table_name, column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position`
	columnsSQLite = `SELECT t.name, c.name, c.type FROM sqlite_master AS t, pragma_table_info(t.name) AS c
		WHERE t.type = 'table' ORDER BY t.name, c.cid`
	refersPostgres = `SELECT DISTINCT a.relname, b.relname FROM pg_constraint AS c
		JOIN pg_class AS a ON a.oid = c.conrelid JOIN pg_class AS b ON b.oid = c.confrelid
		WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`
	refersSQLite = `SELECT DISTINCT t.name, f."table" FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'`
)

// tables are ours in the schema as it is, none before those that it refers to:
// of this program's version, an older or a newer one. Ours are those that our
// migrations make, and, as every row of ours belongs to a tenant, those that say so.
func (db *DB) tables(ctx context.Context, on asker) ([]archive.Table, error) {
	names, columns, refers := tablesSQLite, columnsSQLite, refersSQLite
	if db.pool != nil {
		names, columns, refers = tablesPostgres, columnsPostgres, refersPostgres
	}
	all, err := readTexts(ctx, on, names, 1)
	if err != nil {
		return nil, err
	}
	of, err := readTexts(ctx, on, columns, 3)
	if err != nil {
		return nil, err
	}
	edges, err := readTexts(ctx, on, refers, 2)
	if err != nil {
		return nil, err
	}
	made, err := madeTables()
	if err != nil {
		return nil, err
	}
	var tables []archive.Table
	for _, name := range all {
		t, err := newTable(name[0], of)
		if err != nil {
			return nil, err
		}
		if made[t.Name] || slices.ContainsFunc(t.Columns, func(c archive.Column) bool { return c.Name == "tenant_id" }) {
			tables = append(tables, t)
		}
	}
	return inOrder(tables, edges), nil
}

func newTable(name string, columns [][]string) (archive.Table, error) {
	t := archive.Table{Name: name}
	for _, c := range columns {
		if c[0] != name {
			continue
		}
		kind, known := kinds()[strings.ToLower(c[2])]
		if !known {
			kind = archive.Text
		}
		t.Columns = append(t.Columns, archive.Column{Name: c[1], Kind: kind})
	}
	return t, nil
}

// kinds are what the types of our migrations are called by both databases.
func kinds() map[string]archive.Kind {
	return map[string]archive.Kind{
		"text": archive.Text, "bigint": archive.Number, "integer": archive.Number, "double precision": archive.Float,
		"boolean": archive.Truth, "timestamp": archive.Time, "timestamp without time zone": archive.Time,
		"bytea": archive.Bytes, "blob": archive.Bytes,
	}
}

var createTable = regexp.MustCompile(`(?i)CREATE TABLE (\w+)`)

// madeTables are those that this program's migrations make.
func madeTables() (map[string]bool, error) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return nil, err
	}
	made := map[string]bool{}
	for _, name := range files {
		text, err := migrations.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			made[m[1]] = true
		}
	}
	return made, nil
}

// inOrder puts tables behind those that they refer to.
func inOrder(tables []archive.Table, edges [][]string) []archive.Table {
	var sorted []archive.Table
	done := map[string]bool{}
	ready := func(t archive.Table) bool {
		return !done[t.Name] && !slices.ContainsFunc(edges, func(e []string) bool {
			return e[0] == t.Name && e[1] != t.Name && !done[e[1]]
		})
	}
	for len(sorted) < len(tables) {
		i := slices.IndexFunc(tables, ready)
		if i < 0 { // a circle: any of them
			i = slices.IndexFunc(tables, func(t archive.Table) bool { return !done[t.Name] })
		}
		sorted, done[tables[i].Name] = append(sorted, tables[i]), true
	}
	return sorted
}

// applied are the numbers of the migrations that the schema has, in order; none
// if there is no schema yet.
func (db *DB) applied(ctx context.Context, on asker) ([]int64, error) {
	if made, err := db.hasTable(ctx, on, migrationTable); err != nil || !made {
		return nil, err
	}
	rows, err := on.QueryContext(ctx, "SELECT DISTINCT version_id FROM "+migrationTable+" WHERE is_applied AND version_id > 0 ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	defer rows.Close()
	var versions []int64
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, fmt.Errorf("migrations: %w", err)
		}
		versions = append(versions, v)
	}
	return versions, rows.Err()
}

func (db *DB) hasTable(ctx context.Context, on asker, name string) (bool, error) {
	names := tablesSQLite
	if db.pool != nil {
		names = tablesPostgres
	}
	all, err := readTexts(ctx, on, names, 1)
	return slices.ContainsFunc(all, func(t []string) bool { return t[0] == name }), err
}

// readTexts reads all rows of a query of so many texts.
func readTexts(ctx context.Context, on asker, query string, columns int) ([][]string, error) {
	rows, err := on.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	var all [][]string
	for rows.Next() {
		row, to := make([]string, columns), make([]any, columns)
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// quoted is a name in SQL. Names come from the schema, or from a file.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func columnNames(t archive.Table) []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}
