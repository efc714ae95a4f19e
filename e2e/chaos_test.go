//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

const kills = 100

// TestRandomKills kills one of two processes at random moments, a hundred times,
// often before the other, or itself, has recovered from the last one, while
// classes keep starting and ending.
func TestRandomKills(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, Database: parts.Postgres(t), Processes: 2})
	killing, stop := context.WithCancel(t.Context())
	var classes sync.WaitGroup
	started := 0
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ; killing.Err() == nil && started < program.Courses; started++ {
			n := started
			classes.Go(func() { holdClass(t, s, n) })
			pause(killing, 1500*time.Millisecond)
		}
	}()
	for n := range kills {
		p := s.Processes[n%len(s.Processes)]
		pause(t.Context(), rand.N(2500*time.Millisecond))
		p.Kill()
		p.Launch(t)
	}
	stop()
	<-done
	for _, p := range s.Processes {
		p.AwaitReady(t)
	}
	classes.Wait()
	if started < 50 {
		t.Errorf("only %d classes were held", started)
	}
	for n := range started {
		eventually(t, 3*time.Minute, func() error { return announcedOnce(t, s, program.RoomTitle(n), "has ended") })
	}
	t.Logf("%d classes, %d kills", started, kills)
}

// holdClass has a teacher start a class, and end it once the program has seen
// somebody inside: from then on it must be announced, whatever happens.
func holdClass(t *testing.T, s *program.School, n int) {
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	v := s.NewVisitor()
	for _, act := range []func() error{
		func() error { return v.Launch(ctx, program.Terry, program.CourseLink(n)) },
		func() error { return v.Start(ctx) },
		func() error { return seenInside(ctx, v) },
		func() error { return endClass(ctx, s, v, n) },
	} {
		if err := keepTrying(ctx, act); err != nil {
			t.Errorf("%s: %v", program.RoomTitle(n), err)
			return
		}
	}
}

// keepTrying is what people do while a page does not work.
func keepTrying(ctx context.Context, act func() error) error {
	for {
		err := act()
		if err == nil {
			return nil
		}
		if !pause(ctx, 500*time.Millisecond+rand.N(time.Second)) {
			return errors.Join(err, ctx.Err())
		}
	}
}

// pause lets time pass: it is what the test is about, it waits for nothing.
// It reports false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func seenInside(ctx context.Context, v *program.Visitor) error {
	page, err := v.Get(ctx, v.Room)
	if err == nil && !strings.Contains(page.Body, "1 person inside") {
		err = fmt.Errorf("nobody was seen inside: %s", page)
	}
	return err
}

// endClass ends it by BigBlueButton's button or by ours.
func endClass(ctx context.Context, s *program.School, v *program.Visitor, n int) error {
	open := meetingOf(s, program.RoomTitle(n))
	if open == "" {
		return nil
	}
	if n%2 == 0 {
		return s.BBB.End(open)
	}
	page, err := v.Get(ctx, v.Room)
	if err == nil {
		_, err = v.Submit(ctx, page, "/end")
	}
	if err == nil && meetingOf(s, program.RoomTitle(n)) != "" {
		err = errors.New("the class goes on")
	}
	return err
}

// meetingOf is the open meeting of a room at BigBlueButton, or "".
func meetingOf(s *program.School, room string) string {
	for _, m := range s.BBB.Meetings() {
		if m.Name == room && !m.Ended {
			return m.MeetingID
		}
	}
	return ""
}
