package program

import (
	"strconv"
	"testing"

	"classbridge/e2e/parts"
	"classbridge/lti/ltitest"
)

// People of every school. Those of a large class are learner-0 and so on.
const (
	Terry = "terry" // teaches all courses
	Lee   = "lee"   // learns, and has an account in the chat
	Sam   = "sam"   // learns, and has none
	Gail  = "gail"  // is a member of the chat only
	Class = 60      // how many learners there are besides
)

// Learner is the sub of a learner of the large class.
func Learner(n int) string { return "learner-" + strconv.Itoa(n) }

func people() []ltitest.Person {
	list := []ltitest.Person{
		{Sub: Terry, Name: "Terry Teacher", Given: "Terry", Family: "Teacher", Email: "terry@example.org", Locale: "en", Roles: []string{ltitest.Instructor}},
		{Sub: Lee, Name: "Lee Learner", Given: "Lee", Family: "Learner", Email: "lee@example.org", Locale: "en", Roles: []string{ltitest.Learner}},
		{Sub: Sam, Name: "Sam Student", Given: "Sam", Family: "Student", Email: "sam@example.org", Locale: "en", Roles: []string{ltitest.Learner}},
	}
	for n := range Class {
		list = append(list, ltitest.Person{Sub: Learner(n), Name: "Learner " + strconv.Itoa(n), Locale: "en", Roles: []string{ltitest.Learner}})
	}
	return list
}

// Account is a person's account in the chat.
func (s *School) Account(t testing.TB, person string) *parts.User {
	t.Helper()
	u := s.Users[person]
	if u == nil {
		t.Fatalf("%s has no account in the chat", person)
	}
	return u
}
