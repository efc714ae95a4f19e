package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"classbridge/classroom"
	"classbridge/locales"

	"github.com/gin-gonic/gin"
)

// attendanceTable writes a sheet as CSV (RFC 4180), for the programs of offices.
type attendanceTable struct {
	*locales.Printer
	sheet    classroom.Sheet
	meetings []classroom.SheetMeeting // those that it is about
	zone     *time.Location
}

func (s *Server) sendTable(c *gin.Context, sheet classroom.Sheet, meetingID string) error {
	t := attendanceTable{Printer: s.printer(c), sheet: sheet, meetings: slices.Clone(sheet.Meetings), zone: zoneOf(sheet.Course.TimeZone)}
	if meetingID != "" {
		t.meetings = slices.DeleteFunc(t.meetings, func(m classroom.SheetMeeting) bool { return m.ID != meetingID })
	}
	return s.sendCSV(c, "attendance-"+s.Now().In(t.zone).Format("2006-01-02"), t.lines())
}

// zoneOf is the zone of that name; UTC for what is none.
func zoneOf(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.UTC
	}
	return zone
}

func (t attendanceTable) lines() [][]string {
	lines := [][]string{t.head()}
	for _, r := range t.sheet.Rows {
		lines = append(lines, t.line(r))
	}
	return lines
}

func (t attendanceTable) head() []string {
	var head []string
	for _, id := range []string{
		"attendance.table.name", "attendance.table.role", "attendance.table.present", "attendance.table.held_classes",
		"attendance.table.minutes", "attendance.table.held_minutes", "attendance.table.percent", "attendance.table.first",
		"attendance.table.last", "attendance.table.chats", "attendance.table.talks", "attendance.table.talk_minutes",
		"attendance.table.hands", "attendance.table.emojis", "attendance.table.votes",
	} {
		head = append(head, t.Text(id))
	}
	for _, m := range t.meetings {
		head = append(head, strings.TrimSpace(t.moment(m.CreatedAt)+" "+m.Group))
	}
	return head
}

func (t attendanceTable) line(r classroom.SheetRow) []string {
	line := []string{
		r.Name, t.Text("attendance.role." + string(r.Standing)), strconv.Itoa(r.Present), strconv.Itoa(r.Meetings),
		inMinutes(r.Inside), inMinutes(r.Held), "", t.moment(r.Seen.FirstSeen), t.moment(r.Seen.LastSeen),
	}
	if percent, measured := r.Percent(); measured {
		line[6] = number(percent)
	}
	line = append(line, engagementCells(r.Seen)...)
	for _, m := range t.meetings {
		cell := ""
		if a, was := r.In[m.ID]; was {
			cell = inMinutes(a.Seconds)
		}
		line = append(line, cell)
	}
	return line
}

// engagementCells are empty where BigBlueButton has not reported.
func engagementCells(a classroom.Attendance) []string {
	if !a.Reported {
		return make([]string, 6)
	}
	return []string{
		strconv.FormatInt(a.Chats, 10), strconv.FormatInt(a.Talks, 10), inMinutes(a.TalkSeconds),
		strconv.FormatInt(a.RaisedHands, 10), strconv.FormatInt(a.Emojis, 10), strconv.FormatInt(a.PollVotes, 10),
	}
}

func (t attendanceTable) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(t.zone).Format("2006-01-02 15:04")
}

func inMinutes(seconds int64) string { return fmt.Sprintf("%.1f", float64(seconds)/60) }

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
