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

func TestMeetingComesBack(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		want := storagetest.Meeting(t, db, s.room, s.server, s.teacher)
		diff(t, want, got[classroom.Meeting](t)(db.Meeting(t.Context(), want.ID)))
		now := want.CreatedAt
		want.OpenRoomID, want.State, want.AnnouncementID, want.InternalID = nil, classroom.MeetingEnded, "announcement", "internal"
		want.CreateTime, want.Inside, want.Attended = 1_793_368_800_123, 0, 31
		want.LeaseUntil, want.MissingSince, want.EndedAt = now.Add(time.Second), now.Add(time.Minute), now.Add(time.Hour)
		want.RecordingState, want.RecordingLookAt = classroom.RecordingProcessing, now.Add(2*time.Hour)
		want.Unmarked, want.JoinedAt, want.UpdatedAt = true, now.Add(3*time.Minute), now.Add(time.Hour)
		must(t, db.SaveMeeting(t.Context(), want))
		diff(t, want, got[classroom.Meeting](t)(db.LockMeeting(t.Context(), want.ID)))
		want.SeenAt, want.LeaseUntil, want.MissingSince, want.RecordingLookAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		must(t, db.SaveMeeting(t.Context(), want))
		diff(t, want, got[classroom.Meeting](t)(db.Meeting(t.Context(), want.ID)))
		_, err := db.Meeting(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

// However many click Start, a room has one open meeting.
func TestOneOpenMeeting(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		var made atomic.Int32
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				m := storagetest.NewMeeting(s.room, s.server, s.teacher)
				err := db.Tx(t.Context(), func(tx classroom.Tx) error {
					if err := tx.CreateMeeting(t.Context(), m); err != nil {
						return err
					}
					return tx.Enqueue(t.Context(), classroom.Reconcile{MeetingID: m.ID}, time.Time{})
				})
				switch {
				case err == nil:
					made.Add(1)
				case !classroom.Is(err, classroom.Conflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || len(storagetest.Queued(t, db)) != 1 {
			t.Errorf("%d meetings were made, %v enqueued", made.Load(), storagetest.Queued(t, db))
		}
		open, found, err := db.FindOpenMeeting(t.Context(), s.room.ID)
		if err != nil || !found {
			t.Fatalf("FindOpenMeeting = %v, %v", found, err)
		}
		open.OpenRoomID, open.State, open.EndedAt = nil, classroom.MeetingEnded, storagetest.Now()
		must(t, db.SaveMeeting(t.Context(), open))
		if _, found, err := db.FindOpenMeeting(t.Context(), s.room.ID); err != nil || found {
			t.Errorf("FindOpenMeeting after the end = %v, %v", found, err)
		}
		storagetest.Meeting(t, db, s.room, s.server, s.teacher) // the next one
	})
}

func TestLeaseMeeting(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		m := storagetest.NewMeeting(s.room, s.server, s.teacher)
		m.State = classroom.MeetingStarting
		must(t, db.CreateMeeting(t.Context(), m))
		now := storagetest.Now()
		var leased atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				ok, err := db.LeaseMeeting(t.Context(), m.ID, now, now.Add(10*time.Second))
				if err != nil {
					t.Error(err)
				}
				if ok {
					leased.Add(1)
				}
			})
		}
		wg.Wait()
		if leased.Load() != 1 {
			t.Errorf("%d have the lease", leased.Load())
		}
		lease := func(at time.Duration) bool {
			return got[bool](t)(db.LeaseMeeting(t.Context(), m.ID, now.Add(at), now.Add(at+10*time.Second)))
		}
		if lease(9 * time.Second) {
			t.Error("a lease was taken from who has it")
		}
		if !lease(10 * time.Second) {
			t.Error("a lease that is over was not given")
		}
		m.State = classroom.MeetingRunning
		must(t, db.SaveMeeting(t.Context(), m))
		if lease(time.Hour) {
			t.Error("a lease was given for a meeting that runs")
		}
	})
}

// past makes a meeting that ended then.
func (s school) past(t testing.TB, ended time.Time, change func(*classroom.Meeting)) classroom.Meeting {
	t.Helper()
	m := storagetest.NewMeeting(s.room, s.server, s.teacher)
	m.OpenRoomID, m.State, m.EndedAt = nil, classroom.MeetingEnded, ended
	m.CreatedAt, m.SeenAt, m.UpdatedAt = ended.Add(-time.Hour), ended.Add(-time.Hour), ended
	if change != nil {
		change(&m)
	}
	must(t, s.db.CreateMeeting(t.Context(), m))
	return m
}

