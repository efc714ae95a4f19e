package jobs

import (
	"context"
	"fmt"
	"time"
)

// Numbers say how the queue stands, for metrics.
type Numbers struct {
	Depth  int           // work that is due, or failed and will be tried again
	Oldest time.Duration // how long the oldest of it has been waiting
}

// What is due waits since it was due; what failed, since it was asked for.
// Following a meeting is asked for once and goes on for hours, and so it waits
// since its last try.
const (
	statsPostgres = `SELECT count(*), COALESCE(EXTRACT(EPOCH FROM max(now() - since)), 0)::float8 FROM (
		SELECT CASE WHEN state = 'retryable' THEN COALESCE(CASE WHEN kind IN ('follow', 'watch') THEN attempted_at END, created_at) ELSE scheduled_at END AS since
		FROM river_job WHERE state = 'retryable' OR (state IN ('available', 'scheduled') AND scheduled_at <= now())) AS waiting`
	statsSQLite = `SELECT count(*), COALESCE(max(unixepoch('now', 'subsec') - unixepoch(since, 'subsec')), 0.0) FROM (
		SELECT CASE WHEN state = 'retryable' THEN COALESCE(CASE WHEN kind IN ('follow', 'watch') THEN attempted_at END, created_at) ELSE scheduled_at END AS since
		FROM river_job WHERE state = 'retryable' OR (state IN ('available', 'scheduled') AND scheduled_at <= strftime('%Y-%m-%d %H:%M:%f', 'now'))) AS waiting`
)

// Stats counts what waits in the queue.
func Stats(ctx context.Context, h Handles) (Numbers, error) {
	var n Numbers
	var seconds float64
	var err error
	if h.Postgres != nil {
		err = h.Postgres.QueryRow(ctx, statsPostgres).Scan(&n.Depth, &seconds)
	} else {
		err = h.SQLite.QueryRowContext(ctx, statsSQLite).Scan(&n.Depth, &seconds)
	}
	if err != nil {
		return Numbers{}, fmt.Errorf("queue: %w", err)
	}
	n.Oldest = max(0, time.Duration(seconds*float64(time.Second)))
	return n, nil
}
