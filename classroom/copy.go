package classroom

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"classbridge/lti"
)

// CopyStore finds what courses and rooms were made of.
type CopyStore interface {
	// CoursesOf lists the courses of a registration with those context ids, of any deployment.
	CoursesOf(ctx context.Context, platformID string, contextIDs []string) ([]Course, error)
	// RoomsLike lists rooms of those courses that have one of the marks; no rooms of groups.
	RoomsLike(ctx context.Context, courseIDs []string, m RoomMarks) ([]Room, error)
}

// RoomMarks are what a room in a copied course may be known by: the id that its
// link carries, the links that its link was copied from, its title.
type RoomMarks struct {
	ID      string
	LinkIDs []string
	Title   string
}

// provenance is where something that is new here comes from; zero if that is not known.
type provenance struct {
	courseID string // of the course that a new course was copied from
	room     *Room  // what a new room was there
	byID     bool   // links lead to the new room by the id of the old one
}

// How much of a history is believed. Canvas ends its at 1,000 ids.
const (
	maxHistory = 1000
	maxOrigins = 10 // copies of copies that are followed
	maxLMSID   = 255
)

// originOf looks for the origin of what the launch brings for the first time;
// for what is known it asks nothing. Everything is looked for in the same
// registration only.
func (c *Classroom) originOf(ctx context.Context, known Entry, p Platform, l *lti.Launch) (provenance, error) {
	if !isNew(known, l) {
		return provenance{}, nil
	}
	courses, err := c.originCourses(ctx, known.Course, p, l)
	if err != nil {
		return provenance{}, fmt.Errorf("origin of a course: %w", err)
	}
	var o provenance
	if known.Course == nil && len(courses) > 0 {
		o.courseID = courses[0]
	}
	if l.ResourceLink.ID == "" {
		return o, nil
	}
	o.room, o.byID, err = c.originRoom(ctx, known.Course, courses, l)
	if err != nil {
		return provenance{}, fmt.Errorf("origin of a room: %w", err)
	}
	if room := roomOf(l); room != "" && !o.byID {
		c.Log.InfoContext(ctx, "a link names a room of another course: ignored", "platform", p.ID, "room", room)
	}
	if o.room == nil {
		return o, nil
	}
	if knows, err := c.hasModerated(ctx, known.Person, o.room.CourseID); err != nil {
		return provenance{}, fmt.Errorf("origin of a room: %w", err)
	} else if !knows {
		o.room.Title, o.room.Description = "", ""
	}
	return o, nil
}

// hasModerated reports whether the person is, or was, a moderator of the course.
// Teachers may write the parameters of their links in many LMSs, and so any
// history: what others have written is told to those alone who may have read it.
func (c *Classroom) hasModerated(ctx context.Context, p *Person, courseID string) (bool, error) {
	if p == nil {
		return false, nil
	}
	e, found, err := c.Store.FindEnrolment(ctx, p.ID, courseID)
	return found && e.Moderator, err
}

// isNew reports whether the launch brings a course or a room that is not known.
// Canvas gives the course's id to all links in its pages: which room is meant,
// only the id in the link tells.
func isNew(known Entry, l *lti.Launch) bool {
	switch room := roomOf(l); {
	case l.ResourceLink.ID == "": // deep linking
		return known.Course == nil
	case known.Room == nil:
		return true
	default:
		return room != "" && known.Room.ID != room && known.Room.CopiedFrom != room && namesCourse(l)
	}
}

// namesCourse reports a link that has the id of its course.
func namesCourse(l *lti.Launch) bool {
	return l.Context != nil && l.ResourceLink.ID == l.Context.ID
}

