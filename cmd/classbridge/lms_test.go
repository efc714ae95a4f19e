package main

import (
	"strings"
	"testing"
	"time"
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
