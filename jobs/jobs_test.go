package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// patience is how long a test waits for what must come; what is right comes much sooner.
const patience = 20 * time.Second

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type do func(context.Context, classroom.Work) (classroom.Outcome, error)

// start runs workers until the test ends. Sweeps, which come by themselves, are
// not shown to do.
func start(t testing.TB, db *storage.DB, do do) {
	t.Helper()
	w, err := jobs.Start(context.WithoutCancel(t.Context()), config(db, func(ctx context.Context, work classroom.Work) (classroom.Outcome, error) {
		switch work.(type) {
		case classroom.Sweep, classroom.Alarm: // they come by themselves
			return classroom.Outcome{}, nil
		}
		return do(ctx, work)
	}))
	must(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
}

func config(db *storage.DB, do do) jobs.Config {
	return jobs.Config{Handles: storagetest.Handles(db), Do: do, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func enqueue(t testing.TB, db *storage.DB, at time.Time, work ...classroom.Work) {
	t.Helper()
	must(t, db.Tx(t.Context(), func(tx classroom.Tx) error {
		for _, w := range work {
			if err := tx.Enqueue(t.Context(), w, at); err != nil {
				return err
			}
		}
		return nil
	}))
}

// next waits for the next value.
func next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// eventually waits until it is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not come to be: %s", what)
		}
	}
}

// everyKind has one piece of work of each kind but Sweep.
func everyKind() []classroom.Work {
	return []classroom.Work{
		classroom.Follow{MeetingID: "m1"}, classroom.Watch{MeetingID: "m1"}, classroom.Reconcile{MeetingID: "m2"}, classroom.FindRecordings{MeetingID: "m3"},
		classroom.Announce{AnnouncementID: "a"}, classroom.OpenChannel{CourseID: "c"}, classroom.Admit{CourseID: "c", PersonID: "p"},
		classroom.SendGrades{RoomID: "r", PersonID: "p", MeetingID: "m"},
		classroom.EndChatVisit{VisitID: "v"}, classroom.CountChat{TenantID: "t"},
	}
}

func TestWorkComesAsItWasPutIn(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		done := make(chan classroom.Work, 10)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			done <- w
			return classroom.Outcome{}, nil
		})
		enqueue(t, db, time.Time{}, everyKind()...)
		var got []classroom.Work
		for range everyKind() {
			got = append(got, next(t, done))
		}
		want := everyKind()
		byText := func(a, b classroom.Work) int { return strings.Compare(fmt.Sprintf("%T", a), fmt.Sprintf("%T", b)) }
		slices.SortFunc(got, byText)
		slices.SortFunc(want, byText)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
	})
}

// What was rolled back is not done; what was committed is, once that is so.
func TestWorkOfATransaction(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		done := make(chan classroom.Work, 10)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			done <- w
			return classroom.Outcome{}, nil
		})
		boom := errors.New("boom")
		err := db.Tx(t.Context(), func(tx classroom.Tx) error {
			must(t, tx.Enqueue(t.Context(), classroom.Announce{AnnouncementID: "rolled back"}, time.Time{}))
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		must(t, db.Tx(t.Context(), func(tx classroom.Tx) error {
			must(t, tx.Enqueue(t.Context(), classroom.Announce{AnnouncementID: "committed"}, time.Time{}))
			select {
			case w := <-done:
				t.Errorf("%v was done before it was committed", w)
			case <-time.After(100 * time.Millisecond):
			}
			return nil
		}))
		if w := next(t, done); w != (classroom.Announce{AnnouncementID: "committed"}) {
			t.Errorf("%v was done", w)
		}
	})
}

func TestUnknownWorkIsRefused(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		err := db.Tx(t.Context(), func(tx classroom.Tx) error { return tx.Enqueue(t.Context(), strange{}, time.Time{}) })
		if err == nil {
			t.Error("work that nobody can do was put in the queue")
		}
	})
}

type strange struct{}

func (strange) WorkKind() string { return "strange" }

func TestFailedWorkIsTriedAgain(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("the chat is away") },
		"panic": func() error { panic("a bug") },
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, db *storage.DB) {
				tries := make(chan int, 10)
				var mu sync.Mutex
				n := 0
				start(t, db, func(context.Context, classroom.Work) (classroom.Outcome, error) {
					mu.Lock()
					n++
					try := n
					mu.Unlock()
					tries <- try
					if try == 1 {
						return classroom.Outcome{}, fail()
					}
					return classroom.Outcome{}, nil
				})
				enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
				next(t, tries)
				if try := next(t, tries); try != 2 {
					t.Errorf("try %d", try)
				}
			})
		})
	}
}

func TestAgainRunsAgain(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		at := make(chan time.Time, 10)
		looks := 0
		start(t, db, func(context.Context, classroom.Work) (classroom.Outcome, error) {
			at <- time.Now()
			if looks++; looks < 3 {
				return classroom.Outcome{Again: 200 * time.Millisecond}, nil
			}
			return classroom.Outcome{}, nil
		})
		enqueue(t, db, time.Time{}, classroom.Follow{MeetingID: "m"})
		first, second := next(t, at), next(t, at)
		next(t, at)
		if wait := second.Sub(first); wait < 190*time.Millisecond {
			t.Errorf("it ran again after %v", wait)
		}
		eventually(t, "an empty queue", func() bool {
			n, err := jobs.Stats(t.Context(), storagetest.Handles(db))
			must(t, err)
			return n.Depth == 0
		})
	})
}

