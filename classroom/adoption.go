package classroom

import (
	"context"
	"time"
)

// Adoption moves courses of one registration, or of one deployment of it, into
// another of the same tenant: the tool was deleted from the LMS and added again,
// or the LMS has a new address, and its launches come from elsewhere now.
type Adoption struct {
	ID               string
	TenantID         string
	FromPlatformID   string
	FromDeploymentID string // empty: all of them
	ToPlatformID     string
	ToDeploymentID   string
	SamePeople       bool   // the same subject is the same person on both sides
	ByWhom           string // the operator who did it
	Courses          int64
	CreatedAt        time.Time
	RevertedBy       string
	RevertedAt       time.Time // zero: it stands
}

// RevertWithin is how long an adoption can be taken back.
const RevertWithin = 30 * 24 * time.Hour

// Alteration is one field of one row that an adoption changed: undone by writing
// what was, as long as what became of it still stands.
type Alteration struct {
	ID         string // in the order in which they were made
	TenantID   string
	AdoptionID string
	CourseID   string // that was moved: its alterations are undone together
	Noun       AdoptedNoun
	RowKey     string // id of the row; of rows without one, the parts of their key joined by /
	Field      string
	Was        string
	Became     string
}

// AdoptedNoun is a kind of row that adoptions change.
type AdoptedNoun string

const (
	AdoptedCourse     AdoptedNoun = "courses"
	AdoptedRoom       AdoptedNoun = "rooms"
	AdoptedMeeting    AdoptedNoun = "meetings"
	AdoptedRecording  AdoptedNoun = "recordings"
	AdoptedEnrolment  AdoptedNoun = "enrolments"
	AdoptedAttendance AdoptedNoun = "attendances" // meeting/user
	AdoptedGrade      AdoptedNoun = "grades"      // room/person
	AdoptedChatLink   AdoptedNoun = "chat_links"
)

// Fields of an Alteration that are more than one column of text: the registration
// of a course is platform/deployment, and times are in RFC 3339.
const (
	FieldRegistration = "registration"
	FieldCreated      = "created_at"
)

// AdoptionStore holds courses that were moved to another registration, and does
// what moves them.
type AdoptionStore interface {
	CreateAdoption(ctx context.Context, a Adoption) error
	SaveAdoption(ctx context.Context, a Adoption) error
	LockAdoption(ctx context.Context, id string) (Adoption, error)
	// Adoptions lists the tenant's, newest first.
	Adoptions(ctx context.Context, tenantID string) ([]Adoption, error)
	// Alter changes the field and keeps the alteration; false if what was there is
	// not what the alteration says, or another row has that place.
	Alter(ctx context.Context, a Alteration) (done bool, err error)
	// Unalter writes what was; false if something else has changed it meanwhile, or
	// has its place.
	Unalter(ctx context.Context, a Alteration) (done bool, err error)
	// Alterations lists those of the adoption, by course, the last one first.
	Alterations(ctx context.Context, adoptionID string) ([]Alteration, error)

	// RetireNewcomer takes the place that an alteration of a course's registration
	// left from a course that has come there since, unless a class was held in it.
	RetireNewcomer(ctx context.Context, a Alteration) error

	// CoursesAt lists those of a registration, or of one deployment of it, oldest first.
	CoursesAt(ctx context.Context, platformID, deploymentID string) ([]Course, error)
	// RoomsOf lists the rooms of a course, oldest first.
	RoomsOf(ctx context.Context, courseID string) ([]Room, error)
	// RowKeys lists the rows of a noun that belong to something: meetings and
	// recordings to a room, attendances (owner is course/user) and grades
	// (course/person) to a person in a course, a chat link to a person if its account
	// has no link in another registration yet (person/platform).
	RowKeys(ctx context.Context, n AdoptedNoun, owner string) ([]string, error)
	// Enrolled lists who is, or was, enrolled in a course.
	Enrolled(ctx context.Context, courseID string) ([]EnrolledPerson, error)
	// HasOpenMeeting reports whether a class runs in one of the course's rooms.
	HasOpenMeeting(ctx context.Context, courseID string) (bool, error)
	// FindLookAlike finds the newest course of the tenant, on another registration or
	// deployment, with the same context id and the same title or label.
	FindLookAlike(ctx context.Context, c Course) (id string, found bool, err error)
	// Deployments lists those of a registration, oldest first.
	Deployments(ctx context.Context, platformID string) ([]Deployment, error)
	// EndLaunchesOf ends all sessions of a course.
	EndLaunchesOf(ctx context.Context, courseID string, at time.Time) error
}

// EnrolledPerson is somebody with what they may do in a course.
type EnrolledPerson struct {
	Person    Person
	Enrolment Enrolment
}
