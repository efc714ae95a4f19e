package classroom

import (
	"context"
	"fmt"
	"slices"
	"time"

	"classbridge/lti"
)

// Grades are sent in slices, each by one process: what a slice has not come to is
// for the next. A batch is noted before it is sent, so that after a crash we know
// our own grades when we read them.
const (
	gradeSlice = 15 * time.Second // then no other grade is begun
	gradeCall  = 24 * time.Second // then whatever still hangs is given up
	gradeLease = 28 * time.Second
	gradeBusy  = 5 * time.Second // until somebody else's slice is looked at again
	gradeBatch = 20
)

// sendGrades sends what has changed to the room's column in the LMS's gradebook.
func (c *Classroom) sendGrades(ctx context.Context, w SendGrades) (Outcome, error) {
	room, err := c.Store.Room(ctx, w.RoomID)
	if err != nil || !room.Graded || room.ParentID != "" {
		return Outcome{}, err
	}
	if wait, err := c.untilGraded(ctx, room, w); err != nil || wait != 0 {
		return Outcome{Again: max(wait, 0)}, err
	}
	now := c.Now()
	mine, err := c.Store.LeaseGradebook(ctx, room, now, now.Add(gradeLease))
	if err != nil || !mine {
		return Outcome{Again: gradeBusy}, err
	}
	out, err := c.sendSlice(ctx, room, w, now)
	// The next slice may begin at once, also when this one was interrupted.
	if err := c.Store.ReleaseGradebook(context.WithoutCancel(ctx), room.ID); err != nil {
		return out, err
	}
	return out, err
}

// untilGraded is how long grades that are sent by themselves have to wait: the
// teacher may have put it off. Negative: it was called off.
func (c *Classroom) untilGraded(ctx context.Context, room Room, w SendGrades) (time.Duration, error) {
	if w.MeetingID == "" {
		return 0, nil
	}
	if room.GradeAfter <= 0 {
		return -1, nil
	}
	m, err := c.Store.Meeting(ctx, w.MeetingID)
	if err != nil {
		return 0, err
	}
	return max(m.EndedAt.Add(room.after()).Sub(c.Now()), 0), nil
}

// sending is one slice.
type sending struct {
	*Classroom
	room   Room
	work   SendGrades
	access lti.Access
	item   string                 // URL of the column
	there  map[string]standsThere // by subject; nil: we may not read it
	made   bool                   // the column is new, and we have made it
	began  time.Time
}

func (c *Classroom) sendSlice(ctx context.Context, room Room, w SendGrades, now time.Time) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, gradeCall)
	defer cancel()
	course, err := c.Store.Course(ctx, room.CourseID)
	if err != nil {
		return Outcome{}, err
	}
	if err := c.connected(ctx, course); err != nil {
		if Is(err, Forbidden) { // switched off: nothing of ours goes there
			err = nil
		}
		return Outcome{}, err
	}
	s := &sending{Classroom: c, room: room, work: w, began: now}
	if s.access, err = c.gradesAccess(ctx, course); err != nil {
		return Outcome{}, err
	}
	out, err := s.run(ctx, course)
	return s.settle(ctx, out, err)
}

// run finds the column, reads what stands there and sends what differs.
func (s *sending) run(ctx context.Context, course Course) (Outcome, error) {
	if err := s.findColumn(ctx, course); err != nil {
		return Outcome{}, err
	}
	due, err := s.due(ctx, course)
	if err != nil {
		return Outcome{}, err
	}
	for batch := range slices.Chunk(due, gradeBatch) {
		all, err := s.sendBatch(ctx, batch)
		if err != nil || !all {
			return Outcome{Again: time.Second}, err
		}
	}
	return Outcome{}, nil
}

// settle turns what came of the slice into what the teacher reads and what the
// queue does: refusals are for people, all else is tried again.
func (s *sending) settle(ctx context.Context, out Outcome, err error) (Outcome, error) {
	problem, refused := gradesProblem(err)
	if err != nil && !refused {
		if wait := retryAfter(err); wait > 0 {
			return Outcome{Again: wait}, nil
		}
		return Outcome{}, fmt.Errorf("grades of room %s: %w", s.room.ID, err)
	}
	if out.Again > 0 && !refused {
		return out, nil
	}
	if refused {
		s.Log.WarnContext(ctx, "grades could not be sent", "room", s.room.ID, "problem", problem, "err", err)
	}
	return Outcome{}, s.note(context.WithoutCancel(ctx), problem)
}

// note writes down how a sending ended. What somebody has asked for since it began
// may not be in it.
func (s *sending) note(ctx context.Context, problem GradeProblem) error {
	began := s.began
	if problem != "" {
		began = time.Time{}
	}
	return s.Store.NoteSent(ctx, s.room.ID, began, problem, s.Now())
}

// dueGrade is a grade to be sent.
type dueGrade struct {
	Grade
	subject string
	want    float64
	comment string // that stands there: a score without it would remove it (AGS §3.4)
}

