package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"classbridge/lti/ltitest"
)

// roomIsPlaced by the teacher in the course's editor; learners may not.
func (c *campus) roomIsPlaced(t *testing.T) {
	if c.profile.DeepLinking == nil {
		if n := len(c.lms.Picked("algebra")); n != 0 {
			t.Errorf("%d rooms without a choice", n)
		}
		return
	}
	teacher := c.as(t, "teacher")
	teacher.arrive(teacher.browser.DeepLink(t.Context(), c.lmsURL, "teacher", "algebra"))
	teacher.want(".option strong", c.title())
	teacher.submit("form.choice", "do", "place", "title", "Lab", "description", "Every Monday", "graded", "0")
	teacher.submit("form[data-submit]")
	if got := teacher.text(); got != "1 added" {
		t.Fatalf("the LMS says %s", got)
	}
	lab := c.lms.Picked("algebra")[0]
	learner := c.launch(t, "early", lab.ID)
	learner.want("h1", "Lab")
	if !strings.HasSuffix(learner.at.Path, lab.Custom["room"]) || c.profile.DeepLinking.LineItems != (lab.LineItem != nil) {
		t.Errorf("the link is %+v, it leads to %s", lab, learner.at)
	}
	learner.arrive(learner.browser.DeepLink(t.Context(), c.lmsURL, "early", "algebra"))
	if learner.status != http.StatusForbidden {
		t.Errorf("a learner chooses rooms, HTTP status %d", learner.status)
	}
}

// courseIsCopied: the copy has rooms of its own, and none of the recordings. They
// are set up as the old ones where the LMS tells what was copied.
func (c *campus) courseIsCopied(t *testing.T) {
	old := c.launch(t, "teacher", c.class())
	old.until("form.play")
	made, err := c.lms.Copy(t.Context(), "algebra")
	if err != nil {
		t.Fatal(err)
	}
	links := c.lms.LinksOf(made.ID)
	again := links[slices.IndexFunc(links, func(k ltitest.Link) bool { return k.Title == c.title() })]
	room := c.launch(t, "teacher", again.ID)
	room.until(moderates)
	if room.at.Path == c.room {
		t.Error("the copy leads to the old room")
	}
	room.want(".past", "No meeting has been held here yet")
	room.open(room.at.Path + "/settings")
	if got := room.find("#graded[checked]") != nil; got != c.tellsCopies() {
		t.Errorf("attendance is a grade in the copy: %t, want %t", got, c.tellsCopies())
	}
	if i := slices.IndexFunc(links, func(k ltitest.Link) bool { return k.Title == "Lab" }); i >= 0 {
		lab := c.launch(t, "teacher", links[i].ID)
		lab.want("h1", "Lab")
		if strings.HasSuffix(lab.at.Path, links[i].Custom["room"]) {
			t.Error("the copy of a placed link leads to the old room")
		}
	}
}

// tellsCopies says whether the LMS tells what a course was copied from: in launches
// or by notice.
func (c *campus) tellsCopies() bool {
	switch c.profile.Name {
	case "Schoology", "Open edX", "ILIAS", "OpenOlat":
		return false
	}
	return true
}
