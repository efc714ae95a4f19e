package ltitest

import (
	"cmp"
	"net/http"
	"time"

	"classbridge/lti"
)

// Config says which LMS it is. Without persons, courses and links it has a
// teacher, a teaching assistant, two learners and one course of two rooms.
type Config struct {
	URL          string // where the handler is mounted, as browsers see it
	ToolURL      string // public base of the tool
	Profile      Profile
	Issuer       string // the profile's if empty
	ClientID     string
	DeploymentID string // the profile's if empty
	Persons      []Person
	Courses      []Course
	Links        []Link
	Groups       []Group
	Custom       map[string]string // parameters of the tool, in all its launches
	Privacy      Privacy
	Key          lti.ToolKey                 // signs until the first rotation; a new one if it is zero
	HTTP         *http.Client                // by which the tool is called; one that finds it below localhost if nil
	ToolKeys     func() ([]byte, error)      // the tool's key set; nil: asked for at its /lti/jwks
	Now          func() time.Time            // time.Now if nil
	Alter        func(claims map[string]any) // has the last word on the claims of each launch; may be nil
}

// Privacy is what the LMS keeps from the tool.
type Privacy struct {
	NoName, NoEmail, NoContext bool

	Anonymous bool // no sub; then neither names nor services
}

// Course is a context; one without an ID is a launch outside of any.
type Course struct {
	ID, Label, Title string

	History []string // what it was copied from, the newest first
}

// Link is a resource link, the place in a course that is clicked.
type Link struct {
	ID, Title, Description, CourseID string

	URL      string // target_link_uri; empty: that of the tool
	Custom   map[string]string
	History  []string  // what it was copied from, the newest first
	LineItem *LineItem // its line item; nil: it takes no grades
	Embedded bool      // in a page, where Canvas gives the id of the course in place of its own
}

// Group is one of a course.
type Group struct {
	ID, Name, CourseID, Tag, SetID string

	Hidden bool
}

func (c Config) withDefaults() Config {
	if c.Profile.Name == "" {
		c.Profile = Reference()
	}
	c.Issuer = cmp.Or(c.Issuer, c.Profile.Issuer, c.URL)
	c.ClientID = cmp.Or(c.ClientID, "classbridge-client")
	c.DeploymentID = cmp.Or(c.DeploymentID, c.Profile.DeploymentID)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.HTTP == nil {
		c.HTTP = newClient()
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
