package demo

import (
	"slices"

	"classbridge/lti/ltitest"
)

// persons are whom one can be. Their Sub is their name in addresses.
func persons() []ltitest.Person {
	return []ltitest.Person{
		{Sub: "teacher", Name: "Tamar Levi", Given: "Tamar", Family: "Levi", Email: "tamar@school.example", Locale: "en", Roles: []string{ltitest.Instructor}},
		{Sub: "assistant", Name: "Amir Okafor", Given: "Amir", Family: "Okafor", Email: "amir@school.example", Locale: "en", Roles: []string{ltitest.Instructor, ltitest.TeachingAssistant}},
		{Sub: "learner1", Name: "Lena Fischer", Given: "Lena", Family: "Fischer", Email: "lena@school.example", Locale: "en", Roles: []string{ltitest.Learner}, Groups: []string{"blue"}},
		{Sub: "learner2", Name: "Leo Santos", Given: "Leo", Family: "Santos", Email: "leo@school.example", Locale: "en", Roles: []string{ltitest.Learner}, Groups: []string{"green"}},
	}
}

// part is what somebody is in the courses, for people.
func part(sub string) string {
	switch sub {
	case "teacher":
		return "teacher"
	case "assistant":
		return "teaching assistant"
	}
	return "learner"
}

// teaches says whether somebody teaches in the courses.
func teaches(p ltitest.Person) bool { return slices.Contains(p.Roles, ltitest.Instructor) }

func courses() []ltitest.Course {
	return []ltitest.Course{
		{ID: "algebra", Label: "ALG101", Title: "Algebra 101"},
		{ID: "biology", Label: "BIO12", Title: "Biology 12"},
	}
}

func groups() []ltitest.Group {
	return []ltitest.Group{
		{ID: "blue", Name: "Blue group", CourseID: "algebra"},
		{ID: "green", Name: "Green group", CourseID: "algebra"},
	}
}

func links() []ltitest.Link {
	return []ltitest.Link{
		{ID: "weekly", Title: "Weekly class", Description: "Tuesdays, with a quiz at the end", CourseID: "algebra"},
		{ID: "office-hours", Title: "Office hours", CourseID: "algebra"},
		{ID: "lab", Title: "Lab discussion", CourseID: "biology"},
	}
}
