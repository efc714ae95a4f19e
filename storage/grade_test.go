package storage_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestGrades(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		room := storagetest.Room(t, db, storagetest.Course(t, db, p))
		now := storagetest.Now()
		grade := func() classroom.Grade {
			return classroom.Grade{
				RoomID: room.ID, PersonID: storagetest.Person(t, db, p, "N").ID, TenantID: room.TenantID,
				Correction: classroom.NoPercent, TriedPercent: classroom.NoPercent, SentPercent: classroom.NoPercent, UpdatedAt: now,
			}
		}
		grades := func() []classroom.Grade {
			t.Helper()
			return got[[]classroom.Grade](t)(db.Grades(t.Context(), room.ID))
		}
		a, b := grade(), grade()
		must(t, db.SaveGrades(t.Context(), nil))
		must(t, db.CorrectGrade(t.Context(), a))
		a.Correction, a.Adopted, a.UpdatedAt = 62.5, true, now.Add(time.Second)
		must(t, db.CorrectGrade(t.Context(), a))
		b.State, b.Problem, b.TriedPercent, b.TriedAt = classroom.GradeRefused, classroom.GradeOlder, 12.5, now
		must(t, db.SaveGrades(t.Context(), []classroom.Grade{b}))
		diff(t, []classroom.Grade{a, b}, grades())

		// Whoever sends knows nothing of a correction that was made meanwhile.
		sent := a
		sent.Correction, sent.Excluded = classroom.NoPercent, true
		sent.State, sent.TriedPercent, sent.SentPercent, sent.SentAt, sent.SentBy = classroom.GradeSent, 62.5, 62.5, now, "teacher"
		must(t, db.SaveGrades(t.Context(), []classroom.Grade{sent}))
		must(t, db.RetryGrades(t.Context(), room.ID))
		sent.Correction, sent.Excluded, sent.Adopted = 62.5, false, false
		b.State, b.Problem = classroom.GradeUnsent, ""
		diff(t, []classroom.Grade{sent, b}, grades())

		must(t, db.ForgetSent(t.Context(), room.ID))
		for _, g := range grades() {
			if g.State != classroom.GradeUnsent || g.SentPercent != classroom.NoPercent || g.TriedPercent != classroom.NoPercent {
				t.Errorf("still sent: %+v", g)
			}
		}
	})
}

func TestGradesOfMany(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		room := storagetest.Room(t, db, storagetest.Course(t, db, p))
		var all []classroom.Grade
		for range 450 {
			who := storagetest.Person(t, db, p, "N")
			all = append(all, classroom.Grade{RoomID: room.ID, PersonID: who.ID, TenantID: room.TenantID, State: classroom.GradeSent})
		}
		must(t, db.SaveGrades(t.Context(), all))
		must(t, db.SaveGrades(t.Context(), all))
		if n := len(got[[]classroom.Grade](t)(db.Grades(t.Context(), room.ID))); n != len(all) {
			t.Errorf("%d of %d were kept", n, len(all))
		}
	})
}

func TestGradebook(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		room := storagetest.Room(t, db, storagetest.Course(t, db, storagetest.Platform(t, db)))
		now := storagetest.Now()
		find := func() (classroom.Gradebook, bool) {
			t.Helper()
			g, found, err := db.FindGradebook(t.Context(), room.ID)
			must(t, err)
			return g, found
		}
		if _, found := find(); found {
			t.Error("there is a gradebook before the first sending")
		}
		if !got[bool](t)(db.LeaseGradebook(t.Context(), room, now, now.Add(time.Minute))) {
			t.Error("the first one gets no lease")
		}
		g := classroom.Gradebook{RoomID: room.ID, TenantID: room.TenantID, LeaseUntil: now.Add(time.Minute), UpdatedAt: now}
		stands := func() {
			t.Helper()
			known, _ := find()
			diff(t, g, known)
		}
		stands()
		// Whoever notes one thing leaves alone what others note meanwhile.
		at := now.Add(time.Second)
		g.ItemURL, g.UpdatedAt = "https://lms.example/item", at
		must(t, db.NoteColumn(t.Context(), room.ID, g.ItemURL, at))
		stands()
		g.Problem = classroom.GradesRefused
		must(t, db.NoteSent(t.Context(), room.ID, time.Time{}, g.Problem, at))
		stands()
		g.AskedAt, g.AskedBy, g.Problem = at, "p", ""
		must(t, db.NoteAsked(t.Context(), room, "p", at))
		stands()
		g.SentAt = now
		must(t, db.NoteSent(t.Context(), room.ID, now, "", at))
		stands()
		g.Problem = classroom.GradesRefused
		must(t, db.NoteSent(t.Context(), room.ID, time.Time{}, g.Problem, at))
		stands()
		if got[bool](t)(db.LeaseGradebook(t.Context(), room, now.Add(time.Second), now.Add(time.Hour))) {
			t.Error("a second one gets the lease, too")
		}
		if !got[bool](t)(db.LeaseGradebook(t.Context(), room, now.Add(time.Minute), now.Add(time.Hour))) {
			t.Error("a lease lasts for ever")
		}
		must(t, db.ReleaseGradebook(t.Context(), room.ID))
		if known, _ := find(); !known.LeaseUntil.IsZero() || known.Problem != classroom.GradesRefused {
			t.Errorf("after the lease: %+v", known)
		}
	})
}

func TestAGradebookIsAskedForBeforeAnybodySends(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		room := storagetest.Room(t, db, storagetest.Course(t, db, storagetest.Platform(t, db)))
		now := storagetest.Now()
		wantCode(t, db.NoteColumn(t.Context(), room.ID, "https://lms.example/item", now), classroom.NotFound)
		must(t, db.NoteAsked(t.Context(), room, "p", now))
		g, _, err := db.FindGradebook(t.Context(), room.ID)
		must(t, err)
		diff(t, classroom.Gradebook{RoomID: room.ID, TenantID: room.TenantID, AskedAt: now, AskedBy: "p", UpdatedAt: now}, g)
	})
}

func TestOneOfManyGetsTheLease(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		room := storagetest.Room(t, db, storagetest.Course(t, db, storagetest.Platform(t, db)))
		now := storagetest.Now()
		var mine atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				ok, err := db.LeaseGradebook(t.Context(), room, now, now.Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if ok {
					mine.Add(1)
				}
			})
		}
		all.Wait()
		if mine.Load() != 1 {
			t.Errorf("%d have the lease", mine.Load())
		}
	})
}

func TestSettings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		room := storagetest.Room(t, db, storagetest.Course(t, db, storagetest.Platform(t, db)))
		at := storagetest.Now().Add(time.Second)
		must(t, db.SaveSettings(t.Context(), room.ID, classroom.RoomSettings{Graded: true, GradeAfter: 24, Grouped: true}, at))
		must(t, db.SaveLineItem(t.Context(), room.ID, "https://lms.example/item?type_id=3"))
		want := room
		want.Record, want.Graded, want.GradeAfter, want.Grouped, want.UpdatedAt = false, true, 24, true, at
		want.LineItemURL, want.Version = "https://lms.example/item?type_id=3", room.Version+1
		diff(t, want, got[classroom.Room](t)(db.Room(t.Context(), room.ID)))
		wantCode(t, db.SaveSettings(t.Context(), "none", classroom.RoomSettings{}, at), classroom.NotFound)
		wantCode(t, db.SaveLineItem(t.Context(), "none", ""), classroom.NotFound)
	})
}
