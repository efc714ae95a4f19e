package web

import (
	"strings"
	"time"

	"classbridge/classroom"
)

// attendanceList is one list of people on the page.
type attendanceList struct {
	*attendancePage
	Heading string // id of the element that names it
	Rows    []attendanceRow
}

// Table is a list of people below that heading.
func (p *attendancePage) Table(heading string, rows []attendanceRow) attendanceList {
	return attendanceList{p, heading, rows}
}

// Seconds is a length to the minute.
func (p basePage) Seconds(seconds int64) string {
	return p.Duration(time.Duration(seconds) * time.Second)
}

// Exactness is how exact the times are that the page shows: reported, seen, or mixed.
func (p *attendancePage) Exactness() string {
	var reported, seen bool
	for _, m := range p.Sheet.Meetings {
		if p.Chosen == nil || m.ID == p.Chosen.ID {
			reported = reported || !m.ReportedAt.IsZero()
			seen = seen || m.ReportedAt.IsZero()
		}
	}
	switch {
	case reported && seen:
		return "mixed"
	case reported:
		return "reported"
	}
	return "seen"
}

// Engagement is what BigBlueButton reported that the person did; empty if nothing.
func (p basePage) Engagement(a classroom.Attendance) string {
	var did []string
	say := func(count int64, id string, args ...any) {
		if count > 0 {
			did = append(did, p.Text(id, append(args, "Count", count)...))
		}
	}
	say(a.Chats, "attendance.engagement.chats")
	say(a.Talks, "attendance.engagement.talks", "Duration", p.Seconds(a.TalkSeconds))
	say(a.RaisedHands, "attendance.engagement.hands")
	say(a.Emojis, "attendance.engagement.emojis")
	say(a.PollVotes, "attendance.engagement.votes")
	return strings.Join(did, ", ")
}
