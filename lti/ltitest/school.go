package ltitest

import (
	"fmt"
	"slices"
	"sync"
)

// school is who and what the LMS has. It numbers the changes of people, so that a
// roster can tell what is new.
type school struct {
	mu       sync.RWMutex
	people   []Person
	where    map[string]int // in people, by Sub and by the LMS's id
	changes  []change
	courses  []Course
	links    []Link
	groups   []Group
	subjects Form
}

// change is of one person; a deleted one is kept as it was.
type change struct {
	person  Person
	deleted bool
}

func newSchool(c Config) *school {
	s := &school{
		courses: slices.Clone(c.Courses), links: slices.Clone(c.Links), groups: slices.Clone(c.Groups),
		people: slices.Clone(c.Persons), subjects: c.Profile.Subjects,
	}
	s.index()
	return s
}

// index wants the lock held.
func (s *school) index() {
	s.where = make(map[string]int, 2*len(s.people))
	for i, p := range s.people {
		s.where[s.subjects(p.Sub)] = i
	}
	for i, p := range s.people {
		s.where[p.Sub] = i
	}
}

// Enrol adds somebody, or changes who has that Sub.
func (l *LMS) Enrol(p Person) {
	s := l.school
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.people, func(q Person) bool { return q.Sub == p.Sub })
	if i < 0 {
		s.people = append(s.people, p)
		s.index()
	} else {
		s.people[i] = p
	}
	s.changes = append(s.changes, change{person: p})
}

// Remove takes somebody out of the LMS.
func (l *LMS) Remove(sub string) {
	s := l.school
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.people, func(q Person) bool { return q.Sub == sub })
	if i < 0 {
		return
	}
	s.changes = append(s.changes, change{person: s.people[i], deleted: true})
	s.people = slices.Delete(s.people, i, i+1)
	s.index()
}

// AddLink puts a link into a course.
func (l *LMS) AddLink(k Link) {
	s := l.school
	s.mu.Lock()
	s.links = append(s.links, k)
	s.mu.Unlock()
	l.gradebook.add(k)
}

// LinksOf are the links of a course.
func (l *LMS) LinksOf(course string) []Link {
	l.school.mu.RLock()
	defer l.school.mu.RUnlock()
	var found []Link
	for _, k := range l.school.links {
		if k.CourseID == course {
			found = append(found, k)
		}
	}
	return found
}

// person finds by Sub and by the LMS's own id.
func (s *school) person(id string) (Person, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, found := s.where[id]
	if !found {
		return Person{}, fmt.Errorf("ltitest: no person %q", id)
	}
	return s.people[i], nil
}

func (s *school) link(id string) (Link, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i := slices.IndexFunc(s.links, func(k Link) bool { return k.ID == id })
	if i < 0 {
		return Link{}, fmt.Errorf("ltitest: no link %q", id)
	}
	return s.links[i], nil
}

func (s *school) course(id string) (Course, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i := slices.IndexFunc(s.courses, func(c Course) bool { return c.ID == id })
	if i < 0 || id == "" {
		return Course{}, false
	}
	return s.courses[i], true
}

// class is the roster of a course, and the number of the newest change in it.
func (s *school) class(course string) (class []Person, newest int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.people {
		if p.enrolled(course) {
			class = append(class, p)
		}
	}
	return class, len(s.changes)
}

// since is what has changed in a course after change number n.
func (s *school) since(course string, n int) (changes []change, newest int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.changes[min(n, len(s.changes)):] {
		if c.person.enrolled(course) || c.person.Courses != nil {
			c.deleted = c.deleted || !c.person.enrolled(course)
			changes = append(changes, c)
		}
	}
	return changes, len(s.changes)
}

func (s *school) groupsOf(course string) []Group {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []Group
	for _, g := range s.groups {
		if g.CourseID == course {
			found = append(found, g)
		}
	}
	return found
}
