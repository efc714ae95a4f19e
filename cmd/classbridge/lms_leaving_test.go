package main

import (
	"encoding/json"
	"fmt"
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
	teacher.untilShows("#ended", fmt.Sprintf("%d people have left the course", c.leavers()))
	for _, v := range gone {
		v.reload()
		if v.status < 400 {
			t.Errorf("the page of somebody who has left answers HTTP status %d:\n%s", v.status, v.text())
		}
	}
	c.launch(t, "learner-00001", c.class()).until(views)
}

// leavers are how many leave. An administrator whom the LMS calls an instructor,
// and nothing else, has left when the roster does not know them.
func (c *campus) leavers() int {
	if c.profile.Name == "Schoology" {
		return 3
	}
	return 2
}

func (c *campus) suspended(person string) ltitest.Person {
	people := c.persons()
	p := people[slices.IndexFunc(people, func(p ltitest.Person) bool { return p.Sub == person })]
	p.Status = ltitest.Inactive
	return p
}
