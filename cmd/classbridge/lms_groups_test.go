package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// groupsMeet in rooms of their own, where the LMS has groups: learners see theirs
// alone, the teacher all.
func (c *campus) groupsMeet(t *testing.T) {
	teacher := c.launch(t, "teacher", "seminar")
	teacher.open(attribute(teacher.until("#to-settings"), "href"))
	names := c.groupNames()
	if names == nil {
		if teacher.find("#grouped") != nil {
			t.Error("groups are offered where there are none")
		}
		return
	}
	teacher.submit("form.settings", "grouped", "yes")
	teacher.open(attribute(teacher.find("#to-room"), "href"))
	if got := teacher.buttons(`form[action$="/group"]`); !slices.Equal(got, slices.Sorted(slices.Values(names))) {
		t.Errorf("the teacher sees the groups %q, want %q", got, names)
	}
	early, late := c.launch(t, "early", "seminar"), c.launch(t, "late", "seminar")
	for i, v := range []*visitor{early, late} {
		if got := v.buttons(`form[action$="/group"]`); !slices.Equal(got, names[i:i+1]) {
			t.Errorf("a learner of %s sees the groups %q", names[i], got)
		}
		v.submit(`form[action$="/group"]`)
		v.want("h1", names[i])
	}
	late.open(early.at.Path)
	if late.status != http.StatusNotFound {
		t.Errorf("the room of another group opens with HTTP status %d:\n%s", late.status, late.text())
	}
}

// groupNames are those of the groups of early and of late.
func (c *campus) groupNames() []string {
	switch {
	case c.profile.Groups:
		return []string{"Reds", "Blues"}
	case slices.Contains(c.profile.Variables, "Moodle.Person.userGroupIds"):
		return []string{"Group 12", "Group 14"} // known by launches alone, which have no names
	}
	return nil
}

// buttons are what is on them.
func (v *visitor) buttons(forms string) []string {
	var all []string
	for _, b := range queryAll(v.page, forms+" button") {
		all = append(all, strings.TrimSpace(textOf(b)))
	}
	return all
}
