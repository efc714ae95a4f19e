package jobs_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// How long after its commit work begins, one piece at a time:
//
//	go test -run '^$' -bench . ./jobs
func BenchmarkCommitToWork(b *testing.B) {
	for name, config := range storagetest.Configs() {
		b.Run(name, func(b *testing.B) {
			db := storagetest.Open(b, config(b))
			begun := make(chan time.Time, 1)
			start(b, db, func(context.Context, classroom.Work) (classroom.Outcome, error) {
				begun <- time.Now()
				return classroom.Outcome{}, nil
			})
			var waits []time.Duration
			for b.Loop() {
				enqueue(b, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
				committed := time.Now()
				waits = append(waits, max(0, next(b, begun).Sub(committed)))
			}
			slices.Sort(waits)
			b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
