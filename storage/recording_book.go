package storage

import (
	"context"
	"strings"

	"classbridge/classroom"

	"gorm.io/gorm"
)

// TenantRecording reads a recording of the tenant.
func (db *DB) TenantRecording(ctx context.Context, tenantID, id string) (classroom.Recording, error) {
	r, err := get[recordingRow](ctx, db.queries, "recording "+id, "tenant_id = ? AND id = ?", tenantID, id)
	return classroom.Recording(r), err
}

// listedRow is a recording with the names of where it was made.
type listedRow struct {
	Recording recordingRow `gorm:"embedded"`
	Room      string
	Course    string
}

// ListRecordings lists what the search finds, the newest first.
func (db *DB) ListRecordings(ctx context.Context, tenantID string, s classroom.RecordingSearch, offset, limit int) ([]classroom.ListedRecording, error) {
	var rows []listedRow
	err := db.searched(ctx, tenantID, s).Select("recordings.*, rooms.title AS room, " + courseName + " AS course").
		Order("recordings.started_at DESC, recordings.id DESC").Offset(offset).Limit(limit).Scan(&rows).Error
	found := make([]classroom.ListedRecording, len(rows))
	for i, r := range rows {
		found[i] = classroom.ListedRecording{Recording: classroom.Recording(r.Recording), Room: r.Room, Course: r.Course}
	}
	return found, wrap("list recordings", err)
}

// SumRecordings counts what the search finds, and adds up its sizes.
func (db *DB) SumRecordings(ctx context.Context, tenantID string, s classroom.RecordingSearch) (count, bytes int64, err error) {
	err = db.searched(ctx, tenantID, s).Select("COUNT(*), CAST(COALESCE(SUM(recordings.size), 0) AS BIGINT)").Row().Scan(&count, &bytes)
	return count, bytes, wrap("sum recordings", err)
}

func (db *DB) searched(ctx context.Context, tenantID string, s classroom.RecordingSearch) *gorm.DB {
	on := db.on(ctx).Table("recordings").
		Joins("JOIN rooms ON rooms.id = recordings.room_id JOIN courses ON courses.id = rooms.course_id").
		Where("recordings.tenant_id = ?", tenantID)
	on = containing(on, s.Course, "courses.title", "courses.label")
	on = containing(on, s.Room, "rooms.title")
	if s.State != "" {
		on = on.Where("recordings.state = ?", s.State)
	}
	if !s.From.IsZero() {
		on = on.Where("recordings.started_at >= ?", s.From)
	}
	if !s.To.IsZero() {
		on = on.Where("recordings.started_at < ?", s.To)
	}
	return on
}

// containing keeps rows of which one of the columns holds the text. SQLite's LOWER
// knows ASCII only, so the text is looked for as it was typed as well.
func containing(on *gorm.DB, text string, columns ...string) *gorm.DB {
	if text == "" {
		return on
	}
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
	var either []string
	var args []any
	for _, column := range columns {
		either = append(either, "LOWER("+column+`) LIKE ? ESCAPE '\'`, column+` LIKE ? ESCAPE '\'`)
		args = append(args, "%"+strings.ToLower(literal)+"%", "%"+literal+"%")
	}
	return on.Where("("+strings.Join(either, " OR ")+")", args...)
}

// CourseSpaces lists the courses whose recordings take the most space.
func (db *DB) CourseSpaces(ctx context.Context, tenantID string, limit int) ([]classroom.CourseSpace, error) {
	var spaces []classroom.CourseSpace
	err := db.on(ctx).Raw(`SELECT courses.id AS course_id, `+courseName+` AS course, COUNT(*) AS recordings, CAST(SUM(recordings.size) AS BIGINT) AS bytes
		FROM recordings JOIN rooms ON rooms.id = recordings.room_id JOIN courses ON courses.id = rooms.course_id
		WHERE recordings.tenant_id = ? AND recordings.state <> 'deleted'
		GROUP BY courses.id, courses.title, courses.label ORDER BY bytes DESC, courses.id LIMIT ?`, tenantID, limit).Scan(&spaces).Error
	return spaces, wrap("space of courses", err)
}
