package classroom

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"classbridge/lti"
)

// gradeTag is what our line items are found again by, beside the room's id.
const gradeTag = "attendance"

// findColumn finds the room's line item, or makes it, and reads what stands there.
// Whoever sends has the lease: one is made however many try.
func (s *sending) findColumn(ctx context.Context, course Course) error {
	if !offers(course, lti.ScopeScore) {
		return &gradeError{problem: orNoGradebook(course, GradesNoScores)}
	}
	if had := s.room.LineItemURL; had != "" {
		err := s.read(ctx, course, had)
		if err == nil {
			return s.keep(ctx, had)
		}
		if !gone(err) {
			return err
		}
	}
	item, err := s.lookUp(ctx, course)
	if err != nil {
		return err
	}
	if err := s.read(ctx, course, item); err != nil {
		return err
	}
	return s.keep(ctx, item)
}

// lookUp answers the URL of the room's line item. A copied course brings it along;
// a second one must not be made (AGS §3.2.9). What somebody deleted there comes
// back only when somebody here asks for it.
func (s *sending) lookUp(ctx context.Context, course Course) (string, error) {
	if course.GradesURL == "" {
		return "", &gradeError{problem: orNoGradebook(course, GradesNoColumn)}
	}
	if offers(course, lti.ScopeLineItemRead) || offers(course, lti.ScopeLineItem) {
		filter := lti.LineItemFilter{ResourceID: s.room.ID, Tag: gradeTag}
		found, err := s.Services.LineItems(ctx, s.access, course.GradesURL, filter)
		if err != nil {
			return "", err
		}
		// A gradebook that is slow to forget lists what is gone.
		found = slices.DeleteFunc(found, func(i lti.LineItem) bool { return i.ID == s.room.LineItemURL })
		if len(found) > 0 {
			return found[0].ID, nil
		}
	}
	switch {
	case !offers(course, lti.ScopeLineItem):
		return "", &gradeError{problem: GradesNoColumn}
	case s.room.LineItemURL != "" && s.work.PersonID == "":
		return "", &gradeError{problem: GradesColumnGone}
	}
	made, err := s.Services.CreateLineItem(ctx, s.access, course.GradesURL, lti.LineItem{
		Label: s.room.Title, ResourceID: s.room.ID, Tag: gradeTag, ScoreMaximum: 100,
	})
	s.made = err == nil
	var refused *lti.ServiceError
	if errors.As(err, &refused) && refused.Service == lti.ServiceGrades && refused.Refused() {
		// ILIAS and OpenOlat offer the scope, and make columns by themselves alone.
		return "", &gradeError{problem: GradesNoColumn, err: err}
	}
	return made.ID, err
}

// keep remembers the line item. Nothing was sent to another than the last one: it
// was made anew, or the course has moved to another LMS.
func (s *sending) keep(ctx context.Context, item string) error {
	return s.Store.Tx(ctx, func(tx Tx) error {
		g, _, err := tx.FindGradebook(ctx, s.room.ID)
		if err != nil || g.ItemURL == item && s.room.LineItemURL == item {
			return err
		}
		if g.another(item) {
			if err := tx.ForgetSent(ctx, s.room.ID); err != nil {
				return err
			}
		}
		if err := tx.NoteColumn(ctx, s.room.ID, item, s.Now()); err != nil {
			return err
		}
		return tx.SaveLineItem(ctx, s.room.ID, item)
	})
}

// read reads what stands in the column, where we may, and otherwise looks whether
// it is there.
func (s *sending) read(ctx context.Context, course Course, item string) error {
	s.item = item
	if offers(course, lti.ScopeResultRead) {
		there, err := s.results(ctx, s.access, item, "")
		if !unpermitted(err) {
			s.there = there
			return err
		}
	}
	if !offers(course, lti.ScopeLineItemRead) && !offers(course, lti.ScopeLineItem) {
		return nil
	}
	if _, err := s.Services.LineItem(ctx, s.access, item); !unpermitted(err) {
		return err
	}
	return nil
}

// standsThere is what the LMS shows in the column.
type standsThere struct {
	percent float64 // or NoPercent
	comment string  // of a teacher: we write none
}

// results reads what stands in a column, by subject: of one, or of all.
func (c *Classroom) results(ctx context.Context, a lti.Access, item, subject string) (map[string]standsThere, error) {
	there := map[string]standsThere{}
	err := c.Services.Results(ctx, a, item, subject, func(r lti.Result) error {
		s := standsThere{NoPercent, r.Comment}
		if r.Score != nil && r.Maximum > 0 {
			s.percent = *r.Score / r.Maximum * 100
		}
		if s.percent != NoPercent || s.comment != "" {
			there[r.Subject] = s
		}
		return nil
	})
	return there, err
}

// gradesAccess is on whose behalf the gradebook of the course is called.
func (c *Classroom) gradesAccess(ctx context.Context, course Course) (lti.Access, error) {
	p, err := c.Store.Platform(ctx, course.PlatformID)
	return lti.Access{Platform: p.Platform, DeploymentID: course.DeploymentID, Scopes: strings.Fields(course.GradesScopes)}, err
}

// offers reports whether launches have told that the tool may do this in the
// course's gradebook. An LMS that names no scopes is asked and may refuse.
func offers(course Course, scope string) bool {
	scopes := strings.Fields(course.GradesScopes)
	return len(scopes) == 0 || slices.Contains(scopes, scope)
}

// gradeError is a refusal that we foresee, or understand.
type gradeError struct {
	problem GradeProblem
	err     error // what the LMS said; nil: it was not asked
}

func (e *gradeError) Error() string {
	if e.err == nil {
		return "grades: " + string(e.problem)
	}
	return "grades: " + string(e.problem) + ": " + e.err.Error()
}

func (e *gradeError) Unwrap() error { return e.err }

// orNoGradebook is the problem, or that the LMS offers no gradebook at all.
func orNoGradebook(course Course, p GradeProblem) GradeProblem {
	if course.GradesURL == "" && course.GradesScopes == "" {
		return GradesNotOffered
	}
	return p
}

// gradesProblem reports whether an error is a refusal for good, of all grades.
func gradesProblem(err error) (GradeProblem, bool) {
	var foreseen *gradeError
	var service *lti.ServiceError
	switch {
	case errors.As(err, &foreseen):
		return foreseen.problem, true
	case errors.As(err, &service) && service.Refused():
		return GradesRefused, true
	}
	return "", false
}

// personalProblem reports whether an error refuses one person's grade only.
func personalProblem(err error) (GradeProblem, bool) {
	var e *lti.ServiceError
	if !errors.As(err, &e) || e.Service != lti.ServiceGrades || !e.Refused() || e.Code == lti.CodeInsufficientScope {
		return "", false
	}
	switch e.Status {
	case http.StatusConflict:
		return GradeOlder, true
	case http.StatusNotFound:
		return GradeStranger, true
	case http.StatusForbidden:
		return GradeForbidden, true
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return GradeUngraded, true
	case http.StatusUnauthorized, 0:
		return "", false
	}
	return GradeBad, e.Status >= 400
}

func gone(err error) bool {
	var e *lti.ServiceError
	return errors.As(err, &e) && e.Service == lti.ServiceGrades && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// unpermitted is the refusal of one kind of call, which says nothing of others.
func unpermitted(err error) bool {
	var e *lti.ServiceError
	return errors.As(err, &e) && e.Code == lti.CodeInsufficientScope
}

func retryAfter(err error) time.Duration {
	var e *lti.ServiceError
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
