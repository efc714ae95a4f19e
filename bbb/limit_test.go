package bbb_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
)

func TestCircuit(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	c, tries := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() && strings.Contains(r.URL.Path, "isMeetingRunning") {
			answer(404, "<html></html>")(w, r)
			return
		}
		answer(200, okReply)(w, r)
	})
	now := time.Unix(1700000000, 0)
	c.Now = func() time.Time { return now }
	ask := func() error { _, err := c.IsRunning(t.Context(), "m-1"); return err }
	for range 5 {
		if err := ask(); !hasReason(err, bbb.Unreadable) {
			t.Fatal(err)
		}
	}
	if err := ask(); !hasReason(err, bbb.CircuitOpen) || !bbb.Unavailable(err) || tries.Load() != 5 {
		t.Errorf("sixth call: %v after %d requests", err, tries.Load())
	}
	if _, err := c.Info(t.Context(), "m-1"); err != nil {
		t.Errorf("another call is held up: %v", err)
	}
	now = now.Add(11 * time.Second)
	if err := ask(); !hasReason(err, bbb.Unreadable) {
		t.Errorf("after the rest: %v", err)
	}
	if err := ask(); !hasReason(err, bbb.CircuitOpen) {
		t.Errorf("only one tries for all: %v", err)
	}
	down.Store(false)
	now = now.Add(11 * time.Second)
	for range 2 {
		if err := ask(); err != nil {
			t.Errorf("when it is back: %v", err)
		}
	}
}

// A server that refuses is there.
func TestCircuitIgnoresRefusals(t *testing.T) {
	c, tries := scripted(t, answer(200, refusedXML("FAILED", "notFound", "")))
	for range 8 {
		if _, err := c.Info(t.Context(), "m-1"); !bbb.NotFound(err) {
			t.Fatal(err)
		}
	}
	if tries.Load() != 8 {
		t.Errorf("%d requests, want 8", tries.Load())
	}
}

func TestConcurrency(t *testing.T) {
	var inside, most atomic.Int32
	entered, leave := make(chan struct{}, 20), make(chan struct{})
	c, _ := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "getRecordings") {
			answer(200, okReply)(w, r)
			return
		}
		most.Store(max(most.Load(), inside.Add(1)))
		entered <- struct{}{}
		<-leave
		inside.Add(-1)
		answer(200, okReply)(w, r)
	})
	c.Concurrency = 3
	var wait sync.WaitGroup
	for range 9 {
		wait.Go(func() {
			if _, err := c.IsRunning(t.Context(), "m-1"); err != nil {
				t.Error(err)
			}
		})
	}
	for range 3 {
		<-entered
	}
	if _, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}}); err != nil {
		t.Errorf("lists have a lane of their own: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.IsRunning(ctx, "m-1"); !bbb.Unavailable(err) {
		t.Errorf("a full lane: %v", err)
	}
	close(leave)
	wait.Wait()
	if most.Load() != 3 {
		t.Errorf("%d at once, want 3", most.Load())
	}
}

func TestObserve(t *testing.T) {
	c, _ := scripted(t,
		answer(200, okReply), answer(200, refusedXML("FAILED", "notFound", "")),
		answer(404, "<html></html>"), answer(200, "<response><x>"+strings.Repeat("x", 1<<20)))
	var got []string
	c.Observe = func(call, result string, took time.Duration) {
		if took <= 0 {
			t.Errorf("%s took %v", call, took)
		}
		got = append(got, call+" "+result)
	}
	for range 4 {
		c.Info(t.Context(), "m-1")
	}
	want := []string{"getMeetingInfo ok", "getMeetingInfo refused", "getMeetingInfo unavailable", "getMeetingInfo failed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
