package classroom_test

import (
	"runtime/metrics"
	"testing"
	"time"

	"classbridge/lti/ltitest"
)

// BenchmarkSyncRoster10000 reads the roster of a course of 10,000: the first time,
// when everybody is new, and again, when nothing has changed. calls are requests
// of the LMS, peak-MB is what the heap held at most meanwhile. Most of B/op is the
// stand-in LMS's, which makes the whole roster anew for each page of it.
func BenchmarkSyncRoster10000(b *testing.B) {
	for _, again := range []bool{false, true} {
		name := "first"
		if again {
			name = "again"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			calls, peak := 0, uint64(0)
			for b.Loop() {
				b.StopTimer()
				w := newRosterWorld(b, ltitest.Reference(), ltitest.Large(10_000)...)
				a := w.arrives("teacher", teacher)
				if again {
					w.read(a)
				}
				w.wait(2 * time.Minute)
				must(b, w.AskRoster(b.Context(), a.Course))
				before := w.lms.Requests("members") + w.lms.Requests("token")
				heap := watchHeap()
				b.StartTimer()
				r := w.goOn(a)
				b.StopTimer()
				peak = max(peak, heap())
				calls += w.lms.Requests("members") + w.lms.Requests("token") - before
				if r.Members != 10_001 {
					b.Fatalf("roster %+v", r)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
			b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		})
	}
}

// watchHeap looks at what the heap holds until its result is asked for.
func watchHeap() (peak func() uint64) {
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for highest := uint64(0); ; {
			metrics.Read(sample)
			highest = max(highest, sample[0].Value.Uint64())
			select {
			case <-tick.C:
			case <-stop:
				most <- highest
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-most
	}
}
