//go:build e2e

package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestPostgresRestarts: the database is away while one class ends and another
// wants to start; the program itself goes on running.
func TestPostgresRestarts(t *testing.T) {
	t.Parallel()
	cluster := parts.PostgresCluster(t)
	s := program.Open(t, program.Options{Binary: plain, Database: cluster.DSN})
	first, second := launched(t, s, program.Terry, 0), launched(t, s, program.Terry, 1)
	eventually(t, patience, func() error { return first.Start(t.Context()) })
	eventually(t, patience, func() error { return announcedOnce(t, s, program.RoomTitle(0), "has started") })

	cluster.Stop(t)
	if err := s.BBB.End(meetingOf(s, program.RoomTitle(0))); err != nil {
		t.Fatal(err)
	}
	if err := second.Start(within(t, 30*time.Second)); err == nil {
		t.Error("a class started without a database")
	}
	cluster.Start(t)

	eventually(t, time.Minute, func() error { return second.Start(t.Context()) })
	eventually(t, 2*time.Minute, func() error { return announcedOnce(t, s, program.RoomTitle(1), "has started") })
	eventually(t, 3*time.Minute, func() error { return announcedOnce(t, s, program.RoomTitle(0), "has ended") })
	for _, p := range s.Processes {
		p.Stop(t)
	}
}

// TestMattermostAway: one class ends, and another is held from start to end,
// while Mattermost is away. The first is edited when it comes back, the second
// is posted once, as ended.
func TestMattermostAway(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain})
	first, second := launched(t, s, program.Terry, 0), launched(t, s, program.Terry, 1)
	eventually(t, patience, func() error {
		threads, err := s.Threads(t.Context())
		if err == nil && len(threads) < 2 {
			err = fmt.Errorf("%d channels, want 2", len(threads))
		}
		return err
	})
	eventually(t, patience, func() error { return first.Start(t.Context()) })
	eventually(t, patience, func() error { return announcedOnce(t, s, program.RoomTitle(0), "has started") })

	s.Chat.Stop(t)
	eventually(t, patience, func() error { return second.Start(t.Context()) })
	eventually(t, patience, func() error { return seenInside(t.Context(), second) })
	for n := range 2 {
		if err := s.BBB.End(meetingOf(s, program.RoomTitle(n))); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, time.Minute, func() error { return sees(t, second, "No class is running") })
	s.Chat.Start(t)

	for n := range 2 {
		eventually(t, 2*time.Minute, func() error { return announcedOnce(t, s, program.RoomTitle(n), "has ended") })
	}
	thread, err := s.Thread(t.Context(), program.RoomTitle(1))
	if err != nil {
		t.Fatal(err)
	}
	if post := thread.Starts[0]; post.EditAt != 0 {
		t.Errorf("the class that ended meanwhile was posted as running and then edited: %+v", post)
	}
}

// sees reports what a room page does not say.
func sees(t *testing.T, v *program.Visitor, text string) error {
	page, err := v.Get(t.Context(), v.Room)
	if err == nil && !strings.Contains(page.Body, text) {
		err = fmt.Errorf("the page does not say %q: %s", text, page)
	}
	return err
}
