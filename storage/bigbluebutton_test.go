package storage_test

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// otherSchool is one with everything that a school has, in another tenant.
func otherSchool(t testing.TB, db *storage.DB) school {
	t.Helper()
	tenant := storagetest.Tenant(t, db)
	p := storagetest.Platform(t, db)
	p.ID, p.TenantID, p.ClientID = storagetest.ID(), tenant.ID, "client-"+storagetest.ID()
	must(t, db.CreatePlatform(t.Context(), p, []string{"1"}))
	s := school{db: db, platform: p}
	s.server = classroom.Server{ID: storagetest.ID(), TenantID: tenant.ID, Name: "Theirs", URL: "https://bbb.example", Secrets: []string{"x"}, Hash: "sha256", CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now()}
	must(t, db.CreateServer(t.Context(), s.server))
	s.course = storagetest.Course(t, db, p)
	s.room = storagetest.Room(t, db, s.course)
	s.teacher = storagetest.Person(t, db, p, "Theirs")
	return s
}

// recording makes one of a meeting that ended then.
func (s school) recording(t testing.TB, ended time.Time, change func(*classroom.Recording)) classroom.Recording {
	t.Helper()
	m := s.past(t, ended, nil)
	r := classroom.Recording{
		ID: storagetest.ID(), TenantID: s.room.TenantID, RoomID: s.room.ID, MeetingID: m.ID, RecordID: storagetest.ID(),
		State: classroom.RecordingPublished, Size: 1000, StartedAt: ended.Add(-time.Hour), EndedAt: ended, CreatedAt: ended, UpdatedAt: ended,
	}
	if change != nil {
		change(&r)
	}
	must(t, s.db.CreateRecording(t.Context(), r))
	return r
}

func recordIDs(recordings []classroom.Recording) []string {
	var ids []string
	for _, r := range recordings {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestDecisionsOfATenant(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		other, now := storagetest.Tenant(t, db).ID, storagetest.Now()
		for range 2 { // the second takes the place of the first
			now = now.Add(time.Hour)
			r := classroom.Retention{TenantID: classroom.DefaultTenant, UnpublishDays: 30, DeleteDays: 60, WarnDays: 7, UpdatedAt: now}
			must(t, db.SaveRetention(t.Context(), r))
			diff(t, []classroom.Retention{r}, got[[]classroom.Retention](t)(db.Retentions(t.Context())))
			q := classroom.Quota{TenantID: classroom.DefaultTenant, Meetings: 1, Participants: 2, Bytes: 1 << 40, UpdatedAt: now}
			must(t, db.SaveQuota(t.Context(), q))
			m := classroom.Maintenance{TenantID: classroom.DefaultTenant, Words: "w", BeginsAt: now, EndsAt: now.Add(time.Hour), UpdatedAt: now}
			must(t, db.SaveMaintenance(t.Context(), m))
			if got, found, err := db.FindQuota(t.Context(), classroom.DefaultTenant); err != nil || !found || got != q {
				t.Errorf("quota = %+v, %v, %v", got, found, err)
			}
			if got, found, err := db.FindMaintenance(t.Context(), classroom.DefaultTenant); err != nil || !found || got != m {
				t.Errorf("maintenance = %+v, %v, %v", got, found, err)
			}
		}
		must(t, db.DeleteMaintenance(t.Context(), classroom.DefaultTenant))
		_, maintained, err := db.FindMaintenance(t.Context(), classroom.DefaultTenant)
		must(t, err)
		_, limited, err := db.FindQuota(t.Context(), other)
		must(t, err)
		_, ruled, err := db.FindRetention(t.Context(), other)
		must(t, err)
		if maintained || limited || ruled {
			t.Errorf("found what is not there: %v %v %v", maintained, limited, ruled)
		}
	})
}

