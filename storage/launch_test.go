package storage_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestFindEntry(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		learner := storagetest.Person(t, db, s.platform, "Alan")
		enrolment := storagetest.Enrolment(t, db, s.course, s.teacher, true)
		noContext := s.course
		noContext.ID, noContext.ContextID, noContext.LinkID = storagetest.ID(), "", "alone"
		must(t, db.CreateCourse(t.Context(), noContext))
		anonymous := learner
		anonymous.ID, anonymous.Subject = storagetest.ID(), ""
		must(t, db.CreatePerson(t.Context(), anonymous))

		key := classroom.EntryKey{
			PlatformID: s.platform.ID, DeploymentID: "1", ContextID: s.course.ContextID,
			ResourceLinkID: s.room.ResourceLinkID, Subject: s.teacher.Subject,
		}
		for _, test := range []struct {
			name   string
			change func(*classroom.EntryKey)
			want   classroom.Entry
		}{
			{"all known", func(*classroom.EntryKey) {}, classroom.Entry{Course: &s.course, Room: &s.room, Person: &s.teacher, Enrolment: &enrolment}},
			{"new in the course", func(k *classroom.EntryKey) { k.Subject = learner.Subject }, classroom.Entry{Course: &s.course, Room: &s.room, Person: &learner}},
			{"new person", func(k *classroom.EntryKey) { k.Subject = "new" }, classroom.Entry{Course: &s.course, Room: &s.room}},
			{"anonymous", func(k *classroom.EntryKey) { k.Subject = "" }, classroom.Entry{Course: &s.course, Room: &s.room}},
			{"new link", func(k *classroom.EntryKey) { k.ResourceLinkID = "new" }, classroom.Entry{Course: &s.course, Person: &s.teacher, Enrolment: &enrolment}},
			{"new course", func(k *classroom.EntryKey) { k.ContextID = "new" }, classroom.Entry{Person: &s.teacher}},
			{"another deployment", func(k *classroom.EntryKey) { k.DeploymentID = "2" }, classroom.Entry{Person: &s.teacher}},
			{"another platform", func(k *classroom.EntryKey) { k.PlatformID = "none" }, classroom.Entry{}},
			{"no context", func(k *classroom.EntryKey) { k.ContextID, k.ResourceLinkID = "", "alone" }, classroom.Entry{Course: &noContext, Person: &s.teacher}},
			{"no context, another link", func(k *classroom.EntryKey) { k.ContextID = "" }, classroom.Entry{Person: &s.teacher}},
		} {
			t.Run(test.name, func(t *testing.T) {
				k := key
				test.change(&k)
				diff(t, test.want, got[classroom.Entry](t)(db.FindEntry(t.Context(), k)))
			})
		}
	})
}

func TestFindAccess(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		enrolment := storagetest.Enrolment(t, db, s.course, s.teacher, true)
		l := storagetest.Launch(t, db, s.room, s.teacher)
		elsewhere := storagetest.Course(t, db, s.platform)
		room := storagetest.Room(t, db, elsewhere)

		a, found, err := db.FindAccess(t.Context(), l.ID, s.room.ID)
		if err != nil || !found {
			t.Fatalf("FindAccess = %v, %v", found, err)
		}
		diff(t, classroom.Access{Launch: l, Person: s.teacher, Room: s.room, Course: s.course, Enrolment: enrolment}, a)

		a, found, err = db.FindAccess(t.Context(), l.ID, room.ID)
		if err != nil || !found {
			t.Fatalf("FindAccess of a room of another course = %v, %v", found, err)
		}
		diff(t, classroom.Access{Launch: l, Person: s.teacher, Room: room, Course: elsewhere}, a)

		for _, ids := range [][2]string{{"none", s.room.ID}, {l.ID, "none"}, {l.ID, otherRoom(t, db).ID}} {
			if _, found, err := db.FindAccess(t.Context(), ids[0], ids[1]); err != nil || found {
				t.Errorf("FindAccess(%v) = %v, %v", ids, found, err)
			}
		}
	})
}

// otherRoom is a room of another school.
func otherRoom(t testing.TB, db *storage.DB) classroom.Room {
	t.Helper()
	p := storagetest.Platform(t, db)
	p.ID, p.TenantID, p.ClientID = storagetest.ID(), otherTenant(t, db).ID, "other"
	must(t, db.CreatePlatform(t.Context(), p, []string{"1"}))
	return storagetest.Room(t, db, storagetest.Course(t, db, p))
}

func TestLaunchOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		l := storagetest.Launch(t, db, s.room, s.teacher)
		var accepted atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				again := l
				again.ID, again.Nonce = storagetest.ID(), "the same"
				switch err := db.CreateLaunch(t.Context(), again); {
				case err == nil:
					accepted.Add(1)
				case !classroom.Is(err, classroom.Conflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if accepted.Load() != 1 {
			t.Errorf("one nonce was accepted %d times", accepted.Load())
		}
		// Nonces of another platform are other nonces.
		other := storagetest.Platform(t, db)
		l.ID, l.PlatformID = storagetest.ID(), other.ID
		must(t, db.CreateLaunch(t.Context(), l))
	})
}

