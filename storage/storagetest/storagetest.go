// Package storagetest gives tests real databases, migrated and empty. Only tests
// import it.
//
//	db := storagetest.New(t)                       SQLite
//	storagetest.Each(t, func(t, db) { ... })       SQLite, and PostgreSQL where there is a server
package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"iter"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/vault"

	"github.com/jackc/pgx/v5"
)

// PostgresVariable holds the address of a PostgreSQL server on which schemas
// may be made; without it tests run on SQLite only.
const PostgresVariable = "CLASSBRIDGE_TEST_POSTGRES"

// New makes an empty SQLite database.
func New(t testing.TB) *storage.DB {
	t.Helper()
	return Open(t, SQLite(t))
}

// Each runs the test on an empty database of each kind that there is.
func Each(t *testing.T, test func(*testing.T, *storage.DB)) {
	EachConfig(t, func(t *testing.T, c storage.Config) { test(t, Open(t, c)) })
}

// EachConfig runs the test with a database of each kind that was neither opened nor migrated.
func EachConfig(t *testing.T, test func(*testing.T, storage.Config)) {
	for name, config := range Configs() {
		t.Run(name, func(t *testing.T) { test(t, config(t)) })
	}
}

// Configs are the kinds of database that there are.
func Configs() iter.Seq2[string, func(testing.TB) storage.Config] {
	return func(yield func(string, func(testing.TB) storage.Config) bool) {
		if yield("SQLite", SQLite) && os.Getenv(PostgresVariable) != "" {
			yield("PostgreSQL", Postgres)
		}
	}
}

// Open opens the database and migrates it; it is closed when the test ends.
func Open(t testing.TB, c storage.Config) *storage.DB {
	t.Helper()
	migrated := copyTemplate(t, c)
	db, err := storage.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if migrated {
		return db
	}
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

// Migrate does what the program does at start: our tables and the queue's.
func Migrate(ctx context.Context, db *storage.DB) error {
	return db.Migrate(ctx, func(ctx context.Context) error {
		return jobs.Migrate(ctx, Handles(db), slog.New(slog.DiscardHandler))
	})
}

// Handles are those of the queue in the database.
func Handles(db *storage.DB) jobs.Handles {
	pool, file := db.Handles()
	return jobs.Handles{Postgres: pool, SQLite: file}
}

// SQLite is a database that does not exist yet.
func SQLite(t testing.TB) storage.Config {
	t.Helper()
	c := config(t)
	c.Path = filepath.Join(t.TempDir(), "test.db")
	return c
}

// Postgres makes an empty schema, which is gone when the test ends: as good as
// a database of one's own, and made ten times faster.
func Postgres(t testing.TB) storage.Config {
	t.Helper()
	name := "storage_" + strings.ToLower(rand.Text())
	administer(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { administer(t, "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(os.Getenv(PostgresVariable))
	if err != nil {
		t.Fatalf("%s: %v", PostgresVariable, err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	c := config(t)
	c.URL = u.String()
	return c
}

func config(t testing.TB) storage.Config {
	t.Helper()
	c, err := newConfig()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newConfig() (storage.Config, error) {
	v, err := vault.New(bytes.Repeat([]byte{7}, vault.MasterSize))
	if err != nil {
		return storage.Config{}, err
	}
	q, err := jobs.NewQueue(slog.New(slog.DiscardHandler))
	return storage.Config{Vault: v, Queue: q, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, err
}

// administer has a context of its own, because it also cleans up when the
// test's has ended.
func administer(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, os.Getenv(PostgresVariable))
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
