package classroom

import (
	"context"
	"time"
)

// Group is a part of a course, as the LMS divides it.
type Group struct {
	TenantID  string
	CourseID  string
	GroupID   string // the LMS's, unique within the course
	Name      string // empty: the LMS tells the id alone
	SetID     string // of the division that it belongs to; may be empty
	UpdatedAt time.Time
}

// GroupStore holds the groups of courses and the rooms for each.
type GroupStore interface {
	// Groups lists those whose names the LMS has told.
	Groups(ctx context.Context, courseID string) ([]Group, error)
	// ReplaceGroups makes those the groups of the course.
	ReplaceGroups(ctx context.Context, courseID string, groups []Group) error
	// EnrolledGroups lists the sets of groups that people of the course are in, each once.
	EnrolledGroups(ctx context.Context, courseID string) ([]GroupSet, error)
	// GroupRooms and ChildRooms list the rooms of the groups in a grouped room, oldest first.
	GroupRooms(ctx context.Context, roomID string) ([]GroupRoom, error)
	ChildRooms(ctx context.Context, roomID string) ([]Room, error)
	FindGroupRoom(ctx context.Context, parentID, groupID string) (Room, bool, error)
}
