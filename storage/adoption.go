package storage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"classbridge/classroom"
)

// CreateAdoption inserts an adoption.
func (q queries) CreateAdoption(ctx context.Context, a classroom.Adoption) error {
	return create(ctx, q, "create adoption "+a.ID, a)
}

// SaveAdoption changes an adoption.
func (q queries) SaveAdoption(ctx context.Context, a classroom.Adoption) error {
	return save(ctx, q, "save adoption "+a.ID, a)
}

// LockAdoption reads an adoption and keeps it from others until the transaction ends.
func (q queries) LockAdoption(ctx context.Context, id string) (classroom.Adoption, error) {
	return lock[classroom.Adoption](ctx, q, "lock adoption "+id, id)
}

// Adoptions lists those of the tenant, newest first.
func (q queries) Adoptions(ctx context.Context, tenantID string) ([]classroom.Adoption, error) {
	return list[classroom.Adoption](ctx, q, "adoptions", 0, "created_at DESC, id DESC", "tenant_id = ?", tenantID)
}

// Alterations lists those of the adoption, by course, the last one first.
func (q queries) Alterations(ctx context.Context, adoptionID string) ([]classroom.Alteration, error) {
	return list[classroom.Alteration](ctx, q, "alterations of adoption "+adoptionID, 0, "course_id, id DESC", "adoption_id = ?", adoptionID)
}

// Alter changes a field of a row, if it is what the alteration says.
func (q queries) Alter(ctx context.Context, a classroom.Alteration) (bool, error) {
	op := fmt.Sprintf("alter %s %s of %s", a.Field, a.RowKey, a.Noun)
	done, err := q.alter(ctx, a, a.Was, a.Became)
	if err != nil || !done {
		return false, wrap(op, err)
	}
	return true, create(ctx, q, op, a)
}

// Unalter writes what was before the alteration, if what became of it still stands.
func (q queries) Unalter(ctx context.Context, a classroom.Alteration) (bool, error) {
	done, err := q.alter(ctx, a, a.Became, a.Was)
	return done, wrap(fmt.Sprintf("unalter %s of %s", a.Field, a.Noun), err)
}

// alter never breaks a unique key: a place that another row has is not taken.
func (q queries) alter(ctx context.Context, a classroom.Alteration, was, becomes string) (bool, error) {
	where, args := rowOf(a, was)
	if where == "" || !alterable(a.Noun, a.Field) {
		return false, fmt.Errorf("adoptions do not change %s of %s", a.Field, a.Noun)
	}
	columns, before, err := columnsOf(a.Field, was)
	if err != nil {
		return false, err
	}
	_, after, err := columnsOf(a.Field, becomes)
	if err != nil {
		return false, err
	}
	where += " AND tenant_id = ? AND " + strings.Join(columns, " = ? AND ") + " = ?"
	args = append(append(args, a.TenantID), before...)
	if taken, takenArgs := takenPlace(a, becomes); taken != "" {
		where += " AND NOT EXISTS (" + taken + ")"
		args = append(args, takenArgs...)
	}
	query := "UPDATE " + string(a.Noun) + " SET " + strings.Join(columns, " = ?, ") + " = ? WHERE " + where
	done := q.on(ctx).Exec(query, append(after, args...)...)
	return done.RowsAffected == 1, done.Error
}

// columnsOf are the columns of a field and their values: a course has its
// registration in two, which change together as its key does.
func columnsOf(field, value string) (columns []string, values []any, err error) {
	switch field {
	case classroom.FieldRegistration:
		platform, deployment, _ := strings.Cut(value, "/")
		return []string{"platform_id", "deployment_id"}, []any{platform, deployment}, nil
	case classroom.FieldCreated:
		at, err := time.Parse(time.RFC3339Nano, value)
		return []string{field}, []any{at.UTC()}, err
	}
	return []string{field}, []any{value}, nil
}

// RetireNewcomer gives a course that has come to the place where another one was
// a key that no launch finds, unless somebody was inside one of its meetings.
func (q queries) RetireNewcomer(ctx context.Context, a classroom.Alteration) error {
	platform, deployment, _ := strings.Cut(a.Was, "/")
	err := q.on(ctx).Exec(`UPDATE courses SET link_id = ? || id WHERE tenant_id = ? AND platform_id = ? AND deployment_id = ?
		AND context_id = (SELECT context_id FROM courses WHERE id = ?) AND link_id = (SELECT link_id FROM courses WHERE id = ?) AND id <> ?
		AND NOT EXISTS (SELECT 1 FROM meetings m JOIN rooms r ON r.id = m.room_id WHERE r.course_id = courses.id)`,
		classroom.RetiredMark, a.TenantID, platform, deployment, a.RowKey, a.RowKey, a.RowKey).Error
	return wrap("retire newcomer to "+a.RowKey, err)
}

