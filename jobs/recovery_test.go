package jobs_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// childVariable makes the test program the one that is killed, on that file.
const childVariable = "JOBS_TEST_KILLED_FILE"

// A process that is killed in the middle of work on SQLite leaves it to the next.
func TestWorkOfAKilledProcess(t *testing.T) {
	c := storagetest.SQLite(t)
	if path := os.Getenv(childVariable); path != "" {
		c.Path = path
		workUntilKilled(t, c)
	}
	db := storagetest.Open(t, c)
	enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})

	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"="+c.Path)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	begun := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "begun" {
				begun <- lines.Text()
			}
		}
	}()
	next(t, begun)
	must(t, child.Process.Kill())
	_ = child.Wait() // it was killed

	done := make(chan classroom.Work, 1)
	began := time.Now()
	start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
		done <- w
		return classroom.Outcome{}, nil
	})
	if w := next(t, done); w != (classroom.Announce{AnnouncementID: "a"}) {
		t.Errorf("%v was done", w)
	}
	if wait := time.Since(began); wait > 10*time.Second {
		t.Errorf("the next process did it after %v", wait)
	}
}

func workUntilKilled(t *testing.T, c storage.Config) {
	db := storagetest.Open(t, c)
	_, err := jobs.Start(t.Context(), config(db, func(ctx context.Context, w classroom.Work) (classroom.Outcome, error) {
		if _, ok := w.(classroom.Announce); ok {
			fmt.Println("begun")
			select {}
		}
		return classroom.Outcome{}, nil
	}))
	must(t, err)
	time.Sleep(time.Minute)
	t.Fatal("nobody killed this process")
}

// change alters the queued work beside the program.
func change(t testing.TB, db *storage.DB, statement string) {
	t.Helper()
	pool, file := db.Handles()
	if pool != nil {
		_, err := pool.Exec(t.Context(), statement)
		must(t, err)
		return
	}
	_, err := file.ExecContext(t.Context(), statement)
	must(t, err)
}

// state tells how the only piece of work in the queue, but sweeps, stands.
func state(t testing.TB, db *storage.DB) string {
	t.Helper()
	const query = "SELECT state FROM river_job WHERE kind <> 'sweep'"
	var state sql.NullString
	pool, file := db.Handles()
	if pool != nil {
		must(t, pool.QueryRow(t.Context(), "SELECT state::text FROM river_job WHERE kind <> 'sweep'").Scan(&state))
	} else {
		must(t, file.QueryRowContext(t.Context(), query).Scan(&state))
	}
	return state.String
}

// Work that cannot be read is given up and said, not tried for ever.
func TestUnreadableWorkIsCancelled(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
		args := `'[1]'`
		if pool, _ := db.Handles(); pool == nil {
			args = `jsonb('[1]')`
		}
		change(t, db, "UPDATE river_job SET args = "+args)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			t.Errorf("%v was done", w)
			return classroom.Outcome{}, nil
		})
		eventually(t, "cancelled", func() bool { return state(t, db) == "cancelled" })
	})
}

// Work of a kind that this program does not know was left by a newer one: a
// replica may know it, and on SQLite there is none.
func TestWorkOfAnUnknownKind(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		enqueue(t, db, time.Time{}, classroom.Announce{AnnouncementID: "a"})
		change(t, db, "UPDATE river_job SET kind = 'dance'")
		done := make(chan classroom.Work, 1)
		start(t, db, func(_ context.Context, w classroom.Work) (classroom.Outcome, error) {
			done <- w
			return classroom.Outcome{}, nil
		})
		if pool, _ := db.Handles(); pool == nil {
			eventually(t, "cancelled", func() bool { return state(t, db) == "cancelled" })
			return
		}
		enqueue(t, db, time.Time{}, classroom.OpenChannel{CourseID: "c"})
		next(t, done) // the queue was worked, and the other left
		change(t, db, "DELETE FROM river_job WHERE kind = 'open_channel'")
		if s := state(t, db); s != "available" {
			t.Errorf("work that a newer replica knows is %s", s)
		}
	})
}
