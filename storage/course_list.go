package storage

import (
	"context"
	"slices"

	"classbridge/classroom"
)

// ListedCourse is a course as an operator sees it.
type ListedCourse struct {
	Course   classroom.Course
	Platform string // name of the registration
	People   int64  // whose enrolment lasts
	Roster   classroom.Roster
}

// ListCourses lists the courses of a tenant, by registration and title.
func (db *DB) ListCourses(ctx context.Context, tenantID string) ([]ListedCourse, error) {
	const op = "list courses"
	rows, err := db.on(ctx).Raw(`SELECT `+courseColumns+`, p.name,
			(SELECT COUNT(*) FROM enrolments e WHERE e.course_id = c.id AND e.ended_at IS NULL),
			r.course_id, r.problem, r.detail, r.members, r.read_at, r.full_at, r.pass_at, r.due_at
		FROM courses c JOIN platforms p ON p.id = c.platform_id
		LEFT JOIN rosters r ON r.course_id = c.id
		WHERE c.tenant_id = ? ORDER BY p.name, c.title, c.id`, tenantID).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var courses []ListedCourse
	for rows.Next() {
		var l ListedCourse
		r := &l.Roster
		err := rows.Scan(slices.Concat(courseFields(&l.Course), []any{
			text(&l.Platform), number(&l.People), text(&r.CourseID), text((*string)(&r.Problem)), text(&r.Detail), number(&r.Members),
			stamped(&r.ReadAt), stamped(&r.FullAt), stamped(&r.PassAt), stamped(&r.DueAt),
		})...)
		if err != nil {
			return nil, wrap(op, err)
		}
		courses = append(courses, l)
	}
	return courses, wrap(op, rows.Err())
}
