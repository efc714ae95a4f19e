package classroom

import (
	"cmp"
	"time"
)

// Person is one subject (`sub`) of one registration: the same human in two
// registrations is two persons.
type Person struct {
	ID         string
	TenantID   string
	PlatformID string
	Subject    string // empty for an anonymous launch's one-visit person
	Name       string // as the LMS tells it
	ChosenName string // typed by the person, where the LMS tells none
	Email      string
	Locale     string
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Enrolment is what a person may do in a course, from the newest launch.
type Enrolment struct {
	ID         string
	TenantID   string
	CourseID   string
	PersonID   string
	Moderator  bool
	Counted    bool      // false: test users, observers and admins who are not enrolled
	Why        string    // the rule that gave the role (Standing.Why)
	RoleName   string    // the role that decided, as the LMS calls it
	ProvedAt   time.Time // newest launch or roster that says so, to the hour
	LaunchedAt time.Time // newest launch, to the hour; zero: known from the roster alone
	RosterAt   time.Time // when the roster last listed the person; zero: never
	GroupIDs   GroupSet  // the course's groups that the person is in
	EndedAt    time.Time // zero while it lasts
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// DisplayName is what others see of the person; empty if there is no name at all.
func (p Person) DisplayName() string { return cmp.Or(p.Name, p.ChosenName) }

// ProofAge is how old the proof of a moderator's right may be outside a fresh launch.
const ProofAge = 7 * 24 * time.Hour

// MayModerate reports whether the enrolment gives a moderator's rights at that time.
func (e Enrolment) MayModerate(now time.Time) bool {
	return e.Moderator && e.EndedAt.IsZero() && now.Sub(e.ProvedAt) < ProofAge
}

// Launch is one accepted launch: the guard against its replay by the unique
// (platform, nonce), the session that it opened, and the log of it, in one row.
type Launch struct {
	ID         string
	TenantID   string
	PlatformID string
	Nonce      string
	PersonID   string
	CourseID   string
	RoomID     string
	Moderator  bool
	Why        string
	Address    string // where it came from
	ReturnURL  string // of the LMS, to go back to the course; may be empty
	CreatedAt  time.Time
	SeenAt     time.Time // to five minutes
	EndedAt    time.Time // zero while the session may be used
}

// How long a session lives without a sign of life, and in all.
const (
	SessionIdle = 2 * time.Hour
	SessionMax  = 12 * time.Hour
)

// Alive reports whether the session that the launch opened may still be used.
func (l Launch) Alive(now time.Time) bool {
	return l.EndedAt.IsZero() && now.Sub(l.SeenAt) < SessionIdle && now.Sub(l.CreatedAt) < SessionMax
}
