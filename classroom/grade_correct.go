package classroom

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// Correction is what a teacher decides of one person's grade. One of the four.
type Correction struct {
	PersonID string
	Percent  *float64 // stands for what was measured
	Exclude  bool     // no grade is sent
	Undo     bool     // neither any longer
	Adopt    bool     // what stands in the LMS is replaced
}

// CorrectGrade notes a correction. It shows in the LMS with the next sending.
func (c *Classroom) CorrectGrade(ctx context.Context, a Access, n Correction) error {
	if err := c.mayGrade(a); err != nil {
		return err
	}
	if n.Percent != nil && (math.IsNaN(*n.Percent) || *n.Percent < 0 || *n.Percent > 100) {
		return refuse(Invalid, "error.grade_percent")
	}
	people, err := c.enrolledFor(ctx, a.Course, n.PersonID)
	if err != nil && !Is(err, NotFound) {
		return fmt.Errorf("correct a grade in room %s: %w", a.Room.ID, err)
	}
	if !slices.ContainsFunc(people, func(e Enrolled) bool {
		return learns(e.Person, e.Enrolment) && a.Course.knows(e.Person)
	}) {
		return refuse(NotFound, "error.grade_person")
	}
	g := newGrade(a.Room, n.PersonID)
	g.UpdatedAt = c.Now()
	switch {
	case n.Percent != nil:
		g.Correction = math.Round(*n.Percent*10) / 10
	case n.Exclude:
		g.Excluded = true
	case n.Adopt:
		err = c.keepCorrection(ctx, &g)
		g.Adopted = true
	}
	if err == nil {
		err = c.Store.CorrectGrade(ctx, g)
	}
	if err != nil {
		return fmt.Errorf("correct a grade in room %s: %w", a.Room.ID, err)
	}
	c.Log.InfoContext(ctx, "a grade was corrected", "room", a.Room.ID, "person", n.PersonID, "by", a.Person.ID)
	return nil
}

// keepCorrection lets a grade that is adopted keep how it was corrected.
func (c *Classroom) keepCorrection(ctx context.Context, g *Grade) error {
	known, err := c.Store.Grades(ctx, g.RoomID)
	for _, k := range known {
		if k.PersonID == g.PersonID {
			g.Correction, g.Excluded = k.Correction, k.Excluded
		}
	}
	return err
}

// AskForGrades has the grades of the room sent now; those that were refused, too.
func (c *Classroom) AskForGrades(ctx context.Context, a Access) error {
	if err := c.mayGrade(a); err != nil {
		return err
	}
	err := c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.NoteAsked(ctx, a.Room, a.Person.ID, c.Now()); err != nil {
			return err
		}
		if err := tx.RetryGrades(ctx, a.Room.ID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, SendGrades{RoomID: a.Room.ID, PersonID: a.Person.ID}, time.Time{})
	})
	if err != nil {
		return fmt.Errorf("send grades of room %s: %w", a.Room.ID, err)
	}
	return nil
}
