package storagetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"classbridge/storage"
)

// template is an empty SQLite database with all its tables: making these takes
// longer than most tests, so it is done once a process and copied.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "classbridge-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c, err := newConfig()
	if err != nil {
		return nil, err
	}
	c.Path = filepath.Join(dir, "template.db")
	if err := makeTemplate(c); err != nil {
		return nil, fmt.Errorf("make %s: %w", c.Path, err)
	}
	return os.ReadFile(c.Path)
})

func makeTemplate(c storage.Config) error {
	db, err := storage.Open(context.Background(), c)
	if err != nil {
		return err
	}
	if err := Migrate(context.Background(), db); err != nil {
		db.Close()
		return err
	}
	return db.Close() // the last to close it writes everything into the one file
}

// copyTemplate fills a SQLite database that does not exist yet; false for others.
func copyTemplate(t testing.TB, c storage.Config) bool {
	t.Helper()
	if c.URL != "" {
		return false
	}
	if _, err := os.Stat(c.Path); err == nil {
		return false
	}
	tables, err := template()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Path, tables, 0o600); err != nil {
		t.Fatal(err)
	}
	return true
}
