package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// noticesComeOnce: the same one again is refused, and one in the name of another
// school, too.
func (c *campus) noticesComeOnce(t *testing.T) {
	if len(c.profile.Notices) == 0 {
		if h := c.lms.Handlers(); len(h) != 0 {
			t.Errorf("notices are wanted at %v", h)
		}
		return
	}
	if at := c.lms.Handlers()[lti.ContextCopyNotice]; at != c.url+"/lti/notices" {
		t.Errorf("notices are wanted at %q", at)
	}
	token := c.lms.Notice(lti.ContextCopyNotice, "algebra", map[string]any{
		"https://purl.imsglobal.org/spec/lti/claim/origin_contexts": []string{c.lms.ContextID("older")},
	})
	for i, status := range []int{http.StatusOK, http.StatusConflict} {
		if got := c.notify(t, token); got != status {
			t.Errorf("notice no. %d: HTTP status %d, want %d", i+1, got, status)
		}
	}
}

func (c *campus) notify(t *testing.T, token string) (status int) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"notices": []map[string]string{{"jwt": token}}})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(c.url+"/lti/notices", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// peopleLeave the course in the LMS: one is suspended, one is taken out. Their
// open pages end with the next reading of the roster.
func (c *campus) peopleLeave(t *testing.T) {
	if !c.hasRoster() {
		return
	}
	gone := []*visitor{c.launch(t, "early", c.class()), c.launch(t, "late", c.class())}
	c.lms.Enrol(c.suspended("early"))
	c.lms.Remove("late")
	teacher := c.launch(t, "teacher", c.class())
	teacher.open(teacher.at.Path + "/people")
	teacher.submit(`form[action$="/people/read"]`)
	teacher.untilShows("#ended", c.here("Early"))
	teacher.untilShows("#ended", c.here("R&D <Zoë> O'Neil"))
	for _, v := range gone {
		v.reload()
		if v.status < 400 {
			t.Errorf("the page of somebody who has left answers HTTP status %d:\n%s", v.status, v.text())
		}
	}
	c.launch(t, "learner-00001", c.class()).until(views)
}

func (c *campus) suspended(person string) ltitest.Person {
	people := c.persons()
	p := people[slices.IndexFunc(people, func(p ltitest.Person) bool { return p.Sub == person })]
	p.Status = ltitest.Inactive
	return p
}
