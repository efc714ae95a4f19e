package parts

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresVariable names the server on which Postgres makes its databases.
const PostgresVariable = "CLASSBRIDGE_TEST_POSTGRES"

// Postgres makes an empty database for the test and returns its address.
func Postgres(t testing.TB) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	administer(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { administer(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return database(t, name)
}

// adminDSN is the address of the server that the test run was given.
func adminDSN(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv(PostgresVariable)
	if dsn == "" {
		t.Fatalf("%s is not set: run `make test`, or `e2e/postgres.sh with go test ...`", PostgresVariable)
	}
	return dsn
}

// database is the address of another database of the same server.
func database(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(adminDSN(t))
	if err != nil {
		t.Fatalf("%s: %v", PostgresVariable, err)
	}
	u.Path = "/" + name
	return u.String()
}

// administer runs statements on the server, one by one: CREATE DATABASE may not
// be part of a transaction.
func administer(t testing.TB, statements ...string) {
	t.Helper()
	if err := execute(adminDSN(t), statements...); err != nil {
		t.Fatal(err)
	}
}

// execute has a context of its own, because it also cleans up when that of the
// test has ended.
func execute(dsn string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// Cluster is a PostgreSQL server of the test's own, for tests that take the
// database away and bring it back.
type Cluster struct {
	DSN string // stays the same across Stop and Start
	dir string
}

// PostgresCluster starts a PostgreSQL server of the test's own.
func PostgresCluster(t testing.TB) *Cluster {
	t.Helper()
	// Not t.TempDir: the server's unprivileged user may not enter that one.
	dir, err := os.MkdirTemp("", "classbridge-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{dir: dir}
	t.Cleanup(func() {
		_, _ = c.script("stop")
		_ = os.RemoveAll(dir)
	})
	c.Start(t)
	return c
}

// Start starts the server, the first time or after Stop.
func (c *Cluster) Start(t testing.TB) {
	t.Helper()
	dsn, err := c.script("start")
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	c.DSN = dsn
}

// Stop ends the server at once, as a crash would.
func (c *Cluster) Stop(t testing.TB) {
	t.Helper()
	if _, err := c.script("stop"); err != nil {
		t.Fatalf("stop PostgreSQL: %v", err)
	}
}

func (c *Cluster) script(verb string) (string, error) {
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command(filepath.Join(filepath.Dir(here), "..", "postgres.sh"), verb, c.dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
