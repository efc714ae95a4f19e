package ltitest

import (
	"fmt"
	"slices"
	"strings"
)

// Person is somebody who can launch. Sub is how tests call them; the LMS's own id
// is Subject(Sub). An empty field is a claim that the LMS withholds.
type Person struct {
	Sub, Name, Given, Family, Email, Locale string
	Username, SourcedID, Timezone           string

	Roles    []string // URIs; the profile may send others in their place
	Courses  []string // where they are enrolled; nil: in all
	Groups   []string // ids of groups that they are in
	Status   string   // Active, which is meant by empty, or Inactive
	TestUser bool     // a preview account, which is no real person
}

// Roles that the LMS gives to its people.
const (
	Instructor        = membership + "#Instructor"
	TeachingAssistant = membership + "/Instructor#TeachingAssistant"
	Learner           = membership + "#Learner"
	Mentor            = membership + "#Mentor"
	Administrator     = institution + "Administrator"
	TestUser          = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
)

const (
	membership  = "http://purl.imsglobal.org/vocab/lis/v2/membership"
	institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
	system      = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
)

// Inactive is the status of somebody whose enrolment is suspended.
const Inactive = "Inactive"

// part is what somebody is in a course, in no LMS's words.
type part string

const (
	nobody    part = ""
	teacher   part = "teacher"
	assistant part = "assistant"
	learner   part = "learner"
	observer  part = "observer"
	admin     part = "admin"
	preview   part = "preview"
)

func (p Person) part() part {
	for _, known := range []struct {
		role string
		part part
	}{
		{TeachingAssistant, assistant}, {Instructor, teacher}, {Mentor, observer}, {Learner, learner}, {Administrator, admin},
	} {
		if slices.Contains(p.Roles, known.role) {
			if p.TestUser {
				return preview
			}
			return known.part
		}
	}
	return nobody
}

// in puts the roles of a profile in place of the person's own, where it has any.
func (p Person) in(roles map[part][]string) []string {
	if named, found := roles[p.part()]; found {
		return named
	}
	if p.TestUser && !slices.Contains(p.Roles, TestUser) {
		return append(slices.Clone(p.Roles), TestUser)
	}
	return p.Roles
}

// enrolled says who is in the roster of a course.
func (p Person) enrolled(course string) bool {
	return p.Courses == nil || slices.Contains(p.Courses, course)
}

// Large makes a class of n learners and a teacher, whose Sub are learner-00001 and
// so on, and teacher.
func Large(n int) []Person {
	class := []Person{{
		Sub: "teacher", Name: "Terry Teacher", Given: "Terry", Family: "Teacher", Email: "terry@school.example",
		Locale: "en", Roles: []string{Instructor},
	}}
	for i := range n {
		sub := fmt.Sprintf("learner-%05d", i+1)
		family := strings.ToUpper(sub[:1]) + sub[1:]
		class = append(class, Person{
			Sub: sub, Name: "Lee " + family, Given: "Lee", Family: family, Email: sub + "@school.example",
			Locale: "en", Roles: []string{Learner},
		})
	}
	return class
}
