package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"classbridge/storage/archive"
	"classbridge/storage/vault"
)

// sealedColumn is a column whose texts the vault seals, each for
// "table/key/column".
type sealedColumn struct {
	table, key, column string
	// What becomes of a text that nobody can open any more: the row goes, or the
	// text, or it is sealed anew as being this.
	rowGoes, textGoes bool
	empty             string
	alsoSet           string // what else is set then
}

// sealedColumns are all of them.
func sealedColumns() []sealedColumn {
	return []sealedColumn{
		{table: "servers", key: "id", column: "secrets", empty: "[]", alsoSet: ", disabled = TRUE"},
		{table: "chat_connections", key: "tenant_id", column: "token"},
		{table: "chat_connections", key: "tenant_id", column: "oauth_secret"},
		{table: "chat_connections", key: "tenant_id", column: "command_token", textGoes: true},
		{table: "tool_keys", key: "id", column: "private", rowGoes: true},
		{table: "sso_providers", key: "id", column: "client_secret", textGoes: true, alsoSet: ", required = FALSE, enabled = FALSE"}, // or nobody gets in
		{table: "alert_ways", key: "id", column: "secret", textGoes: true},
		{table: "alert_ways", key: "id", column: "target", textGoes: true, alsoSet: ", disabled = TRUE"}, // of webhooks
		{table: "chat_visits", key: "id", column: "token", textGoes: true},
		{table: "launches", key: "id", column: "return_url", textGoes: true},
		{table: "placements", key: "id", column: "settings", empty: "{}"},
	}
}

// Sealed counts the texts of one column that one master key sealed.
type Sealed struct {
	Table, Column string
	Key           string // the key's id
	Rows          int64
}

