package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"classbridge/classroom"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// maxAttempts, a minute apart, are a week: only then is work given up.
const maxAttempts = 10_000

// Queue puts work in the queue; it implements storage's interface of that name.
type Queue struct {
	postgres *river.Client[pgx.Tx]
	sqlite   *river.Client[*sql.Tx]
	kinds    map[string]kind
}

// NewQueue makes a queue to insert into. It needs no database of its own: each
// insert brings its transaction.
func NewQueue(log *slog.Logger) (*Queue, error) {
	config := &river.Config{
		Logger: quiet(log),
		// River tells of one insert per cooldown and queue; of two transactions
		// the one that commits later must be told of, too.
		FetchCooldown: river.FetchCooldownMin,
	}
	postgres, err := river.NewClient(riverpgxv5.New(nil), config)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	sqlite, err := river.NewClient(riversqlite.New(nil), config)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return &Queue{postgres: postgres, sqlite: sqlite, kinds: kinds()}, nil
}

// InsertSQLite puts work in the queue on the transaction.
func (q *Queue) InsertSQLite(ctx context.Context, tx *sql.Tx, w classroom.Work, at time.Time) error {
	opts, err := q.options(w, at)
	if err != nil {
		return err
	}
	_, err = q.sqlite.InsertTx(ctx, tx, task{w}, opts)
	return err
}

// InsertPostgres puts work in the queue on the connection, which is in a transaction.
func (q *Queue) InsertPostgres(ctx context.Context, conn *pgx.Conn, w classroom.Work, at time.Time) error {
	opts, err := q.options(w, at)
	if err != nil {
		return err
	}
	_, err = q.postgres.InsertTx(ctx, connTx{conn}, task{w}, opts)
	return err
}

func (q *Queue) options(w classroom.Work, at time.Time) (*river.InsertOpts, error) {
	k, ok := q.kinds[w.WorkKind()]
	if !ok {
		return nil, fmt.Errorf("queue: unknown kind of work %q", w.WorkKind())
	}
	opts := &river.InsertOpts{Queue: k.queue, Priority: k.priority, MaxAttempts: maxAttempts, ScheduledAt: at}
	if k.single {
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished()}
	}
	return opts, nil
}

// unfinished are the states of work that is still to be done, or being done.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}
