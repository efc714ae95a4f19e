package jobs

import (
	"context"
	"fmt"

	"classbridge/classroom"
)

// What carries work from one database to another, in a backup: everything that
// is still to be done, but for what comes by itself.
const (
	waiting = ` FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') AND kind <> 'sweep' ORDER BY id`

	waitingPostgres = `SELECT kind, args::text, (EXTRACT(EPOCH FROM scheduled_at) * 1000000)::bigint` + waiting
	waitingSQLite   = `SELECT kind, json(args), CAST(unixepoch(scheduled_at, 'subsec') * 1000000 AS INTEGER)` + waiting
)

// Waiting is the query of the work that is still to be done.
func (q *Queue) Waiting(postgres bool) string {
	if postgres {
		return waitingPostgres
	}
	return waitingSQLite
}

// Table is where the queue keeps its work.
func (q *Queue) Table() string { return "river_job" }

// Working reports whether a server works on the database: one of them leads, and
// says so again and again until it stops. Of SQLite its one server holds a lock.
func Working(ctx context.Context, h Handles) (bool, error) {
	if h.Postgres == nil {
		return false, nil
	}
	var table, working bool
	err := h.Postgres.QueryRow(ctx, "SELECT to_regclass('river_leader') IS NOT NULL").Scan(&table)
	if err == nil && table {
		err = h.Postgres.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM river_leader WHERE expires_at > now())").Scan(&working)
	}
	if err != nil {
		return false, fmt.Errorf("queue: %w", err)
	}
	return working, nil
}

// Decode makes the work that a row holds; false for kinds that are not known.
func (q *Queue) Decode(name string, args []byte) (classroom.Work, bool, error) {
	k, known := q.kinds[name]
	if !known {
		return nil, false, nil
	}
	w, err := k.decode(args)
	if err != nil {
		return nil, true, fmt.Errorf("queue: %w", err)
	}
	return w, true, nil
}
