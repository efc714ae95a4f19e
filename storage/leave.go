package storage

import (
	"context"
	"strings"
	"time"

	"classbridge/classroom"
)

// WantAdmissions lets those persons wait for the channel who are not in it.
func (q queries) WantAdmissions(ctx context.Context, c classroom.Course, personIDs []string, at time.Time) ([]string, error) {
	if len(personIDs) == 0 {
		return nil, nil
	}
	args := make([]any, 0, 5*len(personIDs)+1)
	for _, id := range personIDs {
		args = append(args, c.TenantID, c.ID, id, classroom.AdmissionWanted, at)
	}
	return q.ids(ctx, "want admissions to course "+c.ID, `INSERT INTO admissions (tenant_id, course_id, person_id, state, updated_at)
		VALUES `+strings.Repeat(", (?, ?, ?, ?, ?)", len(personIDs))[2:]+`
		ON CONFLICT (course_id, person_id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at
			WHERE admissions.state <> ?
		RETURNING person_id`, append(args, classroom.AdmissionDone)...)
}

// LeaveAdmissions lets those persons leave the channel, and answers who is in it.
func (q queries) LeaveAdmissions(ctx context.Context, courseID string, personIDs []string, at time.Time) ([]string, error) {
	op := "leave the channel of course " + courseID
	err := q.on(ctx).Exec("UPDATE admissions SET state = ?, updated_at = ? WHERE course_id = ? AND person_id IN ? AND state NOT IN (?, ?)",
		classroom.AdmissionEnded, at, courseID, personIDs, classroom.AdmissionDone, classroom.AdmissionLeaving).Error
	if err != nil {
		return nil, wrap(op, err)
	}
	return q.ids(ctx, op, "UPDATE admissions SET state = ?, updated_at = ? WHERE course_id = ? AND person_id IN ? AND state IN (?, ?) RETURNING person_id",
		classroom.AdmissionLeaving, at, courseID, personIDs, classroom.AdmissionDone, classroom.AdmissionLeaving)
}

// HaveLeft notes that the person has left the channel, unless the admission has
// been changed meanwhile.
func (q queries) HaveLeft(ctx context.Context, courseID, personID string, at time.Time) (bool, error) {
	done := q.on(ctx).Exec("UPDATE admissions SET state = ?, updated_at = ? WHERE course_id = ? AND person_id = ? AND state = ?",
		classroom.AdmissionEnded, at, courseID, personID, classroom.AdmissionLeaving)
	return done.RowsAffected > 0, wrap("person "+personID+" has left the channel", done.Error)
}

// AccountStays reports whether somebody else of the course has the account.
func (q queries) AccountStays(ctx context.Context, a classroom.Admission, email string) (bool, error) {
	var n int64
	err := q.on(ctx).Raw(`SELECT COUNT(*) FROM enrolments e
		JOIN persons p ON p.id = e.person_id
		LEFT JOIN chat_links k ON k.person_id = e.person_id
		LEFT JOIN admissions a ON a.course_id = e.course_id AND a.person_id = e.person_id AND a.state = ?
		WHERE e.course_id = ? AND e.person_id <> ? AND e.ended_at IS NULL
			AND (k.chat_user_id = ? OR a.chat_user_id = ? OR p.email <> '' AND LOWER(p.email) = LOWER(?))`,
		classroom.AdmissionDone, a.CourseID, a.PersonID, a.ChatUserID, a.ChatUserID, email).Row().Scan(&n)
	return n > 0, wrap("other owners of an account in course "+a.CourseID, err)
}
