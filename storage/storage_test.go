package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// school is what most tests need to stand on.
type school struct {
	db       *storage.DB
	platform classroom.Platform
	server   classroom.Server
	course   classroom.Course
	room     classroom.Room
	teacher  classroom.Person
}

func newSchool(t testing.TB, db *storage.DB) school {
	t.Helper()
	s := school{db: db, platform: storagetest.Platform(t, db), server: storagetest.Server(t, db)}
	s.course = storagetest.Course(t, db, s.platform)
	s.room = storagetest.Room(t, db, s.course)
	s.teacher = storagetest.Person(t, db, s.platform, "Grace")
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got passes on what a query answered and ends the test if it failed.
func got[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func wantCode(t testing.TB, err error, code classroom.Code) {
	t.Helper()
	var e *classroom.Error
	if !errors.As(err, &e) || e.Code != code || e.Message != string(code) {
		t.Errorf("error %v, want code %s", err, code)
	}
}

func diff(t testing.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestOpenRefusesHalfAConfig(t *testing.T) {
	if _, err := storage.Open(t.Context(), storage.Config{Path: t.TempDir() + "/x.db"}); err == nil {
		t.Error("a DB without vault, queue, clock and log was opened")
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	c := storagetest.SQLite(t)
	c.Path = t.TempDir() + "/no/such/folder/x.db"
	if _, err := storage.Open(t.Context(), c); err == nil {
		t.Error("a file in a folder that does not exist was opened")
	}
	c.URL = "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"
	if _, err := storage.Open(t.Context(), c); err == nil {
		t.Error("a server that is not there was opened")
	}
}

// What people call their folders means nothing to SQLite.
func TestOpenInAnyFolder(t *testing.T) {
	c := storagetest.SQLite(t)
	dir := filepath.Join(t.TempDir(), "Université 50% #1?mode=memory")
	must(t, os.Mkdir(dir, 0o700))
	c.Path = filepath.Join(dir, "a b.db")
	storagetest.Platform(t, storagetest.Open(t, c))
	info, err := os.Stat(c.Path)
	if err != nil || info.Size() == 0 {
		t.Errorf("the database is elsewhere: %v, %v", info, err)
	}
}

func TestPingAfterClose(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		db := got[*storage.DB](t)(storage.Open(t.Context(), c))
		must(t, db.Ping(t.Context()))
		must(t, db.Close())
		if err := db.Ping(t.Context()); err == nil {
			t.Error("a closed database answers")
		}
	})
}

func TestTxCommitsOrNot(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		boom := errors.New("boom")
		work := classroom.OpenChannel{CourseID: s.course.ID}
		save := func(title string, end error) error {
			return db.Tx(t.Context(), func(tx classroom.Tx) error {
				c, err := tx.LockCourse(t.Context(), s.course.ID)
				if err != nil {
					return err
				}
				c.Title = title
				return errors.Join(tx.SaveCourse(t.Context(), c), tx.Enqueue(t.Context(), work, time.Time{}), end)
			})
		}
		if err := save("Lost", boom); !errors.Is(err, boom) {
			t.Errorf("Tx = %v, want %v", err, boom)
		}
		if c := got[classroom.Course](t)(db.Course(t.Context(), s.course.ID)); c.Title != "Biology" {
			t.Errorf("the title after a rollback is %q", c.Title)
		}
		diff(t, []string(nil), storagetest.Queued(t, db))
		must(t, save("Kept", nil))
		if c := got[classroom.Course](t)(db.Course(t.Context(), s.course.ID)); c.Title != "Kept" {
			t.Errorf("the title after a commit is %q", c.Title)
		}
		diff(t, []string{`open_channel {"CourseID":"` + s.course.ID + `"}`}, storagetest.Queued(t, db))
	})
}

func TestTxRollsBackOnPanicAndCancel(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		func() {
			defer func() { _ = recover() }()
			_ = db.Tx(t.Context(), func(tx classroom.Tx) error {
				must(t, tx.TouchRoom(t.Context(), s.room.ID))
				panic("boom")
			})
		}()
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Tx(ctx, func(tx classroom.Tx) error {
			must(t, tx.TouchRoom(ctx, s.room.ID))
			cancel()
			return nil
		})
		if err == nil {
			t.Error("a transaction whose context ended was committed")
		}
		versions := got[map[string]int64](t)(db.RoomVersions(t.Context(), []string{s.room.ID}))
		diff(t, map[string]int64{s.room.ID: 1}, versions)
	})
}
