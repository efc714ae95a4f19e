package classroom

import (
	"context"
	"time"
)

// Gradebook is a room's column in the LMS's gradebook: what became of it lately.
type Gradebook struct {
	RoomID     string
	TenantID   string
	AskedAt    time.Time    // somebody last asked for grades to be sent
	AskedBy    string       // person id
	ItemURL    string       // the line item that grades were sent to: what was sent to another is not in this one
	SentAt     time.Time    // the last sending that came to its end began
	Problem    GradeProblem // why nothing can be sent
	LeaseUntil time.Time    // until then one process is sending
	UpdatedAt  time.Time
}

// another reports whether what was sent is not in the column of that line item.
func (g Gradebook) another(itemURL string) bool { return g.ItemURL != "" && g.ItemURL != itemURL }

// Grade is one person's grade in a room's column: how it was corrected here, and
// what became of it there. Percents are NoPercent where there is none.
type Grade struct {
	RoomID       string
	PersonID     string
	TenantID     string
	Correction   float64 // stands for what was measured
	Excluded     bool    // is not sent
	Adopted      bool    // what stands there that we did not write is to be replaced
	State        GradeState
	Problem      GradeProblem
	TriedPercent float64 // last sent, or on its way when the process died
	TriedAt      time.Time
	SentPercent  float64 // last taken by the LMS
	SentAt       time.Time
	SentBy       string // person id; empty: by itself
	UpdatedAt    time.Time
}

// NoPercent is no grade.
const NoPercent = -1

// GradeState is what became of a grade at the LMS.
type GradeState string

const (
	GradeUnsent  GradeState = ""
	GradeSent    GradeState = "sent"
	GradeForeign GradeState = "foreign" // another one stands there, which we did not write
	GradeRefused GradeState = "refused"

	// What a grade can be beside, for those who look at it.
	GradeNone     GradeState = "none" // nothing was held for the person
	GradeExcluded GradeState = "excluded"
	GradeNew      GradeState = "new"
	GradeChanged  GradeState = "changed" // since it was sent
)

// GradeProblem is why grades, or one of them, cannot be sent.
type GradeProblem string

const (
	GradesNotOffered GradeProblem = "not_offered" // the LMS offers no gradebook to this tool in this course
	GradesNoScores   GradeProblem = "no_scores"   // the LMS does not let us send scores
	GradesNoColumn   GradeProblem = "no_column"   // there is no column, and the LMS lets us make none
	GradesColumnGone GradeProblem = "column_gone" // somebody deleted the column
	GradesRefused    GradeProblem = "refused"     // the LMS refuses all

	GradeOlder     GradeProblem = "older"     // something newer stands there
	GradeStranger  GradeProblem = "stranger"  // the LMS does not know the person in this course
	GradeUngraded  GradeProblem = "ungraded"  // the person gets no grades in this course
	GradeForbidden GradeProblem = "forbidden" // not this person's
	GradeBad       GradeProblem = "bad"       // it was not taken, and the LMS says no more
)

// GradeStore holds what was sent to gradebooks.
type GradeStore interface {
	FindGradebook(ctx context.Context, roomID string) (Gradebook, bool, error)
	// NoteAsked inserts it, or notes in it who asked for grades to be sent; no problem
	// is known any longer.
	NoteAsked(ctx context.Context, room Room, personID string, at time.Time) error
	// NoteColumn notes in the leased one which line item grades are sent to.
	NoteColumn(ctx context.Context, roomID, itemURL string, at time.Time) error
	// NoteSent notes in the leased one how a sending ended, and when it began if all
	// was sent; zero: it was not.
	NoteSent(ctx context.Context, roomID string, began time.Time, p GradeProblem, at time.Time) error
	// LeaseGradebook lets one process send the room's grades: true if nobody's
	// lease lasts beyond now.
	LeaseGradebook(ctx context.Context, room Room, now, until time.Time) (bool, error)
	ReleaseGradebook(ctx context.Context, roomID string) error
	Grades(ctx context.Context, roomID string) ([]Grade, error)
	// CorrectGrade inserts the grade, or changes how it is corrected.
	CorrectGrade(ctx context.Context, g Grade) error
	// SaveGrades inserts grades, or changes what became of them at the LMS. What was
	// sent is no longer to be adopted.
	SaveGrades(ctx context.Context, g []Grade) error
	// RetryGrades lets the refused grades of a room be sent again.
	RetryGrades(ctx context.Context, roomID string) error
	// ForgetSent is for a column that is no more: nothing has been sent to the next.
	ForgetSent(ctx context.Context, roomID string) error
	// SaveLineItem notes the room's column in the LMS's gradebook.
	SaveLineItem(ctx context.Context, roomID, itemURL string) error
}

// newGrade is one that nothing has happened to.
func newGrade(room Room, personID string) Grade {
	return Grade{
		RoomID: room.ID, PersonID: personID, TenantID: room.TenantID,
		Correction: NoPercent, TriedPercent: NoPercent, SentPercent: NoPercent,
	}
}

// unsent is the grade in a column that nothing was sent to.
func (g Grade) unsent() Grade {
	g.State, g.Problem, g.Adopted, g.TriedPercent, g.SentPercent = GradeUnsent, "", false, NoPercent, NoPercent
	return g
}

// standing is how the grade stands if want is what it should be.
func (g Grade) standing(want float64) GradeState {
	switch {
	case g.Excluded:
		return GradeExcluded
	case want == NoPercent:
		return GradeNone
	case g.State == GradeForeign && !g.Adopted:
		return GradeForeign
	case g.State == GradeRefused && g.TriedPercent == want:
		return GradeRefused
	case g.SentPercent == NoPercent:
		return GradeNew
	case g.SentPercent != want || g.Adopted:
		return GradeChanged
	}
	return GradeSent
}

// gradeLater has the grades of a room sent some time after a meeting, where its
// teacher wants that. A group's meeting counts for the room that it is a part of.
func gradeLater(ctx context.Context, tx Tx, m Meeting) error {
	room, err := gradedRoom(ctx, tx, m.RoomID)
	if err != nil || !room.Graded || room.GradeAfter <= 0 || m.HeldSeconds == 0 {
		return err
	}
	return tx.Enqueue(ctx, SendGrades{RoomID: room.ID, MeetingID: m.ID}, m.EndedAt.Add(room.after()))
}

// gradedRoom is the room that has the column: for a group's, the one that it is a part of.
func gradedRoom(ctx context.Context, q Queries, roomID string) (Room, error) {
	room, err := q.Room(ctx, roomID)
	if err != nil || room.ParentID == "" {
		return room, err
	}
	return q.Room(ctx, room.ParentID)
}

func (r Room) after() time.Duration { return time.Duration(r.GradeAfter) * time.Hour }
