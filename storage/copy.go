package storage

import (
	"context"

	"classbridge/classroom"
)

// CoursesOf lists the courses of a registration with those context ids.
func (q queries) CoursesOf(ctx context.Context, platformID string, contextIDs []string) ([]classroom.Course, error) {
	return list[classroom.Course](ctx, q, "courses of context ids", 0, "created_at, id", "platform_id = ? AND context_id IN ?", platformID, contextIDs)
}

// RoomsLike lists the rooms of those courses that one of the marks fits.
func (q queries) RoomsLike(ctx context.Context, courseIDs []string, m classroom.RoomMarks) ([]classroom.Room, error) {
	return list[classroom.Room](ctx, q, "rooms like another", 0, "created_at, id",
		`course_id IN ? AND parent_id = ''
			AND (? <> '' AND (id = ? OR copied_from = ?) OR resource_link_id IN ? OR title = ?)`,
		courseIDs, m.ID, m.ID, m.ID, m.LinkIDs, m.Title)
}
