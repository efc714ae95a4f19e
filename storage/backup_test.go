package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/storage"
	"classbridge/storage/archive"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// furnish fills a database with some of everything that has a type of its own.
func furnish(t *testing.T, db *storage.DB) classroom.Launch {
	t.Helper()
	p := storagetest.Platform(t, db)
	c := storagetest.Course(t, db, p)
	r := storagetest.Room(t, db, c)
	who := storagetest.Person(t, db, p, "Zoë \"O'Hara\"\n\t\\ 漢字 \u2028")
	storagetest.Enrolment(t, db, c, who, true)
	storagetest.Meeting(t, db, r, storagetest.Server(t, db), who)
	l := storagetest.Launch(t, db, r, who)
	must(t, db.Tx(t.Context(), func(tx classroom.Tx) error {
		return errors.Join(
			tx.Enqueue(t.Context(), classroom.Announce{AnnouncementID: "a"}, time.Time{}),
			tx.Enqueue(t.Context(), classroom.Follow{MeetingID: "m"}, time.Now().Add(time.Hour)),
			tx.Enqueue(t.Context(), classroom.Sweep{}, time.Time{}))
	}))
	return l
}

func backUp(t *testing.T, db *storage.DB) []byte {
	t.Helper()
	var file bytes.Buffer
	_, err := db.Backup(t.Context(), &file, archive.Header{Made: storagetest.Now(), Program: "test"})
	must(t, err)
	return file.Bytes()
}

func restore(t *testing.T, db *storage.DB, file []byte) error {
	t.Helper()
	r, err := archive.NewReader(bytes.NewReader(file))
	must(t, err)
	return db.Restore(t.Context(), r, queueOf(db))
}

func queueOf(db *storage.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		return jobs.Migrate(ctx, storagetest.Handles(db), slog.New(slog.DiscardHandler))
	}
}

// lines of an archive, but the first and the last, which tell when and by whom.
func lines(t *testing.T, file []byte) []string {
	t.Helper()
	var all []string
	_, _, err := archive.Check(bytes.NewReader(file), func(r *archive.Record) error {
		text := slices.Clone(r.Row)
		if r.Work != nil {
			later := r.Work.At.After(time.Now().Add(30 * time.Minute)) // SQLite's queue rounds
			text = []any{r.Work.Kind, string(r.Work.Args), later}
		}
		all = append(all, cmp.Diff(nil, text)+r.Table.Name)
		return nil
	})
	must(t, err)
	slices.Sort(all)
	return all
}

// From each kind of database to each: what is restored is what was backed up.
func TestBackupMovesHouse(t *testing.T) {
	for from, source := range storagetest.Configs() {
		for to, target := range storagetest.Configs() {
			t.Run(from+" to "+to, func(t *testing.T) {
				old := storagetest.Open(t, source(t))
				l := furnish(t, old)
				file := backUp(t, old)

				c := target(t)
				db, err := storage.Open(t.Context(), c)
				must(t, err)
				t.Cleanup(func() { must(t, db.Close()) })
				must(t, restore(t, db, file))
				if diff := cmp.Diff(lines(t, file), lines(t, backUp(t, db))); diff != "" {
					t.Errorf("what was backed up, and what was restored (-want +got):\n%s", diff)
				}
				must(t, storagetest.Migrate(t.Context(), db))
				got, found, err := db.FindLaunch(t.Context(), l.ID)
				must(t, err)
				if !found || got.ReturnURL != l.ReturnURL || !got.CreatedAt.Equal(l.CreatedAt) {
					t.Errorf("the launch is %+v, %v", got, found)
				}
				queued := storagetest.Queued(t, db)
				if want := []string{`announce {"AnnouncementID":"a"}`, `follow {"MeetingID":"m"}`}; !slices.Equal(queued, want) {
					t.Errorf("work that waits: %q, want %q", queued, want)
				}
				// The restored database goes on working: keys, constraints and all.
				furnish(t, db)
				if err := db.CreateLaunch(t.Context(), l); !classroom.Is(err, classroom.Conflict) {
					t.Errorf("a launch that was used: %v", err)
				}
			})
		}
	}
}

// While others write, a backup is of one moment: who launched is in it.
func TestBackupIsOfOneMoment(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		r := storagetest.Room(t, db, storagetest.Course(t, db, p))
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-stop:
					return
				default:
					storagetest.Launch(t, db, r, storagetest.Person(t, db, p, "Ann"))
				}
			}
		}()
		for range 5 {
			file := backUp(t, db)
			persons, launches := 0, 0
			_, _, err := archive.Check(bytes.NewReader(file), func(r *archive.Record) error {
				switch r.Table.Name {
				case "persons":
					persons++
				case "launches":
					launches++
				}
				return nil
			})
			must(t, err)
			if d := persons - launches; d != 0 && d != 1 {
				t.Errorf("%d persons and %d launches", persons, launches)
			}
		}
		close(stop)
		<-done
	})
}

