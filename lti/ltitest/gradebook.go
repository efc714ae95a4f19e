package ltitest

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// LineItem is a column of the gradebook.
type LineItem struct {
	Label, ResourceID, Tag string

	ScoreMaximum float64 // 100 if zero
}

// Grade is what somebody has in a line item.
type Grade struct {
	Course, Link string // as tests call them; Link is empty for an item of no link
	Item         LineItem
	Person       string
	Given        *float64 // nil: none, or cleared
	Maximum      float64
	Comment      string
	Timestamp    time.Time
	Extensions   map[string]any // members of the score beyond the specification's
}

// item is a line item in its place.
type item struct {
	LineItem

	id           string
	course, link string
	grades       map[string]Grade // by Sub
}

type gradebook struct {
	mu    sync.Mutex
	items []*item
}

func newGradebook(links []Link) *gradebook {
	g := &gradebook{}
	for _, k := range links {
		g.add(k)
	}
	return g
}

// add makes the line item of a link that has one.
func (g *gradebook) add(k Link) {
	if k.LineItem != nil {
		one := *k.LineItem
		one.Label = cmp.Or(one.Label, k.Title)
		g.create(k.CourseID, k.ID, one)
	}
}

func (g *gradebook) create(course, link string, one LineItem) *item {
	one.ScoreMaximum = cmp.Or(one.ScoreMaximum, 100)
	g.mu.Lock()
	defer g.mu.Unlock()
	made := &item{LineItem: one, id: strconv.Itoa(len(g.items) + 1), course: course, link: link, grades: make(map[string]Grade)}
	g.items = append(g.items, made)
	return made
}

func (g *gradebook) find(course, id string) *item {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.items, func(one *item) bool { return one.course == course && one.id == id })
	if i < 0 {
		return nil
	}
	return g.items[i]
}

func (g *gradebook) of(course string, wanted func(*item) bool) []*item {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []*item
	for _, one := range g.items {
		if one.course == course && wanted(one) {
			found = append(found, one)
		}
	}
	return found
}

// record keeps a grade unless one is there that is as new, and older is refused.
func (g *gradebook) record(i *item, grade Grade, refuseOlder bool) (taken bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	last, graded := i.grades[grade.Person]
	if graded && refuseOlder && !grade.Timestamp.After(last.Timestamp) {
		return false
	}
	i.grades[grade.Person] = grade
	return true
}

// results are the grades of an item, in the order of people's names.
func (g *gradebook) results(i *item) []Grade {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []Grade
	for _, grade := range i.grades {
		found = append(found, grade)
	}
	slices.SortFunc(found, func(a, b Grade) int { return cmp.Compare(a.Person, b.Person) })
	return found
}

// Grades is the whole gradebook, by item and person.
func (l *LMS) Grades() []Grade {
	var all []Grade
	l.gradebook.mu.Lock()
	items := slices.Clone(l.gradebook.items)
	l.gradebook.mu.Unlock()
	for _, i := range items {
		all = append(all, l.gradebook.results(i)...)
	}
	return all
}

// LineItems are the columns of a course.
func (l *LMS) LineItems(course string) []LineItem {
	var all []LineItem
	for _, i := range l.gradebook.of(course, func(*item) bool { return true }) {
		all = append(all, i.LineItem)
	}
	return all
}

// SetGrade is a teacher who writes a grade by hand.
func (l *LMS) SetGrade(course, label, person string, given float64) {
	l.SetGradeAndComment(course, label, person, given, "")
}

// SetGradeAndComment is a teacher who says something about it, too.
func (l *LMS) SetGradeAndComment(course, label, person string, given float64, comment string) {
	for _, i := range l.gradebook.of(course, func(i *item) bool { return i.Label == label }) {
		l.gradebook.record(i, Grade{
			Course: course, Link: i.link, Item: i.LineItem, Person: person, Given: &given, Maximum: i.ScoreMaximum, Comment: comment, Timestamp: l.Now(),
		}, false)
	}
}
