package demo

import "sync"

// enrolments are who is in which course: everybody in all, until a teacher
// removes somebody.
type enrolments struct {
	mu      sync.Mutex
	removed map[enrolment]bool
}

type enrolment struct{ sub, course string }

func (e *enrolments) has(sub, course string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.removed[enrolment{sub, course}]
}

// set enrols or removes, and returns the courses that are left, never nil.
func (e *enrolments) set(sub, course string, enrolled bool) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.removed == nil {
		e.removed = map[enrolment]bool{}
	}
	e.removed[enrolment{sub, course}] = !enrolled
	left := []string{}
	for _, c := range courses() {
		if !e.removed[enrolment{sub, c.ID}] {
			left = append(left, c.ID)
		}
	}
	return left
}
