package storage_test

import (
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestCourse(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := s.course
		diff(t, want, got[classroom.Course](t)(db.Course(t.Context(), want.ID)))
		want.Label, want.Title, want.Locale, want.TimeZone = "CH-2", "Chemistry", "uk", "Europe/Kyiv"
		want.Channel, want.ChannelID, want.ChannelName = classroom.ChannelOpen, "abc", "chemistry"
		want.UpdatedAt = want.UpdatedAt.Add(time.Hour)
		must(t, db.SaveCourse(t.Context(), want))
		diff(t, want, got[classroom.Course](t)(db.LockCourse(t.Context(), want.ID)))
		again := want
		again.ID = storagetest.ID()
		wantCode(t, db.CreateCourse(t.Context(), again), classroom.Conflict)
		_, err := db.Course(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
		_, err = db.LockCourse(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

// Ids of the LMS mean something within their registration and deployment only.
func TestCoursesOfOneContextID(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		for _, change := range []func(*classroom.Course){
			func(c *classroom.Course) { c.PlatformID = storagetest.Platform(t, db).ID },
			func(c *classroom.Course) { c.DeploymentID = "2" },
			func(c *classroom.Course) { c.ContextID, c.LinkID = "", "link" },
			func(c *classroom.Course) { c.ContextID, c.LinkID = "", "another link" },
		} {
			c := s.course
			c.ID = storagetest.ID()
			change(&c)
			must(t, db.CreateCourse(t.Context(), c))
		}
	})
}

func TestRoom(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := s.room
		diff(t, want, got[classroom.Room](t)(db.Room(t.Context(), want.ID)))
		want.Title, want.Description, want.LineItemURL = "Lab", "Every Monday", "https://lms.example/lineitems/1"
		want.UpdatedAt = want.UpdatedAt.Add(time.Minute)
		stale := want
		stale.Version, stale.Record = 77, false
		must(t, db.SaveRoom(t.Context(), stale))
		stale.LineItemURL = "https://lms.example/lineitems/2"
		must(t, db.SaveRoom(t.Context(), stale))
		want.Version = 3
		diff(t, want, got[classroom.Room](t)(db.Room(t.Context(), want.ID)))
		again := want
		again.ID = storagetest.ID()
		wantCode(t, db.CreateRoom(t.Context(), again), classroom.Conflict)
		_, err := db.Room(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
		wantCode(t, db.TouchRoom(t.Context(), "none"), classroom.NotFound)
		again.ID = "none"
		wantCode(t, db.SaveRoom(t.Context(), again), classroom.NotFound)
	})
}

func TestRoomVersionsGrow(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		second := storagetest.Room(t, db, s.course)
		elsewhere := storagetest.Room(t, db, storagetest.Course(t, db, s.platform))
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := db.TouchRoom(t.Context(), s.room.ID); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		must(t, db.TouchCourse(t.Context(), s.course.ID))
		versions := got[map[string]int64](t)(db.RoomVersions(t.Context(), []string{s.room.ID, second.ID, elsewhere.ID, "none"}))
		diff(t, map[string]int64{s.room.ID: 12, second.ID: 2, elsewhere.ID: 1}, versions)
		diff(t, map[string]int64{}, got[map[string]int64](t)(db.RoomVersions(t.Context(), nil)))
	})
}

func TestFirstRoom(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		older := storagetest.Room(t, db, s.course)
		must(t, raw(t, db, "UPDATE rooms SET created_at = '2020-01-01 00:00:00' WHERE id = '"+older.ID+"'"))
		if r := got[classroom.Room](t)(db.FirstRoom(t.Context(), s.course.ID)); r.ID != older.ID {
			t.Errorf("FirstRoom = %s, want %s", r.ID, older.ID)
		}
		_, err := db.FirstRoom(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

// A locked course is changed by one transaction after the other.
func TestLockLosesNothing(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := db.Tx(t.Context(), func(tx classroom.Tx) error {
					c, err := tx.LockCourse(t.Context(), s.course.ID)
					if err != nil {
						return err
					}
					c.Label += "+"
					return tx.SaveCourse(t.Context(), c)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if c := got[classroom.Course](t)(db.Course(t.Context(), s.course.ID)); c.Label != s.course.Label+"++++++++" {
			t.Errorf("after eight changes the label is %q", c.Label)
		}
	})
}

// A row cannot point into another school, whatever the program asks for.
func TestReferencesStayInTheTenant(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		other := otherTenant(t, db)
		r := s.room
		r.ID, r.TenantID, r.ResourceLinkID = storagetest.ID(), other.ID, "another"
		if err := db.CreateRoom(t.Context(), r); err == nil || classroom.Is(err, classroom.Conflict) {
			t.Errorf("a room of one school in the course of another: %v", err)
		}
	})
}
