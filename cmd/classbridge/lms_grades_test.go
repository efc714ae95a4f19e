package main

import (
	"strings"
	"testing"
	"time"

	"classbridge/lti/ltitest"
)

// gradesAreSent by the teacher, after a look at them.
func (c *campus) gradesAreSent(t *testing.T) {
	teacher := c.launch(t, "teacher", c.class())
	teacher.open(attribute(teacher.until("#to-grades"), "href"))
	between(t, teacher.row("main", c.here("Early")), 99, 100)
	teacher.submit(`form[action$="/grades/send"]`)
	c.stands(t, "early", 99, 100)
	c.stands(t, "late", 49, 51)
	if c.hasRoster() {
		c.stands(t, "absent", 0, 0)
		c.stands(t, "learner-00052", 0, 0)
	}
	for _, g := range c.lms.Grades() {
		switch g.Person {
		case "teacher", "assistant", "boss", "preview", "suspended":
			t.Errorf("%s was graded", g.Person)
		}
	}
	teacher.untilShows(`tr[data-state=sent] th`, c.here("Early"))
}

// stands waits until the LMS's gradebook has a percentage of somebody.
func (c *campus) stands(t *testing.T, person string, least, most float64) ltitest.Grade {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var percent float64 = -1
		for _, g := range c.lms.Grades() {
			if g.Person != person || g.Course != "algebra" || g.Given == nil {
				continue
			}
			if percent = *g.Given / g.Maximum * 100; percent >= least && percent <= most {
				return g
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s has %v percent in the gradebook, want %v to %v", person, percent, least, most)
		}
	}
}

// noColumnIsMade where the LMS makes columns itself or not at all: the page says so.
func (c *campus) noColumnIsMade(t *testing.T) {
	if !c.profile.Grades.Fixed {
		return
	}
	teacher := c.launch(t, "teacher", "weekly")
	teacher.open(c.bare + "/grades")
	teacher.until(`form[action$="/grades/send"]`)
	teacher.submit(`form[action$="/grades/send"]`)
	teacher.untilShows("#problem", "There is no column for this class in the gradebook, and Classbridge may not make one")
}

// gradeIsCorrected by the teacher and sent again. What somebody has written into
// the LMS's gradebook by hand meanwhile stays, and is listed.
func (c *campus) gradeIsCorrected(t *testing.T) {
	before := c.stands(t, "late", 49, 51)
	c.lms.SetGrade("algebra", before.Item.Label, "early", 77)
	teacher := c.launch(t, "teacher", c.class())
	teacher.open(c.room + "/grades")
	teacher.correct(c.here("R&D <Zoë> O'Neil"), "80")
	teacher.submit(`form[action$="/grades/send"]`)
	if after := c.stands(t, "late", 80, 80); !after.Timestamp.After(before.Timestamp) {
		t.Errorf("the correction is of %s, the grade of %s", after.Timestamp, before.Timestamp)
	}
	c.stands(t, "early", 77, 77)
	if !c.profile.Grades.SilentResults {
		teacher.untilShows(`tr[data-state=foreign] th`, c.here("Early"))
	}
}

// correct sets somebody's percentage on the page of grades.
func (v *visitor) correct(name, percent string) {
	v.t.Helper()
	for _, tr := range queryAll(v.page, "tr[data-person]") {
		if strings.HasPrefix(textOf(tr), name) {
			v.submit(`tr[data-person="`+attribute(tr, "data-person")+`"] form.correct`, "percent", percent, "act", "set")
			return
		}
	}
	v.t.Fatalf("%s is not on the page of grades:\n%s", name, v.text())
}
