package classroom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Sheet is who attended the meetings of a room, those of its groups' rooms
// included, and who was absent.
type Sheet struct {
	Room     Room
	Course   Course
	Meetings []SheetMeeting // all that were held, newest first
	Rows     []SheetRow     // by name
}

// SheetMeeting is a meeting that was held.
type SheetMeeting struct {
	Meeting
	GroupID string // of the group that it was held for; empty: for the whole course
	Group   string // its name
	Present int    // learners who were inside
}

// SheetRow is one person, measured against the meetings that were held for them.
type SheetRow struct {
	UserID    string
	Person    Person    // zero of guests
	Enrolment Enrolment // zero of guests
	Name      string
	Standing  SheetStanding
	In        map[string]Attendance // by meeting id
	Meetings  int                   // that were held for the person
	Present   int                   // of these
	Held      int64                 // seconds of these
	Inside    int64                 // seconds
	Seen      Attendance            // of all these together: first and last seen, engagement
}

// SheetStanding is where a person belongs in the list.
type SheetStanding string

const (
	SheetLearner   SheetStanding = "learner"
	SheetModerator SheetStanding = "moderator"
	SheetUncounted SheetStanding = "uncounted" // test users, observers, admins
	SheetGuest     SheetStanding = "guest"     // of the channel, whom no account links to the course
)

// Absent reports whether there was something to attend, and the person did not.
func (r SheetRow) Absent() bool { return r.Meetings > 0 && r.Present == 0 }

// Left reports whether the person is no longer in the course.
func (r SheetRow) Left() bool { return r.Enrolment.ID != "" && !r.Enrolment.EndedAt.IsZero() }

// Percent is how much of what was held for the person they attended, to a tenth;
// false if nothing was.
func (r SheetRow) Percent() (float64, bool) {
	if r.Held == 0 {
		return 0, false
	}
	return float64(min((r.Inside*1000+r.Held/2)/r.Held, 1000)) / 10, true
}

// Attendance answers who attended the meetings of a visit's room, or one of them.
// Viewers see their own row.
func (c *Classroom) Attendance(ctx context.Context, a Access, meetingID string) (Sheet, error) {
	only := a.Person.ID
	if a.MayModerate(c.Now()) {
		only = ""
	}
	s, err := c.sheet(ctx, a.Room, a.Course, sheetQuery{meetingID: meetingID, personID: only})
	if err != nil {
		return s, fmt.Errorf("attendance in room %s: %w", a.Room.ID, err)
	}
	return s, nil
}

// sheetQuery narrows a sheet: empty means all.
type sheetQuery struct{ meetingID, personID string }

func (c *Classroom) sheet(ctx context.Context, room Room, course Course, q sheetQuery) (Sheet, error) {
	s := Sheet{Room: room, Course: course}
	var err error
	if s.Meetings, err = c.sheetMeetings(ctx, room); err != nil {
		return s, err
	}
	people, err := c.enrolledFor(ctx, course, q.personID)
	if err != nil {
		return s, err
	}
	t := newTally(room, people)
	if q.personID != "" { // nobody is told of classes that were held for others
		if err := c.Store.EachAttendance(ctx, meetingIDs(s.Meetings), userIDs(q.personID), t.add); err != nil {
			return s, err
		}
		s.Meetings = slices.DeleteFunc(s.Meetings, t.concernsNobody)
	}
	measured, err := s.chosen(q.meetingID)
	if err != nil {
		return s, err
	}
	if q.personID == "" {
		if err := c.Store.EachAttendance(ctx, meetingIDs(measured), nil, t.add); err != nil {
			return s, err
		}
	}
	s.Rows = t.rows(measured)
	return s, nil
}

// chosen is the meeting of that id alone; all for an empty one.
func (s Sheet) chosen(meetingID string) ([]SheetMeeting, error) {
	if meetingID == "" {
		return s.Meetings, nil
	}
	i := slices.IndexFunc(s.Meetings, func(m SheetMeeting) bool { return m.ID == meetingID })
	if i < 0 {
		return nil, refuse(NotFound, "error.meeting_unknown")
	}
	return s.Meetings[i : i+1], nil
}