func TestMeetingsOfARoom(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		if _, found, err := db.FindLastMeeting(t.Context(), s.room.ID); err != nil || found {
			t.Errorf("FindLastMeeting of none = %v, %v", found, err)
		}
		old := s.past(t, now.Add(-48*time.Hour), nil)
		last := s.past(t, now.Add(-24*time.Hour), nil)
		s.past(t, now.Add(-12*time.Hour), func(m *classroom.Meeting) { m.SeenAt = time.Time{} })                                // nobody entered
		s.past(t, now.Add(-time.Hour), func(m *classroom.Meeting) { m.SeenAt, m.State = time.Time{}, classroom.MeetingFailed }) // never came to be
		s.past(t, now, func(m *classroom.Meeting) { m.RoomID = storagetest.Room(t, db, s.course).ID })                          // of another room
		running := storagetest.Meeting(t, db, s.room, s.server, s.teacher)

		diff(t, []string{running.ID, last.ID, old.ID}, ids(got[[]classroom.Meeting](t)(db.Meetings(t.Context(), s.room.ID, 20))))
		diff(t, []string{running.ID, last.ID}, ids(got[[]classroom.Meeting](t)(db.Meetings(t.Context(), s.room.ID, 2))))
		m, found, err := db.FindLastMeeting(t.Context(), s.room.ID)
		if err != nil || !found || !m.EndedAt.Equal(now.Add(-12*time.Hour)) {
			t.Errorf("FindLastMeeting = %+v, %v, %v", m, found, err)
		}
	})
}

func ids(meetings []classroom.Meeting) []string {
	var ids []string
	for _, m := range meetings {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestMeetingsAnnounced(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		announced := func(m *classroom.Meeting) { m.AnnouncementID = "post" }
		b := s.past(t, now.Add(-time.Hour), announced)
		a := s.past(t, now.Add(-2*time.Hour), announced)
		s.past(t, now, nil)
		diff(t, []string{a.ID, b.ID}, ids(got[[]classroom.Meeting](t)(db.MeetingsAnnounced(t.Context(), "post"))))
		diff(t, []string(nil), ids(got[[]classroom.Meeting](t)(db.MeetingsAnnounced(t.Context(), ""))))
	})
}

func TestMeetingsToLookAfter(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		due := func(at time.Duration) func(*classroom.Meeting) {
			return func(m *classroom.Meeting) { m.RecordingLookAt = now.Add(at) }
		}
		b := s.past(t, now, due(-time.Minute))
		a := s.past(t, now, due(-time.Hour))
		s.past(t, now, due(time.Minute))
		s.past(t, now, nil)
		// The same moment by a clock of another zone.
		there := now.In(time.FixedZone("UTC+5", 5*3600))
		diff(t, []string{a.ID, b.ID}, ids(got[[]classroom.Meeting](t)(db.MeetingsDue(t.Context(), there, 10))))
		diff(t, []string{a.ID}, ids(got[[]classroom.Meeting](t)(db.MeetingsDue(t.Context(), there, 1))))

		silent := storagetest.NewMeeting(s.room, s.server, s.teacher)
		silent.UpdatedAt = now.Add(-10 * time.Minute)
		must(t, db.CreateMeeting(t.Context(), silent))
		diff(t, []string{silent.ID}, ids(got[[]classroom.Meeting](t)(db.SilentMeetings(t.Context(), there.Add(-5*time.Minute), 10))))
		diff(t, []string(nil), ids(got[[]classroom.Meeting](t)(db.SilentMeetings(t.Context(), there.Add(-15*time.Minute), 10))))
	})
}

func TestRecordings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		now := storagetest.Now()
		m := s.past(t, now.Add(-time.Hour), func(m *classroom.Meeting) { m.RecordingState = classroom.RecordingProcessing })
		s.past(t, now, func(m *classroom.Meeting) { m.RecordingState = classroom.RecordingProcessing })
		make := func(started time.Duration) classroom.Recording {
			r := classroom.Recording{
				ID: storagetest.ID(), TenantID: m.TenantID, RoomID: m.RoomID, MeetingID: m.ID, RecordID: storagetest.ID(),
				State: classroom.RecordingPublished, Formats: []string{"presentation", "video"}, Size: 5_000_000_000,
				StartedAt: now.Add(started), EndedAt: now, CreatedAt: now, UpdatedAt: now,
			}
			must(t, db.CreateRecording(t.Context(), r))
			return r
		}
		b, a := make(-time.Minute), make(-time.Hour)
		diff(t, []classroom.Recording{a, b}, got[[]classroom.Recording](t)(db.Recordings(t.Context(), []string{m.ID, "none"})))
		if none := got[[]classroom.Recording](t)(db.Recordings(t.Context(), nil)); len(none) != 0 {
			t.Errorf("recordings of no meeting: %v", none)
		}
		numbers := got[storage.RecordingNumbers](t)(db.RecordingNumbers(t.Context()))
		diff(t, storage.RecordingNumbers{Waiting: 2, Oldest: now.Add(-time.Hour), Bytes: 10_000_000_000}, numbers)

		a.State, a.Formats, a.AnnouncementID = classroom.RecordingDeleted, nil, "post"
		must(t, db.SaveRecording(t.Context(), a))
		diff(t, a, got[classroom.Recording](t)(db.Recording(t.Context(), a.ID)))
		if n := got[storage.RecordingNumbers](t)(db.RecordingNumbers(t.Context())); n.Bytes != b.Size {
			t.Errorf("bytes without the deleted one: %d", n.Bytes)
		}
		a.ID = storagetest.ID()
		wantCode(t, db.CreateRecording(t.Context(), a), classroom.Conflict)
		_, err := db.Recording(t.Context(), "none")
		wantCode(t, err, classroom.NotFound)
	})
}

func TestRecordingNumbersOfNone(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		diff(t, storage.RecordingNumbers{}, got[storage.RecordingNumbers](t)(db.RecordingNumbers(t.Context())))
	})
}