// due lists what is to be sent, and notes what stands there that we did not write.
func (s *sending) due(ctx context.Context, course Course) ([]dueGrade, error) {
	rows, _, err := s.gradeRows(ctx, s.room, course)
	if err != nil {
		return nil, err
	}
	var due []dueGrade
	var foreign []Grade
	for _, r := range rows {
		state := r.Grade.standing(r.Want)
		switch {
		case state == GradeNone || state == GradeExcluded:
		case s.foreign(r):
			if r.Grade.State != GradeForeign {
				r.Grade.State, r.Grade.Problem, r.Grade.UpdatedAt = GradeForeign, "", s.Now()
				foreign = append(foreign, r.Grade)
			}
		case state == GradeNew || state == GradeChanged || state == GradeForeign:
			due = append(due, dueGrade{r.Grade, r.Person.Subject, r.Want, s.there[r.Person.Subject].comment})
		}
	}
	return due, s.Store.SaveGrades(ctx, foreign)
}

// foreign reports whether a grade stands there that we did not write. Where we may
// not read what stands there, what we once read is all that we know.
func (s *sending) foreign(r GradeRow) bool {
	if s.there == nil {
		return r.Grade.State == GradeForeign && !r.Grade.Adopted
	}
	there, is := s.there[r.Person.Subject]
	return is && !r.Grade.Adopted && !r.Grade.wrote(there.percent)
}

// wrote reports whether that grade is one that we sent, or were sending when the
// process died. Gradebooks round. Where none stands, nobody else has written one.
func (g Grade) wrote(percent float64) bool {
	const rounding = 0.051
	if percent == NoPercent {
		return true
	}
	near := func(ours float64) bool { return ours != NoPercent && max(ours-percent, percent-ours) < rounding }
	return near(g.SentPercent) || near(g.TriedPercent)
}

// sendBatch sends a batch, and reports whether it came to its end.
func (s *sending) sendBatch(ctx context.Context, batch []dueGrade) (all bool, err error) {
	if err := s.plan(ctx, batch); err != nil {
		return false, err
	}
	var done []Grade
	for i := range batch {
		if s.Now().Sub(s.began) >= gradeSlice {
			break
		}
		var one Grade
		if one, err = s.sendOrLeave(ctx, batch[i]); err != nil {
			break
		}
		done = append(done, one)
	}
	if err := s.Store.SaveGrades(context.WithoutCancel(ctx), done); err != nil {
		return false, err
	}
	return len(done) == len(batch), err
}

// plan notes what is about to be sent. Timestamps must be later than any before
// (AGS §3.4.9), also when our clock was set back; some LMSs compare seconds.
func (s *sending) plan(ctx context.Context, batch []dueGrade) error {
	planned := make([]Grade, len(batch))
	for i := range batch {
		g := &batch[i].Grade
		at := s.Now().UTC().Truncate(time.Millisecond)
		if !g.TriedAt.IsZero() && !at.After(g.TriedAt.Add(time.Second)) {
			at = g.TriedAt.Add(time.Second)
		}
		g.TriedPercent, g.TriedAt, g.UpdatedAt = batch[i].want, at, s.Now()
		if g.State == GradeRefused { // another one was
			g.State, g.Problem = GradeUnsent, ""
		}
		planned[i] = *g
	}
	return s.Store.SaveGrades(ctx, planned)
}

// sendOrLeave sends one grade. An LMS that names none when asked for all of a column
// may still tell one person's: OpenOlat does.
func (s *sending) sendOrLeave(ctx context.Context, d dueGrade) (Grade, error) {
	if s.there == nil || len(s.there) > 0 || s.made {
		return s.send(ctx, d)
	}
	there, err := s.results(ctx, s.access, s.item, d.subject)
	if err != nil {
		return d.Grade, err
	}
	stands, is := there[d.subject]
	if is && !d.Adopted && !d.wrote(stands.percent) {
		g := d.Grade
		g.State, g.Problem, g.UpdatedAt = GradeForeign, "", s.Now()
		return g, nil
	}
	d.comment = stands.comment
	return s.send(ctx, d)
}

// send sends one grade. What the LMS refuses of one person is kept with that
// person, and not tried again by itself.
func (s *sending) send(ctx context.Context, d dueGrade) (Grade, error) {
	err := s.Services.SendScore(ctx, s.access, s.item, lti.Score{
		Subject: d.subject, Given: d.want, Maximum: 100, Comment: d.comment, Timestamp: d.TriedAt,
	})
	g := d.Grade
	g.UpdatedAt = s.Now()
	if problem, personal := personalProblem(err); personal {
		s.Log.InfoContext(ctx, "a grade was refused", "room", g.RoomID, "person", g.PersonID, "problem", problem, "err", err)
		g.State, g.Problem = GradeRefused, problem
		return g, nil
	}
	if err != nil {
		return g, err
	}
	g.State, g.Problem, g.SentPercent, g.SentAt, g.SentBy = GradeSent, "", d.want, s.Now(), s.work.PersonID
	return g, nil
}
