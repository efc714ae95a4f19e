package storage

import (
	"context"

	"classbridge/classroom"
)

// FindCourseOfChannel reads the tenant's course that has the channel open.
func (q queries) FindCourseOfChannel(ctx context.Context, tenantID, channelID string) (classroom.Course, bool, error) {
	return find[classroom.Course](ctx, q, "course of a channel",
		"tenant_id = ? AND channel_id = ? AND channel_id <> '' AND channel = ?", tenantID, channelID, classroom.ChannelOpen)
}

// inChannel is the condition of rooms that somebody in the course's channel may
// know of: groups' rooms are not everybody's.
func inChannel(m classroom.ChannelRooms) (string, []any) {
	where, args := "r.tenant_id = ? AND r.course_id = ?", []any{m.TenantID, m.CourseID}
	switch {
	case m.AllGroups:
		return where, args
	case len(m.GroupIDs) == 0:
		return where + " AND r.parent_id = ''", args
	}
	return where + " AND (r.parent_id = '' OR r.group_id IN ?)", append(args, m.GroupIDs)
}

// RoomsOfChannel lists rooms of a course, those with a class first, then the oldest.
// Groups' rooms are there while they have one.
func (q queries) RoomsOfChannel(ctx context.Context, m classroom.ChannelRooms) ([]classroom.OpenRoom, error) {
	const op = "rooms of a channel"
	where, args := inChannel(m)
	rows, err := q.on(ctx).Raw(`SELECT `+roomColumns+`, m.id IS NOT NULL FROM rooms r
		LEFT JOIN meetings m ON m.open_room_id = r.id
		WHERE `+where+` AND (r.parent_id = '' OR m.id IS NOT NULL)
		ORDER BY m.id IS NULL, r.created_at, r.id LIMIT ?`, append(args, m.Limit)...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var rooms []classroom.OpenRoom
	for rows.Next() {
		var r classroom.OpenRoom
		if err := rows.Scan(append(roomFields(&r.Room), truth(&r.Open))...); err != nil {
			return nil, wrap(op, err)
		}
		rooms = append(rooms, r)
	}
	return rooms, wrap(op, rows.Err())
}

// RecordingsOfChannel lists the published recordings of a course's rooms, the newest first.
func (q queries) RecordingsOfChannel(ctx context.Context, m classroom.ChannelRooms) ([]classroom.RecordedRoom, error) {
	const op = "recordings of a channel"
	where, args := inChannel(m)
	rows, err := q.on(ctx).Raw(`SELECT c.id, c.tenant_id, c.room_id, c.meeting_id, c.started_at, c.ended_at, r.title
		FROM rooms r JOIN recordings c ON c.room_id = r.id
		WHERE `+where+` AND c.state = ? ORDER BY c.started_at DESC, c.id DESC LIMIT ?`,
		append(args, classroom.RecordingPublished, m.Limit)...).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var recordings []classroom.RecordedRoom
	for rows.Next() {
		r := classroom.RecordedRoom{Recording: classroom.Recording{State: classroom.RecordingPublished}}
		if err := rows.Scan(text(&r.ID), text(&r.TenantID), text(&r.RoomID), text(&r.MeetingID), stamped(&r.StartedAt), stamped(&r.EndedAt), text(&r.Title)); err != nil {
			return nil, wrap(op, err)
		}
		recordings = append(recordings, r)
	}
	return recordings, wrap(op, rows.Err())
}
