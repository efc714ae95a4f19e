package main

import (
	"context"
	"time"

	"classbridge/jobs"
)

// backlog answers what waits, for metrics.
func (s *store) backlog(now func() time.Time) func(context.Context) (backlog, error) {
	return func(ctx context.Context) (backlog, error) {
		queue, err := jobs.Stats(ctx, s.handles())
		if err != nil {
			return backlog{}, err
		}
		recordings, err := s.RecordingNumbers(ctx)
		if err != nil {
			return backlog{}, err
		}
		b := backlog{
			queued: queue.Depth, oldestQueued: queue.Oldest,
			recordings: recordings.Waiting, recordingsOnDisk: recordings.Bytes,
		}
		if !recordings.Oldest.IsZero() {
			b.oldestRecording = now().Sub(recordings.Oldest)
		}
		return b, nil
	}
}
