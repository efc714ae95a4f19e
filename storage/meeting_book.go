package storage

import (
	"context"
	"time"

	"classbridge/classroom"

	"gorm.io/gorm"
)

// liveRow is a meeting with the names of where it is held.
type liveRow struct {
	classroom.Meeting `gorm:"embedded"`
	Room              string
	CourseID          string
	Course            string
	Server            string
}

func (db *DB) live(ctx context.Context) *gorm.DB {
	return db.on(ctx).Table("meetings").
		Select(`meetings.*, rooms.title AS room, rooms.course_id AS course_id, ` + courseName + ` AS course, servers.name AS server`).
		Joins("JOIN rooms ON rooms.id = meetings.room_id JOIN courses ON courses.id = rooms.course_id JOIN servers ON servers.id = meetings.server_id")
}

// courseName is classroom.Course.Name.
const courseName = `CASE WHEN courses.title <> '' THEN courses.title ELSE courses.label END`

// LiveMeetings lists the tenant's open meetings, the oldest first.
func (db *DB) LiveMeetings(ctx context.Context, tenantID string, offset, limit int) ([]classroom.LiveMeeting, error) {
	var rows []liveRow
	err := db.live(ctx).Where("meetings.tenant_id = ? AND meetings.open_room_id IS NOT NULL", tenantID).
		Order("meetings.id").Offset(offset).Limit(limit).Scan(&rows).Error
	live := make([]classroom.LiveMeeting, len(rows))
	for i, r := range rows {
		live[i] = classroom.LiveMeeting(r)
	}
	return live, wrap("live meetings", err)
}

// TenantMeeting reads a meeting of the tenant, open or not.
func (db *DB) TenantMeeting(ctx context.Context, tenantID, id string) (classroom.LiveMeeting, error) {
	var r liveRow
	err := db.live(ctx).Where("meetings.tenant_id = ? AND meetings.id = ?", tenantID, id).Take(&r).Error
	return classroom.LiveMeeting(r), wrap("meeting "+id, err)
}

const (
	meetingsUsed = `SELECT r.course_id, COUNT(*) AS meetings, CAST(SUM(m.held_seconds) AS BIGINT) AS seconds, MAX(m.peak) AS peak
		FROM meetings m JOIN rooms r ON r.id = m.room_id
		WHERE m.tenant_id = ? AND m.created_at >= ? AND m.created_at < ? AND m.seen_at IS NOT NULL GROUP BY r.course_id`
	peopleUsed = `SELECT r.course_id, COUNT(DISTINCT a.user_id) AS participants
		FROM meetings m JOIN rooms r ON r.id = m.room_id JOIN attendances a ON a.meeting_id = m.id
		WHERE m.tenant_id = ? AND m.created_at >= ? AND m.created_at < ? GROUP BY r.course_id`
	recordingsUsed = `SELECT r.course_id, COUNT(*) AS recordings, CAST(SUM(x.size) AS BIGINT) AS bytes
		FROM recordings x JOIN rooms r ON r.id = x.room_id
		WHERE x.tenant_id = ? AND x.started_at >= ? AND x.started_at < ? AND x.state <> 'deleted' GROUP BY r.course_id`
)

// CourseUsages lists what the tenant's courses used between two times, by name.
func (db *DB) CourseUsages(ctx context.Context, tenantID string, from, to time.Time) ([]classroom.CourseUsage, error) {
	var used []classroom.CourseUsage
	err := db.on(ctx).Raw(`SELECT courses.id AS course_id, `+courseName+` AS course, COALESCE(m.meetings, 0) AS meetings, COALESCE(m.seconds, 0) AS seconds,
			COALESCE(p.participants, 0) AS participants, COALESCE(m.peak, 0) AS peak, COALESCE(x.recordings, 0) AS recordings, COALESCE(x.bytes, 0) AS bytes
		FROM courses LEFT JOIN (`+meetingsUsed+`) m ON m.course_id = courses.id
		LEFT JOIN (`+peopleUsed+`) p ON p.course_id = courses.id LEFT JOIN (`+recordingsUsed+`) x ON x.course_id = courses.id
		WHERE courses.tenant_id = ? AND (m.course_id IS NOT NULL OR x.course_id IS NOT NULL) ORDER BY course, courses.id`,
		tenantID, from, to, tenantID, from, to, tenantID, from, to, tenantID).Scan(&used).Error
	return used, wrap("usage of courses", err)
}
