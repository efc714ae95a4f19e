package storage

import (
	"context"
	"time"

	"classbridge/classroom"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// FindRoster reads how far the roster of a course has been read.
func (q queries) FindRoster(ctx context.Context, courseID string) (classroom.Roster, bool, error) {
	return find[classroom.Roster](ctx, q, "roster of course "+courseID, "course_id = ?", courseID)
}

// CreateRoster inserts a roster, unless the course has one.
func (q queries) CreateRoster(ctx context.Context, r classroom.Roster) error {
	err := q.on(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error
	return wrap("create roster of course "+r.CourseID, err)
}

// SaveRoster changes a roster, but for when people asked for it: they may do so
// while it is read.
func (q queries) SaveRoster(ctx context.Context, r classroom.Roster) error {
	db := q.on(ctx).Session(&gorm.Session{SkipHooks: true})
	return changed("save roster of course "+r.CourseID, db.Model(&classroom.Roster{}).Where("course_id = ?", r.CourseID).
		Select("*").Omit("course_id", "tenant_id", "asked_at", "created_at").Updates(&r))
}

// AskRoster notes that a person asks for the roster; the database decides who is
// first. It is due, too: the queue does not take the work while that of a pass that
// has just ended is being put away.
func (q queries) AskRoster(ctx context.Context, courseID string, at, since time.Time) (bool, error) {
	done := q.on(ctx).Exec("UPDATE rosters SET asked_at = ?, due_at = ? WHERE course_id = ? AND (asked_at IS NULL OR asked_at <= ?)", at, at, courseID, since)
	return done.RowsAffected > 0, wrap("ask for roster of course "+courseID, done.Error)
}

// WorkRoster notes that the roster is about to be read.
func (q queries) WorkRoster(ctx context.Context, courseID string, at time.Time) error {
	return q.exec(ctx, "work on roster of course "+courseID, "UPDATE rosters SET working_at = ? WHERE course_id = ?", at, courseID)
}

// WaitRoster moves the time when the roster is read again.
func (q queries) WaitRoster(ctx context.Context, courseID string, due time.Time) error {
	return q.exec(ctx, "roster of course "+courseID+" waits", "UPDATE rosters SET due_at = ? WHERE course_id = ?", due, courseID)
}

// RostersDue lists rosters to be read now. The first of each registration are
// taken, so that one with many courses does not keep the others waiting.
func (q queries) RostersDue(ctx context.Context, r classroom.RosterQuery) ([]classroom.DueRoster, error) {
	var due []classroom.DueRoster
	err := q.on(ctx).Raw(`SELECT course_id, platform_id,
			EXISTS (SELECT 1 FROM enrolments e WHERE e.course_id = ranked.course_id AND e.launched_at > ?) AS active
		FROM (SELECT r.course_id, c.platform_id, r.due_at, ROW_NUMBER() OVER (PARTITION BY c.platform_id ORDER BY r.due_at, r.course_id) AS place
			FROM rosters r
			JOIN courses c ON c.id = r.course_id
			JOIN platforms p ON p.id = c.platform_id AND NOT p.disabled AND NOT p.pending
			WHERE r.due_at <= ? AND (r.working_at IS NULL OR r.working_at < ?)) AS ranked
		WHERE place <= ? ORDER BY due_at, course_id LIMIT ?`,
		r.LaunchedSince, r.Now, r.WorkedSince, r.PerPlatform, r.Limit).Scan(&due).Error
	return due, wrap("rosters due", err)
}

// RostersUnderWay counts rosters that have worked since then, by registration.
func (q queries) RostersUnderWay(ctx context.Context, since time.Time) (map[string]int, error) {
	var rows []struct {
		PlatformID string
		Count      int
	}
	err := q.on(ctx).Raw(`SELECT c.platform_id, COUNT(*) AS count FROM rosters r JOIN courses c ON c.id = r.course_id
		WHERE r.working_at >= ? GROUP BY c.platform_id`, since).Scan(&rows).Error
	n := make(map[string]int, len(rows))
	for _, r := range rows {
		n[r.PlatformID] = r.Count
	}
	return n, wrap("rosters under way", err)
}