// alterable are the fields that adoptions change: they come from the program, and
// are checked here again because they stand in a statement.
func alterable(n classroom.AdoptedNoun, field string) bool {
	fields := map[classroom.AdoptedNoun]string{
		classroom.AdoptedCourse:     " registration link_id roster_url grades_url grades_scopes groups_url ",
		classroom.AdoptedRoom:       " course_id resource_link_id line_item_url ",
		classroom.AdoptedMeeting:    " room_id ",
		classroom.AdoptedRecording:  " room_id ",
		classroom.AdoptedEnrolment:  " course_id created_at ",
		classroom.AdoptedAttendance: " user_id ",
		classroom.AdoptedGrade:      " person_id ",
		classroom.AdoptedChatLink:   " person_id platform_id ",
	}
	return strings.Contains(fields[n], " "+field+" ")
}

// rowOf finds the row that is altered. A row without an id has a key of two parts,
// the second of which is what is altered.
func rowOf(a classroom.Alteration, now string) (where string, args []any) {
	first, _, _ := strings.Cut(a.RowKey, "/")
	switch a.Noun {
	case classroom.AdoptedAttendance:
		return "meeting_id = ? AND user_id = ?", []any{first, now}
	case classroom.AdoptedGrade:
		return "room_id = ? AND person_id = ?", []any{first, now}
	}
	return "id = ?", []any{a.RowKey}
}

func takenPlace(a classroom.Alteration, becomes string) (query string, args []any) {
	first, _, _ := strings.Cut(a.RowKey, "/")
	switch {
	case a.Field == classroom.FieldRegistration:
		platform, deployment, _ := strings.Cut(becomes, "/")
		return `SELECT 1 FROM courses t JOIN courses own ON own.id = ? AND t.context_id = own.context_id AND t.link_id = own.link_id
			WHERE t.platform_id = ? AND t.deployment_id = ?`, []any{a.RowKey, platform, deployment}
	case a.Noun == classroom.AdoptedCourse && a.Field == "link_id":
		return `SELECT 1 FROM courses t JOIN courses own ON own.id = ? AND t.platform_id = own.platform_id
			AND t.deployment_id = own.deployment_id AND t.context_id = own.context_id WHERE t.link_id = ?`, []any{a.RowKey, becomes}
	case a.Noun == classroom.AdoptedAttendance:
		return "SELECT 1 FROM attendances t WHERE t.meeting_id = ? AND t.user_id = ?", []any{first, becomes}
	case a.Noun == classroom.AdoptedGrade:
		return "SELECT 1 FROM grades t WHERE t.room_id = ? AND t.person_id = ?", []any{first, becomes}
	case a.Noun == classroom.AdoptedChatLink && a.Field == "person_id":
		return "SELECT 1 FROM chat_links t WHERE t.person_id = ?", []any{becomes}
	case a.Noun == classroom.AdoptedEnrolment && a.Field == "course_id":
		return "SELECT 1 FROM enrolments t WHERE t.course_id = ? AND t.person_id = (SELECT person_id FROM enrolments WHERE id = ?)", []any{becomes, a.RowKey}
	case a.Noun == classroom.AdoptedRoom && a.Field == "resource_link_id":
		return "SELECT 1 FROM rooms t WHERE t.resource_link_id = ? AND t.course_id = (SELECT course_id FROM rooms WHERE id = ?)", []any{becomes, a.RowKey}
	case a.Noun == classroom.AdoptedRoom && a.Field == "course_id":
		return "SELECT 1 FROM rooms t WHERE t.course_id = ? AND t.resource_link_id = (SELECT resource_link_id FROM rooms WHERE id = ?)", []any{becomes, a.RowKey}
	}
	return "", nil
}

