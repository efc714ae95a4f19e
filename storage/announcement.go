package storage

import (
	"context"

	"classbridge/classroom"
)

// CreateAnnouncement inserts an announcement; Conflict if the recording has one.
func (q queries) CreateAnnouncement(ctx context.Context, a classroom.Announcement) error {
	return create(ctx, q, "create announcement "+a.ID, a)
}

// Announcement reads an announcement.
func (q queries) Announcement(ctx context.Context, id string) (classroom.Announcement, error) {
	return get[classroom.Announcement](ctx, q, "announcement "+id, "id = ?", id)
}

// LockAnnouncement reads an announcement and keeps it from others until the transaction ends.
func (q queries) LockAnnouncement(ctx context.Context, id string) (classroom.Announcement, error) {
	return lock[classroom.Announcement](ctx, q, "lock announcement "+id, id)
}

// SaveAnnouncement changes an announcement.
func (q queries) SaveAnnouncement(ctx context.Context, a classroom.Announcement) error {
	return save(ctx, q, "save announcement "+a.ID, a)
}

// Replies lists the announcements in the thread of that one, oldest first.
func (q queries) Replies(ctx context.Context, threadID string) ([]classroom.Announcement, error) {
	return list[classroom.Announcement](ctx, q, "replies to announcement "+threadID, 0, "created_at, id",
		"thread_id = ? AND thread_id <> ''", threadID)
}
