package storage_test

import (
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// sight is somebody seen in the meeting so long after a moment.
func sight(m classroom.Meeting, user, name string, counted bool, at time.Time) classroom.Attendance {
	return classroom.Attendance{
		MeetingID: m.ID, UserID: user, TenantID: m.TenantID, Name: name, Counted: counted, FirstSeen: at, LastSeen: at,
	}
}

func TestAttendance(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now().Truncate(time.Second)
		first := s.past(t, now, nil)
		second := storagetest.Meeting(t, db, s.room, s.server, s.teacher)
		see := func(since time.Duration, inside ...classroom.Attendance) {
			t.Helper()
			must(t, db.SeeInside(t.Context(), inside, now.Add(since)))
		}
		at := func(d time.Duration) time.Time { return now.Add(d) }
		see(0)
		see(0, sight(first, "u1", "Zoe", true, at(0)), sight(first, "u2", "Ann", false, at(0)))
		see(0, sight(first, "u1", "Zoe", true, at(time.Minute)))
		see(2*time.Minute, sight(second, "u1", "Zoe", true, at(2*time.Minute)))

		zoe, ann := sight(first, "u1", "Zoe", true, now), sight(first, "u2", "Ann", false, now)
		zoe.LastSeen, zoe.Seconds = at(time.Minute), 60
		diff(t, []classroom.Attendance{ann, zoe}, got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{first.ID})))
		zoe.LastSeen = at(2 * time.Minute)
		diff(t, []classroom.Attendance{ann, zoe}, got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{first.ID, second.ID})))
		if all := got[[]classroom.Attendance](t)(db.Attended(t.Context(), nil)); len(all) != 0 {
			t.Errorf("attended no meeting: %v", all)
		}
	})
}

func TestTimeInside(t *testing.T) {
	type look struct{ since, at time.Duration } // of minutes
	for name, test := range map[string]struct {
		looks []look
		want  int64
	}{
		"seen once":                     {[]look{{0, 0}}, 0},
		"seen at every look":            {[]look{{0, 0}, {0, 1}, {1, 2}}, 120},
		"missed at one look":            {[]look{{0, 0}, {1, 2}, {2, 3}}, 60},
		"nobody looked for long":        {[]look{{0, 0}, {30, 30}, {30, 31}}, 60},
		"two looked at the same time":   {[]look{{0, 0}, {0, 1}, {0, 1}}, 60},
		"two looked one after another":  {[]look{{0, 0}, {0, 1}, {0, 2}}, 120},
		"the slower one wrote too late": {[]look{{0, 0}, {0, 2}, {0, 1}, {2, 3}}, 180},
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, db *storage.DB) {
				s := newSchool(t, db)
				m := storagetest.Meeting(t, db, s.room, s.server, s.teacher)
				begin := storagetest.Now().Truncate(time.Second)
				for _, l := range test.looks {
					inside := []classroom.Attendance{sight(m, "u", "U", true, begin.Add(l.at*time.Minute))}
					must(t, db.SeeInside(t.Context(), inside, begin.Add(l.since*time.Minute)))
				}
				all := got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{m.ID}))
				if len(all) != 1 || all[0].Seconds != test.want {
					t.Errorf("inside for %+v, want %d s", all, test.want)
				}
			})
		})
	}
}

func TestTimeInsideByManyLooksAtOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		m := storagetest.Meeting(t, db, s.room, s.server, s.teacher)
		begin := storagetest.Now().Truncate(time.Second)
		must(t, db.SeeInside(t.Context(), []classroom.Attendance{sight(m, "u", "U", true, begin)}, begin))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				inside := []classroom.Attendance{sight(m, "u", "U", true, begin.Add(time.Minute))}
				if err := db.SeeInside(t.Context(), inside, begin); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if a := got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{m.ID})); a[0].Seconds != 60 {
			t.Errorf("%d seconds inside, want 60", a[0].Seconds)
		}
	})
}

