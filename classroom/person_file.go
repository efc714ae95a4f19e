package classroom

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// PersonFile is all that is stored about a person. No secret is in it.
type PersonFile struct {
	Person   Person
	Platform Platform
	Link     ChatLink // zero: none
	Places   []PersonPlace
	Grades   []PersonGrade
	Started  []StartedClass
	Launches []Happening
	Seen     []Happening // in classes
	Tries    []Happening // to join
	Refusals []Happening
	Erased   time.Time     // zero: nothing was erased
	Twins    []FoundPerson // who have the same e-mail address: other registrations' persons
}

// PersonGrade is a grade of somebody with the room that it is of.
type PersonGrade struct {
	Grade
	Room   string
	Course string
}

// StartedClass is a class that somebody started.
type StartedClass struct {
	MeetingID  string
	Room       string
	Course     string
	StartedAt  time.Time
	Recordings int64
}

// PersonFileStore reads what is stored about a person.
type PersonFileStore interface {
	GradesOf(ctx context.Context, tenantID, personID string) ([]PersonGrade, error)
	StartedBy(ctx context.Context, tenantID, personID string, limit int) ([]StartedClass, error)
}

// fileLimit bounds a file: far more than anybody does in the time that data is kept.
const fileLimit = 20_000

// PersonFile collects what is stored about a person of the tenant.
func (c *Classroom) PersonFile(ctx context.Context, tenantID, personID string) (PersonFile, error) {
	v, err := c.viewStanding(ctx, tenantID, personID)
	if err != nil {
		return PersonFile{}, fmt.Errorf("file of a person: %w", err)
	}
	f := PersonFile{Person: v.Person, Platform: v.Platform, Link: v.Link, Places: v.Places}
	if err := c.fillFile(ctx, &f); err != nil {
		return f, fmt.Errorf("file of person %s: %w", personID, err)
	}
	return f, nil
}

func (c *Classroom) fillFile(ctx context.Context, f *PersonFile) (err error) {
	p := f.Person
	if f.Places, err = c.Store.PlacesOf(ctx, p.TenantID, p.ID, fileLimit); err != nil {
		return err
	}
	if f.Grades, err = c.Store.GradesOf(ctx, p.TenantID, p.ID); err != nil {
		return err
	}
	if f.Started, err = c.Store.StartedBy(ctx, p.TenantID, p.ID, fileLimit); err != nil {
		return err
	}
	all, err := c.Store.Happenings(ctx, Timeline{TenantID: p.TenantID, Person: &p, UserIDs: userIDs(p.ID), Limit: fileLimit})
	if err != nil {
		return err
	}
	f.sort(all)
	e, _, err := c.Store.FindErasure(ctx, p.TenantID, p.ID)
	if err != nil {
		return err
	}
	f.Erased = e.ErasedAt
	f.Twins, err = c.twins(ctx, p)
	return err
}

// sort puts happenings where the file has them. Posts and rosters are about others too.
func (f *PersonFile) sort(all []Happening) {
	for _, h := range all {
		switch h.Kind {
		case HappenedLaunch:
			f.Launches = append(f.Launches, h)
		case HappenedSeen:
			f.Seen = append(f.Seen, h)
		case HappenedTry:
			f.Tries = append(f.Tries, h)
		case HappenedRefusal:
			f.Refusals = append(f.Refusals, h)
		}
	}
}

// twins are other persons with that e-mail address: probably the same human
// being, who has to be erased there as well.
func (c *Classroom) twins(ctx context.Context, p Person) ([]FoundPerson, error) {
	if p.Email == "" {
		return nil, nil
	}
	found, err := c.Store.SearchPeople(ctx, p.TenantID, p.Email, foundAtOnce)
	return slices.DeleteFunc(found, func(o FoundPerson) bool { return o.Person.ID == p.ID }), err
}
