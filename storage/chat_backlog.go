package storage

import (
	"context"

	"classbridge/classroom"
)

// AnnouncementOf reads an announcement of the tenant.
func (q queries) AnnouncementOf(ctx context.Context, tenantID, id string) (classroom.Announcement, error) {
	return get[classroom.Announcement](ctx, q, "announcement "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// OpenAnnouncements lists those of the tenant that wait or fail, the oldest first.
func (q queries) OpenAnnouncements(ctx context.Context, tenantID string, offset, limit int) ([]classroom.OpenAnnouncement, error) {
	var rows []struct {
		classroom.Announcement `gorm:"embedded"`
		CourseTitle            string
		RoomTitle              string
	}
	err := q.on(ctx).Raw(`SELECT n.*, COALESCE(NULLIF(c.title, ''), c.label) AS course_title, r.title AS room_title
		FROM announcements n JOIN courses c ON c.id = n.course_id JOIN rooms r ON r.id = n.room_id
		WHERE n.tenant_id = ? AND `+openPost+` ORDER BY n.created_at, n.id LIMIT ? OFFSET ?`, tenantID, limit, offset).Scan(&rows).Error
	open := make([]classroom.OpenAnnouncement, len(rows))
	for i, r := range rows {
		open[i] = classroom.OpenAnnouncement{Announcement: r.Announcement, Course: r.CourseTitle, Room: r.RoomTitle}
	}
	return open, wrap("open announcements", err)
}

// CountOpenAnnouncements counts those of the tenant that wait and were not tried in
// vain, and those that fail.
func (q queries) CountOpenAnnouncements(ctx context.Context, tenantID string) (waiting, failed int64, err error) {
	err = q.on(ctx).Raw(`SELECT COUNT(CASE WHEN n.problem = '' THEN 1 END), COUNT(CASE WHEN n.problem <> '' THEN 1 END)
		FROM announcements n WHERE n.tenant_id = ? AND `+openPost, tenantID).Row().Scan(&waiting, &failed)
	return waiting, failed, wrap("count open announcements", err)
}
