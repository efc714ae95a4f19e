package web

import (
	"net/url"
	"strconv"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathUsage = pathBBB + "/usage"

func (s *Server) usageRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathUsage, admin.Read, s.showUsage},
		{get, pathUsage + "/table", admin.Read, s.downloadUsage},
	}
}

// usagePage is what the tenant's courses used in a month.
type usagePage struct {
	consolePage
	chatPaging
	Month   month
	Months  []month
	Courses []classroom.CourseUsage
	Sum     classroom.CourseUsage
}

// monthsShown is how many months back the page offers.
const monthsShown = 13

// month is one in the tenant's time zone.
type month struct{ time.Time }

// Key is how addresses name it.
func (m month) Key() string { return m.Format("2006-01") }

func (m month) end() time.Time { return m.AddDate(0, 1, 0) }

// months are those that are offered, the newest first, and the one that was asked for.
func (s *Server) months(c *gin.Context, v admin.Visitor) (asked month, all []month) {
	now := s.Now().In(zoneOf(v.Tenant.TimeZone))
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	asked = month{first}
	for i := range monthsShown {
		m := month{first.AddDate(0, -i, 0)}
		all = append(all, m)
		if c.Query("month") == m.Key() {
			asked = m
		}
	}
	return asked, all
}

// showUsage answers GET /console/bbb/usage.
func (s *Server) showUsage(c *gin.Context, v admin.Visitor) error {
	p := &usagePage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb.usage")}
	p.Back = pathBBB
	p.Month, p.Months = s.months(c, v)
	used, err := s.Classroom.UsageOf(c.Request.Context(), v.Tenant.ID, p.Month.Time, p.Month.end())
	if err != nil {
		return err
	}
	for _, u := range used {
		p.Sum.Meetings += u.Meetings
		p.Sum.Seconds += u.Seconds
		p.Sum.Recordings += u.Recordings
		p.Sum.Bytes += u.Bytes
	}
	p.chatPaging = newChatPaging(c, int64(len(used)), url.Values{"month": {p.Month.Key()}})
	p.Courses = used[min(p.offset(), len(used)):min(p.offset()+chatListSize, len(used))]
	return s.renderConsole(c, "console_bbb_usage", p)
}

// Minutes are whole ones.
func (p *usagePage) Minutes(seconds int64) int64 { return (seconds + 30) / 60 }

// downloadUsage answers GET /console/bbb/usage/table.
func (s *Server) downloadUsage(c *gin.Context, v admin.Visitor) error {
	m, _ := s.months(c, v)
	used, err := s.Classroom.UsageOf(c.Request.Context(), v.Tenant.ID, m.Time, m.end())
	if err != nil {
		return err
	}
	p := s.printer(c)
	lines := [][]string{{
		p.Text("console.bbb.table.month"), p.Text("console.bbb.course"), p.Text("console.bbb.table.meetings"), p.Text("console.bbb.table.minutes"),
		p.Text("console.bbb.table.participants"), p.Text("console.bbb.table.peak"), p.Text("console.bbb.table.recordings"), p.Text("console.bbb.table.bytes"),
	}}
	for _, u := range used {
		lines = append(lines, []string{
			m.Key(), u.Course, strconv.FormatInt(u.Meetings, 10), inMinutes(u.Seconds), strconv.FormatInt(u.Participants, 10),
			strconv.FormatInt(u.Peak, 10), strconv.FormatInt(u.Recordings, 10), strconv.FormatInt(u.Bytes, 10),
		})
	}
	if !v.May(admin.ReadRecordings) {
		for i, line := range lines {
			lines[i] = line[:len(line)-2] // how many, and how large
		}
	}
	return s.sendCSV(c, "usage-"+m.Key(), lines)
}
