package storagetest

import (
	"bytes"
	"encoding/json"
	"testing"

	"classbridge/storage"
)

// Queued lists the work that is in the queue, oldest first, each as its kind and
// its fields in JSON: `announce {"AnnouncementID":"..."}`.
func Queued(t testing.TB, db *storage.DB) []string {
	t.Helper()
	pool, file := db.Handles()
	var work []string
	var kind, args string
	next := func(rows interface{ Scan(...any) error }) {
		must(t, rows.Scan(&kind, &args))
		var compact bytes.Buffer
		must(t, json.Compact(&compact, []byte(args)))
		work = append(work, kind+" "+compact.String())
	}
	if pool != nil {
		rows, err := pool.Query(t.Context(), "SELECT kind, args::text FROM river_job ORDER BY id")
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			next(rows)
		}
		must(t, rows.Err())
		return work
	}
	rows, err := file.QueryContext(t.Context(), "SELECT kind, json(args) FROM river_job ORDER BY id")
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		next(rows)
	}
	must(t, rows.Err())
	return work
}
