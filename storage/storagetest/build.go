package storagetest

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"

	"github.com/google/uuid"
)

// ID makes an id as the program does.
func ID() string { return uuid.Must(uuid.NewV7()).String() }

// Now is the present as both databases keep it.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Tenant makes another school.
func Tenant(t testing.TB, db *storage.DB) classroom.Tenant {
	t.Helper()
	school := classroom.Tenant{ID: ID(), Name: "Another school", Locale: "en", TimeZone: "UTC", ChatGuests: classroom.GuestsWait, CreatedAt: Now()}
	must(t, db.CreateTenant(t.Context(), school))
	return school
}

// Platform registers an LMS of the default tenant with the deployment "1".
func Platform(t testing.TB, db *storage.DB) classroom.Platform {
	t.Helper()
	id := ID()
	p := classroom.Platform{
		Platform: lti.Platform{
			ID: id, Issuer: "https://lms.example", ClientID: "client-" + id,
			AuthURL: "https://lms.example/auth", TokenURL: "https://lms.example/token", JWKSURL: "https://lms.example/jwks",
		},
		TenantID: classroom.DefaultTenant, Name: "LMS", Channels: classroom.ChannelAtFirstLaunch,
		NewDeployments: classroom.DeploymentActive, Record: true, CreatedAt: Now(),
	}
	must(t, db.CreatePlatform(t.Context(), p, []string{"1"}))
	return p
}

// Server adds a BigBlueButton server to the default tenant.
func Server(t testing.TB, db *storage.DB) classroom.Server {
	t.Helper()
	s := classroom.Server{
		ID: ID(), TenantID: classroom.DefaultTenant, Name: "BBB", URL: "https://bbb.example/bigbluebutton/",
		Secrets: []string{"secret-one"}, Hash: "sha256", CreatedAt: Now(), UpdatedAt: Now(),
	}
	must(t, db.CreateServer(t.Context(), s))
	return s
}

// Course makes a course of the platform.
func Course(t testing.TB, db *storage.DB, p classroom.Platform) classroom.Course {
	t.Helper()
	c := classroom.Course{
		ID: ID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: "1", ContextID: "course-" + ID(),
		Label: "BIO-1", Title: "Biology", Locale: "en", CreatedAt: Now(), UpdatedAt: Now(),
	}
	must(t, db.CreateCourse(t.Context(), c))
	return c
}

// Room makes a room of the course.
func Room(t testing.TB, db *storage.DB, c classroom.Course) classroom.Room {
	t.Helper()
	r := classroom.Room{
		ID: ID(), TenantID: c.TenantID, CourseID: c.ID, ResourceLinkID: "link-" + ID(), Title: "Lessons",
		Record: true, Version: 1, CreatedAt: Now(), UpdatedAt: Now(),
	}
	must(t, db.CreateRoom(t.Context(), r))
	return r
}

// Person makes a person of the platform.
func Person(t testing.TB, db *storage.DB, p classroom.Platform, name string) classroom.Person {
	t.Helper()
	who := classroom.Person{
		ID: ID(), TenantID: p.TenantID, PlatformID: p.ID, Subject: "subject-" + ID(), Name: name,
		Email: name + "@example.org", Locale: "en", CreatedAt: Now(), UpdatedAt: Now(),
	}
	must(t, db.CreatePerson(t.Context(), who))
	return who
}

// Enrolment enrols the person in the course.
func Enrolment(t testing.TB, db *storage.DB, c classroom.Course, p classroom.Person, moderator bool) classroom.Enrolment {
	t.Helper()
	e := classroom.Enrolment{
		ID: ID(), TenantID: c.TenantID, CourseID: c.ID, PersonID: p.ID, Moderator: moderator, Counted: true,
		Why: "course_learner", RoleName: "Learner", ProvedAt: Now(), CreatedAt: Now(), UpdatedAt: Now(),
	}
	if moderator {
		e.Why, e.RoleName = "course_instructor", "Instructor"
	}
	must(t, db.CreateEnrolment(t.Context(), e))
	return e
}

// Launch makes a launch of the person into the room, now.
func Launch(t testing.TB, db *storage.DB, r classroom.Room, p classroom.Person) classroom.Launch {
	t.Helper()
	l := classroom.Launch{
		ID: ID(), TenantID: r.TenantID, PlatformID: p.PlatformID, Nonce: "nonce-" + ID(), PersonID: p.ID,
		CourseID: r.CourseID, RoomID: r.ID, Address: "192.0.2.1", ReturnURL: "https://lms.example/back",
		CreatedAt: Now(), SeenAt: Now(),
	}
	must(t, db.CreateLaunch(t.Context(), l))
	return l
}

// Meeting makes a running meeting in the room, started by the person.
func Meeting(t testing.TB, db *storage.DB, r classroom.Room, s classroom.Server, by classroom.Person) classroom.Meeting {
	t.Helper()
	m := NewMeeting(r, s, by)
	must(t, db.CreateMeeting(t.Context(), m))
	return m
}

// NewMeeting is a running meeting that is not stored yet.
func NewMeeting(r classroom.Room, s classroom.Server, by classroom.Person) classroom.Meeting {
	return classroom.Meeting{
		ID: ID(), TenantID: r.TenantID, RoomID: r.ID, OpenRoomID: &r.ID, ServerID: s.ID,
		State: classroom.MeetingRunning, StartedBy: by.ID, Name: r.Title, Record: r.Record,
		RecordingState: classroom.RecordingPossible, SeenAt: Now(), Inside: 1, CreatedAt: Now(), UpdatedAt: Now(),
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
