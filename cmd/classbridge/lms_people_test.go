package main

import (
	"strings"
	"testing"
)

const (
	moderates = "[data-role=moderator]"
	views     = "[data-role=viewer]"
)

// peopleCome lets one of each kind open the class, with the roles and names that
// this LMS sends. Where launches do not tell the role in the course, the roster
// does a moment later.
func (c *campus) peopleCome(t *testing.T) {
	for person, role := range c.roles() {
		c.launch(t, person, c.class()).until(role)
	}
}

// roles is what people are in the class.
func (c *campus) roles() map[string]string {
	roles := map[string]string{
		"teacher": moderates, "assistant": moderates, "boss": moderates, "early": views, "late": views, "parent": views,
	}
	if c.profile.Name == "OpenOlat" {
		roles["boss"] = views // a learner, it says
	}
	if c.hasTestUsers() {
		roles["preview"] = views
	}
	return roles
}

// rosterIsRead shows everybody of the course to its teacher.
func (c *campus) rosterIsRead(t *testing.T) {
	teacher := c.launch(t, "teacher", c.class())
	teacher.open(attribute(teacher.until("#to-people"), "href"))
	if !c.hasRoster() {
		teacher.want("#problem", c.name+" does not offer the list of this course's members")
		return
	}
	teacher.untilShows("main", "Read from "+c.name)
	teacher.untilShows("main", "Read it now")
	for person, role := range c.listed() {
		if got := teacher.row("#people", c.here(person)); !strings.Contains(got, role) {
			t.Errorf("%s is %q, want %s", person, got, role)
		}
	}
	if strings.Contains(teacher.text(), "Sus of") {
		t.Error("a suspended person is listed")
	}
	for _, n := range queryAll(teacher.page, "#people tbody th") {
		if !strings.HasSuffix(textOf(n), " of "+c.name) {
			t.Errorf("%q is of another school", textOf(n))
		}
	}
}

// listed are the people of the course as its page calls them, by name: who never
// came is known by the roster.
func (c *campus) listed() map[string]string {
	roles := map[string]string{
		"Terry Teacher": "Moderator", "Ash": "Moderator", "Early": "Viewer", "R&D <Zoë> O'Neil": "Viewer",
		"Absent": "Viewer", "Lee Learner-00001": "Viewer", "Lee Learner-00052": "Viewer",
		"Bo": "Not counted", "Pat": "Not counted",
	}
	switch c.profile.Name {
	case "Moodle", "Sakai", "Open edX": // have no such role
		roles["Pat"] = "Viewer"
	case "Schoology": // calls him an instructor, and its roster does not know him
		delete(roles, "Bo")
	}
	if c.profile.Name == "Open edX" {
		roles["Ash"] = "Not counted" // staff are system administrators
	}
	if c.hasTestUsers() {
		roles["Test Student"] = "Not counted"
	}
	return roles
}
