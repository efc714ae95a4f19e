package classroom

import "time"

// Roster is how far the list of a course's members has been read from the LMS
// (Names and Role Provisioning Services 2.0). A pass reads all pages of it, or those
// that tell what has changed; whoever a pass lists is marked with its time.
type Roster struct {
	CourseID       string
	TenantID       string
	PassAt         time.Time // when the pass under way began; zero: none is
	PassFull       bool      // it lists everybody; otherwise what has changed
	NextURL        string    // of the page that the pass reads next
	DifferencesURL string    // what has changed since the last pass (NRPS §2.4.2); may be empty
	Pages          int64     // that the pass has read
	Members        int64     // that the last full pass listed
	TellsGroups    bool      // members come with their groups
	Doubted        bool      // the last full pass was not plausible
	ReadAt         time.Time // when a pass was last read to its end
	FullAt         time.Time // when the last full one began that was
	AskedAt        time.Time // when a person last asked for it
	WorkingAt      time.Time // when a reading was last enqueued or went on; zero: none is
	DueAt          time.Time // when it is read again; zero: never
	Problem        RosterProblem
	Detail         string // of the problem, for the operator
	Failures       int64  // in a row
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// goneMark marks whom the pass says to have left: just before those whom it lists,
// so that whoever is listed elsewhere in it as well has not.
func (r Roster) goneMark() time.Time { return r.PassAt.Add(-time.Microsecond) }

// pass says whom the pass under way ends.
func (r Roster) pass() RosterPass {
	return RosterPass{CourseID: r.CourseID, At: r.PassAt, Gone: r.goneMark(), Full: r.PassFull}
}

// RosterProblem is why a roster is not as new as it should be.
type RosterProblem string

const (
	RosterRefused     RosterProblem = "refused"     // the LMS does not give it to us
	RosterUnavailable RosterProblem = "unavailable" // the LMS does not answer
	RosterUnreadable  RosterProblem = "unreadable"  // its answer makes no sense
	RosterImplausible RosterProblem = "implausible" // it has lost most of the course at once
)
