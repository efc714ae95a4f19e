package classroom

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// GroupRoom is the room of a group, with what goes on in it.
type GroupRoom struct {
	Room
	State  MeetingState // of its open meeting; empty: there is none
	Inside int64
}

// GroupView is a group of a grouped room as one visit sees it.
type GroupView struct {
	GroupID string
	Name    string // as people call it, never empty
	RoomID  string // empty: nobody has opened it yet
	Running bool
	Inside  int64
}

// mayEnterGroup reports whether the visit may be in the room of that group:
// teachers in all, others in their own.
func (c *Classroom) mayEnterGroup(e Enrolment, groupID string) bool {
	return e.MayModerate(c.Now()) || e.GroupIDs.Has(groupID)
}

// KnownGroups lists the groups of a course: those whose names the LMS has told,
// and those that people are in.
func (c *Classroom) KnownGroups(ctx context.Context, course Course) ([]Group, error) {
	groups, err := c.Store.Groups(ctx, course.ID)
	if err != nil {
		return nil, fmt.Errorf("groups of course %s: %w", course.ID, err)
	}
	sets, err := c.Store.EnrolledGroups(ctx, course.ID)
	if err != nil {
		return nil, fmt.Errorf("groups of course %s: %w", course.ID, err)
	}
	var enrolled []string
	for _, s := range sets {
		enrolled = append(enrolled, s.IDs()...)
	}
	slices.Sort(enrolled)
	for _, id := range slices.Compact(enrolled) {
		if len(groups) < maxGroups && !slices.ContainsFunc(groups, func(g Group) bool { return g.GroupID == id }) {
			groups = append(groups, Group{TenantID: course.TenantID, CourseID: course.ID, GroupID: id})
		}
	}
	return groups, nil
}

// groupName is what people call a group: its name, else its id.
func (c *Classroom) groupName(course Course, g Group) string {
	return cmp.Or(strings.TrimSpace(g.Name), c.Word(course.Locale, "name.group")+" "+g.GroupID)
}

// viewGroups lists the groups whose rooms the visit may enter. None are known:
// the room is as any other.
func (c *Classroom) viewGroups(ctx context.Context, a Access) (views []GroupView, known bool, err error) {
	if !a.Room.Grouped || a.Room.ParentID != "" {
		return nil, false, nil
	}
	groups, err := c.KnownGroups(ctx, a.Course)
	if err != nil || len(groups) == 0 {
		return nil, false, err
	}
	rooms, err := c.Store.GroupRooms(ctx, a.Room.ID)
	if err != nil {
		return nil, true, fmt.Errorf("groups in room %s: %w", a.Room.ID, err)
	}
	for _, g := range groups {
		if !c.mayEnterGroup(a.Enrolment, g.GroupID) {
			continue
		}
		v := GroupView{GroupID: g.GroupID, Name: c.groupName(a.Course, g)}
		if i := slices.IndexFunc(rooms, func(r GroupRoom) bool { return r.GroupID == g.GroupID }); i >= 0 {
			v.RoomID, v.Running, v.Inside = rooms[i].ID, rooms[i].State == MeetingRunning, rooms[i].Inside
		}
		views = append(views, v)
	}
	return views, true, nil
}

// meetsInGroups refuses to start a meeting in a room that has one for each group.
func (c *Classroom) meetsInGroups(ctx context.Context, a Access) error {
	if !a.Room.Grouped || a.Room.ParentID != "" {
		return nil
	}
	groups, err := c.KnownGroups(ctx, a.Course)
	if err != nil || len(groups) == 0 {
		return err
	}
	return refuse(Conflict, "error.room_grouped")
}

// OpenGroup answers the room of a group in a grouped room. It is made when it is
// first asked for, and is called as the group is.
func (c *Classroom) OpenGroup(ctx context.Context, a Access, groupID string) (Room, error) {
	if !a.Room.Grouped || a.Room.ParentID != "" || !c.mayEnterGroup(a.Enrolment, groupID) {
		return Room{}, refuse(NotFound, "error.group_unknown")
	}
	groups, err := c.KnownGroups(ctx, a.Course)
	if err != nil {
		return Room{}, err
	}
	i := slices.IndexFunc(groups, func(g Group) bool { return g.GroupID == groupID })
	if i < 0 {
		return Room{}, refuse(NotFound, "error.group_unknown")
	}
	r, err := c.groupRoom(ctx, a, groups[i])
	if Is(err, Conflict) { // somebody was faster
		r, err = c.groupRoom(ctx, a, groups[i])
	}
	if err != nil {
		return Room{}, fmt.Errorf("room of a group in room %s: %w", a.Room.ID, err)
	}
	return r, nil
}

func (c *Classroom) groupRoom(ctx context.Context, a Access, g Group) (Room, error) {
	title := c.groupName(a.Course, g)
	r, found, err := c.Store.FindGroupRoom(ctx, a.Room.ID, g.GroupID)
	if err != nil || found && r.Title == title {
		return r, err
	}
	now := c.Now()
	if found {
		r.Title, r.UpdatedAt = title, now
		return r, c.Store.SaveRoom(ctx, r)
	}
	id := newID()
	r = Room{
		ID: id, TenantID: a.Room.TenantID, CourseID: a.Room.CourseID, ResourceLinkID: id, Title: title,
		Record: a.Room.Record, ParentID: a.Room.ID, GroupID: g.GroupID, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	return r, c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.CreateRoom(ctx, r); err != nil {
			return err
		}
		return tx.TouchRoom(ctx, a.Room.ID)
	})
}
