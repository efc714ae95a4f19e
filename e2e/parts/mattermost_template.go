package parts

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	adminName = "admin"
	// Password is that of every user. Nothing of it outlives the test.
	Password = "Correct-Horse-9-Battery"
	// templateLock is taken while the template is looked for and made; any
	// number will do that nobody else uses on a test server.
	templateLock = 7249140311
)

// mattermostTemplate returns the database that servers are copied from: all
// migrations run, the first user made. Copying it is six times faster than
// doing that again. The first caller makes it; test packages run at the same
// time, so it does so under a lock of the database.
func mattermostTemplate(t testing.TB) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, adminDSN(t))
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer conn.Close(context.Background()) // which also frees the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(templateLock)); err != nil {
		t.Fatal(err)
	}

	// The folder's name has the hash of what the server was built from.
	name := strings.ReplaceAll(filepath.Base(mattermostProgram(t)), "-", "_") + "_template"
	var exists bool
	const find = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRow(ctx, find, name).Scan(&exists); err != nil {
		t.Fatal(err)
	}
	if !exists {
		makeTemplate(t, name)
	}
	return name
}

// makeTemplate gives the database its name only when it is whole.
func makeTemplate(t testing.TB, name string) {
	t.Helper()
	m := newMattermost(t, "mattermost_template_being_made")
	defer m.close()
	administer(t, "DROP DATABASE IF EXISTS "+m.database+" WITH (FORCE)", "CREATE DATABASE "+m.database)
	if err := m.start(); err != nil {
		t.Fatal(err)
	}
	// The first user of a server becomes its system admin.
	m.signUp(t, adminName)
	m.kill()
	administer(t, "ALTER DATABASE "+m.database+" RENAME TO "+name)
}
