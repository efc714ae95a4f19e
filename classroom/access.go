package classroom

import (
	"context"
	"fmt"
	"time"
)

// seenStep is how exactly a session's signs of life are kept.
const seenStep = 5 * time.Minute

// MayModerate reports whether the visit has a moderator's rights in the room, by
// the newest proof of the enrolment.
func (a Access) MayModerate(now time.Time) bool {
	return a.Enrolment.MayModerate(now)
}

// Access says what the session of that launch may do in that room, from the
// newest proof. It is asked at every action, and counts as a sign of life.
// Refusals: Expired when the session is over, NotFound when there is no such room
// for this person, Forbidden when the school has switched the platform off.
func (c *Classroom) Access(ctx context.Context, launchID, roomID string) (Access, error) {
	a, err := c.Peek(ctx, launchID, roomID)
	if now := c.Now(); err == nil && now.Sub(a.Launch.SeenAt) > seenStep {
		if err := c.Store.SeeLaunch(ctx, launchID, now); err != nil {
			return Access{}, fmt.Errorf("access to room %s: %w", roomID, err)
		}
	}
	return a, err
}

// Peek is Access for what a page does by itself: an open page keeps no session alive.
func (c *Classroom) Peek(ctx context.Context, launchID, roomID string) (Access, error) {
	a, found, err := c.Store.FindAccess(ctx, launchID, roomID)
	if err != nil {
		return Access{}, fmt.Errorf("access to room %s: %w", roomID, err)
	}
	if !found {
		return Access{}, c.noAccess(ctx, launchID)
	}
	if err := c.usable(ctx, a); err != nil {
		return Access{}, err
	}
	return a, nil
}

// usable refuses a session that is over, a room of a course, or of a group, that
// the person is not in, and a platform that was switched off.
func (c *Classroom) usable(ctx context.Context, a Access) error {
	left := a.Enrolment.ID != "" && !a.Enrolment.EndedAt.IsZero()
	switch {
	case left && !a.Launch.EndedAt.IsZero(): // the session ended with the enrolment
		return refuse(Expired, "error.enrolment_ended")
	case !a.Launch.Alive(c.Now()):
		return refuse(Expired, "error.session_expired")
	}
	if a.Enrolment.ID == "" || !a.Enrolment.EndedAt.IsZero() {
		return refuse(NotFound, "error.room_unknown")
	}
	if a.Room.ParentID != "" && !c.mayEnterGroup(a.Enrolment, a.Room.GroupID) {
		return refuse(NotFound, "error.room_unknown")
	}
	return c.connected(ctx, a.Course)
}

// connected refuses a course whose platform was disabled, or whose deployment
// was taken back: rights end with it, also in sessions that are open.
func (c *Classroom) connected(ctx context.Context, course Course) error {
	p, err := c.Store.Platform(ctx, course.PlatformID)
	if err != nil {
		return err
	}
	d, found, err := c.Store.FindDeployment(ctx, course.PlatformID, course.DeploymentID)
	if err != nil {
		return err
	}
	if p.Disabled || p.Pending || !found || d.State != DeploymentActive {
		return refuse(Forbidden, "error.platform_disabled")
	}
	return c.open(ctx, course.TenantID)
}

// open refuses everybody of a school that is disabled.
func (c *Classroom) open(ctx context.Context, tenantID string) error {
	t, err := c.Store.Tenant(ctx, tenantID)
	if err == nil && t.Disabled {
		err = refuse(Forbidden, "error.tenant_disabled")
	}
	return err
}

// SignOut ends the visit's session.
func (c *Classroom) SignOut(ctx context.Context, a Access) error {
	if err := c.Store.EndLaunch(ctx, a.Launch.ID, c.Now()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// noAccess tells a session that is gone from a room that is not there.
func (c *Classroom) noAccess(ctx context.Context, launchID string) error {
	l, found, err := c.Store.FindLaunch(ctx, launchID)
	switch {
	case err != nil:
		return fmt.Errorf("launch %s: %w", launchID, err)
	case !found || !l.Alive(c.Now()):
		return refuse(Expired, "error.session_expired")
	}
	return refuse(NotFound, "error.room_unknown")
}
