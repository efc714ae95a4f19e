package storage_test

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestErasePerson(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s, twin := tell(t, db, now), tell(t, db, now)
		n, err := db.ErasePerson(t.Context(), s.person, s.userIDs(), now, now.Add(-time.Hour))
		must(t, err)
		diff(t, classroom.Erased{Enrolments: 1, Attendance: 1, Grades: 1, Tries: 1, Refusals: 1, Links: 1}, n)
		p := got[classroom.Person](t)(db.Person(t.Context(), s.person.ID))
		diff(t, classroom.Person{ID: s.person.ID, TenantID: s.person.TenantID, PlatformID: s.platform.ID, CreatedAt: s.person.CreatedAt, UpdatedAt: now}, p)
		l, found, err := db.FindLaunch(t.Context(), s.launch.ID)
		must(t, err)
		if !found || l.Alive(now) || l.Address != "" || l.ReturnURL != "" || l.Nonce != s.launch.Nonce {
			t.Errorf("the launch is %+v", l)
		}
		diff(t, []string{"launch"}, kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), s.timeline()))))
		if len(got[[]classroom.Happening](t)(db.Happenings(t.Context(), twin.timeline()))) != 7 {
			t.Error("somebody else's data are gone as well")
		}
		again := s.person
		again.ID = storagetest.ID()
		must(t, db.CreatePerson(t.Context(), again)) // the subject is free
	})
}

func TestEraseLate(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s := tell(t, db, now)
		_, err := db.ErasePerson(t.Context(), s.person, s.userIDs(), now, now)
		must(t, err)
		// BigBlueButton reports the class, and a launch that was under way writes the name again.
		must(t, db.ReportInside(t.Context(), []classroom.Attendance{{
			MeetingID: s.meeting.ID, UserID: "p-" + s.person.ID, TenantID: s.person.TenantID, Name: s.person.Name, FirstSeen: now, LastSeen: now, Seconds: 60,
		}}))
		must(t, db.SavePerson(t.Context(), s.person))
		must(t, db.EraseLate(t.Context(), []string{"p-", "x-"}, now.Add(time.Minute), now.Add(time.Hour)))
		if p := got[classroom.Person](t)(db.Person(t.Context(), s.person.ID)); p.Name == "" {
			t.Error("an erasure of long ago is repeated")
		}
		must(t, db.EraseLate(t.Context(), []string{"p-", "x-"}, now.Add(-time.Minute), now.Add(time.Hour)))
		if p := got[classroom.Person](t)(db.Person(t.Context(), s.person.ID)); p.Name != "" || p.Subject != "" || p.Email != "" {
			t.Errorf("the person is %+v", p)
		}
		diff(t, []string(nil), kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), s.timeline()))))
	})
}

func TestForgetErased(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s := tell(t, db, now)
		pupil := storagetest.Person(t, db, s.platform, "Pupil")
		for _, p := range []classroom.Person{s.person, pupil} {
			_, err := db.ErasePerson(t.Context(), p, nil, now, now)
			must(t, err)
		}
		forgot := func(before time.Time) int64 {
			n, err := db.ForgetErased(t.Context(), before, 10)
			must(t, err)
			return n
		}
		if n := forgot(now.Add(-time.Minute)); n != 0 {
			t.Errorf("forgot %d too early", n)
		}
		if n := forgot(now.Add(time.Minute)); n != 1 {
			t.Errorf("forgot %d, want the pupil: a class refers to the other", n)
		}
		wantCode(t, second(db.Person(t.Context(), pupil.ID)), classroom.NotFound)
		if _, found, err := db.FindErasure(t.Context(), s.person.TenantID, s.person.ID); err != nil || !found {
			t.Errorf("the erasure of the teacher is not known: %v", err)
		}
	})
}

func TestSeenInside(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s := tell(t, db, now)
		for _, test := range []struct {
			tenant string
			since  time.Time
			want   bool
		}{
			{s.person.TenantID, now.Add(-time.Minute), true},
			{s.person.TenantID, now.Add(time.Minute), false},
			{otherTenant(t, db).ID, now.Add(-time.Minute), false},
		} {
			inside, err := db.SeenInside(t.Context(), test.tenant, s.userIDs(), test.since)
			must(t, err)
			if inside != test.want {
				t.Errorf("SeenInside since %v = %v", test.since, inside)
			}
		}
		s.meeting.State, s.meeting.OpenRoomID, s.meeting.EndedAt = classroom.MeetingEnded, nil, now
		must(t, db.SaveMeeting(t.Context(), s.meeting))
		if inside, err := db.SeenInside(t.Context(), s.person.TenantID, s.userIDs(), now.Add(-time.Minute)); err != nil || inside {
			t.Errorf("inside a class that has ended: %v, %v", inside, err)
		}
	})
}
