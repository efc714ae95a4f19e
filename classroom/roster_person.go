package classroom

import (
	"cmp"
	"context"
	"slices"

	"classbridge/lti"
)

// people finds the persons of the members, by subject, and makes those of whom
// nobody has heard but who belong to the course.
func (s *pass) people(ctx context.Context, members map[string]lti.Member) (map[string]Person, error) {
	people := make(map[string]Person, len(members))
	subjects := make([]string, 0, len(members))
	for subject := range members {
		subjects = append(subjects, subject)
	}
	if err := s.findPeople(ctx, people, subjects); err != nil {
		return nil, err
	}
	if err := s.rename(ctx, members, people); err != nil {
		return nil, err
	}
	var strangers []Person
	for subject, m := range members {
		if _, known := people[subject]; !known && m.Status == lti.MemberActive && s.platform.Roles.Decide(m.Roles).Counted {
			strangers = append(strangers, s.newPerson(m))
		}
	}
	return people, s.createPeople(ctx, people, strangers)
}

func (s *pass) findPeople(ctx context.Context, people map[string]Person, subjects []string) error {
	if len(subjects) == 0 {
		return nil
	}
	found, err := s.Store.PersonsBySubject(ctx, s.platform.ID, subjects)
	for _, p := range found {
		people[p.Subject] = p
	}
	return err
}

func (s *pass) newPerson(m lti.Member) Person {
	now := s.Now()
	return Person{
		ID: newID(), TenantID: s.course.TenantID, PlatformID: s.platform.ID, Subject: m.Subject,
		Name: m.Name, Email: m.Email, CreatedAt: now, UpdatedAt: now,
	}
}

// createPeople stores new persons and reads them again: a launch may have made
// some of them meanwhile.
func (s *pass) createPeople(ctx context.Context, people map[string]Person, strangers []Person) error {
	if len(strangers) == 0 {
		return nil
	}
	// In one order everywhere: two that insert the same must not wait for each other.
	slices.SortFunc(strangers, func(a, b Person) int { return cmp.Compare(a.Subject, b.Subject) })
	if err := s.Store.CreatePersons(ctx, strangers); err != nil {
		return err
	}
	subjects := make([]string, len(strangers))
	for i, p := range strangers {
		subjects[i] = p.Subject
	}
	return s.findPeople(ctx, people, subjects)
}

// rename takes names and addresses from the roster: of those who have none, and
// of those whom no launch has brought. A launch's name is the better one: it is
// what the person's own LMS session says.
func (s *pass) rename(ctx context.Context, members map[string]lti.Member, people map[string]Person) error {
	var others []Person
	for subject, p := range people {
		m := members[subject]
		if differs(m.Name, p.Name) || differs(m.Email, p.Email) {
			others = append(others, p)
		}
	}
	if len(others) == 0 {
		return nil
	}
	launched, err := s.launched(ctx, others)
	if err != nil {
		return err
	}
	for _, p := range others {
		m, was := members[p.Subject], p
		if slices.Contains(launched, p.ID) {
			p.Name, p.Email = cmp.Or(p.Name, m.Name), cmp.Or(p.Email, m.Email)
		} else {
			p.Name, p.Email = cmp.Or(m.Name, p.Name), cmp.Or(m.Email, p.Email)
		}
		if p == was {
			continue
		}
		p.UpdatedAt = s.Now()
		if err := s.Store.SavePerson(ctx, p); err != nil {
			return err
		}
		people[p.Subject] = p
	}
	return nil
}

func (s *pass) launched(ctx context.Context, people []Person) ([]string, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	return s.Store.Launched(ctx, ids)
}

func differs(told, known string) bool { return told != "" && told != known }
