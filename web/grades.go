package web

import (
	"strconv"
	"strings"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// gradesPage is the preview of what is sent to the LMS's gradebook, and what
// became of it.
type gradesPage struct {
	basePage
	View  classroom.GradesView
	Whose string
	Rows  []gradeRow // of this page of the list
	Pages []listPage
	Page  int
}

// gradeRow is one learner as the page shows them.
type gradeRow struct {
	classroom.GradeRow
	Measured string // percents; empty: none
	Wanted   string
	Standing string // in the LMS
	Sent     string
}

// showGrades answers GET /rooms/:room/grades.
func (s *Server) showGrades(c *gin.Context) error {
	a, err := s.visit(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	v, err := s.Classroom.ViewGrades(c.Request.Context(), a)
	if err != nil {
		return retryAt(err, roomPath(a)+"/settings")
	}
	p := &gradesPage{basePage: s.base(c), View: v, Whose: s.whose(a.Person.ID), Page: 1}
	p.Title, p.Scripts, p.Zone = p.Text("grades.title", "Room", a.Room.Title), []string{"times.js"}, a.Course.TimeZone
	var from, to int
	p.Pages, from, to = listPages(len(v.Rows), c.Query("page"))
	for _, l := range p.Pages {
		if l.Now {
			p.Page = l.Number
		}
	}
	for _, r := range v.Rows[from:to] {
		p.Rows = append(p.Rows, p.row(r))
	}
	return s.renderFramed(c, a, "grades", p, formSelf)
}

func (p *gradesPage) row(r classroom.GradeRow) gradeRow {
	row := gradeRow{GradeRow: r}
	if percent, measured := r.Percent(); measured {
		row.Measured = p.Percent(percent)
	}
	if r.Want != classroom.NoPercent {
		row.Wanted = p.Percent(r.Want)
	}
	if r.There != nil {
		row.Standing = p.Percent(*r.There)
	}
	if r.Grade.SentPercent != classroom.NoPercent {
		row.Sent = p.Percent(r.Grade.SentPercent)
	}
	return row
}

// Corrected reports whether a teacher has decided on the grade.
func (r gradeRow) Corrected() bool {
	return r.Grade.Correction != classroom.NoPercent || r.Grade.Excluded
}

// Typed is what the field of the correction shows.
func (r gradeRow) Typed() string {
	if r.Grade.Correction == classroom.NoPercent {
		return ""
	}
	return number(r.Grade.Correction)
}

// Percent is a share of a hundred.
func (p basePage) Percent(percent float64) string {
	return p.Text("attendance.percent", "Number", strconv.FormatFloat(float64(int64(percent*10+0.5))/10, 'f', -1, 64))
}

// sendGrades answers POST /rooms/:room/grades/send.
func (s *Server) sendGrades(c *gin.Context) error {
	return s.actOnGrades(c, func(a classroom.Access) error { return s.Classroom.AskForGrades(c.Request.Context(), a) })
}

// correctGrade answers POST /rooms/:room/grades/correct: the button that was
// pressed says what is meant.
func (s *Server) correctGrade(c *gin.Context) error {
	return s.actOnGrades(c, func(a classroom.Access) error {
		n, err := correctionOf(c)
		if err != nil {
			return err
		}
		return s.Classroom.CorrectGrade(c.Request.Context(), a, n)
	})
}

func (s *Server) actOnGrades(c *gin.Context, do func(classroom.Access) error) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	page := roomPath(a) + "/grades"
	if number, _ := strconv.Atoi(c.Request.PostForm.Get("page")); number > 1 {
		page += "?page=" + strconv.Itoa(number)
	}
	if err := do(a); err != nil {
		return retryAt(err, page)
	}
	return seeOther(c, page)
}

func correctionOf(c *gin.Context) (classroom.Correction, error) {
	form := c.Request.PostForm
	n := classroom.Correction{PersonID: form.Get("person")}
	if !isID(n.PersonID) {
		return n, noID("error.grade_person")
	}
	switch form.Get("act") {
	case "exclude":
		n.Exclude = true
	case "undo":
		n.Undo = true
	case "adopt":
		n.Adopt = true
	case "set":
		// Many write a comma before the tenth.
		percent, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(form.Get("percent")), ",", ".", 1), 64)
		if err != nil {
			return n, refuse(classroom.Invalid, "error.grade_percent", "no number")
		}
		n.Percent = &percent
	default:
		return n, refuse(classroom.Invalid, "error.form", "no such correction")
	}
	return n, nil
}

// Waiting reports whether somebody asked for grades that were not sent yet.
func (p *gradesPage) Waiting() bool {
	g := p.View.Gradebook
	return g.AskedAt.After(g.SentAt) && g.Problem == ""
}