func TestAttendanceOfMany(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		m := storagetest.Meeting(t, db, s.room, s.server, s.teacher)
		var inside []classroom.Attendance
		for range 1201 {
			inside = append(inside, sight(m, storagetest.ID(), "N", false, m.CreatedAt))
		}
		must(t, db.SeeInside(t.Context(), inside, m.CreatedAt))
		for i := range inside {
			inside[i].Seconds, inside[i].Reported = 30, true
		}
		must(t, db.ReportInside(t.Context(), inside))
		all := got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{m.ID}))
		if len(all) != len(inside) {
			t.Errorf("%d of %d were noted", len(all), len(inside))
		}
		for _, a := range all {
			if a.Seconds != 30 {
				t.Fatalf("reported 30 s, kept %d", a.Seconds)
			}
		}
	})
}

func TestReportedAttendance(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now().Truncate(time.Second)
		m := s.past(t, now, nil)
		must(t, db.SeeInside(t.Context(), []classroom.Attendance{sight(m, "seen", "Seen", true, now), sight(m, "missed", "Missed", true, now)}, now))
		told := func(user string) classroom.Attendance {
			a := sight(m, user, "Name of the report", true, now.Add(-time.Hour))
			a.LastSeen, a.Seconds, a.Reported = now, 3600, true
			a.Engagement = classroom.Engagement{Chats: 1, Talks: 2, TalkSeconds: 3, RaisedHands: 4, Emojis: 5, PollVotes: 6}
			return a
		}
		must(t, db.ReportInside(t.Context(), []classroom.Attendance{told("seen"), told("new")}))
		// Too late: what was reported stands.
		must(t, db.SeeInside(t.Context(), []classroom.Attendance{sight(m, "seen", "Seen", true, now.Add(time.Minute))}, now))
		seen := told("seen")
		seen.Name = "Seen"
		want := []classroom.Attendance{sight(m, "missed", "Missed", true, now), told("new"), seen}
		diff(t, want, got[[]classroom.Attendance](t)(db.Attended(t.Context(), []string{m.ID})))

		var one []classroom.Attendance
		must(t, db.EachAttendance(t.Context(), []string{m.ID}, []string{"new"}, func(a classroom.Attendance) { one = append(one, a) }))
		diff(t, []classroom.Attendance{told("new")}, one)
	})
}

func TestHeldMeetings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		held := func(m *classroom.Meeting) { m.HeldSeconds = 600 }
		a := s.past(t, now.Add(-time.Hour), held)
		s.past(t, now, nil) // nobody was measured in it
		b := s.past(t, now, func(m *classroom.Meeting) { held(m); m.CreatedAt = now.Add(time.Minute) })
		open := storagetest.NewMeeting(s.room, s.server, s.teacher)
		open.HeldSeconds = 60
		must(t, db.CreateMeeting(t.Context(), open))
		must(t, db.SeeInside(t.Context(), []classroom.Attendance{sight(a, "one", "One", true, now), sight(b, "one", "One", true, now), sight(open, "one", "One", true, now)}, now))
		diff(t, []string{b.ID, a.ID}, ids(got[[]classroom.Meeting](t)(db.HeldMeetings(t.Context(), []string{s.room.ID, "none"}))))
		diff(t, []string(nil), ids(got[[]classroom.Meeting](t)(db.HeldMeetings(t.Context(), []string{"none"}))))
	})
}

func TestEnrolledIn(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		p := storagetest.Platform(t, db)
		course := storagetest.Course(t, db, p)
		who := storagetest.Person(t, db, p, "Ada")
		e := storagetest.Enrolment(t, db, course, who, false)
		storagetest.Enrolment(t, db, storagetest.Course(t, db, p), who, true)
		diff(t, []classroom.Enrolled{{Person: who, Enrolment: e}}, got[[]classroom.Enrolled](t)(db.EnrolledIn(t.Context(), course.ID)))
	})
}
