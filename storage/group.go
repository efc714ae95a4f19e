package storage

import (
	"context"

	"classbridge/classroom"

	"gorm.io/gorm/clause"
)

// groupRow is a classroom.Group: GROUPS is a word of SQL.
type groupRow classroom.Group

func (groupRow) TableName() string { return "groups_of_courses" }

// Groups lists the groups of a course by name.
func (q queries) Groups(ctx context.Context, courseID string) ([]classroom.Group, error) {
	rows, err := list[groupRow](ctx, q, "groups of course "+courseID, 0, "name, group_id", "course_id = ?", courseID)
	groups := make([]classroom.Group, len(rows))
	for i, r := range rows {
		groups[i] = classroom.Group(r)
	}
	return groups, err
}

// ReplaceGroups makes those the groups of the course; it wants a transaction.
func (q queries) ReplaceGroups(ctx context.Context, courseID string, groups []classroom.Group) error {
	op := "groups of course " + courseID
	if err := q.on(ctx).Exec("DELETE FROM groups_of_courses WHERE course_id = ?", courseID).Error; err != nil {
		return wrap(op, err)
	}
	if len(groups) == 0 {
		return nil
	}
	rows := make([]groupRow, len(groups))
	for i, g := range groups {
		rows[i] = groupRow(g)
	}
	return wrap(op, q.on(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, seeBatch).Error)
}

// EnrolledGroups lists the sets of groups that people of the course are in.
func (q queries) EnrolledGroups(ctx context.Context, courseID string) ([]classroom.GroupSet, error) {
	var sets []classroom.GroupSet
	err := q.on(ctx).Raw("SELECT DISTINCT group_ids FROM enrolments WHERE course_id = ? AND group_ids <> '' AND ended_at IS NULL ORDER BY group_ids",
		courseID).Scan(&sets).Error
	return sets, wrap("enrolled groups of course "+courseID, err)
}

// GroupRooms lists the rooms of the groups in a grouped room, with their open meetings.
func (q queries) GroupRooms(ctx context.Context, roomID string) ([]classroom.GroupRoom, error) {
	op := "groups in room " + roomID
	rows, err := q.on(ctx).Raw(`SELECT `+roomColumns+`, m.state, m.inside FROM rooms r
		LEFT JOIN meetings m ON m.open_room_id = r.id
		WHERE r.parent_id = ? AND r.parent_id <> '' ORDER BY r.created_at, r.id`, roomID).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var rooms []classroom.GroupRoom
	for rows.Next() {
		var r classroom.GroupRoom
		fields := append(roomFields(&r.Room), text((*string)(&r.State)), number(&r.Inside))
		if err := rows.Scan(fields...); err != nil {
			return nil, wrap(op, err)
		}
		rooms = append(rooms, r)
	}
	return rooms, wrap(op, rows.Err())
}

// ChildRooms lists the rooms of the groups in a grouped room.
func (q queries) ChildRooms(ctx context.Context, roomID string) ([]classroom.Room, error) {
	return list[classroom.Room](ctx, q, "rooms of groups in room "+roomID, 0, "created_at, id", "parent_id = ? AND parent_id <> ''", roomID)
}

// FindGroupRoom reads the room of a group in a grouped room.
func (q queries) FindGroupRoom(ctx context.Context, parentID, groupID string) (classroom.Room, bool, error) {
	return find[classroom.Room](ctx, q, "room of a group in room "+parentID, "parent_id = ? AND group_id = ? AND parent_id <> ''", parentID, groupID)
}
