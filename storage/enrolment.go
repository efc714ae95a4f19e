package storage

import (
	"context"
	"time"

	"classbridge/classroom"

	"gorm.io/gorm/clause"
)

// ShareCourse reads a course and keeps it from being changed. Launches, which
// only point to it, go on meanwhile.
func (q queries) ShareCourse(ctx context.Context, id string) (classroom.Course, error) {
	var c classroom.Course
	err := q.on(ctx).Clauses(clause.Locking{Strength: "KEY SHARE"}).Where("id = ?", id).Take(&c).Error
	return c, wrap("share course "+id, err)
}

// PersonsBySubject lists those of the platform's subjects that are known.
func (q queries) PersonsBySubject(ctx context.Context, platformID string, subjects []string) ([]classroom.Person, error) {
	return list[classroom.Person](ctx, q, "persons by subject", 0, "id", "platform_id = ? AND subject IN ? AND subject <> ''", platformID, among(subjects))
}

// CreatePersons inserts persons; those whose subject is known are left out.
func (q queries) CreatePersons(ctx context.Context, p []classroom.Person) error {
	return createUnknown(ctx, q, "create persons", p)
}

// Enrolments reads the enrolments of those persons in the course.
func (q queries) Enrolments(ctx context.Context, courseID string, personIDs []string) ([]classroom.Enrolment, error) {
	return list[classroom.Enrolment](ctx, q, "enrolments in course "+courseID, 0, "id", "course_id = ? AND person_id IN ?", courseID, among(personIDs))
}

// LockEnrolments reads them and keeps them from others until the transaction ends.
func (q queries) LockEnrolments(ctx context.Context, courseID string, personIDs []string) ([]classroom.Enrolment, error) {
	var rows []classroom.Enrolment
	err := q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("course_id = ? AND person_id IN ?", courseID, among(personIDs)).Order("id").Find(&rows).Error
	return rows, wrap("lock enrolments in course "+courseID, err)
}

// CreateEnrolments inserts enrolments; those of persons who have one are left out.
func (q queries) CreateEnrolments(ctx context.Context, e []classroom.Enrolment) error {
	return createUnknown(ctx, q, "create enrolments", e)
}

func createUnknown[T any](ctx context.Context, q queries, op string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	return wrap(op, q.on(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error)
}

// MarkListed notes that the roster lists those persons. A newer mark stays: it is
// of another pass, by a process that was faster.
func (q queries) MarkListed(ctx context.Context, courseID string, personIDs []string, at time.Time) error {
	err := q.on(ctx).Exec("UPDATE enrolments SET roster_at = ? WHERE course_id = ? AND person_id IN ? AND (roster_at IS NULL OR roster_at < ?)",
		at, courseID, among(personIDs), at).Error
	return wrap("mark people of course "+courseID, err)
}

// Launched lists those of the persons whom a launch has brought.
func (q queries) Launched(ctx context.Context, personIDs []string) ([]string, error) {
	return q.ids(ctx, "who has launched", "SELECT DISTINCT person_id FROM enrolments WHERE person_id IN ? AND launched_at IS NOT NULL", personIDs)
}

// LaunchedSince lists those of the persons who have launched in the course since then.
func (q queries) LaunchedSince(ctx context.Context, l classroom.LaunchQuery) ([]string, error) {
	return q.ids(ctx, "who has launched course "+l.CourseID,
		`SELECT DISTINCT person_id FROM launches WHERE course_id = ? AND person_id IN ? AND created_at >= ? AND (moderator OR NOT ?)`,
		l.CourseID, l.PersonIDs, l.Since, l.Moderators)
}

func (q queries) ids(ctx context.Context, op, query string, args ...any) ([]string, error) {
	var ids []string
	return ids, wrap(op, q.on(ctx).Raw(query, args...).Scan(&ids).Error)
}

// unlisted are enrolments that last and count, of people whom a pass has not
// listed and no launch has brought since it began. Moderators whom the platform
// has never listed are left out as long as a launch proves them (who manages a
// whole category of Moodle is in no course's roster), and for good where it lists
// learners alone.
const unlisted = `e.course_id = ? AND e.ended_at IS NULL AND e.counted AND (e.roster_at IS NULL OR e.roster_at < ?)
	AND NOT EXISTS (SELECT 1 FROM launches l WHERE l.person_id = e.person_id AND l.course_id = e.course_id AND l.created_at >= ?)
	AND NOT (e.moderator AND e.roster_at IS NULL AND (e.launched_at > ?
		OR NOT EXISTS (SELECT 1 FROM enrolments m WHERE m.course_id = e.course_id AND m.moderator AND m.roster_at >= ?)))`

// unlistedSince are the parameters of unlisted.
func unlistedSince(courseID string, since time.Time) []any {
	return []any{courseID, since, since, since.Add(-classroom.ProofAge), since}
}

// Unlisted lists them by person.
func (q queries) Unlisted(ctx context.Context, courseID string, since time.Time, after string, limit int) ([]classroom.Enrolment, error) {
	var rows []classroom.Enrolment
	err := q.on(ctx).Raw("SELECT e.* FROM enrolments e WHERE "+unlisted+" AND e.person_id > ? ORDER BY e.person_id LIMIT ?",
		append(unlistedSince(courseID, since), after, limit)...).Scan(&rows).Error
	return rows, wrap("unlisted people of course "+courseID, err)
}

// CountListed counts the enrolments that last and were marked with that time.
func (q queries) CountListed(ctx context.Context, courseID string, at time.Time) (int64, error) {
	var n int64
	err := q.on(ctx).Raw("SELECT COUNT(*) FROM enrolments WHERE course_id = ? AND roster_at = ? AND ended_at IS NULL", courseID, at).Row().Scan(&n)
	return n, wrap("count listed people of course "+courseID, err)
}

// CountUnlisted counts the unlisted, and all enrolments that last and count.
func (q queries) CountUnlisted(ctx context.Context, courseID string, since time.Time) (none, all int64, err error) {
	db := q.on(ctx)
	if err := db.Raw("SELECT COUNT(*) FROM enrolments e WHERE "+unlisted, unlistedSince(courseID, since)...).Row().Scan(&none); err != nil {
		return 0, 0, wrap("count unlisted people of course "+courseID, err)
	}
	err = db.Raw("SELECT COUNT(*) FROM enrolments WHERE course_id = ? AND ended_at IS NULL AND counted", courseID).Row().Scan(&all)
	return none, all, wrap("count people of course "+courseID, err)
}

// EndEnrolments ends those enrolments, and the sessions that launches have
// opened in the course.
func (q queries) EndEnrolments(ctx context.Context, courseID string, personIDs []string, at time.Time) error {
	op := "end enrolments in course " + courseID
	err := q.on(ctx).Exec("UPDATE enrolments SET ended_at = ?, updated_at = ? WHERE course_id = ? AND person_id IN ? AND ended_at IS NULL",
		at, at, courseID, personIDs).Error
	if err != nil {
		return wrap(op, err)
	}
	err = q.on(ctx).Exec("UPDATE launches SET ended_at = ? WHERE course_id = ? AND person_id IN ? AND ended_at IS NULL AND created_at > ?",
		at, courseID, personIDs, at.Add(-classroom.SessionMax)).Error
	return wrap(op, err)
}
