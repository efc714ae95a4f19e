package classroom

import (
	"context"
	"time"
)

// RosterStore holds how far the rosters of courses have been read, and what
// comes of it.
type RosterStore interface {
	EnrolmentStore
	PeopleStore
	GroupStore
	FindRoster(ctx context.Context, courseID string) (Roster, bool, error)
	// CreateRoster does nothing if the course has one.
	CreateRoster(ctx context.Context, r Roster) error
	SaveRoster(ctx context.Context, r Roster) error // but for AskedAt
	// AskRoster notes that a person asks for the roster, which is due by that; false
	// if somebody has since then.
	AskRoster(ctx context.Context, courseID string, at, since time.Time) (bool, error)
	// RostersDue lists rosters to be read now that have shown no sign of work
	// since then, the longest due first, at most perPlatform of each registration
	// in force.
	RostersDue(ctx context.Context, q RosterQuery) ([]DueRoster, error)
	// RostersUnderWay counts those that have, by registration.
	RostersUnderWay(ctx context.Context, since time.Time) (map[string]int, error)
	// WorkRoster notes that the roster is about to be read, WaitRoster that it is not, but then.
	WorkRoster(ctx context.Context, courseID string, at time.Time) error
	WaitRoster(ctx context.Context, courseID string, due time.Time) error
}

// RosterQuery says which rosters are meant.
type RosterQuery struct {
	Now           time.Time
	WorkedSince   time.Time
	LaunchedSince time.Time // when a course is an active one
	PerPlatform   int
	Limit         int
}

// DueRoster is a roster whose time has come.
type DueRoster struct {
	CourseID   string
	PlatformID string
	Active     bool // somebody has launched the course lately
}

// EnrolmentStore changes many persons and enrolments at a time, as rosters do.
type EnrolmentStore interface {
	// ShareCourse reads the course and keeps it from being changed, while others
	// may share it, until the transaction ends.
	ShareCourse(ctx context.Context, id string) (Course, error)
	// PersonsBySubject lists those of the subjects that are known.
	PersonsBySubject(ctx context.Context, platformID string, subjects []string) ([]Person, error)
	// CreatePersons inserts persons; whose subject is known stays as it is.
	CreatePersons(ctx context.Context, p []Person) error
	// Enrolments reads those of the persons; LockEnrolments keeps them from
	// others until the transaction ends.
	Enrolments(ctx context.Context, courseID string, personIDs []string) ([]Enrolment, error)
	LockEnrolments(ctx context.Context, courseID string, personIDs []string) ([]Enrolment, error)
	// CreateEnrolments inserts enrolments; who has one keeps it as it is.
	CreateEnrolments(ctx context.Context, e []Enrolment) error
	// MarkListed notes that the roster lists those persons.
	MarkListed(ctx context.Context, courseID string, personIDs []string, at time.Time) error
	// Launched lists those of the persons whom a launch has brought, into any course.
	Launched(ctx context.Context, personIDs []string) ([]string, error)
	// LaunchedAsModerators lists those of the persons whose newest launch in the
	// course is not older than since, and was as a moderator.
	LaunchedAsModerators(ctx context.Context, courseID string, personIDs []string, since time.Time) ([]string, error)
	// Unlisted lists enrolments that last and that the pass ends, of people who have
	// not launched since it began, by person from after on: those marked as gone,
	// and at a full pass those who count and are not marked. Moderators who were
	// never marked are left out while their launch is younger than ProofAge, and
	// where no moderator was marked at all.
	Unlisted(ctx context.Context, p RosterPass, after string, limit int) ([]Enrolment, error)
	// CountListed counts the enrolments that last, or are to begin, and were marked
	// with that time.
	CountListed(ctx context.Context, courseID string, at time.Time) (int64, error)
	// CountUnlisted counts the unlisted, and all enrolments that last and count.
	CountUnlisted(ctx context.Context, p RosterPass) (unlisted, all int64, err error)
	// NotBegun lists persons who count, were marked with that time, and whose
	// enrolments have ended or not begun.
	NotBegun(ctx context.Context, courseID string, at time.Time, limit int) ([]string, error)
	// BeginEnrolments lets those enrolments last.
	BeginEnrolments(ctx context.Context, courseID string, personIDs []string, at time.Time) error
	// EndEnrolments ends those enrolments and the persons' sessions in the course.
	EndEnrolments(ctx context.Context, courseID string, personIDs []string, at time.Time) error
	// WantAdmissions lets those persons wait for the channel who are not in it, and answers who does.
	WantAdmissions(ctx context.Context, c Course, personIDs []string, at time.Time) ([]string, error)
	// LeaveAdmissions lets those persons leave the channel, and answers who is in it.
	LeaveAdmissions(ctx context.Context, courseID string, personIDs []string, at time.Time) ([]string, error)
	// HaveLeft notes that the person who was to leave the channel has; false if
	// the admission has been changed meanwhile.
	HaveLeft(ctx context.Context, courseID, personID string, at time.Time) (bool, error)
	// AccountStays reports whether somebody else whose enrolment in the course
	// lasts has that account of the chat, by link, admission or e-mail address.
	AccountStays(ctx context.Context, a Admission, email string) (bool, error)
}

// RosterPass is a pass and the marks that it makes.
type RosterPass struct {
	CourseID string
	At       time.Time // when it began: who is listed
	Gone     time.Time // who has left
	Full     bool      // it lists everybody
}
