package jobs

import (
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

// Forget is the statement that empties the queue.
func (q *Queue) Forget() string { return "DELETE FROM river_job" }

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
