package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// classBegins lets the teacher make attendance a grade and start a recorded class,
// which the first learner joins. Where columns are made by the LMS alone, another
// class is held in an activity that has none.
func (c *campus) classBegins(t *testing.T) {
	c.room, c.tab = c.begins(t, c.class())
	c.tab.submit(`form[action$="/start-recording"]`)
	c.joins(t, "early", "Early", c.class())
	if c.profile.Grades.Fixed {
		c.bare, c.bareTab = c.begins(t, "weekly")
		c.joins(t, "early", "Early", "weekly")
	}
}

// begins is the teacher's way into a class whose attendance is a grade.
func (c *campus) begins(t *testing.T, link string) (room string, tab visitor) {
	t.Helper()
	teacher := c.launch(t, "teacher", link)
	teacher.open(attribute(teacher.until("#to-settings"), "href"))
	teacher.submit("form.settings", "graded", "yes")
	teacher.want("#saved", "Saved")
	teacher.open(attribute(teacher.find("#to-room"), "href"))
	tab = *teacher
	tab.submit(`form[action$="/start"]`)
	inside(&tab, c.here("Terry Teacher"), "Moderator")
	return teacher.at.Path, tab
}

// joins goes into the class that is running.
func (c *campus) joins(t *testing.T, person, name, link string) {
	t.Helper()
	tab := *c.launch(t, person, link)
	tab.until(`form[action$="/join"]`)
	tab.submit(`form[action$="/join"]`)
	inside(&tab, c.here(name), "Viewer")
}

// lateComes is in the middle of the class.
func (c *campus) lateComes(t *testing.T) { c.joins(t, "late", "R&D <Zoë> O'Neil", c.class()) }

// classEnds by the teacher, after forty minutes. BigBlueButton reports who was
// there; the page shows it to the teacher, and to a learner what is theirs.
func (c *campus) classEnds(t *testing.T) {
	c.tab.t = t
	c.tab.submit(`form[action$="/end"]`)
	if c.profile.Grades.Fixed {
		c.bareTab.t = t
		c.bareTab.submit(`form[action$="/end"]`)
	}
	teacher := c.launch(t, "teacher", c.class())
	teacher.open(c.room + "/attendance")
	teacher.untilShows("#exactness", "report: to the second")
	between(t, teacher.row("main", c.here("Early")), 99, 100)
	between(t, teacher.row("main", c.here("R&D <Zoë> O'Neil")), 49, 51)
	if c.hasRoster() {
		if absent := teacher.row("main", c.here("Absent")); !strings.Contains(absent, "absent") {
			t.Errorf("who was absent: %s", absent)
		}
	}
	own := c.launch(t, "late", c.class())
	own.open(attribute(own.find("#to-attendance"), "href"))
	between(t, textOf(own.find("#own")), 49, 51)
	if strings.Contains(own.text(), "Early") {
		t.Error("a learner sees others")
	}
}

// between wants that share.
func between(t *testing.T, text string, least, most float64) {
	t.Helper()
	said := regexp.MustCompile(`([0-9.]+) %`).FindStringSubmatch(text)
	if said == nil {
		t.Errorf("no share in %q", text)
		return
	}
	if share, err := strconv.ParseFloat(said[1], 64); err != nil || share < least || share > most {
		t.Errorf("%v %% in %q, want %v to %v", share, text, least, most)
	}
}
