package jobs

import (
	"time"

	"classbridge/classroom"

	"github.com/riverqueue/river"
)

// each is how often what nobody else looks after is looked for.
const each = 30 * time.Second

// periodic is work that is done again and again, one at a time, at whichever
// replica leads.
func periodic(work classroom.Work) *river.PeriodicJob {
	k := kinds()[work.WorkKind()]
	opts := &river.InsertOpts{
		Queue: k.queue, Priority: k.priority, MaxAttempts: maxAttempts,
		UniqueOpts: river.UniqueOpts{ByState: unfinished()},
	}
	return river.NewPeriodicJob(river.PeriodicInterval(each),
		func() (river.JobArgs, *river.InsertOpts) { return task{work}, opts },
		&river.PeriodicJobOpts{RunOnStart: true})
}
