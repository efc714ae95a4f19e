package classroom

import (
	"context"
	"strings"
	"time"

	"classbridge/bbb"
)

// Attendance is one person's part in a meeting: as long as that is all there is,
// what looking at BigBlueButton now and then has shown; then what its report says.
type Attendance struct {
	MeetingID string
	UserID    string // the opaque id that we gave to BBB
	TenantID  string
	Name      string
	Counted   bool
	FirstSeen time.Time
	LastSeen  time.Time
	Seconds   int64 // inside
	Reported  bool  // by BigBlueButton, to the second; the rest is known only then
	Engagement
}

// Join is what both of one UserID say: from the first sight of it to the last.
func (a Attendance) Join(b Attendance) Attendance {
	if b.FirstSeen.Before(a.FirstSeen) {
		a.FirstSeen = b.FirstSeen
	}
	if b.LastSeen.After(a.LastSeen) {
		a.LastSeen = b.LastSeen
	}
	a.Counted = a.Counted || b.Counted
	a.Seconds += b.Seconds
	a.Reported = a.Reported && b.Reported
	a.Engagement.add(b.Engagement)
	return a
}

// Engagement is what BigBlueButton reports that a person did in a meeting.
type Engagement struct {
	Chats       int64
	Talks       int64
	TalkSeconds int64
	RaisedHands int64
	Emojis      int64
	PollVotes   int64
}

func (e *Engagement) add(o Engagement) {
	e.Chats += o.Chats
	e.Talks += o.Talks
	e.TalkSeconds += o.TalkSeconds
	e.RaisedHands += o.RaisedHands
	e.Emojis += o.Emojis
	e.PollVotes += o.PollVotes
}

// Enrolled is somebody and the enrolment in a course.
type Enrolled struct {
	Person    Person
	Enrolment Enrolment
}

// AttendanceStore holds who was in which meeting, and for how long.
type AttendanceStore interface {
	// SeeInside notes who is inside now: first seen once, last seen always. Whoever
	// was seen since that look, too, has been inside meanwhile.
	SeeInside(ctx context.Context, inside []Attendance, since time.Time) error
	// ReportInside puts what was reported in the place of what was seen.
	ReportInside(ctx context.Context, reported []Attendance) error
	// Attended lists who was in those meetings, by name, each UserID once.
	Attended(ctx context.Context, meetingIDs []string) ([]Attendance, error)
	// EachAttendance reads who was in those meetings, by meeting; those with the
	// user ids only, if there are any.
	EachAttendance(ctx context.Context, meetingIDs, userIDs []string, each func(Attendance)) error
	// HeldMeetings lists the meetings of those rooms that have ended and in which
	// somebody was, newest first.
	HeldMeetings(ctx context.Context, roomIDs []string) ([]Meeting, error)
	// EnrolledIn lists who is, or was, enrolled in the course.
	EnrolledIn(ctx context.Context, courseID string) ([]Enrolled, error)
}

// longestGap is how far two looks may be apart for what both show to have been so
// in between as well.
const longestGap = 150 * time.Second

// sinceLook is the look at the meeting to which one of now can be joined: the last
// one, if it was not too long ago.
func sinceLook(m Meeting, now time.Time) time.Time {
	if gap := now.Sub(m.LookedAt); gap < 0 || gap > longestGap {
		return now
	}
	return m.LookedAt
}

// hold adds to the time that the class was held what has passed since the last
// look, if somebody was inside then and is now. People's minutes are measured
// against it, so that what nobody could see counts for nobody.
func (m *Meeting) hold(inside int, now time.Time) {
	if m.Inside > 0 && inside > 0 {
		m.HeldSeconds += now.Unix() - sinceLook(*m, now).Unix()
	}
}

// attendances are the people inside, each once: whoever has joined from two tabs
// is listed twice.
func attendances(m Meeting, inside []bbb.Attendee, now time.Time) []Attendance {
	var seen []Attendance
	listed := make(map[string]bool, len(inside))
	for _, a := range inside {
		if listed[a.UserID] {
			continue
		}
		listed[a.UserID] = true
		seen = append(seen, Attendance{
			MeetingID: m.ID, UserID: a.UserID, TenantID: m.TenantID, Name: a.Name,
			Counted: countedID(a.UserID), FirstSeen: now, LastSeen: now,
		})
	}
	return seen
}

// What the user ids that we give to BigBlueButton begin with.
const (
	countedPrefix   = "p-" // a person of the course
	uncountedPrefix = "x-" // a test user, an observer, an admin
	chatPrefix      = "c-" // a member of the channel whom we know nothing else of
)

func countedID(userID string) bool {
	return strings.HasPrefix(userID, countedPrefix) || strings.HasPrefix(userID, chatPrefix)
}

// personOf is the id of the person whom we gave that user id; empty if it is
// nobody of the course.
func personOf(userID string) string {
	for _, prefix := range []string{countedPrefix, uncountedPrefix} {
		if id, ok := strings.CutPrefix(userID, prefix); ok {
			return id
		}
	}
	return ""
}

func counted(seen []Attendance) int {
	n := 0
	for _, a := range seen {
		if a.Counted {
			n++
		}
	}
	return n
}
