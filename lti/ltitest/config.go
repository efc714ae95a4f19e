package ltitest

import (
	"cmp"
	"time"
)

// Config says which LMS it is. Without persons, courses and links it has a
// teacher, a teaching assistant, two learners and one course of two rooms.
type Config struct {
	URL          string // where the handler is mounted, as browsers see it
	ToolURL      string // public base of the tool
	Issuer       string // URL if empty
	ClientID     string
	DeploymentID string
	Persons      []Person
	Courses      []Course
	Links        []Link
	Now          func() time.Time            // time.Now if nil
	Alter        func(claims map[string]any) // has the last word on the claims of each launch; may be nil
}

// Person is somebody who can launch. Sub is the login_hint as well, as in Moodle.
// An empty field is a claim that the LMS withholds.
type Person struct {
	Sub, Name, Given, Family, Email, Locale string

	Roles []string
}

// Course is a context; one without an ID is a launch outside of any.
type Course struct {
	ID, Label, Title string
}

// Link is a resource link, the place in a course that is clicked.
type Link struct {
	ID, Title, Description, CourseID string

	Custom map[string]string
}

// Roles that the LMS gives to its people.
const (
	Instructor        = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
	TeachingAssistant = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
	Learner           = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
)

func (c Config) withDefaults() Config {
	c.Issuer = cmp.Or(c.Issuer, c.URL)
	c.ClientID = cmp.Or(c.ClientID, "classbridge-client")
	c.DeploymentID = cmp.Or(c.DeploymentID, "1")
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Persons == nil {
		c.Persons = []Person{
			{Sub: "teacher", Name: "Terry Teacher", Given: "Terry", Family: "Teacher", Email: "terry@school.example", Locale: "en", Roles: []string{Instructor}},
			{Sub: "assistant", Name: "Ash Assistant", Given: "Ash", Family: "Assistant", Email: "ash@school.example", Locale: "en", Roles: []string{Instructor, TeachingAssistant}},
			{Sub: "learner1", Name: "Lee Learner", Given: "Lee", Family: "Learner", Email: "lee@school.example", Locale: "en", Roles: []string{Learner}},
			{Sub: "learner2", Name: "Sam Student", Given: "Sam", Family: "Student", Email: "sam@school.example", Locale: "en", Roles: []string{Learner}},
		}
	}
	if c.Courses == nil {
		c.Courses = []Course{{ID: "algebra", Label: "ALG101", Title: "Algebra 101"}}
	}
	if c.Links == nil {
		c.Links = []Link{
			{ID: "room-1", Title: "Weekly class", CourseID: "algebra"},
			{ID: "room-2", Title: "Office hours", CourseID: "algebra"},
		}
	}
	return c
}
