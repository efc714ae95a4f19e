package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"
)

// asked counts the calls of that kind so far.
func (w *world) asked(call string) int {
	n := 0
	for _, c := range w.fake.Calls() {
		if c == call {
			n++
		}
	}
	return n
}

const whoami = "GET /api/v4/users/me"

// While the chat hangs nobody waits longer than they want to, and it is asked by
// one for all.
func TestConnectionByNamesOnlyWhileTheChatHangs(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	w.conn.BotID, w.conn.TeamID = "", ""
	w.fake.Slow(500 * time.Millisecond)
	before, start := w.asked(whoami), time.Now()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if _, err := w.bridge.Publish(ctx, tenant, post(ch, w.clock.Now())); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the answer is %v", err)
			}
		})
	}
	all.Wait()
	if d := time.Since(start); d > 400*time.Millisecond {
		t.Errorf("five who wait 50 ms took %v", d)
	}
	w.fake.Slow(0)
	_, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
	w.must(err)
	if n := w.asked(whoami) - before; n != 1 {
		t.Errorf("the chat was asked %d times who we are", n)
	}
}

// A failure stands for a few seconds, and not longer.
func TestConnectionByNamesOnlyAfterAFailure(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	w.conn.BotID, w.conn.TeamID = "", ""
	w.fake.FailNext(whoami, http.StatusServiceUnavailable)
	before := w.asked(whoami)
	publish := func() error {
		_, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
		return err
	}
	for range 3 {
		if err := publish(); err == nil {
			t.Error("published without knowing who we are")
		}
	}
	if n := w.asked(whoami) - before; n != 1 {
		t.Errorf("the chat was asked %d times who we are", n)
	}
	w.clock.advance(6 * time.Second)
	w.must(publish())
}
