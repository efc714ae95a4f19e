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
)

const (
	// jobTimeout ends work that hangs; what is long is many small pieces.
	jobTimeout = 30 * time.Second
	// rescueAfter gives work to others whose process has died.
	rescueAfter = 60 * time.Second
	// fetchCooldown is what new work waits for at most, when all is well.
	fetchCooldown = 15 * time.Millisecond
	// fetchPoll finds work that nobody told of.
	fetchPoll = 500 * time.Millisecond
)

// Config is what workers need; all fields must be set.
type Config struct {
	Handles Handles
	Do      func(context.Context, classroom.Work) (classroom.Outcome, error)
	Now     func() time.Time
	Log     *slog.Logger
}

// Workers take work out of the queue and have it done.
type Workers struct{ client client }

// client is what the clients of both databases have in common.
type client interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
}

// Start starts workers; they stop when ctx ends, or by Stop. Two processes must
// not work on one SQLite file.
func Start(ctx context.Context, c Config) (*Workers, error) {
	client, err := c.client(ctx)
	if err != nil {
		return nil, fmt.Errorf("start workers: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start workers: %w", err)
	}
	return &Workers{client}, nil
}

// Stop takes no more work and waits for what is being done; when ctx ends first,
// that is interrupted and will be done by whoever comes next.
func (w *Workers) Stop(ctx context.Context) error {
	err := w.client.Stop(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	// What is interrupted needs a moment to be written back.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return w.client.StopAndCancel(ctx)
}

func (c Config) client(ctx context.Context) (client, error) {
	if c.Handles.Postgres != nil {
		config := c.river(12, 8, 4)
		// Work of a kind that only a newer replica knows is left to that one.
		config.FetchOnlyKnownKinds = true
		return newClient[pgx.Tx](river.NewClient(riverpgxv5.New(c.Handles.Postgres), config))
	}
	if err := c.takeOver(ctx); err != nil {
		return nil, err
	}
	return newClient[*sql.Tx](river.NewClient(riversqlite.New(c.Handles.SQLite), c.river(4, 4, 2)))
}

// newClient keeps a nil pointer from becoming a client.
func newClient[T any](c *river.Client[T], err error) (client, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

// takeOver makes what the last process was doing when it died available at once.
func (c Config) takeOver(ctx context.Context) error {
	_, err := c.Handles.SQLite.ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'")
	return err
}

func (c Config) river(bbb, chat, lms int) *river.Config {
	workers := river.NewWorkers()
	w := &worker{do: c.Do, kinds: kinds()}
	for _, k := range w.kinds {
		river.AddWorkerArgs(workers, task{k.example}, w)
	}
	return &river.Config{
		Queues: map[string]river.QueueConfig{
			queueBBB: {MaxWorkers: bbb}, queueChat: {MaxWorkers: chat}, queueLMS: {MaxWorkers: lms},
		},
		Workers:                     workers,
		PeriodicJobs:                []*river.PeriodicJob{periodic(classroom.Sweep{}), periodic(classroom.Alarm{})},
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        rescueAfter,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           fetchPoll,
		CompletedJobRetentionPeriod: time.Hour,
		CancelledJobRetentionPeriod: 7 * 24 * time.Hour,
		DiscardedJobRetentionPeriod: 7 * 24 * time.Hour,
		RetryPolicy:                 backoff{c.Now},
		ErrorHandler:                &failures{c.Log},
		Logger:                      quiet(c.Log),
	}
}

// worker does work of every kind.
type worker struct {
	river.WorkerDefaults[task]
	do    func(context.Context, classroom.Work) (classroom.Outcome, error)
	kinds map[string]kind
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[task]) error {
	work, err := w.kinds[job.Kind].decode(job.EncodedArgs)
	if err != nil {
		return river.JobCancel(err)
	}
	out, err := w.do(ctx, work)
	switch {
	case err != nil:
		return err
	case out.Again > 0:
		return river.JobSnooze(out.Again)
	}
	return nil
}
