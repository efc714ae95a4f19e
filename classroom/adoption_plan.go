package classroom

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// AdoptionRequest is what an admin asks for.
type AdoptionRequest struct {
	TenantID         string
	FromPlatformID   string
	FromDeploymentID string // empty: all
	ToPlatformID     string
	ToDeploymentID   string   // empty: the only active one
	SamePeople       bool     // always so if both have the same issuer
	Unlaunched       bool     // also courses that the new registration has not launched yet
	CourseIDs        []string // these, whatever their titles say; empty: all that are not in doubt
	ByWhom           string
}

// AdoptionPlan is what an adoption would do.
type AdoptionPlan struct {
	From, To     Platform
	DeploymentID string // of the platform that the courses move to
	SamePeople   bool
	Courses      []CourseMatch
}

// Moves counts the courses that move.
func (p AdoptionPlan) Moves() int {
	n := 0
	for _, m := range p.Courses {
		if m.Move {
			n++
		}
	}
	return n
}

// CourseMatch is a course of the old registration and what the new one has of it.
type CourseMatch struct {
	Old   Course
	New   *Course // nil: not launched from there yet
	Rooms []RoomMatch
	Move  bool
	Doubt AdoptionDoubt // why it does not move, or moved only because it was named
}

// AdoptionDoubt is why a course is left where it is.
type AdoptionDoubt string

const (
	DoubtTitle      AdoptionDoubt = "other_title"  // the same id, and another course by its names
	DoubtUnlaunched AdoptionDoubt = "not_launched" // the new registration has not launched it
	DoubtRunning    AdoptionDoubt = "running"      // a class runs in it
	DoubtNotNamed   AdoptionDoubt = "not_named"    // others were named
)

// RoomMatch is a room of the new registration's course and the one of the old
// registration's that it stands for; nil if it is a room of its own.
type RoomMatch struct {
	New     Room
	Old     *Room
	ByTitle bool // the links differ, the titles are the same and no others'
}

// PlanAdoption says which courses an adoption would move, and changes nothing.
func (c *Classroom) PlanAdoption(ctx context.Context, r AdoptionRequest) (AdoptionPlan, error) {
	p, err := c.adoptionSides(ctx, r)
	if err != nil {
		return p, err
	}
	olds, err := c.Store.CoursesAt(ctx, r.FromPlatformID, r.FromDeploymentID)
	if err != nil {
		return p, fmt.Errorf("plan adoption: %w", err)
	}
	news, err := c.Store.CoursesAt(ctx, p.To.ID, p.DeploymentID)
	if err != nil {
		return p, fmt.Errorf("plan adoption: %w", err)
	}
	for _, old := range olds {
		if old.Replaced() || old.PlatformID == p.To.ID && old.DeploymentID == p.DeploymentID {
			continue
		}
		m, err := c.matchCourse(ctx, r, old, news)
		if err != nil {
			return p, fmt.Errorf("plan adoption: %w", err)
		}
		p.Courses = append(p.Courses, m)
	}
	return p, nil
}

// adoptionSides finds where courses come from and go to: two places of one tenant.
func (c *Classroom) adoptionSides(ctx context.Context, r AdoptionRequest) (AdoptionPlan, error) {
	var p AdoptionPlan
	var err error
	if p.From, err = c.Store.Platform(ctx, r.FromPlatformID); err != nil {
		return p, fmt.Errorf("registration to adopt from: %w", err)
	}
	if p.To, err = c.Store.Platform(ctx, r.ToPlatformID); err != nil {
		return p, fmt.Errorf("registration to adopt into: %w", err)
	}
	if p.From.TenantID != r.TenantID || p.To.TenantID != r.TenantID {
		return p, refuse(NotFound, "adoption.platform_unknown")
	}
	p.SamePeople = r.SamePeople || p.From.Issuer == p.To.Issuer
	p.DeploymentID, err = c.adoptingDeployment(ctx, p.To.ID, r.ToDeploymentID)
	if err == nil && p.From.ID == p.To.ID && r.FromDeploymentID == p.DeploymentID {
		err = refuse(Invalid, "adoption.same")
	}
	return p, err
}

func (c *Classroom) adoptingDeployment(ctx context.Context, platformID, asked string) (string, error) {
	deployments, err := c.Store.Deployments(ctx, platformID)
	if err != nil {
		return "", err
	}
	var active []string
	for _, d := range deployments {
		if d.State == DeploymentActive && (asked == "" || d.DeploymentID == asked) {
			active = append(active, d.DeploymentID)
		}
	}
	if len(active) != 1 {
		return "", &Error{Code: Invalid, Message: "adoption.deployment", Err: fmt.Errorf("active deployments to adopt into: %s", strings.Join(active, ", "))}
	}
	return active[0], nil
}

