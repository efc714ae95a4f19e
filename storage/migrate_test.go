package storage_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestMigrateAtOnce(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := storage.Open(t.Context(), c)
				if err != nil {
					t.Error(err)
					return
				}
				defer db.Close()
				if err := storagetest.Migrate(t.Context(), db); err != nil {
					t.Error(err)
				}
				if done, err := db.Migrated(t.Context()); err != nil || !done {
					t.Errorf("Migrated = %v, %v", done, err)
				}
			})
		}
		wg.Wait()
		tenant := got[classroom.Tenant](t)(storagetest.Open(t, c).Tenant(t.Context(), classroom.DefaultTenant))
		tenant.CreatedAt = tenant.CreatedAt.Truncate(0)
		if tenant.CreatedAt.IsZero() || tenant.Locale != "en" || tenant.TimeZone != "UTC" || tenant.ChatGuests != classroom.GuestsWait || !tenant.MatchEmail || tenant.NamesInPosts {
			t.Errorf("the default tenant is %+v", tenant)
		}
	})
}

func TestMigrated(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		db := got[*storage.DB](t)(storage.Open(t.Context(), c))
		defer db.Close()
		if done, err := db.Migrated(t.Context()); err != nil || done {
			t.Errorf("Migrated of an empty database = %v, %v", done, err)
		}
	})
}

func TestMigrateAnswersTheQueuesError(t *testing.T) {
	boom := errors.New("boom")
	err := storagetest.New(t).Migrate(t.Context(), func(context.Context) error { return boom })
	if !errors.Is(err, boom) {
		t.Errorf("Migrate = %v, want %v", err, boom)
	}
}

func TestMigrateWaitsNoLongerThanItsContext(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		err := db.Migrate(t.Context(), func(context.Context) error {
			// The lock is held here: a second one has to wait, and gives up.
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return db.Migrate(ctx, func(context.Context) error { return nil })
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Migrate = %v, want %v", err, context.Canceled)
		}
	})
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	c := storagetest.SQLite(t)
	db := storagetest.Open(t, c)
	must(t, storagetest.Migrate(t.Context(), db))
	storagetest.Platform(t, db)
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(c.Path + suffix)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %q is %v", suffix, info.Mode().Perm())
		}
	}
}

// Every table of ours belongs to a tenant, but for those that are the whole
// installation's. There must never be more of these: by that column a program that
// restores a backup knows the tables that a later one has made.
func TestEveryTableHasTenants(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		query := `SELECT COALESCE(string_agg(name, ' '), '') FROM (SELECT t.table_name AS name FROM information_schema.tables t WHERE t.table_schema = current_schema()
			AND NOT EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'tenant_id') ORDER BY 1) AS n`
		if pool, _ := db.Handles(); pool == nil {
			query = `SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema s WHERE type = 'table'
				AND NOT EXISTS (SELECT 1 FROM pragma_table_info(s.name) WHERE name = 'tenant_id') ORDER BY 1)`
		}
		var without []string
		for _, table := range strings.Fields(column(t, db, query)) {
			if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "sqlite_") && !strings.HasPrefix(table, "goose_") {
				without = append(without, table)
			}
		}
		diff(t, []string{"attempts", "consumed", "master_keys", "tenants"}, without)
	})
}
