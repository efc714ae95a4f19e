//go:build e2e

package e2e_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"classbridge/e2e/program"
)

// databaseOf is all that the program has stored, by table or file.
func databaseOf(t *testing.T, s *program.School) map[string]string {
	t.Helper()
	stored := map[string]string{}
	err := filepath.WalkDir(s.Data, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			stored[filepath.Base(path)] = string(must(os.ReadFile(path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Database != "" {
		readTables(t, s.Database, stored)
	}
	if len(stored) == 0 {
		t.Fatal("the program stored nothing: the test looks at the wrong place")
	}
	return stored
}

func readTables(t *testing.T, dsn string, stored map[string]string) {
	t.Helper()
	ctx := context.Background()
	conn := must(pgx.Connect(ctx, dsn))
	defer conn.Close(ctx)
	const names = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
	tables := must(pgx.CollectRows(must(conn.Query(ctx, names)), pgx.RowTo[string]))
	for _, table := range tables {
		rows := must(pgx.CollectRows(must(conn.Query(ctx, "SELECT x::text FROM "+table+" x")), pgx.RowTo[string]))
		stored[table] = strings.Join(rows, "\n")
	}
}