// originCourses lists the ids of the courses that this one is a copy of, the
// newest first: what was written down when it was new or when the LMS gave
// notice, then what the launch itself tells.
func (c *Classroom) originCourses(ctx context.Context, course *Course, p Platform, l *lti.Launch) ([]string, error) {
	ids, err := c.ancestry(ctx, course)
	if err != nil {
		return nil, err
	}
	told, err := c.coursesOf(ctx, p.ID, l.DeploymentID, history(l.Custom[lti.CustomContextHistory]))
	if err != nil {
		return nil, err
	}
	for _, t := range told {
		if !slices.Contains(ids, t.ID) && (course == nil || t.ID != course.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

// ancestry follows CopiedFrom.
func (c *Classroom) ancestry(ctx context.Context, course *Course) ([]string, error) {
	var ids []string
	for course != nil && course.CopiedFrom != "" && len(ids) < maxOrigins && !slices.Contains(ids, course.CopiedFrom) {
		ids = append(ids, course.CopiedFrom)
		from, err := c.Store.Course(ctx, course.CopiedFrom)
		if Is(err, NotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		course = &from
	}
	return ids, nil
}

// coursesOf finds courses by what the LMS calls them, in that order, each once:
// that of the deployment rather than one of another.
func (c *Classroom) coursesOf(ctx context.Context, platformID, deploymentID string, contextIDs []string) ([]Course, error) {
	if len(contextIDs) == 0 {
		return nil, nil
	}
	found, err := c.Store.CoursesOf(ctx, platformID, contextIDs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b Course) int {
		if a.ContextID != b.ContextID {
			return slices.Index(contextIDs, a.ContextID) - slices.Index(contextIDs, b.ContextID)
		}
		return elsewhere(a, deploymentID) - elsewhere(b, deploymentID)
	})
	return slices.CompactFunc(found, func(a, b Course) bool { return a.ContextID == b.ContextID }), nil
}

func elsewhere(c Course, deploymentID string) int {
	if c.DeploymentID == deploymentID {
		return 0
	}
	return 1
}

// originRoom is the room that the launch's link led to before it was copied, and
// whether the link still has its id.
func (c *Classroom) originRoom(ctx context.Context, course *Course, courses []string, l *lti.Launch) (room *Room, byID bool, err error) {
	m := RoomMarks{ID: roomOf(l), LinkIDs: history(l.Custom[lti.CustomLinkHistory]), Title: l.ResourceLink.Title}
	within := courses
	if course != nil && len(m.LinkIDs) > 0 {
		within = append(slices.Clip(courses), course.ID) // a link may be copied within its course
	}
	if len(within) == 0 {
		return nil, false, nil
	}
	found, err := c.Store.RoomsLike(ctx, within, m)
	if err != nil {
		return nil, false, err
	}
	if r := m.byID(found, courses); r != nil {
		return r, true, nil
	}
	if r := m.byLink(found, within); r != nil {
		return r, false, nil
	}
	return m.byTitle(found, courses), false, nil
}

func (m RoomMarks) byID(found []Room, courses []string) *Room {
	return nearest(courses, found, func(r Room) bool { return m.ID != "" && (r.ID == m.ID || r.CopiedFrom == m.ID) })
}

func (m RoomMarks) byLink(found []Room, courses []string) *Room {
	for _, link := range m.LinkIDs {
		if r := nearest(courses, found, func(r Room) bool { return r.ResourceLinkID == link }); r != nil {
			return r
		}
	}
	return nil
}

// byTitle finds the room in the newest origin that has that title, unless several have.
func (m RoomMarks) byTitle(found []Room, courses []string) *Room {
	titled := slices.DeleteFunc(slices.Clone(found), func(r Room) bool { return m.Title == "" || r.Title != m.Title })
	r := nearest(courses, titled, func(Room) bool { return true })
	if r == nil {
		return nil
	}
	for _, other := range titled {
		if other.CourseID == r.CourseID && other.ID != r.ID {
			return nil
		}
	}
	return r
}

// nearest answers the first of the rooms that fits, going by the courses' order.
func nearest(courses []string, rooms []Room, fits func(Room) bool) *Room {
	for _, id := range courses {
		for i, r := range rooms {
			if r.CourseID == id && fits(r) {
				return &rooms[i]
			}
		}
	}
	return nil
}

// history reads a list of ids as LMSs give it: separated by commas, each encoded
// for addresses or not, the newest first. What is no id, such as Canvas's
// "truncated" and "timed out", is the id of nothing.
func history(told string) []string {
	var ids []string
	for id := range strings.SplitSeq(told, ",") {
		id = strings.TrimSpace(id)
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		if id == "" || len(id) > maxLMSID || !sound(id) || slices.Contains(ids, id) {
			continue
		}
		if ids = append(ids, id); len(ids) == maxHistory {
			break
		}
	}
	return ids
}

// sound reports valid UTF-8 without control characters: databases refuse others.
func sound(id string) bool {
	return utf8.ValidString(id) && !strings.ContainsFunc(id, unicode.IsControl)
}

// like takes over how a room was set up: what its teachers decided, and nothing
// of what happened in it.
func (r Room) like(other Room) Room {
	r.Title, r.Description, r.Record = other.Title, other.Description, other.Record
	r.Graded, r.GradeAfter, r.Grouped = other.Graded, other.GradeAfter, other.Grouped
	return r
}
