package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// CreateMeeting inserts a meeting; Conflict if the room has an open one.
func (q queries) CreateMeeting(ctx context.Context, m classroom.Meeting) error {
	return create(ctx, q, "create meeting "+m.ID, m)
}

// Meeting reads a meeting.
func (q queries) Meeting(ctx context.Context, id string) (classroom.Meeting, error) {
	return get[classroom.Meeting](ctx, q, "meeting "+id, "id = ?", id)
}

// LockMeeting reads a meeting and keeps it from others until the transaction ends.
func (q queries) LockMeeting(ctx context.Context, id string) (classroom.Meeting, error) {
	return lock[classroom.Meeting](ctx, q, "lock meeting "+id, id)
}

// SaveMeeting changes a meeting.
func (q queries) SaveMeeting(ctx context.Context, m classroom.Meeting) error {
	return save(ctx, q, "save meeting "+m.ID, m)
}

// LeaseMeeting takes the right to create a starting meeting at BigBlueButton:
// one statement, so that of many who try, one gets it.
func (q queries) LeaseMeeting(ctx context.Context, id string, now, until time.Time) (bool, error) {
	done := q.on(ctx).Exec(`UPDATE meetings SET lease_until = ?
		WHERE id = ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)`,
		until, id, classroom.MeetingStarting, now)
	return done.RowsAffected == 1, wrap("lease meeting "+id, done.Error)
}

// FindOpenMeeting reads the open meeting of a room.
func (q queries) FindOpenMeeting(ctx context.Context, roomID string) (classroom.Meeting, bool, error) {
	return find[classroom.Meeting](ctx, q, "open meeting of room "+roomID, "open_room_id = ?", roomID)
}

// FindLastMeeting reads the meeting of the room that ended last.
func (q queries) FindLastMeeting(ctx context.Context, roomID string) (classroom.Meeting, bool, error) {
	last, err := list[classroom.Meeting](ctx, q, "last meeting of room "+roomID, 1, "ended_at DESC",
		"room_id = ? AND ended_at IS NOT NULL AND state = ?", roomID, classroom.MeetingEnded)
	if err != nil || len(last) == 0 {
		return classroom.Meeting{}, false, err
	}
	return last[0], true, nil
}

// Meetings lists the newest meetings of a room that somebody entered, and the open one.
func (q queries) Meetings(ctx context.Context, roomID string, limit int) ([]classroom.Meeting, error) {
	return list[classroom.Meeting](ctx, q, "meetings of room "+roomID, limit, "created_at DESC, id DESC",
		"room_id = ? AND (seen_at IS NOT NULL OR open_room_id IS NOT NULL)", roomID)
}

// MeetingsAnnounced lists the meetings that one post tells about, oldest first.
func (q queries) MeetingsAnnounced(ctx context.Context, announcementID string) ([]classroom.Meeting, error) {
	return list[classroom.Meeting](ctx, q, "meetings of announcement "+announcementID, 0, "created_at, id",
		"announcement_id = ? AND announcement_id <> ''", announcementID)
}

// SilentMeetings lists open meetings that were not saved since then.
func (q queries) SilentMeetings(ctx context.Context, since time.Time, limit int) ([]classroom.Meeting, error) {
	return list[classroom.Meeting](ctx, q, "silent meetings", limit, "updated_at, id",
		"open_room_id IS NOT NULL AND (updated_at IS NULL OR updated_at < ?)", since)
}

// MeetingsDue lists meetings whose recordings are to be asked for, the longest due first.
func (q queries) MeetingsDue(ctx context.Context, now time.Time, limit int) ([]classroom.Meeting, error) {
	return list[classroom.Meeting](ctx, q, "meetings due", limit, "recording_look_at, id", "recording_look_at <= ?", now)
}