// What launches run outside transactions on a way of its own must be part of a
// transaction where there is one.
func TestLaunchInTransaction(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		used := storagetest.Launch(t, db, s.room, s.teacher)
		l := used
		l.ID, l.Nonce = storagetest.ID(), storagetest.ID()
		key := classroom.EntryKey{PlatformID: s.platform.ID, DeploymentID: "1", ContextID: s.course.ContextID, Subject: "new"}
		boom := errors.New("boom")
		err := db.Tx(t.Context(), func(tx classroom.Tx) error {
			person := s.teacher
			person.ID, person.Subject = storagetest.ID(), key.Subject
			must(t, tx.CreatePerson(t.Context(), person))
			diff(t, &person, got[classroom.Entry](t)(tx.FindEntry(t.Context(), key)).Person)
			must(t, tx.CreateLaunch(t.Context(), l))
			if _, found, err := tx.FindAccess(t.Context(), l.ID, s.room.ID); err != nil || !found {
				t.Errorf("FindAccess in the launch's transaction = %v, %v", found, err)
			}
			replay := used
			replay.ID = storagetest.ID()
			wantCode(t, tx.CreateLaunch(t.Context(), replay), classroom.Conflict)
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("Tx = %v, want %v", err, boom)
		}
		if _, found, err := db.FindLaunch(t.Context(), l.ID); err != nil || found {
			t.Errorf("a launch that was rolled back: %v, %v", found, err)
		}
		if p := got[classroom.Entry](t)(db.FindEntry(t.Context(), key)).Person; p != nil {
			t.Errorf("a person who was rolled back: %v", p)
		}
	})
}

func TestLaunchLives(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := storagetest.Launch(t, db, s.room, s.teacher)
		find := func() classroom.Launch {
			l, found, err := db.FindLaunch(t.Context(), want.ID)
			if err != nil || !found {
				t.Fatalf("FindLaunch = %v, %v", found, err)
			}
			return l
		}
		diff(t, want, find())
		// A clock of another zone, with more digits than are kept.
		at := want.CreatedAt.Add(10*time.Minute + 7*time.Nanosecond).In(time.FixedZone("UTC+5", 5*3600))
		must(t, db.SeeLaunch(t.Context(), want.ID, at))
		want.SeenAt = want.CreatedAt.Add(10 * time.Minute)
		diff(t, want, find())
		must(t, db.EndLaunch(t.Context(), want.ID, at))
		want.EndedAt = want.SeenAt
		diff(t, want, find())
		must(t, db.EndLaunch(t.Context(), want.ID, at.Add(time.Hour)))
		diff(t, want, find())
		wantCode(t, db.SeeLaunch(t.Context(), "none", at), classroom.NotFound)
		wantCode(t, db.EndLaunch(t.Context(), "none", at), classroom.NotFound)
		if _, found, err := db.FindLaunch(t.Context(), "none"); err != nil || found {
			t.Errorf("FindLaunch of none = %v, %v", found, err)
		}
	})
}

func TestPersons(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := s.teacher
		want.Name, want.Email, want.Locale, want.UpdatedAt = "Grace Hopper", "", "fr", want.UpdatedAt.Add(time.Hour)
		must(t, db.SavePerson(t.Context(), want))
		diff(t, want, got[classroom.Person](t)(db.Person(t.Context(), want.ID)))
		again := want
		again.ID = storagetest.ID()
		wantCode(t, db.CreatePerson(t.Context(), again), classroom.Conflict)
		again.Subject = "" // anonymous: each is a person of its own
		must(t, db.CreatePerson(t.Context(), again))
		again.ID = storagetest.ID()
		must(t, db.CreatePerson(t.Context(), again))
		_, err := db.Person(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

func TestEnrolments(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		find := func() (classroom.Enrolment, bool) {
			e, found, err := db.FindEnrolment(t.Context(), s.teacher.ID, s.course.ID)
			must(t, err)
			return e, found
		}
		if _, found := find(); found {
			t.Error("an enrolment that nobody made was found")
		}
		want := storagetest.Enrolment(t, db, s.course, s.teacher, true)
		want.Moderator, want.Counted, want.Why, want.RoleName = false, false, "no_role", ""
		want.EndedAt, want.UpdatedAt = want.ProvedAt.Add(time.Hour), want.ProvedAt.Add(time.Hour)
		must(t, db.SaveEnrolment(t.Context(), want))
		if e, found := find(); !found || e != want {
			t.Errorf("FindEnrolment = %+v, %v", e, found)
		}
		want.EndedAt = time.Time{}
		must(t, db.SaveEnrolment(t.Context(), want))
		if e, _ := find(); !e.EndedAt.IsZero() {
			t.Errorf("an enrolment that goes on ended at %v", e.EndedAt)
		}
		want.ID = storagetest.ID()
		wantCode(t, db.CreateEnrolment(t.Context(), want), classroom.Conflict)
	})
}
