package classroom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"classbridge/lti"
)

// StartPolicy says who may start a class of a platform's courses. Its zero value
// is StartModerators.
type StartPolicy string

const (
	StartModerators StartPolicy = "moderators"
	StartCourse     StartPolicy = "course" // everybody whom the course counts
)

// NamesPolicy says for one platform whether posts name who attended; empty: as
// the tenant.
type NamesPolicy string

const (
	NamesShown  NamesPolicy = "shown"
	NamesHidden NamesPolicy = "hidden"
)

// pilots reports whether a launch from that course is taken: from all of them
// unless some are named, by the LMS's id or the short name.
func (p Platform) pilots(course *lti.Context) bool {
	if course == nil {
		return len(p.Pilot) == 0
	}
	return p.TakesPart(Course{ContextID: course.ID, Label: course.Label})
}

// TakesPart reports whether the course gets classes and a channel.
func (p Platform) TakesPart(course Course) bool {
	return len(p.Pilot) == 0 || slices.ContainsFunc(p.Pilot, func(named string) bool {
		return named == course.ContextID || strings.EqualFold(named, course.Label)
	})
}

// mayStart reports whether the visit may start a class, as the platform has it.
func (p Platform) mayStart(a Access, moderator bool) bool {
	return moderator || p.Starters == StartCourse && a.Enrolment.Counted
}

// mayStart refuses whoever may not start a class in the room.
func (c *Classroom) mayStart(ctx context.Context, a Access) error {
	p, err := c.Store.Platform(ctx, a.Course.PlatformID)
	switch {
	case err != nil:
		return fmt.Errorf("start in room %s: %w", a.Room.ID, err)
	case !p.TakesPart(a.Course):
		return refuse(Forbidden, "error.not_in_pilot")
	case !p.mayStart(a, a.MayModerate(c.Now())):
		return refuse(Forbidden, "error.not_moderator")
	}
	return nil
}

// viewPolicies shows what the platform's policies make of a visit.
func (c *Classroom) viewPolicies(ctx context.Context, a Access, v *RoomView) error {
	p, err := c.Store.Platform(ctx, a.Course.PlatformID)
	if err != nil {
		return err
	}
	v.RecordNotice = p.RecordNotice
	v.MayStart = p.TakesPart(a.Course) && p.mayStart(a, v.Moderator)
	return nil
}

// RecordNotice is what the school says to whoever may be recorded in the course.
func (c *Classroom) RecordNotice(ctx context.Context, course Course) (string, error) {
	p, err := c.Store.Platform(ctx, course.PlatformID)
	return p.RecordNotice, err
}

// guestsOf is the policy of a room for members of its channel who are not linked.
func (c *Classroom) guestsOf(ctx context.Context, roomID string) (GuestPolicy, error) {
	room, err := c.Store.Room(ctx, roomID)
	if err != nil {
		return "", err
	}
	course, err := c.Store.Course(ctx, room.CourseID)
	if err != nil {
		return "", err
	}
	return c.guestsIn(ctx, course)
}

func (c *Classroom) guestsIn(ctx context.Context, course Course) (GuestPolicy, error) {
	p, err := c.Store.Platform(ctx, course.PlatformID)
	if err != nil {
		return "", err
	}
	t, err := c.Store.Tenant(ctx, course.TenantID)
	return cmp.Or(p.ChatGuests, t.ChatGuests), err
}

// namesInPosts reports whether posts about a course name who attended.
func (c *Classroom) namesInPosts(ctx context.Context, courseID string) (bool, error) {
	course, err := c.Store.Course(ctx, courseID)
	if err != nil {
		return false, err
	}
	p, err := c.Store.Platform(ctx, course.PlatformID)
	if err != nil || p.NamesInPosts != "" {
		return p.NamesInPosts == NamesShown, err
	}
	t, err := c.Store.Tenant(ctx, course.TenantID)
	return t.NamesInPosts, err
}
