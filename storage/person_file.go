package storage

import (
	"context"

	"classbridge/classroom"
)

// GradesOf lists the grades of a person, with the rooms that they are of.
func (q queries) GradesOf(ctx context.Context, tenantID, personID string) ([]classroom.PersonGrade, error) {
	const op = "grades of a person"
	rows, err := q.on(ctx).Raw(`SELECT r.id, r.title, `+calledCourse+`, g.correction, g.excluded, g.state, g.sent_percent, g.sent_at, g.updated_at
		FROM grades g`+inRoom+`g.room_id`+ofCourse+`r.course_id WHERE g.tenant_id = ? AND g.person_id = ? ORDER BY g.updated_at DESC, r.id`, tenantID, personID).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var all []classroom.PersonGrade
	for rows.Next() {
		var g classroom.PersonGrade
		err := rows.Scan(text(&g.RoomID), text(&g.Room), text(&g.Course), &g.Correction, truth(&g.Excluded), text((*string)(&g.State)),
			&g.SentPercent, stamped(&g.SentAt), stamped(&g.UpdatedAt))
		if err != nil {
			return nil, wrap(op, err)
		}
		all = append(all, g)
	}
	return all, wrap(op, rows.Err())
}

// StartedBy lists the classes that a person started, the newest first.
func (q queries) StartedBy(ctx context.Context, tenantID, personID string, limit int) ([]classroom.StartedClass, error) {
	const op = "classes started by a person"
	rows, err := q.on(ctx).Raw(`SELECT m.id, r.title, `+calledCourse+`, m.created_at,
			(SELECT COUNT(*) FROM recordings x WHERE x.meeting_id = m.id AND x.state <> ?)
		FROM meetings m`+inRoom+`m.room_id`+ofCourse+`r.course_id
		WHERE m.tenant_id = ? AND m.started_by = ? ORDER BY m.created_at DESC LIMIT ?`, classroom.RecordingDeleted, tenantID, personID, limit).Rows()
	if err != nil {
		return nil, wrap(op, err)
	}
	defer rows.Close()
	var all []classroom.StartedClass
	for rows.Next() {
		var one classroom.StartedClass
		if err := rows.Scan(text(&one.MeetingID), text(&one.Room), text(&one.Course), stamped(&one.StartedAt), number(&one.Recordings)); err != nil {
			return nil, wrap(op, err)
		}
		all = append(all, one)
	}
	return all, wrap(op, rows.Err())
}
