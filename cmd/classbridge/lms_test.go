package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

// TestEveryLMS tells the story of a course at each LMS, all at once on one server:
// what any of them knows of another's shows here too. Parts are played everywhere
// before the next begins, and time jumps between them.
func TestEveryLMS(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	var campuses []*campus
	for _, s := range schools() {
		campuses = append(campuses, newCampus(t, i, s))
	}
	for _, part := range []struct {
		name string
		play func(*campus, *testing.T)
		then time.Duration
	}{
		{name: "it is added", play: (*campus).isAdded},
		{name: "people come", play: (*campus).peopleCome},
		{name: "the roster is read", play: (*campus).rosterIsRead},
		{name: "the class begins", play: (*campus).classBegins, then: 20 * time.Minute},
		{name: "somebody is late", play: (*campus).lateComes, then: 20 * time.Minute},
		{name: "the class ends", play: (*campus).classEnds},
		{name: "attendance is a grade", play: (*campus).gradesAreSent, then: 5 * time.Minute},
		{name: "no column is made", play: (*campus).noColumnIsMade},
		{name: "keys change", play: (*campus).keysChange, then: 2 * time.Minute},
		{name: "keys change again", play: (*campus).keysChangeAgain},
		{name: "a grade is corrected", play: (*campus).gradeIsCorrected},
		{name: "a room is placed", play: (*campus).roomIsPlaced},
		{name: "the course is copied", play: (*campus).courseIsCopied},
		{name: "groups meet", play: (*campus).groupsMeet},
		{name: "notices come once", play: (*campus).noticesComeOnce, then: 2 * time.Minute},
		{name: "people leave", play: (*campus).peopleLeave},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, c := range campuses {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.plays(t, part.play)
				})
			}
		})
		i.pass(part.then)
		if part.name == "attendance is a grade" {
			i.must(t, "key", "rotate", "--now")
		}
	}
	allIsReached(t, i, campuses)
	for line := range strings.Lines(i.err.String()) {
		if strings.Contains(line, "level=ERROR") {
			t.Error(line)
		}
	}
}

// plays a part, if those before have come to their ends.
func (c *campus) plays(t *testing.T, part func(*campus, *testing.T)) {
	if c.failed {
		t.Fatal("an earlier part has failed")
	}
	c.failed = true
	part(c, t)
	c.failed = t.Failed()
}

// allIsReached wants every registration to have come through its set-up, which the
// list of them tells.
func allIsReached(t *testing.T, i *installation, campuses []*campus) {
	t.Helper()
	var listed []shownPlatform
	if err := json.Unmarshal([]byte(i.must(t, "platform", "list", "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	reached := map[string]shownPlatform{}
	for _, p := range listed {
		reached[p.Name] = p
	}
	if len(reached) != len(campuses) {
		t.Errorf("%d registrations, want %d", len(reached), len(campuses))
	}
	for _, c := range campuses {
		steps := []classroom.Step{classroom.StepTeacher, classroom.StepLearner, classroom.StepNamed}
		if c.signsUp {
			steps = append(steps, classroom.StepRegistered)
		}
		if c.hasRoster() {
			steps = append(steps, classroom.StepRoster)
		}
		for _, s := range steps {
			if reached[c.name].Progress[s].IsZero() {
				t.Errorf("%s has not reached: %s", c.name, s)
			}
		}
		if state := reached[c.name].Deployments[c.lms.DeploymentID]; state != string(classroom.DeploymentActive) {
			t.Errorf("the deployment of %s is %q", c.name, state)
		}
	}
}
