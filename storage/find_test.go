package storage_test

import (
	"slices"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// story is a person to whom something of each kind has happened.
type story struct {
	platform classroom.Platform
	course   classroom.Course
	room     classroom.Room
	person   classroom.Person
	meeting  classroom.Meeting
	launch   classroom.Launch
}

func (s story) userIDs() []string { return []string{"p-" + s.person.ID, "x-" + s.person.ID} }

// tell lets it happen at that time.
func tell(t *testing.T, db *storage.DB, at time.Time) story {
	t.Helper()
	var s story
	s.platform = storagetest.Platform(t, db)
	s.course = storagetest.Course(t, db, s.platform)
	s.room = storagetest.Room(t, db, s.course)
	s.person = storagetest.Person(t, db, s.platform, "Mila Ärmel")
	s.person.UpdatedAt = at
	must(t, db.SavePerson(t.Context(), s.person))
	e := storagetest.Enrolment(t, db, s.course, s.person, false)
	e.ProvedAt, e.LaunchedAt, e.UpdatedAt = at, at, at
	must(t, db.SaveEnrolment(t.Context(), e))
	s.launch = storagetest.Launch(t, db, s.room, s.person)
	s.meeting = storagetest.Meeting(t, db, s.room, storagetest.Server(t, db), s.person)
	must(t, db.SeeInside(t.Context(), []classroom.Attendance{{
		MeetingID: s.meeting.ID, UserID: "p-" + s.person.ID, TenantID: s.person.TenantID, Name: s.person.Name, Counted: true, FirstSeen: at, LastSeen: at,
	}}, at))
	must(t, db.CreateChatLink(t.Context(), classroom.ChatLink{
		ID: storagetest.ID(), TenantID: s.person.TenantID, PlatformID: s.platform.ID, PersonID: s.person.ID, ChatUserID: "chat-" + s.person.ID, Username: "mila.ae", CreatedAt: at,
	}))
	must(t, db.SaveAdmission(t.Context(), classroom.Admission{
		TenantID: s.person.TenantID, CourseID: s.course.ID, PersonID: s.person.ID, ChatUserID: "chat-" + s.person.ID, State: classroom.AdmissionDone, UpdatedAt: at,
	}))
	must(t, db.CreateJoinTry(t.Context(), classroom.JoinTry{
		ID: storagetest.ID(), TenantID: s.person.TenantID, RoomID: s.room.ID, PersonID: s.person.ID, Via: classroom.ViaLMS, Act: classroom.TryJoin,
		Result: "error.start_failed", BBBKey: "checksumError", Detail: "why", Reference: "ABCD2345", CreatedAt: at,
	}))
	must(t, db.CreateRefusal(t.Context(), classroom.Refusal{
		ID: storagetest.ID(), TenantID: s.person.TenantID, PlatformID: s.platform.ID, Reference: "REFUSED2", Reason: "expired",
		Subject: s.person.Subject, ContextID: s.course.ContextID, CreatedAt: at,
	}))
	must(t, db.CorrectGrade(t.Context(), classroom.Grade{
		RoomID: s.room.ID, PersonID: s.person.ID, TenantID: s.person.TenantID, Correction: 80, SentPercent: classroom.NoPercent, TriedPercent: classroom.NoPercent, UpdatedAt: at,
	}))
	return s
}

func (s story) timeline() classroom.Timeline {
	return classroom.Timeline{TenantID: s.person.TenantID, Person: &s.person, UserIDs: s.userIDs(), Limit: 50}
}

func kinds(all []classroom.Happening) []string {
	var names []string
	for _, h := range all {
		names = append(names, string(h.Kind))
	}
	slices.Sort(names)
	return names
}

func TestHappenings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		at := storagetest.Now().Add(-time.Hour)
		s := tell(t, db, at)
		all := got[[]classroom.Happening](t)(db.Happenings(t.Context(), s.timeline()))
		diff(t, []string{"admit", "enrol", "launch", "link", "refusal", "seen", "try"}, kinds(all))
		i := slices.IndexFunc(all, func(h classroom.Happening) bool { return h.Kind == classroom.HappenedTry })
		diff(t, classroom.Happening{
			Kind: classroom.HappenedTry, At: at, PersonID: s.person.ID, Person: s.person.Name, RoomID: s.room.ID, Room: s.room.Title, CourseID: s.course.ID, Course: s.course.Title,
			Result: "error.start_failed", Key: "checksumError", Detail: "why", Reference: "ABCD2345", Via: "lms", Act: "join",
		}, all[i])
		older := s.timeline()
		older.Before = at
		diff(t, []string(nil), kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), older))))
		foreign := s.timeline()
		stranger := s.person
		stranger.TenantID = otherTenant(t, db).ID
		foreign.TenantID, foreign.Person = stranger.TenantID, &stranger
		diff(t, []string(nil), kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), foreign))))
		room := classroom.Timeline{TenantID: s.room.TenantID, Room: &s.room, Course: &s.course, Limit: 50}
		diff(t, []string{"class", "launch", "refusal", "try"}, kinds(got[[]classroom.Happening](t)(db.Happenings(t.Context(), room))))
	})
}

func TestSearch(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := tell(t, db, storagetest.Now())
		other := otherTenant(t, db).ID
		for _, search := range []string{"mila", "ÄRMEL", "ärmel", s.person.Subject, "mila.ae", "Mila Ärmel@example"} {
			found := got[[]classroom.FoundPerson](t)(db.SearchPeople(t.Context(), s.person.TenantID, search, 10))
			diff(t, []classroom.FoundPerson{{Person: s.person, Platform: "LMS", Username: "mila.ae", Courses: 1}}, found)
			diff(t, []classroom.FoundPerson(nil), got[[]classroom.FoundPerson](t)(db.SearchPeople(t.Context(), other, search, 10)))
		}
		for _, search := range []string{"%", "_ila", "nobody"} {
			diff(t, []classroom.FoundPerson(nil), got[[]classroom.FoundPerson](t)(db.SearchPeople(t.Context(), s.person.TenantID, search, 10)))
		}
		for _, search := range []string{"biolo", "BIO-1", "lessons", s.course.ContextID, s.room.ID} {
			found := got[[]classroom.FoundRoom](t)(db.SearchRooms(t.Context(), s.person.TenantID, search, 10))
			diff(t, []classroom.FoundRoom{{Room: s.room, Course: s.course, Platform: "LMS"}}, found)
			diff(t, []classroom.FoundRoom(nil), got[[]classroom.FoundRoom](t)(db.SearchRooms(t.Context(), other, search, 10)))
		}
		try, found, err := db.FindJoinTry(t.Context(), s.person.TenantID, "ABCD2345")
		if err != nil || !found || try.PersonID != s.person.ID {
			t.Errorf("FindJoinTry = %+v, %v, %v", try, found, err)
		}
		if _, found, err := db.FindJoinTry(t.Context(), other, "ABCD2345"); err != nil || found {
			t.Errorf("another tenant's try is found: %v", err)
		}
		wantCode(t, second(db.PersonOf(t.Context(), other, s.person.ID)), classroom.NotFound)
		wantCode(t, second(db.RoomOf(t.Context(), other, s.room.ID)), classroom.NotFound)
		places := got[[]classroom.PersonPlace](t)(db.PlacesOf(t.Context(), s.person.TenantID, s.person.ID, 10))
		if len(places) != 1 || places[0].Course.ID != s.course.ID || places[0].Admission != classroom.AdmissionDone {
			t.Errorf("PlacesOf = %+v", places)
		}
	})
}
