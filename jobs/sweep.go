package jobs

import (
	"time"

	"classbridge/classroom"

	"github.com/riverqueue/river"
)

// sweepEach is how often what nobody else looks after is looked for.
const sweepEach = 30 * time.Second

// sweep is periodic work, one at a time, at whichever replica leads.
func sweep() *river.PeriodicJob {
	work := classroom.Sweep{}
	k := kinds()[work.WorkKind()]
	opts := &river.InsertOpts{
		Queue: k.queue, Priority: k.priority, MaxAttempts: maxAttempts,
		UniqueOpts: river.UniqueOpts{ByState: unfinished()},
	}
	return river.NewPeriodicJob(river.PeriodicInterval(sweepEach),
		func() (river.JobArgs, *river.InsertOpts) { return task{work}, opts },
		&river.PeriodicJobOpts{RunOnStart: true})
}
