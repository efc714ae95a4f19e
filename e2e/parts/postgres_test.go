//go:build e2e

package parts_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"classbridge/e2e/parts"
)

func TestPostgresGivesAnEmptyDatabaseToEach(t *testing.T) {
	first, second := connect(t, parts.Postgres(t)), connect(t, parts.Postgres(t))
	if _, err := first.Exec(t.Context(), "CREATE TABLE room (id TEXT)"); err != nil {
		t.Fatal(err)
	}
	var tables int
	const count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	if err := second.QueryRow(t.Context(), count).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables != 0 {
		t.Errorf("the second database has %d tables, want none", tables)
	}
}

func TestPostgresClusterComesBackWithItsData(t *testing.T) {
	cluster := parts.PostgresCluster(t)
	before := cluster.DSN
	if _, err := connect(t, before).Exec(t.Context(), "CREATE TABLE room (id TEXT)"); err != nil {
		t.Fatal(err)
	}

	cluster.Stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := pgx.Connect(ctx, before); err == nil {
		t.Error("the stopped server still answers")
	}

	cluster.Start(t)
	if cluster.DSN != before {
		t.Errorf("address changed from %s to %s", before, cluster.DSN)
	}
	// Immediate shutdown is a crash: with fsync off the page cache still has all of it.
	if _, err := connect(t, before).Exec(t.Context(), "INSERT INTO room VALUES ('1')"); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
