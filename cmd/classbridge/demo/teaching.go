package demo

import (
	"net/http"
	"slices"
	"strconv"

	"classbridge/lti/ltitest"
)

// ofTeacher is a page of a course that its teachers have, on their own site.
func (c *coursePages) ofTeacher(show func(http.ResponseWriter, *http.Request, frame)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		p, known := personOf(r.FormValue("as"))
		i := slices.IndexFunc(courses(), func(one ltitest.Course) bool { return one.ID == r.FormValue("course") })
		switch {
		case !known || i < 0:
			http.NotFound(rw, r)
		case !teaches(p):
			http.Error(rw, "This is for the teachers of the course.", http.StatusForbidden)
		case partOf(r.Host) != deskHost(p):
			http.Redirect(rw, r, c.world.desk(p)+r.URL.RequestURI(), http.StatusFound)
		default:
			f := c.frame(p)
			f.Course = courses()[i]
			show(rw, r, f)
		}
	}
}

// addPage is add.html: the course's editor, with the tool's choice of rooms in it.
type addPage struct {
	frame

	DeepLink string
}

func (c *coursePages) showAdd(rw http.ResponseWriter, _ *http.Request, f frame) {
	c.render(rw, "add.html", addPage{f, "/deep-link?person=" + f.Me.Sub + "&course=" + f.Course.ID})
}

// gradebookPage is gradebook.html.
type gradebookPage struct {
	frame

	Columns []string
	Rows    []gradesOf
}

// gradesOf is a learner with a grade for each column, "" where there is none.
type gradesOf struct {
	Name   string
	Grades []string
}

func (c *coursePages) showGradebook(rw http.ResponseWriter, _ *http.Request, f frame) {
	v := gradebookPage{frame: f}
	items := c.world.lms.LineItems(f.Course.ID)
	for _, i := range items {
		v.Columns = append(v.Columns, i.Label)
	}
	grades := c.world.lms.Grades()
	for _, p := range persons() {
		if teaches(p) {
			continue
		}
		row := gradesOf{Name: p.Name}
		for _, i := range items {
			row.Grades = append(row.Grades, gradeIn(grades, f.Course.ID, i, p.Sub))
		}
		v.Rows = append(v.Rows, row)
	}
	c.render(rw, "gradebook.html", v)
}

// gradeIn is what somebody has in a column, as "83.3 / 100".
func gradeIn(grades []ltitest.Grade, course string, item ltitest.LineItem, sub string) string {
	for _, g := range grades {
		if g.Course == course && g.Item == item && g.Person == sub && g.Given != nil {
			return points(*g.Given) + " / " + points(g.Maximum)
		}
	}
	return ""
}

func points(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// participantsPage is participants.html.
type participantsPage struct {
	frame

	Participants []participant
}

type participant struct {
	ltitest.Person

	Part     string
	Learner  bool // may be removed
	Enrolled bool
}

func (c *coursePages) showParticipants(rw http.ResponseWriter, _ *http.Request, f frame) {
	v := participantsPage{frame: f}
	for _, p := range persons() {
		v.Participants = append(v.Participants, participant{p, part(p.Sub), !teaches(p), c.world.enrolments.has(p.Sub, f.Course.ID)})
	}
	c.render(rw, "participants.html", v)
}

// changeParticipants is POST /participants: a learner is removed or enrolled.
func (c *coursePages) changeParticipants(rw http.ResponseWriter, r *http.Request, f frame) {
	p, known := personOf(r.FormValue("person"))
	if !known || teaches(p) {
		http.NotFound(rw, r)
		return
	}
	p.Courses = c.world.enrolments.set(p.Sub, f.Course.ID, r.FormValue("do") == "enrol")
	c.world.lms.Enrol(p)
	http.Redirect(rw, r, "/participants?as="+f.Me.Sub+"&course="+f.Course.ID, http.StatusSeeOther)
}