// sheetMeetings lists what was held in a room and in those of its groups.
func (c *Classroom) sheetMeetings(ctx context.Context, room Room) ([]SheetMeeting, error) {
	children, err := c.Store.ChildRooms(ctx, room.ID)
	if err != nil {
		return nil, err
	}
	rooms := map[string]Room{room.ID: room}
	ids := []string{room.ID}
	for _, r := range children {
		rooms[r.ID], ids = r, append(ids, r.ID)
	}
	held, err := c.Store.HeldMeetings(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []SheetMeeting
	for _, m := range held {
		in := rooms[m.RoomID]
		one := SheetMeeting{Meeting: m, GroupID: in.GroupID}
		if in.GroupID != "" {
			one.Group = in.Title
		}
		list = append(list, one)
	}
	return list, nil
}

func meetingIDs(meetings []SheetMeeting) []string {
	ids := make([]string, 0, len(meetings))
	for _, m := range meetings {
		ids = append(ids, m.ID)
	}
	return ids
}

// userIDs are those that a person may have at BigBlueButton; none: everybody's.
func userIDs(personID string) []string {
	if personID == "" {
		return nil
	}
	return []string{userID(personID, true), userID(personID, false)}
}

func (c *Classroom) enrolledFor(ctx context.Context, course Course, personID string) ([]Enrolled, error) {
	if personID == "" {
		return c.Store.EnrolledIn(ctx, course.ID)
	}
	p, err := c.Store.Person(ctx, personID)
	if err != nil {
		return nil, err
	}
	e, found, err := c.Store.FindEnrolment(ctx, personID, course.ID)
	if err != nil || !found {
		return nil, err
	}
	return []Enrolled{{Person: p, Enrolment: e}}, nil
}

// tally counts people's minutes.
type tally struct {
	room   Room
	people map[string]*SheetRow // by person id, guests by user id
}

func newTally(room Room, people []Enrolled) *tally {
	t := &tally{room: room, people: make(map[string]*SheetRow, len(people))}
	for _, p := range people {
		t.people[p.Person.ID] = &SheetRow{
			UserID: userID(p.Person.ID, p.Enrolment.Counted), Person: p.Person, Enrolment: p.Enrolment,
			Name: p.Person.DisplayName(), Standing: standingOf(p.Enrolment), In: map[string]Attendance{},
		}
	}
	return t
}

func standingOf(e Enrolment) SheetStanding {
	switch {
	case !e.Counted:
		return SheetUncounted
	case e.Moderator:
		return SheetModerator
	}
	return SheetLearner
}

// add notes one attendance. Whoever was counted once and not at another time has
// two user ids.
func (t *tally) add(a Attendance) {
	key := cmp.Or(personOf(a.UserID), a.UserID)
	r := t.people[key]
	if r == nil {
		r = &SheetRow{UserID: a.UserID, Name: a.Name, Standing: SheetGuest, In: map[string]Attendance{}}
		t.people[key] = r
	}
	if known, twice := r.In[a.MeetingID]; twice {
		a = known.Join(a)
	}
	r.In[a.MeetingID] = a
}

// concernsNobody of those who are listed.
func (t *tally) concernsNobody(m SheetMeeting) bool {
	for _, r := range t.people {
		if _, was := r.In[m.ID]; was || r.concerns(m) {
			return false
		}
	}
	return true
}

// rows measures everybody against the meetings, in which it counts the learners.
func (t *tally) rows(meetings []SheetMeeting) []SheetRow {
	var rows []SheetRow
	for _, r := range t.people {
		for i := range meetings {
			r.measure(&meetings[i])
		}
		if r.Present > 0 || t.belongs(r) {
			rows = append(rows, *r)
		}
	}
	slices.SortFunc(rows, func(a, b SheetRow) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.UserID, b.UserID))
	})
	return rows
}

// belongs reports whether the person is listed though never seen: the learners of
// the course, or of the group whose room it is.
func (t *tally) belongs(r *SheetRow) bool {
	return r.Standing == SheetLearner && !r.Left() && (t.room.GroupID == "" || r.Enrolment.GroupIDs.Has(t.room.GroupID))
}

func (r *SheetRow) measure(m *SheetMeeting) {
	a, was := r.In[m.ID]
	if !was && !r.concerns(*m) {
		return
	}
	r.Meetings++
	r.Held += m.HeldSeconds
	if !was {
		return
	}
	a.Seconds = min(a.Seconds, m.HeldSeconds)
	r.In[m.ID] = a
	r.Inside += a.Seconds
	if r.Present++; r.Present == 1 {
		r.Seen = a
	} else {
		r.Seen = r.Seen.Join(a)
	}
	if r.Standing == SheetLearner {
		m.Present++
	}
}

// concerns reports whether the meeting was held for the person, who was in the
// course then, and is in the group.
func (r *SheetRow) concerns(m SheetMeeting) bool {
	e := r.Enrolment
	then := e.ID != "" && e.CreatedAt.Before(m.EndedAt) && (e.EndedAt.IsZero() || e.EndedAt.After(m.EndedAt))
	return then && (m.GroupID == "" || e.GroupIDs.Has(m.GroupID))
}
