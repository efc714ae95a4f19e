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

func TestAnnouncements(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		make := func(recording, thread string, at time.Duration) (classroom.Announcement, error) {
			a := classroom.Announcement{
				ID: storagetest.ID(), TenantID: s.course.TenantID, CourseID: s.course.ID, RoomID: s.room.ID, RecordingID: recording,
				ThreadID: thread, State: classroom.AnnouncementWaiting, PendingID: "pending", CreatedAt: now.Add(at), UpdatedAt: now,
			}
			return a, db.CreateAnnouncement(t.Context(), a)
		}
		want := got[classroom.Announcement](t)(make("", "", 0))
		got[classroom.Announcement](t)(make("", "", 0)) // another meeting's, no reply either
		later := got[classroom.Announcement](t)(make("r2", want.ID, 2*time.Minute))
		sooner := got[classroom.Announcement](t)(make("r1", want.ID, time.Minute))
		_, err := make("r1", want.ID, time.Hour)
		wantCode(t, err, classroom.Conflict)

		diff(t, []classroom.Announcement{sooner, later}, got[[]classroom.Announcement](t)(db.Replies(t.Context(), want.ID)))
		if none := got[[]classroom.Announcement](t)(db.Replies(t.Context(), "")); len(none) != 0 {
			t.Errorf("replies to nothing: %v", none)
		}
		want.State, want.ChannelID, want.PostID, want.Shown = classroom.AnnouncementPosted, "channel", "post", "digest"
		want.FirstTry, want.LeaseUntil = now.Add(time.Second), now.Add(time.Minute)
		must(t, db.SaveAnnouncement(t.Context(), want))
		diff(t, want, got[classroom.Announcement](t)(db.LockAnnouncement(t.Context(), want.ID)))
		want.LeaseUntil = time.Time{}
		must(t, db.SaveAnnouncement(t.Context(), want))
		diff(t, want, got[classroom.Announcement](t)(db.Announcement(t.Context(), want.ID)))
		_, err = db.Announcement(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

func TestChatLinks(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		other := storagetest.Person(t, db, s.platform, "Alan")
		want := classroom.ChatLink{
			ID: storagetest.ID(), TenantID: s.platform.TenantID, PlatformID: s.platform.ID, PersonID: s.teacher.ID,
			ChatUserID: "user", Username: "grace", CreatedAt: storagetest.Now(),
		}
		must(t, db.CreateChatLink(t.Context(), want))
		if l, found, err := db.FindChatLink(t.Context(), s.teacher.ID); err != nil || !found || l != want {
			t.Errorf("FindChatLink = %+v, %v, %v", l, found, err)
		}
		if l, found, err := db.FindLinkedPerson(t.Context(), s.platform.ID, "user"); err != nil || !found || l != want {
			t.Errorf("FindLinkedPerson = %+v, %v, %v", l, found, err)
		}
		if _, found, err := db.FindLinkedPerson(t.Context(), "another", "user"); err != nil || found {
			t.Errorf("FindLinkedPerson of another platform = %v, %v", found, err)
		}
		taken := want
		taken.ID, taken.PersonID = storagetest.ID(), other.ID
		wantCode(t, db.CreateChatLink(t.Context(), taken), classroom.Conflict)
		twice := want
		twice.ID, twice.ChatUserID = storagetest.ID(), "second account"
		wantCode(t, db.CreateChatLink(t.Context(), twice), classroom.Conflict)

		must(t, db.DeleteChatLink(t.Context(), s.teacher.ID))
		if _, found, err := db.FindChatLink(t.Context(), s.teacher.ID); err != nil || found {
			t.Errorf("FindChatLink after delete = %v, %v", found, err)
		}
		wantCode(t, db.DeleteChatLink(t.Context(), s.teacher.ID), classroom.NotFound)
		must(t, db.CreateChatLink(t.Context(), taken))
	})
}

func TestAdmissions(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		save := func(p classroom.Person, state classroom.AdmissionState, at time.Duration) classroom.Admission {
			a := classroom.Admission{TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: p.ID, State: state, UpdatedAt: now.Add(at)}
			must(t, db.SaveAdmission(t.Context(), a))
			return a
		}
		b := save(storagetest.Person(t, db, s.platform, "B"), classroom.AdmissionWanted, time.Minute)
		a := save(storagetest.Person(t, db, s.platform, "A"), classroom.AdmissionWanted, 0)
		save(s.teacher, classroom.AdmissionWanted, 0)
		done := save(s.teacher, classroom.AdmissionDone, time.Hour)

		diff(t, []classroom.Admission{b, a}, got[[]classroom.Admission](t)(db.AdmissionsWanted(t.Context(), s.course.ID, "", 10)))
		diff(t, []classroom.Admission{b}, got[[]classroom.Admission](t)(db.AdmissionsWanted(t.Context(), s.course.ID, "", 1)))
		diff(t, []classroom.Admission{a}, got[[]classroom.Admission](t)(db.AdmissionsWanted(t.Context(), s.course.ID, b.PersonID, 10)))
		if f, found, err := db.FindAdmission(t.Context(), s.course.ID, s.teacher.ID); err != nil || !found || f != done {
			t.Errorf("FindAdmission = %+v, %v, %v", f, found, err)
		}
		if _, found, err := db.FindAdmission(t.Context(), s.course.ID, "none"); err != nil || found {
			t.Errorf("FindAdmission of none = %v, %v", found, err)
		}
	})
}

func TestConsumeOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		var used atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				switch err := db.Consume(t.Context(), "token", now.Add(time.Minute)); {
				case err == nil:
					used.Add(1)
				case !classroom.Is(err, classroom.Conflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if used.Load() != 1 {
			t.Errorf("a token was used %d times", used.Load())
		}
		must(t, db.ForgetConsumed(t.Context(), now))
		wantCode(t, db.Consume(t.Context(), "token", now.Add(time.Minute)), classroom.Conflict)
		must(t, db.ForgetConsumed(t.Context(), now.Add(2*time.Minute)))
		must(t, db.Consume(t.Context(), "token", now.Add(time.Minute)))
	})
}
