package classroom

import "context"

// Member is a person of a course as its people page lists them.
type Member struct {
	Person
	Enrolment Enrolment
	Admission AdmissionState // empty: never to be in the channel
}

// PeopleQuery asks for the people of a course, moderators first, then by name.
type PeopleQuery struct {
	CourseID string
	Search   string // part of a name; empty: all
	Ended    bool   // those whose enrolment has ended, or those whose lasts
	Offset   int
	Limit    int
}

// PeopleCounts counts the people of a course.
type PeopleCounts struct {
	Moderators int64
	Viewers    int64
	Uncounted  int64 // test users, observers, admins: of neither
	Ended      int64
}

// Present counts those whose enrolment lasts.
func (n PeopleCounts) Present() int64 { return n.Moderators + n.Viewers + n.Uncounted }

// PeopleStore lists the people of a course.
type PeopleStore interface {
	People(ctx context.Context, q PeopleQuery) ([]Member, error)
	// CountPeople counts those whose name has search in it.
	CountPeople(ctx context.Context, courseID, search string) (PeopleCounts, error)
}
