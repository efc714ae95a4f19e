package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/lti"
)

// GradesView is what a teacher sees before grades are sent, and after.
type GradesView struct {
	Room      Room
	Course    Course
	Gradebook Gradebook
	AskedBy   Person
	Problem   GradeProblem // known before anything is sent, else of the last sending
	Rows      []GradeRow   // by name
	Elsewhere []SheetRow   // learners of another registration, who are not graded
	Meetings  int          // that count
	Another   bool         // nothing was sent to the column yet: to another one
	ToSend    int          // when somebody asks for it
	Readable  bool         // Rows tell what stands in the LMS
	Unread    bool         // it may be read, and could not be now
}

// GradeRow is one learner's grade.
type GradeRow struct {
	SheetRow
	Grade Grade
	Want  float64    // the percent that should stand in the LMS, or NoPercent
	There *float64   // the percent that stands there; nil: none, or not known
	State GradeState // how it stands
}

// readFor is how long the page waits for the LMS to tell what stands there.
const readFor = 5 * time.Second

// ViewGrades shows the grades of a room to its moderators.
func (c *Classroom) ViewGrades(ctx context.Context, a Access) (GradesView, error) {
	v := GradesView{Room: a.Room, Course: a.Course}
	if err := c.mayGrade(a); err != nil {
		return v, err
	}
	if err := c.fillGrades(ctx, &v); err != nil {
		return v, fmt.Errorf("grades of room %s: %w", a.Room.ID, err)
	}
	c.readGrades(ctx, &v)
	for i := range v.Rows {
		r := &v.Rows[i]
		if r.State = r.Grade.standing(r.Want); r.There != nil && r.alien() {
			r.State = GradeForeign
		}
		if r.State == GradeNew || r.State == GradeChanged || r.State == GradeRefused {
			v.ToSend++
		}
	}
	return v, nil
}

// alien reports whether what stands there is not ours, and not to be replaced.
func (r GradeRow) alien() bool {
	return r.State != GradeExcluded && r.State != GradeNone && !r.Grade.Adopted && !r.Grade.wrote(*r.There)
}

// mayGrade refuses whoever is no moderator, and rooms that have no column.
func (c *Classroom) mayGrade(a Access) error {
	switch {
	case !a.MayModerate(c.Now()):
		return refuse(Forbidden, "error.not_moderator")
	case a.Room.ParentID != "":
		return refuse(NotFound, "error.grades_of_group")
	case !a.Room.Graded:
		return refuse(Conflict, "error.grades_off")
	}
	return nil
}

func (c *Classroom) fillGrades(ctx context.Context, v *GradesView) (err error) {
	if v.Gradebook, _, err = c.Store.FindGradebook(ctx, v.Room.ID); err != nil {
		return err
	}
	if v.Gradebook.AskedBy != "" {
		if v.AskedBy, err = c.Store.Person(ctx, v.Gradebook.AskedBy); err != nil && !Is(err, NotFound) {
			return err
		}
	}
	v.Problem = v.Gradebook.Problem
	if !offers(v.Course, lti.ScopeScore) || v.Course.GradesURL == "" && v.Room.LineItemURL == "" {
		v.Problem = orNoGradebook(v.Course, GradesNoScores)
	}
	v.Rows, v.Elsewhere, err = c.gradeRows(ctx, v.Room, v.Course)
	v.Another = v.Gradebook.another(v.Room.LineItemURL)
	for i := range v.Rows {
		v.Meetings = max(v.Meetings, v.Rows[i].Meetings)
		if v.Another {
			v.Rows[i].Grade = v.Rows[i].Grade.unsent()
		}
	}
	return err
}

// gradeRows are the grades of all who get one, and the learners who get none as
// only another registration knows them.
func (c *Classroom) gradeRows(ctx context.Context, room Room, course Course) (rows []GradeRow, elsewhere []SheetRow, err error) {
	sheet, err := c.sheet(ctx, room, course, sheetQuery{})
	if err != nil {
		return nil, nil, err
	}
	known, err := c.Store.Grades(ctx, room.ID)
	if err != nil {
		return nil, nil, err
	}
	grades := make(map[string]Grade, len(known))
	for _, g := range known {
		grades[g.PersonID] = g
	}
	for _, r := range sheet.Rows {
		switch {
		case !learns(r.Person, r.Enrolment):
			continue
		case !course.knows(r.Person):
			elsewhere = append(elsewhere, r)
			continue
		}
		g, ok := grades[r.Person.ID]
		if !ok {
			g = newGrade(room, r.Person.ID)
		}
		rows = append(rows, GradeRow{SheetRow: r, Grade: g, Want: wanted(r, g)})
	}
	return rows, elsewhere, nil
}

// learns reports whether the person is a learner of the course now, and known to
// an LMS by a subject.
func learns(p Person, e Enrolment) bool {
	return standingOf(e) == SheetLearner && e.EndedAt.IsZero() && p.Subject != ""
}

// knows reports whether the LMS in which the course is knows the person. In a
// course that came from another registration, the subjects of that one may be
// somebody else's now.
func (c Course) knows(p Person) bool { return p.PlatformID == c.PlatformID }

// wanted is the percent that should stand in the LMS.
func wanted(r SheetRow, g Grade) float64 {
	if g.Correction != NoPercent {
		return g.Correction
	}
	if percent, measured := r.Percent(); measured {
		return percent
	}
	return NoPercent
}

// readGrades adds what stands in the LMS. The page shows without it, too.
func (c *Classroom) readGrades(ctx context.Context, v *GradesView) {
	if v.Room.LineItemURL == "" || !offers(v.Course, lti.ScopeResultRead) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readFor)
	defer cancel()
	access, err := c.gradesAccess(ctx, v.Course)
	if err != nil {
		v.Unread = true
		return
	}
	there, err := c.results(ctx, access, v.Room.LineItemURL, "")
	if err != nil {
		v.Unread = !errors.Is(ctx.Err(), context.Canceled)
		c.Log.InfoContext(ctx, "a gradebook could not be read", "room", v.Room.ID, "err", err)
		return
	}
	v.Readable = true
	for i := range v.Rows {
		if stands, is := there[v.Rows[i].Person.Subject]; is && stands.percent != NoPercent {
			v.Rows[i].There = &stands.percent
		}
	}
}
