package storage_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"classbridge/migrations"
)

var (
	madeTable   = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	madeColumn  = regexp.MustCompile(`(?m)^\s+([a-z_]+)\s+(?:TEXT|BIGINT|INTEGER|BOOLEAN|TIMESTAMP|DOUBLE|BYTEA|BLOB)`)
	addedColumn = regexp.MustCompile(`ALTER TABLE (\w+) ADD COLUMN (\w+)`)
)

// columnsOfAll are the columns of all tables that the migrations make.
func columnsOfAll(t *testing.T) map[string][]string {
	t.Helper()
	files := got[[]string](t)(fs.Glob(migrations.FS, "*.sql"))
	columns := map[string][]string{}
	for _, file := range files {
		text := string(got[[]byte](t)(migrations.FS.ReadFile(file)))
		for _, made := range madeTable.FindAllStringSubmatch(text, -1) {
			columns[made[1]] = []string{}
			for _, c := range madeColumn.FindAllStringSubmatch(made[2], -1) {
				columns[made[1]] = append(columns[made[1]], c[1])
			}
		}
		for _, added := range addedColumn.FindAllStringSubmatch(text, -1) {
			columns[added[1]] = append(columns[added[1]], added[2])
		}
	}
	return columns
}

// Whoever adds a table has to say in docs/privacy.md what it tells of people; and
// whoever adds a column to one that does, what that is.
func TestPrivacyIsTold(t *testing.T) {
	page := string(got[[]byte](t)(os.ReadFile("../docs/privacy.md")))
	ofPeople, others, found := strings.Cut(page, "### What says nothing of people")
	if !found {
		t.Fatal("docs/privacy.md has no list of what says nothing of people")
	}
	others, _, _ = strings.Cut(others, "## How long")
	all := columnsOfAll(t)
	if len(all) < 50 {
		t.Fatalf("only %d tables were found: is the test looking in the right place?", len(all))
	}
	told := regexp.MustCompile("(?m)^\\| `(\\w+)` \\|.*$")
	rows := map[string]string{}
	for _, row := range told.FindAllStringSubmatch(ofPeople, -1) {
		rows[row[1]] = row[0]
	}
	everywhere := []string{"id", "tenant_id", "created_at", "updated_at"}
	for table, columns := range all {
		row, person := rows[table]
		if !person && !strings.Contains(others, "`"+table+"`") {
			t.Errorf("docs/privacy.md does not say what table %s tells of people", table)
		}
		if !person || strings.Contains(row, "Of a person only") {
			continue
		}
		for _, c := range columns {
			if !slices.Contains(everywhere, c) && !strings.Contains(row, "`"+c+"`") {
				t.Errorf("docs/privacy.md does not name column %s of %s", c, table)
			}
		}
	}
	for table := range rows {
		if all[table] == nil {
			t.Errorf("docs/privacy.md names table %s, which is not there", table)
		}
	}
}
