package storage

import (
	"context"

	"classbridge/classroom"
)

// Room reads a room.
func (q queries) Room(ctx context.Context, id string) (classroom.Room, error) {
	return get[classroom.Room](ctx, q, "room "+id, "id = ?", id)
}

// CreateRoom inserts a room; Conflict if the resource link has one.
func (q queries) CreateRoom(ctx context.Context, r classroom.Room) error {
	return create(ctx, q, "create room "+r.ID, r)
}

// SaveRoom changes what launches say of a room. The settings are others' to write,
// and so is a line item that is known; the version grows by one whatever r says.
func (q queries) SaveRoom(ctx context.Context, r classroom.Room) error {
	return q.exec(ctx, "save room "+r.ID,
		`UPDATE rooms SET title = ?, description = ?, named_by = ?, updated_at = ?, version = version + 1,
			line_item_url = CASE WHEN line_item_url = '' THEN ? ELSE line_item_url END WHERE id = ?`,
		r.Title, r.Description, r.NamedBy, r.UpdatedAt, r.LineItemURL, r.ID)
}

// FirstRoom reads the oldest room of a course.
func (q queries) FirstRoom(ctx context.Context, courseID string) (classroom.Room, error) {
	var r classroom.Room
	err := q.on(ctx).Where("course_id = ? AND parent_id = ''", courseID).Order("created_at, id").Take(&r).Error
	return r, wrap("first room of course "+courseID, err)
}

// TouchRoom lets the room's pages know of news, and for a group's room those of
// the room that it is a part of.
func (q queries) TouchRoom(ctx context.Context, roomID string) error {
	return q.exec(ctx, "touch room "+roomID,
		"UPDATE rooms SET version = version + 1 WHERE id = ? OR id = (SELECT parent_id FROM rooms WHERE id = ?)", roomID, roomID)
}

// RoomVersions answers the versions of those rooms that exist.
func (q queries) RoomVersions(ctx context.Context, roomIDs []string) (map[string]int64, error) {
	versions := make(map[string]int64, len(roomIDs))
	if len(roomIDs) == 0 {
		return versions, nil
	}
	rows, err := q.on(ctx).Raw("SELECT id, version FROM rooms WHERE id IN ?", roomIDs).Rows()
	if err != nil {
		return nil, wrap("room versions", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var version int64
		if err := rows.Scan(&id, &version); err != nil {
			return nil, wrap("room versions", err)
		}
		versions[id] = version
	}
	return versions, wrap("room versions", rows.Err())
}