func TestRecordingsThatGrowOld(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, now := newSchool(t, db), storagetest.Now()
		ended := now.Add(-48 * time.Hour)
		old := s.recording(t, ended, nil)
		s.recording(t, now, nil)
		s.recording(t, ended, func(r *classroom.Recording) { r.Kept = true })
		s.recording(t, ended, func(r *classroom.Recording) { r.State = classroom.RecordingUnpublished })
		told := s.recording(t, ended, func(r *classroom.Recording) {
			r.Retire, r.RetireAt, r.WarningID = classroom.RetireHide, now.Add(-time.Hour), "warning"
		})
		otherSchool(t, db).recording(t, ended, nil)
		published := []classroom.RecordingState{classroom.RecordingPublished}
		warn := func(limit time.Time) []string {
			return recordIDs(got[[]classroom.Recording](t)(db.RecordingsToWarnOf(t.Context(), classroom.DefaultTenant, classroom.RetireHide, published, limit, 10)))
		}
		diff(t, []string{old.ID}, warn(ended))
		diff(t, []string(nil), warn(ended.Add(-time.Second)))
		diff(t, []string{told.ID}, recordIDs(got[[]classroom.Recording](t)(db.RecordingsWarnedOf(t.Context(), "warning"))))
		diff(t, []string(nil), recordIDs(got[[]classroom.Recording](t)(db.RecordingsWarnedOf(t.Context(), ""))))

		due := func(now, since time.Time) []string {
			return recordIDs(got[[]classroom.Recording](t)(db.RecordingsToRetire(t.Context(), classroom.DefaultTenant, classroom.RetireHide, published, ended, now, since, 10)))
		}
		diff(t, []string{told.ID}, due(now, now.Add(-24*time.Hour)))
		diff(t, []string(nil), due(now.Add(-2*time.Hour), now.Add(-24*time.Hour)))
		must(t, db.CreateAnnouncement(t.Context(), classroom.Announcement{
			ID: "warning", TenantID: classroom.DefaultTenant, CourseID: s.course.ID, RoomID: s.room.ID, Warns: classroom.RetireHide,
			State: classroom.AnnouncementWaiting, CreatedAt: now,
		}))
		diff(t, []string(nil), due(now, now.Add(-24*time.Hour)))
		diff(t, []string{told.ID}, due(now, now.Add(-time.Hour)))
	})
}

func TestSearchRecordings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, now := newSchool(t, db), storagetest.Now()
		first := s.recording(t, now.Add(-48*time.Hour), nil)
		hidden := s.recording(t, now, func(r *classroom.Recording) { r.State, r.Formats = classroom.RecordingUnpublished, []string{"video"} })
		s.recording(t, now.Add(-time.Hour), func(r *classroom.Recording) { r.State = classroom.RecordingDeleted })
		theirs := otherSchool(t, db)
		foreign := theirs.recording(t, now, nil)
		for name, test := range map[string]struct {
			search classroom.RecordingSearch
			want   int
		}{
			"all":           {classroom.RecordingSearch{}, 3},
			"course":        {classroom.RecordingSearch{Course: "bioLOGY"}, 3},
			"its label":     {classroom.RecordingSearch{Course: "bio-1"}, 3},
			"room":          {classroom.RecordingSearch{Room: "esson"}, 3},
			"no pattern":    {classroom.RecordingSearch{Course: "%"}, 0},
			"another":       {classroom.RecordingSearch{Course: "chemistry"}, 0},
			"state":         {classroom.RecordingSearch{State: classroom.RecordingPublished}, 1},
			"from":          {classroom.RecordingSearch{From: now.Add(-3 * time.Hour)}, 2},
			"to":            {classroom.RecordingSearch{To: now.Add(-3 * time.Hour)}, 1},
			"all together":  {classroom.RecordingSearch{Course: "Bio", Room: "Les", State: classroom.RecordingUnpublished, From: now.Add(-3 * time.Hour), To: now}, 1},
			"but the start": {classroom.RecordingSearch{From: first.StartedAt, To: first.StartedAt}, 0},
		} {
			found := got[[]classroom.ListedRecording](t)(db.ListRecordings(t.Context(), classroom.DefaultTenant, test.search, 0, 50))
			count, _, err := db.SumRecordings(t.Context(), classroom.DefaultTenant, test.search)
			must(t, err)
			if len(found) != test.want || count != int64(test.want) {
				t.Errorf("%s: %d found, %d counted, want %d", name, len(found), count, test.want)
			}
		}
		page := got[[]classroom.ListedRecording](t)(db.ListRecordings(t.Context(), classroom.DefaultTenant, classroom.RecordingSearch{}, 0, 1))
		diff(t, []classroom.ListedRecording{{Recording: hidden, Room: s.room.Title, Course: s.course.Title}}, page)
		diff(t, first.ID, got[[]classroom.ListedRecording](t)(db.ListRecordings(t.Context(), classroom.DefaultTenant, classroom.RecordingSearch{}, 2, 1))[0].ID)
		diff(t, []classroom.CourseSpace{{CourseID: s.course.ID, Course: s.course.Title, Recordings: 2, Bytes: 2000}},
			got[[]classroom.CourseSpace](t)(db.CourseSpaces(t.Context(), classroom.DefaultTenant, 10)))
		diff(t, int64(2000), got[int64](t)(db.CountBytes(t.Context(), classroom.DefaultTenant)))
		_, err := db.TenantRecording(t.Context(), classroom.DefaultTenant, foreign.ID)
		wantCode(t, err, classroom.NotFound)
		diff(t, foreign, got[classroom.Recording](t)(db.TenantRecording(t.Context(), theirs.room.TenantID, foreign.ID)))
	})
}