func TestWorkOfLaterIsDoneLater(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		done := make(chan time.Time, 1)
		start(t, db, func(context.Context, classroom.Work) (classroom.Outcome, error) {
			done <- time.Now()
			return classroom.Outcome{}, nil
		})
		at := time.Now().Add(time.Second)
		enqueue(t, db, at, classroom.Announce{AnnouncementID: "a"})
		if then := next(t, done); then.Before(at.Add(-time.Millisecond)) {
			t.Errorf("done %v too early", at.Sub(then))
		}
	})
}

// A chat that hangs keeps nobody from looking after meetings.
func TestChatDoesNotHoldUpMeetings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		hang, followed := make(chan struct{}), make(chan struct{}, 1)
		start(t, db, func(ctx context.Context, w classroom.Work) (classroom.Outcome, error) {
			if _, ok := w.(classroom.Follow); ok {
				followed <- struct{}{}
				return classroom.Outcome{}, nil
			}
			<-hang
			return classroom.Outcome{}, nil
		})
		t.Cleanup(func() { close(hang) }) // before the workers stop
		var admits []classroom.Work
		for i := range 100 {
			admits = append(admits, classroom.Admit{CourseID: "c", PersonID: fmt.Sprint(i)})
		}
		enqueue(t, db, time.Time{}, admits...)
		enqueue(t, db, time.Time{}, classroom.Follow{MeetingID: "m"})
		next(t, followed)
	})
}

// Posts go before the many who are to be added to channels.
func TestPostsGoFirst(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		var admits []classroom.Work
		for i := range 100 {
			admits = append(admits, classroom.Admit{CourseID: "c", PersonID: fmt.Sprint(i)})
		}
		enqueue(t, db, time.Time{}, admits...)
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
		done := make(chan classroom.Work, 200)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			done <- w
			return classroom.Outcome{}, nil
		})
		for i := range 20 {
			if _, ok := next(t, done).(classroom.Announce); ok {
				return
			} else if i == 19 {
				t.Error("twenty were added to a channel before the post was sent")
			}
		}
	})
}

func TestPeriodicWorkComesByItself(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		swept := make(chan classroom.Work, 10)
		w, err := jobs.Start(context.WithoutCancel(t.Context()), config(db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			swept <- w
			return classroom.Outcome{}, nil
		}))
		must(t, err)
		defer w.Stop(context.WithoutCancel(t.Context()))
		came := map[string]bool{}
		for range 2 {
			came[next(t, swept).WorkKind()] = true
		}
		if !came["sweep"] || !came["alarm"] {
			t.Errorf("%v came", came)
		}
	})
}

// What goes on by itself goes on once, however often it is asked for.
func TestFollowingIsOneAtATime(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		for range 3 {
			enqueue(t, db, time.Time{}, classroom.Follow{MeetingID: "m"}, classroom.Reconcile{MeetingID: "m"})
		}
		enqueue(t, db, time.Time{}, classroom.Follow{MeetingID: "another"})
		follow, reconcile := 0, 0
		for _, w := range storagetest.Queued(t, db) {
			if strings.HasPrefix(w, "follow ") {
				follow++
			} else {
				reconcile++
			}
		}
		if follow != 2 || reconcile != 3 {
			t.Errorf("%d follow and %d reconcile, want 2 and 3", follow, reconcile)
		}
	})
}

func TestStats(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		stats := func() jobs.Numbers {
			n, err := jobs.Stats(t.Context(), storagetest.Handles(db))
			must(t, err)
			return n
		}
		if n := stats(); n != (jobs.Numbers{}) {
			t.Errorf("of an empty queue: %+v", n)
		}
		enqueue(t, db, time.Now().Add(-time.Minute), classroom.Announce{AnnouncementID: "due"})
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "due, too"})
		enqueue(t, db, time.Now().Add(time.Hour), classroom.Announce{AnnouncementID: "later"})
		if n := stats(); n.Depth != 2 || n.Oldest < time.Minute || n.Oldest > 2*time.Minute {
			t.Errorf("%+v, want 2 of which the oldest is a minute old", n)
		}
	})
}

func TestStopWaitsForWork(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		begun, finish, finished := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
		w, err := jobs.Start(context.WithoutCancel(t.Context()), config(db, func(ctx context.Context, w classroom.Work) (classroom.Outcome, error) {
			if _, ok := w.(classroom.Announce); ok {
				begun <- struct{}{}
				<-finish
				close(finished)
			}
			return classroom.Outcome{}, ctx.Err()
		}))
		must(t, err)
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
		next(t, begun)
		stopped := make(chan error, 1)
		go func() { stopped <- w.Stop(context.WithoutCancel(t.Context())) }()
		select {
		case err := <-stopped:
			t.Fatalf("stopped in the middle of work: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		close(finish)
		next(t, finished)
		must(t, next(t, stopped))
		if n, err := jobs.Stats(t.Context(), storagetest.Handles(db)); err != nil || n.Depth != 0 {
			t.Errorf("left in the queue: %+v, %v", n, err)
		}
	})
}

func TestStopInterruptsInTheEnd(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		begun := make(chan struct{}, 1)
		w, err := jobs.Start(context.WithoutCancel(t.Context()), config(db, func(ctx context.Context, w classroom.Work) (classroom.Outcome, error) {
			if _, ok := w.(classroom.Announce); ok {
				begun <- struct{}{}
				<-ctx.Done()
			}
			return classroom.Outcome{}, ctx.Err()
		}))
		must(t, err)
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
		next(t, begun)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		must(t, w.Stop(ctx))

		done := make(chan classroom.Work, 1)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			done <- w
			return classroom.Outcome{}, nil
		})
		next(t, done)
	})
}
