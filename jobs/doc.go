// Package jobs does the work that classroom asks to be done later. It is the
// only package that knows the queue, River, whose tables lie beside ours so that
// work is written in the transaction of the fact that calls for it.
//
//	queue.go    puts work in the queue on storage's open transaction
//	workers.go  takes it out and has it done: retried with backoff after an
//	            error, run again when the outcome says so
//	kinds.go    the kinds of work, and which of the three queues each goes to
//	migrate.go  the queue's own tables
//	stats.go    how much waits, for metrics
//	carry.go    what waits, for a backup; whether a server is at work
//
// Work is done at least once: a process that was killed in the middle leaves it
// to another, on PostgreSQL after a minute and a half at most, on SQLite, which
// has one process, when that starts again. Whoever does it must bear that.
package jobs

import (
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Handles is the database that the queue lies in: one of the two is set.
type Handles struct {
	Postgres *pgxpool.Pool
	SQLite   *sql.DB // of one connection: the queue gives SQLite's writer no company
}
