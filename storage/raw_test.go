package storage_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// raw runs a statement beside storage, as somebody with the database's password could.
func raw(t testing.TB, db *storage.DB, statement string) error {
	t.Helper()
	pool, file := db.Handles()
	if pool != nil {
		_, err := pool.Exec(t.Context(), statement)
		return err
	}
	_, err := file.ExecContext(t.Context(), statement)
	return err
}

// column reads one text beside storage.
func column(t testing.TB, db *storage.DB, query string) string {
	t.Helper()
	var text string
	pool, file := db.Handles()
	if pool != nil {
		must(t, pool.QueryRow(t.Context(), query).Scan(&text))
	} else {
		must(t, file.QueryRowContext(t.Context(), query).Scan(&text))
	}
	return text
}

// otherTenant makes a second school.
func otherTenant(t testing.TB, db *storage.DB) classroom.Tenant {
	t.Helper()
	return got[classroom.Tenant](t)(db.Tenant(t.Context(), storagetest.Tenant(t, db).ID))
}
