package classroom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"classbridge/bbb"
)

// MeetingReported is BigBlueButton's analytics callback: who was inside for how
// long, told once when a meeting is over. Its token covers neither the meeting nor
// the body, so the address does (it is known to BigBlueButton alone), both ids must
// be the meeting's, it must be over, and the first report is the last. Refusals:
// NotFound when the address is none, Invalid when it is not believed.
func (c *Classroom) MeetingReported(ctx context.Context, token, bearer string, body io.Reader) error {
	m, err := c.reportable(ctx, token, bearer)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("report on meeting %s: %w", m.ID, err)
	}
	report, err := bbb.ParseAnalytics(raw)
	if err != nil {
		return disbelieve(err)
	}
	if report.MeetingID != m.ID || m.InternalID == "" || report.InternalID != m.InternalID {
		return disbelieve(errors.New("the report is on another meeting"))
	}
	if m, err = c.overForSure(ctx, m); err != nil {
		return err
	}
	return c.keepReport(ctx, m, report)
}

// reportable answers the meeting of that address, if the sender holds a secret of
// its server.
func (c *Classroom) reportable(ctx context.Context, token, bearer string) (Meeting, error) {
	id, code, _ := strings.Cut(token, ".")
	if !c.Signer.CodeIs(code, "bbb analytics", id) {
		return Meeting{}, refuse(NotFound, "not_found")
	}
	m, err := c.Store.Meeting(ctx, id)
	if err != nil {
		return m, err
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return m, err
	}
	if err := client.VerifyAnalytics(bearer, c.Now()); err != nil {
		return m, disbelieve(err)
	}
	return m, nil
}

func (c *Classroom) analyticsToken(m Meeting) string {
	return m.ID + "." + c.Signer.CodeOf(m.KeyID, "bbb analytics", m.ID)
}

func disbelieve(err error) error {
	return &Error{Code: Invalid, Message: "error.callback_signature", Err: err}
}

// overForSure answers the meeting once it has ended. A report may come before we
// have seen that; BigBlueButton is asked, for it does not report twice.
func (c *Classroom) overForSure(ctx context.Context, m Meeting) (Meeting, error) {
	if m.OpenRoomID == nil {
		return m, nil
	}
	if err := c.endHinted(ctx, m.ID, func(*Meeting) bool { return false }); err != nil {
		return m, err
	}
	if _, err := c.look(ctx, m.ID); err != nil {
		return m, err
	}
	m, err := c.Store.Meeting(ctx, m.ID)
	if err == nil && m.OpenRoomID != nil {
		err = disbelieve(errors.New("a report on a meeting that goes on"))
	}
	return m, err
}

// keepReport writes the report down, unless there is one already.
func (c *Classroom) keepReport(ctx context.Context, m Meeting, report bbb.Report) error {
	err := c.change(ctx, m.ID, func(tx Tx, stored *Meeting) error {
		if !stored.ReportedAt.IsZero() || stored.State != MeetingEnded {
			return errSame
		}
		known, err := knownInside(ctx, tx, *stored)
		if err != nil {
			return err
		}
		stored.ReportedAt, stored.HeldSeconds = c.Now(), heldSeconds(report)
		if err := tx.ReportInside(ctx, reportedInside(*stored, report, known)); err != nil {
			return err
		}
		return recount(ctx, tx, stored)
	})
	if err != nil {
		return fmt.Errorf("report on meeting %s: %w", m.ID, err)
	}
	return nil
}

// recount brings up to date what depends on who was inside.
func recount(ctx context.Context, tx Tx, m *Meeting) error {
	seen, err := tx.Attended(ctx, []string{m.ID})
	if err != nil {
		return err
	}
	was := m.Attended
	m.Attended = counted(seen)
	if m.SeenAt.IsZero() && len(seen) > 0 {
		m.SeenAt = seen[0].FirstSeen
	}
	if m.Attended != was && m.AnnouncementID != "" {
		if err := tx.Enqueue(ctx, Announce{AnnouncementID: m.AnnouncementID}, time.Time{}); err != nil {
			return err
		}
	}
	return gradeLater(ctx, tx, *m)
}

// knownInside are the people whom a report on the meeting may name, by user id:
// those who were seen in it, and everybody of the course. A report makes nobody up.
func knownInside(ctx context.Context, tx Tx, m Meeting) (map[string]Attendance, error) {
	room, err := tx.Room(ctx, m.RoomID)
	if err != nil {
		return nil, err
	}
	people, err := tx.EnrolledIn(ctx, room.CourseID)
	if err != nil {
		return nil, err
	}
	known := map[string]Attendance{}
	for _, p := range people {
		for _, counted := range []bool{true, false} {
			id := userID(p.Person.ID, counted)
			known[id] = Attendance{MeetingID: m.ID, UserID: id, TenantID: m.TenantID, Name: p.Person.DisplayName(), Counted: counted}
		}
	}
	return known, tx.EachAttendance(ctx, []string{m.ID}, nil, func(a Attendance) { known[a.UserID] = a })
}

// reportedInside turns the report into rows of people who are known.
func reportedInside(m Meeting, report bbb.Report, known map[string]Attendance) []Attendance {
	var rows []Attendance
	for _, r := range report.Attendees {
		a, ok := known[r.UserID]
		if !ok {
			continue
		}
		a.FirstSeen, a.LastSeen = visitOf(r, report, a)
		a.Seconds, a.Reported = min(seconds(r.Duration), m.HeldSeconds), true
		a.Engagement = Engagement{
			Chats: int64(r.Chats), Talks: int64(r.Talks), TalkSeconds: seconds(r.TalkTime),
			RaisedHands: int64(r.RaisedHands), Emojis: int64(r.Emojis), PollVotes: int64(r.PollVotes),
		}
		rows = append(rows, a)
	}
	return rows
}

// visitOf is from when to when the person was inside; where the report names no
// times, when we saw them.
func visitOf(r bbb.Attended, report bbb.Report, seen Attendance) (from, to time.Time) {
	if from, to, ok := span(r, report); ok {
		return from, to
	}
	if seen.FirstSeen.IsZero() {
		return report.Start.UTC(), report.Finish.UTC()
	}
	return seen.FirstSeen, seen.LastSeen
}

// span is from the person's first join to the last leave; who never left stayed
// to the end.
func span(r bbb.Attended, report bbb.Report) (from, to time.Time, ok bool) {
	if len(r.Joins) == 0 {
		return from, to, false
	}
	to = report.Finish
	if len(r.Leaves) >= len(r.Joins) {
		to = r.Leaves[len(r.Leaves)-1]
	}
	return r.Joins[0].UTC(), to.UTC(), true
}

// heldSeconds is from when the first came to when the last left: BigBlueButton
// keeps an empty meeting open for a while, which nobody could attend. A report
// without these times says how long the meeting was open.
func heldSeconds(report bbb.Report) int64 {
	var first, last time.Time
	for _, r := range report.Attendees {
		from, to, ok := span(r, report)
		if ok && (first.IsZero() || from.Before(first)) {
			first = from
		}
		if ok && to.After(last) {
			last = to
		}
	}
	if !last.After(first) {
		return seconds(report.Duration)
	}
	return seconds(last.Sub(first))
}

func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }
