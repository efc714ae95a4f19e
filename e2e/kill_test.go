//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/e2e/program"
)

// step is a place on the way from the click to the post, or from the end to the
// last post, at which the program is killed.
type step struct {
	name   string
	gate   func(*program.School) *program.Gate
	moment program.Moment
	match  func(s *program.School, room string) program.Match
}

func atBigBlueButton(s *program.School) *program.Gate { return s.BBBGate }
func atMattermost(s *program.School) *program.Gate    { return s.ChatGate }

// bbbCall matches a call about the meeting of a room.
func bbbCall(call string) func(*program.School, string) program.Match {
	return func(s *program.School, room string) program.Match {
		return func(r *http.Request, _ string) bool {
			q := r.URL.Query()
			return r.URL.Path == "/bigbluebutton/api/"+call &&
				(q.Get("name") == room || slices.Contains(s.Created(room), q.Get("meetingID")))
		}
	}
}

// chatCall matches a call about the room that says the words.
func chatCall(method, path, words string) func(*program.School, string) program.Match {
	return func(_ *program.School, room string) program.Match {
		return func(r *http.Request, body string) bool {
			return r.Method == method && strings.HasSuffix(r.URL.Path, path) &&
				strings.Contains(body, room+"**") && strings.Contains(body, words)
		}
	}
}

// stepsOfStart are in the order in which they come; each room is killed at one.
func stepsOfStart() []step {
	return []step{
		{"before create", atBigBlueButton, program.BeforeArrival, bbbCall("create")},
		{"created, and we do not know", atBigBlueButton, program.BeforeAnswer, bbbCall("create")},
		{"somebody inside, and we do not know", atBigBlueButton, program.BeforeAnswer, bbbCall("getMeetingInfo")},
		{"before the post", atMattermost, program.BeforeArrival, chatCall("POST", "/posts", "has started")},
		{"posted, and we do not know", atMattermost, program.BeforeAnswer, chatCall("POST", "/posts", "has started")},
	}
}

func stepsOfEnd() []step {
	return []step{
		{"before the end", atBigBlueButton, program.BeforeArrival, bbbCall("end")},
		{"ended, and we do not know", atBigBlueButton, program.BeforeAnswer, bbbCall("end")},
		{"before the edit", atMattermost, program.BeforeArrival, chatCall("PUT", "/patch", "has ended")},
		{"edited, and we do not know", atMattermost, program.BeforeAnswer, chatCall("PUT", "/patch", "has ended")},
		{"reply posted, and we do not know", atMattermost, program.BeforeAnswer, chatCall("POST", "/posts", "#recording")},
	}
}

// TestKilledAtEachStep: kill -9 at each step, of ten classes at once, then the
// program comes back. Every start is in its channel once, every end too.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	for database, open := range databases() {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			s := program.Open(t, program.Options{Binary: plain, Database: open(t)})
			k := &killing{T: t, s: s}
			k.prepare()
			k.killAt(stepsOfStart(), k.start)
			k.everybodyIn()
			k.awaitPosts("has started")
			k.killAt(stepsOfEnd(), k.end)
			k.everythingEnded()
			k.awaitPosts("has ended")
			k.oneReplyEach()
		})
	}
}

// killing is one run: as many rooms as there are steps, each with its teacher.
type killing struct {
	*testing.T
	s        *program.School
	teachers []*program.Visitor
}

func (k *killing) prepare() {
	k.Helper()
	for n := range stepsOfStart() {
		k.teachers = append(k.teachers, launched(k.T, k.s, program.Terry, n))
	}
	eventually(k.T, patience, func() error {
		threads, err := k.s.Threads(k.Context())
		if err == nil && len(threads) < len(k.teachers) {
			err = fmt.Errorf("%d channels, want %d", len(threads), len(k.teachers))
		}
		return err
	})
}

// killAt has each room get as far as its step, and then kills the program.
func (k *killing) killAt(steps []step, act func(room int)) {
	k.Helper()
	var holds []*program.Hold
	for n, st := range steps {
		holds = append(holds, st.gate(k.s).Stop(st.moment, st.match(k.s, program.RoomTitle(n))))
	}
	var acting sync.WaitGroup
	for n := range steps {
		acting.Go(func() { act(n) })
	}
	for n, st := range steps {
		select {
		case <-holds[n].Reached():
		case <-time.After(30 * time.Second):
			k.Fatalf("no class got as far as %q", st.name)
		}
	}
	k.s.Kill()
	for _, h := range holds {
		h.Lose()
	}
	acting.Wait()
	for _, p := range k.s.Processes {
		p.Start(k)
	}
}

// start clicks Start; the program may die meanwhile.
func (k *killing) start(room int) {
	if err := k.teachers[room].Start(k.Context()); err != nil {
		k.Logf("%s: %v", program.RoomTitle(room), err)
	}
}

// end ends a class from its page; somebody pressed record in it.
func (k *killing) end(room int) {
	if open := meetingOf(k.s, program.RoomTitle(room)); open != "" {
		_ = k.s.BBB.Record(open, true)
	}
	page, err := k.teachers[room].Get(k.Context(), k.teachers[room].Room)
	if err == nil {
		_, err = k.teachers[room].Submit(k.Context(), page, "/end")
	}
	if err != nil {
		k.Logf("%s: %v", program.RoomTitle(room), err)
	}
}

// everybodyIn: the teacher clicks again until the class is entered.
func (k *killing) everybodyIn() {
	k.Helper()
	for n := range k.teachers {
		eventually(k.T, 90*time.Second, func() error { return k.teachers[n].Start(k.Context()) })
	}
}

// everythingEnded: a class that did not end because its end was lost is ended again.
func (k *killing) everythingEnded() {
	k.Helper()
	for n := range k.teachers {
		eventually(k.T, 90*time.Second, func() error {
			if meetingOf(k.s, program.RoomTitle(n)) == "" {
				return nil
			}
			k.end(n)
			return fmt.Errorf("%s goes on", program.RoomTitle(n))
		})
	}
}

func (k *killing) awaitPosts(words string) {
	k.Helper()
	for n := range k.teachers {
		eventually(k.T, 4*time.Minute, func() error { return announcedOnce(k.T, k.s, program.RoomTitle(n), words) })
	}
}

func (k *killing) oneReplyEach() {
	k.Helper()
	for n := range k.teachers {
		eventually(k.T, 2*time.Minute, func() error {
			thread, err := k.s.Thread(k.Context(), program.RoomTitle(n))
			if err == nil && len(thread.Replies) != 1 {
				err = fmt.Errorf("%s: %d replies, want 1", program.RoomTitle(n), len(thread.Replies))
			}
			return err
		})
	}
}

// announcedOnce reports what is wrong with the announcement of a room's class.
// What can never become right fails the test at once.
func announcedOnce(t *testing.T, s *program.School, room, words string) error {
	t.Helper()
	thread, err := s.Thread(t.Context(), room)
	if err != nil {
		return err
	}
	if len(thread.Starts) > 1 {
		t.Fatalf("%s was announced %d times: %+v", room, len(thread.Starts), thread.Starts)
	}
	if made := slices.Compact(slices.Sorted(slices.Values(s.Created(room)))); len(made) != 1 {
		t.Fatalf("%s has %d meetings at BigBlueButton, want 1: %v", room, len(made), made)
	}
	if len(thread.Starts) == 0 {
		return fmt.Errorf("%s was not announced", room)
	}
	if !strings.Contains(thread.Starts[0].Message, words) {
		return fmt.Errorf("the post about %s does not say %q: %q", room, words, thread.Starts[0].Message)
	}
	return nil
}