// RowKeys lists the rows of a noun that belong to something; see classroom.AdoptionStore.
func (q queries) RowKeys(ctx context.Context, n classroom.AdoptedNoun, owner string) ([]string, error) {
	first, second, _ := strings.Cut(owner, "/")
	var query string
	args := []any{first, second}
	switch n {
	case classroom.AdoptedMeeting, classroom.AdoptedRecording:
		query, args = "SELECT id FROM "+string(n)+" WHERE room_id = ? ORDER BY id", args[:1]
	case classroom.AdoptedAttendance:
		query = `SELECT a.meeting_id || '/' || a.user_id FROM attendances a JOIN meetings m ON m.id = a.meeting_id
			JOIN rooms r ON r.id = m.room_id WHERE r.course_id = ? AND a.user_id = ? ORDER BY 1`
	case classroom.AdoptedGrade:
		query = `SELECT g.room_id || '/' || g.person_id FROM grades g JOIN rooms r ON r.id = g.room_id
			WHERE r.course_id = ? AND g.person_id = ? ORDER BY 1`
	case classroom.AdoptedChatLink:
		query = `SELECT l.id FROM chat_links l WHERE l.person_id = ? AND NOT EXISTS (
			SELECT 1 FROM chat_links t WHERE t.platform_id = ? AND t.chat_user_id = l.chat_user_id AND t.id <> l.id)`
	default:
		return nil, fmt.Errorf("rows of %s have no owner", n)
	}
	var keys []string
	return keys, wrap("rows of "+string(n), q.on(ctx).Raw(query, args...).Scan(&keys).Error)
}

// CoursesAt lists the courses of a registration, or of one deployment of it.
func (q queries) CoursesAt(ctx context.Context, platformID, deploymentID string) ([]classroom.Course, error) {
	return list[classroom.Course](ctx, q, "courses of platform "+platformID, 0, "created_at, id",
		"platform_id = ? AND (deployment_id = ? OR ? = '')", platformID, deploymentID, deploymentID)
}

// RoomsOf lists the rooms of a course, oldest first.
func (q queries) RoomsOf(ctx context.Context, courseID string) ([]classroom.Room, error) {
	return list[classroom.Room](ctx, q, "rooms of course "+courseID, 0, "created_at, id", "course_id = ?", courseID)
}

// Enrolled lists who is, or was, enrolled in a course.
func (q queries) Enrolled(ctx context.Context, courseID string) ([]classroom.EnrolledPerson, error) {
	op := "enrolled in course " + courseID
	enrolments, err := list[classroom.Enrolment](ctx, q, op, 0, "id", "course_id = ?", courseID)
	if err != nil {
		return nil, err
	}
	persons, err := list[classroom.Person](ctx, q, op, 0, "id", "id IN (SELECT person_id FROM enrolments WHERE course_id = ?)", courseID)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]classroom.Person, len(persons))
	for _, p := range persons {
		byID[p.ID] = p
	}
	enrolled := make([]classroom.EnrolledPerson, len(enrolments))
	for i, e := range enrolments {
		enrolled[i] = classroom.EnrolledPerson{Person: byID[e.PersonID], Enrolment: e}
	}
	return enrolled, nil
}

// HasOpenMeeting reports whether a class runs in one of the course's rooms.
func (q queries) HasOpenMeeting(ctx context.Context, courseID string) (bool, error) {
	var n int64
	err := q.on(ctx).Raw("SELECT COUNT(*) FROM meetings m JOIN rooms r ON r.id = m.open_room_id WHERE r.course_id = ?", courseID).Scan(&n).Error
	return n > 0, wrap("open meetings of course "+courseID, err)
}

// FindLookAlike finds the newest course elsewhere that has the same context id and
// the same title or label.
func (q queries) FindLookAlike(ctx context.Context, c classroom.Course) (string, bool, error) {
	alike, err := list[classroom.Course](ctx, q, "courses like "+c.ContextID, 1, "updated_at DESC, created_at DESC, id DESC",
		`tenant_id = ? AND context_id = ? AND link_id = '' AND NOT (platform_id = ? AND deployment_id = ?)
			AND (title = ? AND title <> '' OR label = ? AND label <> '')`,
		c.TenantID, c.ContextID, c.PlatformID, c.DeploymentID, c.Title, c.Label)
	if err != nil || len(alike) == 0 {
		return "", false, err
	}
	return alike[0].ID, true, nil
}

// EndLaunchesOf ends all sessions of a course.
func (q queries) EndLaunchesOf(ctx context.Context, courseID string, at time.Time) error {
	err := q.on(ctx).Exec("UPDATE launches SET ended_at = COALESCE(ended_at, ?) WHERE course_id = ?", at, courseID).Error
	return wrap("end launches of course "+courseID, err)
}
