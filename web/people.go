package web

import (
	"net/url"
	"strconv"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// peoplePage lists the people of a course to its moderators.
type peoplePage struct {
	basePage
	View  classroom.PeopleView
	Whose string
	Asked bool // just now, for the roster
	Now   time.Time
}

// showPeople answers GET /rooms/:room/people.
func (s *Server) showPeople(c *gin.Context) error {
	a, err := s.visit(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	number, _ := strconv.Atoi(c.Query("page"))
	v, err := s.Classroom.ViewPeople(c.Request.Context(), a, c.Query("search"), number)
	if err != nil {
		return retryAt(err, roomPath(a))
	}
	p := &peoplePage{basePage: s.base(c), View: v, Whose: s.whose(a.Person.ID), Asked: c.Query("asked") != "", Now: s.Now()}
	p.Title, p.Scripts, p.Zone = p.Text("people.title", "Course", v.Course.Name()), []string{"times.js"}, v.Course.TimeZone
	return s.renderFramed(c, a, "people", p, formSelf)
}

// searchPeople answers POST /rooms/:room/people: a form that also works where the
// page carries its session.
func (s *Server) searchPeople(c *gin.Context) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	return seeOther(c, peoplePath(a.Room.ID, c.Request.PostForm.Get("search"), 1))
}

// readRoster answers POST /rooms/:room/people/read.
func (s *Server) readRoster(c *gin.Context) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	page := roomPath(a) + "/people"
	if err := s.Classroom.ReadRoster(c.Request.Context(), a); err != nil {
		return retryAt(err, page)
	}
	return seeOther(c, page+"?asked=yes")
}

func peoplePath(roomID, search string, page int) string {
	q := url.Values{}
	if search != "" {
		q.Set("search", search)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	path := "/rooms/" + roomID + "/people"
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

// At is the address of another page of the list.
func (p *peoplePage) At(page int) string { return peoplePath(p.View.Room.ID, p.View.Search, page) }

// Pages are the links to all pages of the list; none to a single one.
func (p *peoplePage) Pages() []listPage {
	var pages []listPage
	for n := 1; n <= p.View.Pages && p.View.Pages > 1; n++ {
		pages = append(pages, listPage{Number: n, Now: n == p.View.Page})
	}
	return pages
}

// Role says as what somebody is in the course.
func (p *peoplePage) Role(m classroom.Member) string {
	switch {
	case !m.Enrolment.Counted:
		return p.Text("people.role.uncounted")
	case m.Enrolment.MayModerate(p.Now):
		return p.Text("people.role.moderator")
	case m.Enrolment.Moderator:
		return p.Text("people.role.stale")
	}
	return p.Text("people.role.viewer")
}

// Channel says how somebody stands towards the course's channel.
func (p *peoplePage) Channel(m classroom.Member) string {
	switch {
	case !m.Enrolment.Counted:
		return p.Text("people.channel.uncounted")
	case m.Admission == "":
		return p.Text("people.channel.none")
	}
	return p.Text("people.channel." + string(m.Admission))
}

// Listed says whether the LMS's roster has somebody.
func (p *peoplePage) Listed(m classroom.Member) string {
	switch {
	case p.View.Roster.FullAt.IsZero():
		return "–"
	case p.View.Roster.Lists(m.Enrolment):
		return p.Text("people.listed")
	}
	return p.Text("people.unlisted")
}

// More is how many have left beside those who are listed.
func (p *peoplePage) More() int64 { return p.View.Counts.Ended - int64(len(p.View.Ended)) }
