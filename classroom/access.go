package classroom

import (
	"context"
	"fmt"
	"time"
)

// seenStep is how exactly a session's signs of life are kept.
const seenStep = 5 * time.Minute

// MayModerate reports whether the visit has a moderator's rights in the room:
// by the newest proof of the enrolment, or by this very launch while it is young.
func (a Access) MayModerate(now time.Time) bool {
	return a.Enrolment.MayModerate(now)
}

// Access says what the session of that launch may do in that room, from the
// newest proof. It is asked at every action. Refusals: Expired when the session
// is over, NotFound when there is no such room for this person.
func (c *Classroom) Access(ctx context.Context, launchID, roomID string) (Access, error) {
	a, found, err := c.Store.FindAccess(ctx, launchID, roomID)
	if err != nil {
		return Access{}, fmt.Errorf("access to room %s: %w", roomID, err)
	}
	if !found {
		return Access{}, c.noAccess(ctx, launchID)
	}
	now := c.Now()
	if !a.Launch.Alive(now) {
		return Access{}, refuse(Expired, "error.session_expired")
	}
	if a.Enrolment.ID == "" || !a.Enrolment.EndedAt.IsZero() {
		return Access{}, refuse(NotFound, "error.room_unknown")
	}
	if now.Sub(a.Launch.SeenAt) > seenStep {
		if err := c.Store.SeeLaunch(ctx, launchID, now); err != nil {
			return Access{}, fmt.Errorf("access to room %s: %w", roomID, err)
		}
	}
	return a, nil
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
