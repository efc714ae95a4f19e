package classroom

import (
	"context"
	"errors"
	"hash/fnv"
	"time"

	"classbridge/lti"
)

const (
	rosterEvery   = 6 * time.Hour // about
	rosterFull    = 22 * time.Hour
	rosterAgain   = time.Hour      // after a pass that was not plausible
	rosterAsleep  = 24 * time.Hour // until it is asked again whether there is anything to read
	rosterRetry   = 15 * time.Minute
	rosterRetries = 6 // doublings of it
	maxDetail     = 300
	halfOf        = 10 // the size of a course that does not lose more than half of it at once
)

// finish ends and begins enrolments as the pass says, and when the next one is due.
func (s *pass) finish(ctx context.Context) (Outcome, error) {
	r := &s.roster
	if r.PassFull {
		if doubtful, err := s.doubtful(ctx); err != nil || doubtful {
			return Outcome{}, err
		}
	}
	err := s.endUnlisted(ctx)
	if err == nil {
		err = s.beginListed(ctx)
	}
	if errors.Is(err, errSlice) {
		return Outcome{Again: rosterPause}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if r.PassFull {
		if r.Members, err = s.Store.CountListed(ctx, s.course.ID, r.PassAt); err != nil {
			return Outcome{}, err
		}
		s.readGroups(ctx)
		r.FullAt, r.Doubted = r.PassAt, false
		if s.platform.Progress.RosterAt.IsZero() {
			s.reach(ctx, s.platform.ID, StepRoster)
		}
	}
	r.ReadAt = s.Now()
	return s.settle(ctx)
}

// settle ends the pass without a problem. Whoever asked for the roster while
// changes were read gets a full pass: what they enqueued is this work.
func (s *pass) settle(ctx context.Context) (Outcome, error) {
	r := &s.roster
	full, began := r.PassFull, r.PassAt
	r.PassAt, r.Problem, r.Detail, r.Failures = time.Time{}, "", "", 0
	s.rest(spread(s.course.ID, rosterEvery))
	if err := s.save(ctx); err != nil || full {
		return Outcome{}, err
	}
	stored, _, err := s.Store.FindRoster(ctx, s.course.ID)
	if err != nil || !stored.AskedAt.After(began) {
		return Outcome{}, err
	}
	return Outcome{Again: rosterPause}, nil
}

// rest leaves the roster alone for that long.
func (s *pass) rest(d time.Duration) {
	s.roster.WorkingAt, s.roster.DueAt = time.Time{}, s.Now().Add(d)
}

// doubtful reports whether nobody is ended or enrolled by this pass: it lists
// nobody, or has lost more than half of those who were there, and the pass before
// it did not. An LMS that is being moved or misconfigured must not put a school out
// of its rooms.
func (s *pass) doubtful(ctx context.Context) (bool, error) {
	unlisted, all, err := s.Store.CountUnlisted(ctx, s.roster.pass())
	if err != nil {
		return false, err
	}
	listed, err := s.Store.CountListed(ctx, s.course.ID, s.roster.PassAt)
	if err != nil {
		return false, err
	}
	implausible := unlisted > 0 && (listed == 0 || all >= halfOf && 2*unlisted > all)
	if !implausible || s.roster.Doubted {
		return false, nil
	}
	s.Log.WarnContext(ctx, "a roster is not plausible: nobody is ended until the next one says the same",
		"course", s.course.ID, "platform", s.platform.ID, "listed", listed, "unlisted", unlisted)
	r := &s.roster
	r.PassAt, r.Doubted, r.Problem, r.Detail = time.Time{}, true, RosterImplausible, ""
	r.FullAt, r.ReadAt, r.Members = time.Time{}, s.Now(), listed // the next pass is a full one
	s.rest(rosterAgain)
	return true, s.save(ctx)
}

// endUnlisted ends the enrolments of those whom the pass says to have left, or did
// not list although it is a full one. People who are not counted, such as admins
// and observers, are in no roster.
func (s *pass) endUnlisted(ctx context.Context) error {
	for after := ""; ; {
		gone, err := s.Store.Unlisted(ctx, s.roster.pass(), after, rosterBatch)
		if err != nil || len(gone) == 0 {
			return err
		}
		ids := make([]string, len(gone))
		for i, e := range gone {
			ids[i] = e.PersonID
		}
		err = s.Store.Tx(ctx, func(tx Tx) error { return s.leave(ctx, tx, ids) })
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
		if err := s.over(); err != nil {
			return err
		}
	}
}

// beginListed lets those into the course whom the pass lists and who are not there,
// or not any more.
func (s *pass) beginListed(ctx context.Context) error {
	for {
		ids, err := s.Store.NotBegun(ctx, s.course.ID, s.roster.PassAt, rosterBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.Store.Tx(ctx, func(tx Tx) error {
			if s.course, err = tx.ShareCourse(ctx, s.course.ID); err != nil {
				return err
			}
			if err := tx.BeginEnrolments(ctx, s.course.ID, ids, s.Now()); err != nil {
				return err
			}
			return s.invite(ctx, tx, ids)
		})
		if err != nil {
			return err
		}
		if err := s.over(); err != nil {
			return err
		}
	}
}

// leave ends the enrolments of those persons with all that hangs on them.
func (s *pass) leave(ctx context.Context, tx Tx, personIDs []string) error {
	now := s.Now()
	if err := tx.EndEnrolments(ctx, s.course.ID, personIDs, now); err != nil {
		return err
	}
	inChannel, err := tx.LeaveAdmissions(ctx, s.course.ID, personIDs, now)
	if err != nil {
		return err
	}
	for _, id := range inChannel {
		if err := tx.Enqueue(ctx, Expel{CourseID: s.course.ID, PersonID: id}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}

// failed stores why the roster could not be read and when it is tried again. What
// is not the platform's failure is the queue's to repeat.
func (s *pass) failed(ctx context.Context, err error) (Outcome, error) {
	var e *lti.ServiceError
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return Outcome{}, err
	}
	s.Log.WarnContext(ctx, "a roster could not be read", "course", s.course.ID, "platform", s.platform.ID, "err", err)
	r := &s.roster
	if !r.PassFull && !e.Temporary() { // its differences are lost: everybody is read
		r.PassAt, r.DifferencesURL = time.Time{}, ""
		return Outcome{Again: rosterPause}, s.saveAfter(ctx)
	}
	r.Problem, r.Detail = problemOf(e), cut(err.Error(), maxDetail)
	if !e.Temporary() {
		r.PassAt = time.Time{} // the pages of this pass are of no use any more
	}
	s.rest(max(rosterRetry<<min(r.Failures, rosterRetries), e.RetryAfter))
	r.Failures++
	return Outcome{}, s.saveAfter(ctx)
}

// saveAfter saves also when the time for calls has run out.
func (s *pass) saveAfter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.save(ctx)
}

func problemOf(e *lti.ServiceError) RosterProblem {
	switch {
	case e.Temporary():
		return RosterUnavailable
	case e.Refused():
		return RosterRefused
	}
	return RosterUnreadable
}

func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// spread is about d: for each course another, always the same, so that those of
// a platform are not all due at once.
func spread(courseID string, d time.Duration) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(courseID))
	return d - d/6 + d/3*time.Duration(h.Sum32()%1024)/1024
}
