package lti_test

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/lti"
)

// BenchmarkRoster10000 reads a course of 10,000 in the one page that Moodle
// makes of it.
func BenchmarkRoster10000(b *testing.B) {
	s := newSchool(b)
	var calls atomic.Int32
	s.HandleFunc("/roster", func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		writeRoster(w, 10_000)
	})
	b.ReportAllocs()
	for b.Loop() {
		if seen, err := s.readRoster(b.Context()); err != nil || seen != 10_000 {
			b.Fatal(seen, err)
		}
	}
	b.ReportMetric(float64(calls.Load())/float64(b.N), "calls/op")
	b.ReportMetric(float64(s.tokens.Load()), "tokens")
}

// BenchmarkScores300 grades a class of 300.
func BenchmarkScores300(b *testing.B) {
	s := newSchool(b)
	var calls atomic.Int32
	s.HandleFunc("/item/scores", func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})
	score := lti.Score{Subject: "5", Given: 45, Maximum: 60, Comment: "45 of 60 minutes", Timestamp: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		for range 300 {
			if err := s.services.SendScore(b.Context(), s.access, s.url+"/item", score); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(calls.Load())/float64(b.N), "calls/op")
	b.ReportMetric(float64(s.tokens.Load()), "tokens")
}