// A restore takes everything away that was there, also tables of a newer program
// and work of its own; what is somebody else's stays.
func TestRestoreReplaces(t *testing.T) {
	for name, config := range storagetest.Configs() {
		if name == "SQLite" { // which restores into a new file
			continue
		}
		t.Run(name, func(t *testing.T) {
			db := storagetest.Open(t, config(t))
			furnish(t, db)
			file := backUp(t, db)
			furnish(t, db)
			pool, _ := db.Handles()
			_, err := pool.Exec(t.Context(), `CREATE TABLE newer (id TEXT, tenant_id TEXT NOT NULL REFERENCES tenants (id));
				INSERT INTO newer VALUES ('1', 'default'); CREATE TABLE foreigners (id TEXT);
				INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`)
			must(t, err)
			must(t, restore(t, db, file))
			if diff := cmp.Diff(lines(t, file), lines(t, backUp(t, db))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var newer, foreigners *string
			must(t, pool.QueryRow(t.Context(), "SELECT to_regclass('newer')::text, to_regclass('foreigners')::text").Scan(&newer, &foreigners))
			if newer != nil || foreigners == nil {
				t.Errorf("newer: %v, foreigners: %v", newer, foreigners)
			}
			if up, err := db.Migrated(t.Context()); err != nil || !up {
				t.Errorf("Migrated = %v, %v", up, err)
			}
		})
	}
}

// A restore that fails in the middle has changed nothing.
func TestRestoreIsOneTransaction(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		furnish(t, db)
		file := backUp(t, db)
		r, err := archive.NewReader(io.MultiReader(bytes.NewReader(file[:len(file)-200]), strings.NewReader("not the end")))
		must(t, err)
		if err := db.Restore(t.Context(), r, queueOf(db)); err == nil {
			t.Fatal("half a backup was restored")
		}
		if diff := cmp.Diff(lines(t, file), lines(t, backUp(t, db))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestRestoreRefusesNewer(t *testing.T) {
	db := storagetest.New(t)
	furnish(t, db)
	r, err := archive.NewReader(bytes.NewReader(backUp(t, db)))
	must(t, err)
	r.Header.Migrations = append(r.Header.Migrations, 99_999)
	if err := db.Restore(t.Context(), r, queueOf(db)); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("a backup of a newer schema: %v", err)
	}
}

func TestInUse(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		if used, err := db.InUse(t.Context()); err != nil || used {
			t.Errorf("of a new database: %v, %v", used, err)
		}
		storagetest.Platform(t, db)
		if used, err := db.InUse(t.Context()); err != nil || !used {
			t.Errorf("of one with a platform: %v, %v", used, err)
		}
	})
}

// Tables that are there are backed up before they change, and only then.
func TestMigrateBacksUpFirst(t *testing.T) {
	storagetest.EachConfig(t, func(t *testing.T, c storage.Config) {
		var schemas []int64
		c.BackUp = func(ctx context.Context, db *storage.DB) error {
			var file bytes.Buffer
			_, err := db.Backup(ctx, &file, archive.Header{})
			h, _, wrong := archive.Check(&file, nil)
			schemas = append(schemas, h.Schema())
			return errors.Join(err, wrong)
		}
		db, err := storage.Open(t.Context(), c)
		must(t, err)
		t.Cleanup(func() { must(t, db.Close()) })

		var older bytes.Buffer
		w, err := archive.NewWriter(&older, archive.Header{Migrations: []int64{1, 2, 3}})
		must(t, err)
		_, err = w.Close()
		must(t, err)
		must(t, restore(t, db, older.Bytes()))
		for range 2 {
			must(t, storagetest.Migrate(t.Context(), db))
		}
		if !slices.Equal(schemas, []int64{3}) {
			t.Errorf("backups of schemas %v, want one of 3", schemas)
		}
	})
}

// Without the backup nothing is changed.
func TestMigrateNeedsItsBackup(t *testing.T) {
	c := storagetest.SQLite(t)
	c.BackUp = func(context.Context, *storage.DB) error { return errors.New("the disk is full") }
	db, err := storage.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, storagetest.Migrate(t.Context(), db)) // of what is empty there is none

	var older bytes.Buffer
	w, err := archive.NewWriter(&older, archive.Header{Migrations: []int64{1, 2}})
	must(t, err)
	_, err = w.Close()
	must(t, err)
	c.Path += ".older"
	db, err = storage.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, restore(t, db, older.Bytes()))
	if err := storagetest.Migrate(t.Context(), db); err == nil || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("migrated without a backup: %v", err)
	}
	if up, err := db.Migrated(t.Context()); err != nil || up {
		t.Errorf("Migrated = %v, %v", up, err)
	}
}
