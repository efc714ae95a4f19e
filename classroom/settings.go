package classroom

import (
	"context"
	"fmt"
	"time"
)

// RoomSettings are what a room's moderators decide about its next meetings.
type RoomSettings struct {
	Record     bool
	Graded     bool
	GradeAfter int64 // hours after a meeting when grades are sent by themselves; 0: by hand
	Grouped    bool
}

// maxGradeAfter is a week, in hours.
const maxGradeAfter = 168

// SettingsStore keeps what moderators decide.
type SettingsStore interface {
	// SaveSettings changes the settings of a room, and counts as TouchRoom.
	SaveSettings(ctx context.Context, roomID string, s RoomSettings, at time.Time) error
}

// SettingsView is the page on which they are changed.
type SettingsView struct {
	Room       Room
	Course     Course
	Settings   RoomSettings
	HasGroups  bool         // the course has groups that we know of
	Gradebook  GradeProblem // why no grades can be sent; empty: they can
	HasRunning bool         // the class that runs keeps what it was started with
}

// ViewSettings shows the settings of a room to its moderators.
func (c *Classroom) ViewSettings(ctx context.Context, a Access) (SettingsView, error) {
	r := a.Room
	v := SettingsView{Room: r, Course: a.Course, Settings: RoomSettings{r.Record, r.Graded, r.GradeAfter, r.Grouped}}
	if err := c.mayChange(a); err != nil {
		return v, err
	}
	if a.Course.GradesURL == "" && r.LineItemURL == "" {
		v.Gradebook = GradesNotOffered
	}
	var err error
	if v.HasGroups, err = c.hasGroups(ctx, a.Course); err != nil {
		return v, fmt.Errorf("settings of room %s: %w", r.ID, err)
	}
	_, v.HasRunning, err = c.Store.FindOpenMeeting(ctx, r.ID)
	return v, err
}

// mayChange refuses whoever is no moderator, and the room of a group, which is set
// as the room that it is a part of.
func (c *Classroom) mayChange(a Access) error {
	switch {
	case !a.MayModerate(c.Now()):
		return refuse(Forbidden, "error.not_moderator")
	case a.Room.ParentID != "":
		return refuse(NotFound, "error.settings_of_group")
	}
	return nil
}

// ChangeSettings changes the settings of a room and of its groups' rooms. A meeting
// that runs stays as it is.
func (c *Classroom) ChangeSettings(ctx context.Context, a Access, s RoomSettings) error {
	if err := c.mayChange(a); err != nil {
		return err
	}
	if s.GradeAfter < 0 || s.GradeAfter > maxGradeAfter {
		return refuse(Invalid, "error.settings_hours")
	}
	if s.Grouped && !a.Room.Grouped {
		has, err := c.hasGroups(ctx, a.Course)
		if err != nil {
			return fmt.Errorf("settings of room %s: %w", a.Room.ID, err)
		}
		s.Grouped = has
	}
	if !s.Graded {
		s.GradeAfter = 0
	}
	err := c.Store.Tx(ctx, func(tx Tx) error { return saveSettings(ctx, tx, a.Room, s, c.Now()) })
	if err != nil {
		return fmt.Errorf("settings of room %s: %w", a.Room.ID, err)
	}
	c.Log.InfoContext(ctx, "a room's settings were changed", "room", a.Room.ID, "by", a.Person.ID,
		"record", s.Record, "graded", s.Graded, "grade_after", s.GradeAfter, "grouped", s.Grouped)
	return nil
}

// saveSettings lets the rooms of groups record as the room that they are a part of.
func saveSettings(ctx context.Context, tx Tx, room Room, s RoomSettings, now time.Time) error {
	if err := tx.SaveSettings(ctx, room.ID, s, now); err != nil {
		return err
	}
	children, err := tx.ChildRooms(ctx, room.ID)
	if err != nil {
		return err
	}
	for _, r := range children {
		if err := tx.SaveSettings(ctx, r.ID, RoomSettings{Record: s.Record}, now); err != nil {
			return err
		}
	}
	return nil
}

// hasGroups reports whether the LMS tells groups of the course.
func (c *Classroom) hasGroups(ctx context.Context, course Course) (bool, error) {
	if course.GroupsURL != "" {
		return true, nil
	}
	groups, err := c.KnownGroups(ctx, course)
	return len(groups) > 0, err
}