func TestLiveMeetingsAndWhoIsInside(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, now := newSchool(t, db), storagetest.Now()
		s.past(t, now, nil)
		m := storagetest.NewMeeting(s.room, s.server, s.teacher)
		m.LookedAt = now
		must(t, db.CreateMeeting(t.Context(), m))
		theirs := otherSchool(t, db)
		foreign := storagetest.Meeting(t, db, theirs.room, theirs.server, theirs.teacher)
		diff(t, []classroom.LiveMeeting{{Meeting: m, Room: s.room.Title, CourseID: s.course.ID, Course: s.course.Title, Server: s.server.Name}},
			got[[]classroom.LiveMeeting](t)(db.LiveMeetings(t.Context(), classroom.DefaultTenant, 0, 10)))
		diff(t, int64(1), got[int64](t)(db.CountOpenMeetings(t.Context(), classroom.DefaultTenant)))
		_, err := db.TenantMeeting(t.Context(), classroom.DefaultTenant, foreign.ID)
		wantCode(t, err, classroom.NotFound)

		see := func(user string, at time.Time) {
			must(t, db.SeeInside(t.Context(), []classroom.Attendance{{MeetingID: m.ID, UserID: user, TenantID: m.TenantID, Name: user, FirstSeen: at, LastSeen: at}}, at))
		}
		sit := func(user string, at time.Time) {
			must(t, db.TakeSeat(t.Context(), classroom.Seat{TenantID: m.TenantID, MeetingID: m.ID, UserID: user, TakenAt: at}))
		}
		see("inside", now)
		see("gone", now.Add(-time.Minute))
		sit("inside", now)
		sit("coming", now)
		sit("never came", now.Add(-time.Hour))
		since := now.Add(-time.Minute)
		diff(t, int64(2), got[int64](t)(db.CountInside(t.Context(), classroom.DefaultTenant, since)))
		diff(t, int64(0), got[int64](t)(db.CountInside(t.Context(), theirs.room.TenantID, since)))
		for user, want := range map[string]bool{"inside": true, "coming": true, "gone": false, "never came": false} {
			diff(t, want, got[bool](t)(db.HasSeat(t.Context(), m.ID, user, since)))
		}
		must(t, db.ForgetSeats(t.Context(), now.Add(time.Second)))
		diff(t, int64(1), got[int64](t)(db.CountInside(t.Context(), classroom.DefaultTenant, since)))
	})
}

