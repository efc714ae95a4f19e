package classroom

import (
	"context"
	"fmt"
	"strings"
)

// Adopt moves the courses that the plan of the request says, each in a
// transaction of its own; what a crash leaves undone is done by asking again.
func (c *Classroom) Adopt(ctx context.Context, r AdoptionRequest) (Adoption, AdoptionPlan, error) {
	p, err := c.PlanAdoption(ctx, r)
	if err != nil {
		return Adoption{}, p, err
	}
	if p.Moves() == 0 {
		return Adoption{}, p, refuse(NotFound, "adoption.nothing")
	}
	a := Adoption{
		ID: newID(), TenantID: r.TenantID, FromPlatformID: p.From.ID, FromDeploymentID: r.FromDeploymentID,
		ToPlatformID: p.To.ID, ToDeploymentID: p.DeploymentID, SamePeople: p.SamePeople, ByWhom: r.ByWhom, CreatedAt: c.Now(),
	}
	if err := c.Store.CreateAdoption(ctx, a); err != nil {
		return a, p, fmt.Errorf("adopt: %w", err)
	}
	for _, m := range p.Courses {
		if !m.Move {
			continue
		}
		if err := c.adoptCourse(ctx, &a, m); err != nil {
			return a, p, fmt.Errorf("adopt course %s: %w", m.Old.ID, err)
		}
	}
	c.Log.InfoContext(ctx, "courses were adopted", "adoption", a.ID, "from", p.From.ID, "to", p.To.ID, "courses", a.Courses, "by", a.ByWhom)
	return a, p, nil
}

func (c *Classroom) adoptCourse(ctx context.Context, a *Adoption, m CourseMatch) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		if running, err := c.runsIn(ctx, tx, m); err != nil || running {
			return err // it began since the plan was made: the next adoption takes it
		}
		mv := move{tx: tx, adoption: *a, courseID: m.Old.ID, clock: c.Now()}
		if err := mv.course(ctx, m); err != nil {
			return err
		}
		a.Courses++
		return tx.SaveAdoption(ctx, *a)
	})
}

func (c *Classroom) runsIn(ctx context.Context, tx Tx, m CourseMatch) (bool, error) {
	for _, course := range []*Course{&m.Old, m.New} {
		if course == nil {
			continue
		}
		if _, err := tx.LockCourse(ctx, course.ID); err != nil {
			return false, err
		}
		if running, err := tx.HasOpenMeeting(ctx, course.ID); err != nil || running {
			return running, err
		}
	}
	return false, nil
}

// RevertAdoption takes an adoption back, as far as nothing else has changed what
// it changed. It answers how many of its alterations could not be undone.
func (c *Classroom) RevertAdoption(ctx context.Context, tenantID, id, byWhom string) (left int, err error) {
	err = c.Store.Tx(ctx, func(tx Tx) error {
		a, err := tx.LockAdoption(ctx, id)
		switch {
		case err != nil:
			return err
		case a.TenantID != tenantID:
			return refuse(NotFound, "adoption.unknown")
		case !a.RevertedAt.IsZero():
			return refuse(Conflict, "adoption.reverted")
		case c.Now().Sub(a.CreatedAt) > RevertWithin:
			return refuse(Expired, "adoption.old")
		}
		if left, err = unalter(ctx, tx, a.ID); err != nil {
			return err
		}
		a.RevertedAt, a.RevertedBy = c.Now(), byWhom
		return tx.SaveAdoption(ctx, a)
	})
	if err != nil {
		return 0, fmt.Errorf("revert adoption %s: %w", id, err)
	}
	c.Log.InfoContext(ctx, "an adoption was reverted", "adoption", id, "by", byWhom, "left", left)
	return left, nil
}

func unalter(ctx context.Context, tx Tx, adoptionID string) (left int, err error) {
	alterations, err := tx.Alterations(ctx, adoptionID)
	if err != nil {
		return 0, err
	}
	stuck := "" // a course that does not get its place back keeps everything else, too
	for _, a := range alterations {
		if a.CourseID == stuck {
			left++
			continue
		}
		done, err := undo(ctx, tx, a)
		if err != nil {
			return 0, err
		}
		if !done {
			left++
		}
		if !done && a.Field == FieldRegistration {
			stuck = a.CourseID
		}
	}
	return left, nil
}

func undo(ctx context.Context, tx Tx, a Alteration) (done bool, err error) {
	if a.Field == FieldRegistration {
		// Whoever has clicked an old link meanwhile has made a course there.
		if err := tx.RetireNewcomer(ctx, a); err != nil {
			return false, err
		}
	}
	done, err = tx.Unalter(ctx, a)
	if err != nil || !done || a.Noun != AdoptedRoom {
		return done, err
	}
	return true, tx.TouchRoom(ctx, a.RowKey)
}

func rowKey(parts ...string) string { return strings.Join(parts, "/") }
