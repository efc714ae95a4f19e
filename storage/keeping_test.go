package storage_test

import (
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestKeeping(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		if _, found, err := db.FindKeeping(t.Context(), classroom.DefaultTenant); err != nil || found {
			t.Errorf("rules that nobody made: %v, %v", found, err)
		}
		for _, days := range []int64{180, 90} {
			want := classroom.Keeping{
				TenantID: classroom.DefaultTenant, LaunchDays: days, AttendanceDays: 365, TroubleDays: 30, AuditMonths: 12, PersonMonths: 18, UpdatedAt: storagetest.Now(),
			}
			must(t, db.SaveKeeping(t.Context(), want))
			k, _, err := db.FindKeeping(t.Context(), classroom.DefaultTenant)
			must(t, err)
			diff(t, want, k)
		}
	})
}

// forget is one of the store's ways to forget.
type forget func(*storage.DB, string, time.Time, int) (int64, error)

func TestForgetting(t *testing.T) {
	tests := []struct {
		name   string
		forget forget
		rows   int64 // that one story has
		keeps  string
	}{
		{"launches", func(db *storage.DB, tenant string, at time.Time, n int) (int64, error) {
			return db.ForgetLaunches(t.Context(), tenant, at, n)
		}, 1, "launch"},
		{"attendance", func(db *storage.DB, tenant string, at time.Time, n int) (int64, error) {
			return db.ForgetAttendance(t.Context(), tenant, at, n)
		}, 1, "seen"},
		{"trouble", func(db *storage.DB, tenant string, at time.Time, n int) (int64, error) {
			return db.ForgetTrouble(t.Context(), tenant, at, n)
		}, 2, "try"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, db *storage.DB) {
				now := storagetest.Now()
				s := tell(t, db, now)
				other := otherTenant(t, db).ID
				forgets := func(want int64, tenant string, at time.Time, limit int) {
					t.Helper()
					n, err := test.forget(db, tenant, at, limit)
					must(t, err)
					if n != want {
						t.Errorf("forgot %d, want %d", n, want)
					}
				}
				forgets(0, s.person.TenantID, now.Add(-time.Hour), 10)
				forgets(0, other, now.Add(time.Hour), 10)
				before := kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), s.timeline())))
				forgets(test.rows, s.person.TenantID, now.Add(time.Hour), 10)
				after := kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), s.timeline())))
				if len(before)-len(after) != int(test.rows) {
					t.Errorf("what happened was %v, is %v", before, after)
				}
				for _, k := range after {
					if k == test.keeps {
						t.Errorf("%s is still there", k)
					}
				}
			})
		})
	}
}

func TestForgettingInBatches(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := tell(t, db, storagetest.Now())
		for range 4 {
			storagetest.Launch(t, db, s.room, s.person)
		}
		for _, want := range []int64{2, 2, 1, 0} {
			n, err := db.ForgetLaunches(t.Context(), s.person.TenantID, storagetest.Now().Add(time.Hour), 2)
			must(t, err)
			if n != want {
				t.Errorf("forgot %d, want %d", n, want)
			}
		}
	})
}

func TestForgetAudit(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		for _, age := range []time.Duration{0, 400 * 24 * time.Hour} {
			must(t, db.CreateAuditEntry(t.Context(), admin.AuditEntry{ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Act: "a.b", Outcome: admin.Done, CreatedAt: now.Add(-age)}))
		}
		for _, want := range []int64{1, 0} {
			n, err := db.ForgetAudit(t.Context(), classroom.DefaultTenant, now.AddDate(-1, 0, 0), 10)
			must(t, err)
			if n != want {
				t.Errorf("forgot %d entries, want %d", n, want)
			}
		}
	})
}

// A class whose attendance is not kept any longer is not measured by.
func TestHeldMeetingsWithoutAttendance(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := tell(t, db, storagetest.Now())
		s.meeting.State, s.meeting.OpenRoomID, s.meeting.EndedAt, s.meeting.HeldSeconds = classroom.MeetingEnded, nil, storagetest.Now(), 60
		must(t, db.SaveMeeting(t.Context(), s.meeting))
		if held := got[[]classroom.Meeting](t)(db.HeldMeetings(t.Context(), []string{s.room.ID})); len(held) != 1 {
			t.Fatalf("held: %+v", held)
		}
		_, err := db.ForgetAttendance(t.Context(), s.person.TenantID, storagetest.Now().Add(time.Hour), 10)
		must(t, err)
		if held := got[[]classroom.Meeting](t)(db.HeldMeetings(t.Context(), []string{s.room.ID})); len(held) != 0 {
			t.Errorf("still held: %+v", held)
		}
	})
}

func TestSilentPersons(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s := tell(t, db, now.AddDate(-2, 0, 0))
		limit := now.AddDate(0, -18, 0)
		silent := func() []string {
			var ids []string
			for _, p := range got[[]classroom.Person](t)(db.SilentPersons(t.Context(), s.person.TenantID, limit, 10)) {
				ids = append(ids, p.ID)
			}
			return ids
		}
		diff(t, []string(nil), silent()) // enrolled, and launched just now
		n, err := db.ForgetEnrolments(t.Context(), s.person.TenantID, limit, 10)
		must(t, err)
		if n != 1 {
			t.Fatalf("forgot %d enrolments", n)
		}
		if _, found, err := db.FindAdmission(t.Context(), s.course.ID, s.person.ID); err != nil || found {
			t.Errorf("the place in the channel is still there: %v", err)
		}
		diff(t, []string(nil), silent()) // a launch is kept
		_, err = db.ForgetLaunches(t.Context(), s.person.TenantID, now.Add(time.Hour), 10)
		must(t, err)
		diff(t, []string(nil), silent()) // an attendance is kept
		_, err = db.ForgetAttendance(t.Context(), s.person.TenantID, now.Add(time.Hour), 10)
		must(t, err)
		diff(t, []string{s.person.ID}, silent())
		_, err = db.ErasePerson(t.Context(), s.person, s.userIDs(), now, now)
		must(t, err)
		diff(t, []string(nil), silent())
	})
}

func TestEnrolmentsThatARosterListsStay(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		now := storagetest.Now()
		s := tell(t, db, now.AddDate(-2, 0, 0))
		e, _, err := db.FindEnrolment(t.Context(), s.person.ID, s.course.ID)
		must(t, err)
		e.RosterAt = now
		must(t, db.SaveEnrolment(t.Context(), e))
		n, err := db.ForgetEnrolments(t.Context(), s.person.TenantID, now.AddDate(0, -18, 0), 10)
		must(t, err)
		if n != 0 {
			t.Errorf("forgot %d enrolments", n)
		}
	})
}