// RetiredMark begins the LinkID of a course whose place an adopted one has taken:
// no launch finds it any more.
const RetiredMark = "adopted "

// Replaced reports whether an adopted course has taken the place of this one.
func (c Course) Replaced() bool { return strings.HasPrefix(c.LinkID, RetiredMark) }

func (c *Classroom) matchCourse(ctx context.Context, r AdoptionRequest, old Course, news []Course) (CourseMatch, error) {
	m := CourseMatch{Old: old}
	i := slices.IndexFunc(news, func(n Course) bool { return n.ContextID == old.ContextID && n.LinkID == old.LinkID })
	if i >= 0 {
		m.New = &news[i]
		var err error
		if m.Rooms, err = c.matchRooms(ctx, old, news[i]); err != nil {
			return m, err
		}
	}
	running, err := c.runs(ctx, m)
	if err != nil {
		return m, err
	}
	named := slices.Contains(r.CourseIDs, old.ID)
	switch {
	case running:
		m.Doubt = DoubtRunning
		return m, nil
	case len(r.CourseIDs) > 0 && !named:
		m.Doubt = DoubtNotNamed
	case m.New == nil && !r.Unlaunched:
		m.Doubt = DoubtUnlaunched
	case m.New != nil && !sameCourse(old, *m.New):
		m.Doubt = DoubtTitle
	}
	m.Move = named || m.Doubt == ""
	return m, nil
}

// hint notes, at the first launch of a course, that it looks like one of another
// registration: an admin may want to adopt that one. Nothing is ever merged by itself.
func (c *Classroom) hint(ctx context.Context, a *arrival) error {
	if a.courseIs != created || a.course.ContextID == "" || a.course.CopiedFrom != "" {
		return nil
	}
	id, found, err := c.Store.FindLookAlike(ctx, a.course)
	if err != nil || !found {
		return err
	}
	a.course.Resembles = id
	c.Log.WarnContext(ctx, "a new course looks like one of another registration: classbridge course list, classbridge adopt plan", "course", a.course.ID, "resembles", id)
	return nil
}

// sameCourse reports whether two courses have a name in common: small numbers as
// ids mean nothing by themselves.
func sameCourse(a, b Course) bool {
	return a.Title != "" && a.Title == b.Title || a.Label != "" && a.Label == b.Label || a.Name() == "" && b.Name() == ""
}

func (c *Classroom) runs(ctx context.Context, m CourseMatch) (bool, error) {
	running, err := c.Store.HasOpenMeeting(ctx, m.Old.ID)
	if err != nil || running || m.New == nil {
		return running, err
	}
	return c.Store.HasOpenMeeting(ctx, m.New.ID)
}

// matchRooms finds for each room of the new course the old one: by its resource
// link, else by a title that is nobody else's on either side.
func (c *Classroom) matchRooms(ctx context.Context, old, renewed Course) ([]RoomMatch, error) {
	olds, err := c.Store.RoomsOf(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	news, err := c.Store.RoomsOf(ctx, renewed.ID)
	if err != nil {
		return nil, err
	}
	var matches []RoomMatch
	taken := map[string]bool{}
	for _, n := range news {
		m := RoomMatch{New: n}
		if i := slices.IndexFunc(olds, func(o Room) bool { return o.ResourceLinkID == n.ResourceLinkID }); i >= 0 {
			m.Old = &olds[i]
			taken[olds[i].ID] = true
		}
		matches = append(matches, m)
	}
	for i, m := range matches {
		if m.Old != nil || m.New.ParentID != "" {
			continue
		}
		if o := onlyTitled(olds, m.New.Title, taken); o != nil && onlyTitled(news, m.New.Title, nil) != nil {
			matches[i].Old, matches[i].ByTitle, taken[o.ID] = o, true, true
		}
	}
	return matches, nil
}

// onlyTitled is the only room of that title, if it is not taken.
func onlyTitled(rooms []Room, title string, taken map[string]bool) *Room {
	var found *Room
	for i, r := range rooms {
		if r.Title != title || r.ParentID != "" {
			continue
		}
		if found != nil || taken[r.ID] {
			return nil
		}
		found = &rooms[i]
	}
	return found
}
