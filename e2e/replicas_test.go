//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// teachers is how often the teacher clicks Start, from as many browsers.
const teachers = 5

// TestEverybodyClicksAtOnce: two processes on one database, a class of sixty
// and five clicks on Start in the same moment. One meeting is created, by one
// call, and everybody gets in.
func TestEverybodyClicksAtOnce(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, Database: parts.Postgres(t), Processes: 2})
	ctx := within(t, 2*time.Minute)
	var people []*program.Visitor
	for range teachers {
		people = append(people, launched(t, s, program.Terry, 0))
	}
	for n := range program.Class {
		people = append(people, launched(t, s, program.Learner(n), 0))
	}
	click, clicks := make(chan struct{}), sync.WaitGroup{}
	for n, v := range people {
		clicks.Go(func() {
			enter := v.Start
			if n >= teachers {
				enter = func(ctx context.Context) error { return waitAndEnter(ctx, v) }
			}
			<-click
			if err := enter(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	close(click)
	clicks.Wait()
	if created := s.Created(program.RoomTitle(0)); len(created) != 1 {
		t.Errorf("create was called %d times: %v", len(created), created)
	}
	inside := map[string]bool{}
	for _, m := range s.BBB.Meetings() {
		for _, p := range m.People {
			inside[p.UserID] = true
		}
	}
	if len(inside) != program.Class+1 {
		t.Errorf("%d people are inside, want %d", len(inside), program.Class+1)
	}
	// The teacher is inside five times, as BigBlueButton counts, and attends once.
	everybody := strconv.Itoa(program.Class+teachers) + " people inside"
	eventually(t, patience, func() error { return sees(t, people[0], everybody) })
	eventually(t, patience, func() error { return announcedOnce(t, s, program.RoomTitle(0), "has started") })
	if err := s.BBB.End(meetingOf(s, program.RoomTitle(0))); err != nil {
		t.Fatal(err)
	}
	attended := strconv.Itoa(program.Class+1) + " people attended"
	eventually(t, patience, func() error { return announcedOnce(t, s, program.RoomTitle(0), attended) })
}

// waitAndEnter clicks what the page offers a learner, and waits in that tab.
func waitAndEnter(ctx context.Context, v *program.Visitor) error {
	page, err := v.Get(ctx, v.Room)
	if err != nil {
		return err
	}
	word := "/wait"
	if !strings.Contains(page.Body, v.Room+word) {
		word = "/join" // somebody was faster than the page
	}
	place, err := v.Submit(ctx, page, word)
	for err == nil && !place.In() {
		if !pause(ctx, 200*time.Millisecond) {
			return fmt.Errorf("still at %s", place)
		}
		place, err = v.Submit(ctx, place, "/enter")
	}
	return err
}