// Sealed counts, in all columns of all tables, what is sealed with which key.
func (db *DB) Sealed(ctx context.Context) ([]Sealed, error) {
	tables, err := db.tables(ctx, db.sql)
	if err != nil {
		return nil, err
	}
	var all []Sealed
	for _, t := range tables {
		for _, c := range t.Columns {
			if c.Kind != archive.Text {
				continue
			}
			some, err := db.sealedIn(ctx, t.Name, c.Name)
			if err != nil {
				return nil, fmt.Errorf("what %s.%s is sealed with: %w", t.Name, c.Name, err)
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

// sealedLike is what the beginning of every sealed text looks like.
const sealedLike = "v1.________.%"

func (db *DB) sealedIn(ctx context.Context, table, column string) ([]Sealed, error) {
	name := quoted(column)
	rows, err := db.sql.QueryContext(ctx, fmt.Sprintf(
		"SELECT substr(%s, 4, 8), count(*) FROM %s WHERE %s LIKE '%s' GROUP BY 1 ORDER BY 1", name, quoted(table), name, sealedLike))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Sealed
	for rows.Next() {
		s := Sealed{Table: table, Column: column}
		if err := rows.Scan(&s.Key, &s.Rows); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// Resealed says what became of texts that were sealed with another key.
type Resealed struct {
	Rows       int64 // sealed with the current key now
	Unopenable int64 // left as they are: no key at hand opens them
}

// resealBatch is how many texts are sealed anew in one transaction: others wait
// for a few milliseconds at most.
const resealBatch = 200

// Reseal seals everything with the current master key, beside whoever works on
// the database: what somebody changes meanwhile is sealed anew by them.
func (db *DB) Reseal(ctx context.Context) (Resealed, error) {
	return db.eachSealed(ctx, func(t *tx, c sealedColumn, r sealedText) (bool, error) {
		plain, err := t.vault.Open(r.Text, c.ad(r.ID))
		if err != nil {
			return false, err
		}
		return true, t.replaceSealed(ctx, c, r, plain, "")
	})
}

// ForgetUnopenable lets go of what no master key at hand opens, so that it can be
// made or typed in again; Rows counts it.
func (db *DB) ForgetUnopenable(ctx context.Context) (Resealed, error) {
	defer db.cache.drop()
	return db.eachSealed(ctx, func(t *tx, c sealedColumn, r sealedText) (bool, error) {
		if id, _ := vault.KeyOf(r.Text); t.vault.Knows(id) {
			return false, nil
		}
		return true, t.forgetSealed(ctx, c, r)
	})
}

// sealedText is one text of a sealed column.
type sealedText struct{ ID, Text string }

func (c sealedColumn) ad(id string) string { return c.table + "/" + id + "/" + c.column }

func (t *tx) replaceSealed(ctx context.Context, c sealedColumn, r sealedText, plain []byte, also string) error {
	sealed, err := t.vault.Seal(plain, c.ad(r.ID))
	if err != nil {
		return err
	}
	return t.setSealed(ctx, c, r, sealed, also)
}

// setSealed writes a text in the place of the one that was read, if it is still that.
func (t *tx) setSealed(ctx context.Context, c sealedColumn, r sealedText, text, also string) error {
	return t.on(ctx).Exec(fmt.Sprintf("UPDATE %s SET %s = ?%s WHERE %s = ? AND %s = ?", c.table, c.column, also, c.key, c.column),
		text, r.ID, r.Text).Error
}

func (t *tx) forgetSealed(ctx context.Context, c sealedColumn, r sealedText) error {
	switch {
	case c.rowGoes:
		return t.on(ctx).Exec(fmt.Sprintf("DELETE FROM %s WHERE %s = ?", c.table, c.key), r.ID).Error
	case c.textGoes:
		return t.setSealed(ctx, c, r, "", c.alsoSet)
	}
	return t.replaceSealed(ctx, c, r, []byte(c.empty), c.alsoSet)
}

// eachSealed shows do every text that another key than the current one sealed, a
// batch at a time; do reports whether it changed it.
func (db *DB) eachSealed(ctx context.Context, do func(*tx, sealedColumn, sealedText) (bool, error)) (Resealed, error) {
	var sum Resealed
	columns, err := db.sealedColumns(ctx)
	if err != nil {
		return sum, err
	}
	for _, c := range columns {
		for after, more := "", true; more; {
			err := db.tx(ctx, func(t *tx) error {
				batch, err := t.sealedBatch(ctx, c, after)
				if err != nil {
					return err
				}
				more = len(batch) == resealBatch
				for _, r := range batch {
					changed, err := do(t, c, r)
					switch {
					case errors.Is(err, vault.ErrOtherKey), errors.Is(err, vault.ErrSealed):
						sum.Unopenable++
					case err != nil:
						return err
					case changed:
						sum.Rows++
					}
					after = r.ID
				}
				return nil
			})
			if err != nil {
				return sum, fmt.Errorf("seal %s.%s anew: %w", c.table, c.column, err)
			}
		}
	}
	return sum, nil
}

// sealedColumns are those that the tables have as they are: older ones have fewer.
func (db *DB) sealedColumns(ctx context.Context) ([]sealedColumn, error) {
	tables, err := db.tables(ctx, db.sql)
	if err != nil {
		return nil, err
	}
	missing := func(c sealedColumn) bool {
		return !slices.ContainsFunc(tables, func(t archive.Table) bool {
			return t.Name == c.table && slices.Contains(columnNames(t), c.column)
		})
	}
	return slices.DeleteFunc(sealedColumns(), missing), nil
}

func (t *tx) sealedBatch(ctx context.Context, c sealedColumn, after string) ([]sealedText, error) {
	var batch []sealedText
	err := t.on(ctx).Raw(fmt.Sprintf("SELECT %[1]s AS id, %[2]s AS text FROM %[3]s WHERE %[1]s > ? AND %[2]s LIKE ? AND %[2]s NOT LIKE ? ORDER BY %[1]s LIMIT ?",
		c.key, c.column, c.table), after, sealedLike, "v1."+t.vault.Current()+".%", resealBatch).Scan(&batch).Error
	return batch, err
}

// CanReseal reports whether Reseal knows that column.
func (s Sealed) CanReseal() bool {
	return slices.ContainsFunc(sealedColumns(), func(c sealedColumn) bool { return c.table == s.Table && c.column == s.Column })
}

// String is table and column.
func (s Sealed) String() string { return strings.Join([]string{s.Table, s.Column}, ".") }