func TestUsageOfCourses(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		month := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		held := func(m *classroom.Meeting) { m.HeldSeconds, m.Peak = 1800, 7 }
		first := s.past(t, month.Add(48*time.Hour), held)
		second := s.past(t, month.Add(72*time.Hour), func(m *classroom.Meeting) { m.HeldSeconds, m.Peak = 600, 9 })
		s.past(t, month.Add(96*time.Hour), func(m *classroom.Meeting) { m.SeenAt = time.Time{} }) // nobody came
		s.past(t, month.AddDate(0, 1, 2), held)
		for _, seen := range []struct {
			meeting classroom.Meeting
			user    string
		}{{first, "a"}, {first, "b"}, {second, "a"}} {
			must(t, db.SeeInside(t.Context(), []classroom.Attendance{{MeetingID: seen.meeting.ID, UserID: seen.user, TenantID: s.room.TenantID, FirstSeen: month, LastSeen: month}}, month))
		}
		s.recording(t, month.Add(50*time.Hour), nil)
		otherSchool(t, db).past(t, month.Add(48*time.Hour), held)
		want := []classroom.CourseUsage{{CourseID: s.course.ID, Course: s.course.Title, Meetings: 3, Seconds: 2400, Participants: 2, Peak: 9, Recordings: 1, Bytes: 1000}}
		diff(t, want, got[[]classroom.CourseUsage](t)(db.CourseUsages(t.Context(), classroom.DefaultTenant, month, month.AddDate(0, 1, 0))))
		diff(t, 0, len(got[[]classroom.CourseUsage](t)(db.CourseUsages(t.Context(), classroom.DefaultTenant, month.AddDate(-1, 0, 0), month))))
	})
}

func TestServersOfATenant(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, now := newSchool(t, db), storagetest.Now()
		theirs := otherSchool(t, db)
		_, err := db.TenantServer(t.Context(), classroom.DefaultTenant, theirs.server.ID)
		wantCode(t, err, classroom.NotFound)
		server := s.server
		server.Pool, server.OldUntil, server.Secrets = true, now, []string{"new", "old"}
		must(t, db.SaveServer(t.Context(), server))
		diff(t, server, got[classroom.Server](t)(db.TenantServer(t.Context(), classroom.DefaultTenant, server.ID)))
		diff(t, []classroom.Server{server}, got[[]classroom.Server](t)(db.ServersToRetire(t.Context(), now)))
		diff(t, 0, len(got[[]classroom.Server](t)(db.ServersToRetire(t.Context(), now.Add(-time.Second)))))

		h := classroom.ServerHealth{ServerID: server.ID, TenantID: classroom.DefaultTenant, TriedAt: now, AnsweredAt: now, Millis: 12, Version: "3.0"}
		must(t, db.SaveServerHealth(t.Context(), h))
		h.Failures, h.Finding = 2, "wrong secret"
		must(t, db.SaveServerHealth(t.Context(), h))
		must(t, db.SaveServerHealth(t.Context(), classroom.ServerHealth{ServerID: theirs.server.ID, TenantID: classroom.DefaultTenant, TriedAt: now}))
		diff(t, map[string]classroom.ServerHealth{server.ID: h}, got[map[string]classroom.ServerHealth](t)(db.ServerHealths(t.Context(), classroom.DefaultTenant)))

		wantCode(t, db.DeleteServer(t.Context(), classroom.DefaultTenant, theirs.server.ID), classroom.NotFound)
		s.past(t, now, nil)
		wantCode(t, db.DeleteServer(t.Context(), classroom.DefaultTenant, server.ID), classroom.Conflict)
		must(t, db.NoteCallback(t.Context(), theirs.room.TenantID, theirs.server.ID, now))
		must(t, db.DeleteServer(t.Context(), theirs.room.TenantID, theirs.server.ID))
		_, err = db.Server(t.Context(), theirs.server.ID)
		wantCode(t, err, classroom.NotFound)
	})
}
