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
	return list[classroom.Enrolment](ctx, q, "enrolments in course "+courseID, 0, "id", inCourse+" AND person_id IN ?", courseID, among(personIDs))
}

// LockEnrolments reads them and keeps them from others until the transaction ends.
func (q queries) LockEnrolments(ctx context.Context, courseID string, personIDs []string) ([]classroom.Enrolment, error) {
	var rows []classroom.Enrolment
	err := q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where(inCourse+" AND person_id IN ?", courseID, among(personIDs)).Order("id").Find(&rows).Error
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
	err := q.on(ctx).Exec("UPDATE enrolments SET roster_at = ? WHERE "+inCourse+" AND person_id IN ? AND (roster_at IS NULL OR roster_at < ?)",
		at, courseID, among(personIDs), at).Error
	return wrap("mark people of course "+courseID, err)
}

// Launched lists those of the persons whom a launch has brought.
func (q queries) Launched(ctx context.Context, personIDs []string) ([]string, error) {
	return q.ids(ctx, "who has launched", "SELECT DISTINCT person_id FROM enrolments WHERE person_id IN ? AND launched_at IS NOT NULL", personIDs)
}

// LaunchedAsModerators lists those of the persons whose newest launch in the course,
// if it is not older, was as a moderator.
func (q queries) LaunchedAsModerators(ctx context.Context, courseID string, personIDs []string, since time.Time) ([]string, error) {
	return q.ids(ctx, "who has launched course "+courseID+" as a moderator",
		`SELECT DISTINCT l.person_id FROM launches l WHERE l.course_id = ? AND l.person_id IN ? AND l.created_at >= ? AND l.moderator
			AND NOT EXISTS (SELECT 1 FROM launches n WHERE n.person_id = l.person_id AND n.course_id = l.course_id AND n.created_at > l.created_at)`,
		courseID, personIDs, since)
}

func (q queries) ids(ctx context.Context, op, query string, args ...any) ([]string, error) {
	var ids []string
	return ids, wrap(op, q.on(ctx).Raw(query, args...).Scan(&ids).Error)
}

// unlisted are enrolments that last, of people who have not launched since a pass
// began: those that it marked as gone and, if it lists everybody, those who count
// and are not marked. Of these, moderators whom the platform has never listed are
// left out as long as a launch proves them (who manages a whole category of Moodle
// is in no course's roster), and for good where it lists learners alone.
const unlisted = `e.course_id = ? AND e.ended_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM launches l WHERE l.person_id = e.person_id AND l.course_id = e.course_id AND l.created_at >= ?)
	AND (e.roster_at = ? OR ? AND e.counted AND (e.roster_at IS NULL OR e.roster_at < ?)
		AND NOT (e.moderator AND e.roster_at IS NULL AND (e.launched_at > ?
			OR NOT EXISTS (SELECT 1 FROM enrolments m WHERE m.course_id = e.course_id AND m.moderator AND m.roster_at >= ?))))`

// unlistedBy are the parameters of unlisted.
func unlistedBy(p classroom.RosterPass) []any {
	return []any{p.CourseID, p.At, p.Gone, p.Full, p.At, p.At.Add(-classroom.ProofAge), p.At}
}

// Unlisted lists them by person.
func (q queries) Unlisted(ctx context.Context, p classroom.RosterPass, after string, limit int) ([]classroom.Enrolment, error) {
	var rows []classroom.Enrolment
	err := q.on(ctx).Raw("SELECT e.* FROM enrolments e WHERE "+unlisted+" AND e.person_id > ? ORDER BY e.person_id LIMIT ?",
		append(unlistedBy(p), after, limit)...).Scan(&rows).Error
	return rows, wrap("unlisted people of course "+p.CourseID, err)
}

// CountListed counts the enrolments that last, or are to begin, and were marked
// with that time.
func (q queries) CountListed(ctx context.Context, courseID string, at time.Time) (int64, error) {
	var n int64
	err := q.on(ctx).Raw("SELECT COUNT(*) FROM enrolments WHERE course_id = ? AND roster_at = ? AND (ended_at IS NULL OR counted)", courseID, at).Row().Scan(&n)
	return n, wrap("count listed people of course "+courseID, err)
}

// CountUnlisted counts the unlisted, and all enrolments that last and count.
func (q queries) CountUnlisted(ctx context.Context, p classroom.RosterPass) (none, all int64, err error) {
	db := q.on(ctx)
	if err := db.Raw("SELECT COUNT(*) FROM enrolments e WHERE "+unlisted, unlistedBy(p)...).Row().Scan(&none); err != nil {
		return 0, 0, wrap("count unlisted people of course "+p.CourseID, err)
	}
	err = db.Raw("SELECT COUNT(*) FROM enrolments WHERE course_id = ? AND ended_at IS NULL AND counted", p.CourseID).Row().Scan(&all)
	return none, all, wrap("count people of course "+p.CourseID, err)
}

// NotBegun lists people who were marked with that time, and are not in the course.
func (q queries) NotBegun(ctx context.Context, courseID string, at time.Time, limit int) ([]string, error) {
	return q.ids(ctx, "who is to begin in course "+courseID,
		"SELECT person_id FROM enrolments WHERE course_id = ? AND roster_at = ? AND counted AND ended_at IS NOT NULL ORDER BY person_id LIMIT ?",
		courseID, at, limit)
}

// BeginEnrolments lets those enrolments last. Sessions of before stay ended.
func (q queries) BeginEnrolments(ctx context.Context, courseID string, personIDs []string, at time.Time) error {
	err := q.on(ctx).Exec("UPDATE enrolments SET ended_at = NULL, updated_at = ? WHERE "+inCourse+" AND person_id IN ?", at, courseID, among(personIDs)).Error
	return wrap("begin enrolments in course "+courseID, err)
}

// EndEnrolments ends those enrolments, and the sessions that launches have
// opened in the course.
func (q queries) EndEnrolments(ctx context.Context, courseID string, personIDs []string, at time.Time) error {
	op := "end enrolments in course " + courseID
	err := q.on(ctx).Exec("UPDATE enrolments SET ended_at = ?, updated_at = ? WHERE "+inCourse+" AND person_id IN ? AND ended_at IS NULL",
		at, at, courseID, among(personIDs)).Error
	if err != nil {
		return wrap(op, err)
	}
	err = q.on(ctx).Exec("UPDATE launches SET ended_at = ? WHERE course_id = ? AND person_id IN ? AND ended_at IS NULL AND created_at > ?",
		at, courseID, among(personIDs), at.Add(-classroom.SessionMax)).Error
	return wrap(op, err)
}
