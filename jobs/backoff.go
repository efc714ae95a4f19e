package jobs

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river/rivertype"
)

const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// backoff says when failed work is tried again: after 1 s, 2 s, 4 s ... 60 s,
// each a little off so that what failed together is not tried together.
type backoff struct{ now func() time.Time }

// NextRetry implements river.ClientRetryPolicy.
func (b backoff) NextRetry(job *rivertype.JobRow) time.Time {
	wait := lastRetry
	if failures := max(job.Attempt, 1); failures < 7 {
		wait = firstRetry << (failures - 1)
	}
	jitter := 0.8 + 0.4*rand.Float64()
	return b.now().Add(time.Duration(float64(wait) * jitter))
}
