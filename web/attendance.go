package web

import (
	"net/http"
	"net/url"
	"strconv"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// attendancePage is who attended a room's meetings, or one of them.
type attendancePage struct {
	basePage
	Sheet     classroom.Sheet
	Moderator bool
	Chosen    *classroom.SheetMeeting // nil: all meetings together
	Held      int64                   // seconds of what is shown
	Ticket    string                  // to save it as a table

	Learners, Moderators, Others, Guests []attendanceRow // learners of this page of the list

	Here, Absent int // learners
	Pages        []listPage
}

// attendanceRow is one person as the list shows them.
type attendanceRow struct {
	classroom.SheetRow
	Share string // percent of what was held for the person; empty: nothing was
}

// showAttendance answers GET /rooms/:room/attendance: moderators see everybody,
// others themselves.
func (s *Server) showAttendance(c *gin.Context) error {
	a, err := s.visit(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	sheet, err := s.Classroom.Attendance(c.Request.Context(), a, c.Query("meeting"))
	if err != nil {
		return retryAt(err, roomPath(a)+"/attendance")
	}
	p := &attendancePage{basePage: s.base(c), Sheet: sheet, Moderator: a.MayModerate(s.Now())}
	p.Title, p.Scripts, p.Zone = p.Text("attendance.title", "Room", a.Room.Title), []string{"times.js"}, a.Course.TimeZone
	p.choose(c.Query("meeting"))
	p.sort()
	p.page(c.Query("page"))
	if p.Moderator && len(sheet.Meetings) > 0 {
		if p.Ticket, err = s.Classroom.Ticket(a, classroom.ActTable, c.Query("meeting")); err != nil {
			return err
		}
	}
	return s.renderFramed(c, a, "attendance", p, formOutside)
}

// renderFramed shows a page of a room in the LMS's frame.
func (s *Server) renderFramed(c *gin.Context, a classroom.Access, page string, data localized, form formAction) error {
	origins, err := s.ancestors(c, a.Person.PlatformID)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, page, data, headers{ancestors: origins, form: form})
}

func roomPath(a classroom.Access) string { return "/rooms/" + a.Room.ID }

// choose notes which meeting is shown, and how long all that is shown was held.
func (p *attendancePage) choose(meetingID string) {
	for i, m := range p.Sheet.Meetings {
		if meetingID == "" || m.ID == meetingID {
			p.Held += m.HeldSeconds
		}
		if m.ID == meetingID {
			p.Chosen = &p.Sheet.Meetings[i]
		}
	}
}

// sort puts people where they belong. Of those who are no learners only who was
// there is listed.
func (p *attendancePage) sort() {
	for _, r := range p.Sheet.Rows {
		row := attendanceRow{SheetRow: r}
		if percent, measured := r.Percent(); measured {
			row.Share = p.Percent(percent)
		}
		switch r.Standing {
		case classroom.SheetLearner:
			p.Learners = append(p.Learners, row)
			if r.Present > 0 {
				p.Here++
			} else if r.Meetings > 0 {
				p.Absent++
			}
		case classroom.SheetModerator:
			p.Moderators = append(p.Moderators, row)
		case classroom.SheetUncounted:
			p.Others = append(p.Others, row)
		default:
			p.Guests = append(p.Guests, row)
		}
	}
}

// listLength is how many people a page of a list shows.
const listLength = 200

// listPage is a link to one page of a long list.
type listPage struct {
	Number int
	Now    bool
}

// page leaves one page of the learners.
func (p *attendancePage) page(asked string) {
	var from, to int
	p.Pages, from, to = listPages(len(p.Learners), asked)
	p.Learners = p.Learners[from:to]
}

// listPages divides a list; there are no links to a single page. What is asked for
// and does not exist is the nearest that does.
func listPages(length int, asked string) (pages []listPage, from, to int) {
	last := max(1, (length+listLength-1)/listLength)
	number, _ := strconv.Atoi(asked)
	number = min(max(number, 1), last)
	for n := 1; n <= last && last > 1; n++ {
		pages = append(pages, listPage{n, n == number})
	}
	return pages, (number - 1) * listLength, min(number*listLength, length)
}

// Own is the row of somebody who sees no others.
func (p *attendancePage) Own() *attendanceRow {
	for _, rows := range [][]attendanceRow{p.Learners, p.Moderators, p.Others} {
		for i := range rows {
			return &rows[i]
		}
	}
	return nil
}

// At is the address of the page with another meeting, or another page of the list.
func (p *attendancePage) At(meetingID string, page int) string {
	q := url.Values{}
	if meetingID != "" {
		q.Set("meeting", meetingID)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	at := "/rooms/" + p.Sheet.Room.ID + "/attendance"
	if len(q) == 0 {
		return at
	}
	return at + "?" + q.Encode()
}

// ChosenID is the id of the meeting that is shown; empty for all.
func (p *attendancePage) ChosenID() string {
	if p.Chosen == nil {
		return ""
	}
	return p.Chosen.ID
}

// downloadAttendance answers POST /rooms/:room/attendance/table, in a tab of its own.
func (s *Server) downloadAttendance(c *gin.Context) error {
	a, meetingID, err := s.redeem(c, classroom.ActTable)
	if err != nil {
		return err
	}
	if !a.MayModerate(s.Now()) {
		return refuse(classroom.Forbidden, "error.not_moderator", "a table of others for a viewer")
	}
	sheet, err := s.Classroom.Attendance(c.Request.Context(), a, meetingID)
	if err != nil {
		return err
	}
	return s.sendTable(c, sheet, meetingID)
}
