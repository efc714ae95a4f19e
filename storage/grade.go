package storage

import (
	"context"
	"slices"
	"time"

	"classbridge/classroom"
)

// FindGradebook reads what became of a room's column.
func (q queries) FindGradebook(ctx context.Context, roomID string) (classroom.Gradebook, bool, error) {
	return find[classroom.Gradebook](ctx, q, "gradebook of room "+roomID, "room_id = ?", roomID)
}

// NoteAsked notes who asked for grades to be sent; no problem is known any longer.
func (q queries) NoteAsked(ctx context.Context, room classroom.Room, personID string, at time.Time) error {
	return q.exec(ctx, "note who asks for grades of room "+room.ID, `INSERT INTO gradebooks (room_id, tenant_id, asked_at, asked_by, item_url, problem, updated_at)
		VALUES (?, ?, ?, ?, '', '', ?)
		ON CONFLICT (room_id) DO UPDATE SET asked_at = excluded.asked_at, asked_by = excluded.asked_by,
			problem = excluded.problem, updated_at = excluded.updated_at`, room.ID, room.TenantID, at, personID, at)
}

// NoteColumn notes the line item that grades are sent to.
func (q queries) NoteColumn(ctx context.Context, roomID, itemURL string, at time.Time) error {
	return q.exec(ctx, "note column of room "+roomID,
		"UPDATE gradebooks SET item_url = ?, updated_at = ? WHERE room_id = ?", itemURL, at, roomID)
}

// NoteSent notes how a sending ended, and when it began if it came to its end.
func (q queries) NoteSent(ctx context.Context, roomID string, began time.Time, p classroom.GradeProblem, at time.Time) error {
	return q.exec(ctx, "note grades sent of room "+roomID,
		"UPDATE gradebooks SET sent_at = COALESCE(?, sent_at), problem = ?, updated_at = ? WHERE room_id = ?", began, p, at, roomID)
}

// LeaseGradebook takes the right to send a room's grades: one statement, so that
// of many who try, one gets it.
func (q queries) LeaseGradebook(ctx context.Context, room classroom.Room, now, until time.Time) (bool, error) {
	done := q.on(ctx).Exec(`INSERT INTO gradebooks (room_id, tenant_id, asked_by, item_url, problem, lease_until, updated_at)
		VALUES (?, ?, '', '', '', ?, ?)
		ON CONFLICT (room_id) DO UPDATE SET lease_until = excluded.lease_until
		WHERE gradebooks.lease_until IS NULL OR gradebooks.lease_until <= ?`, room.ID, room.TenantID, until, now, now)
	return done.RowsAffected == 1, wrap("lease gradebook of room "+room.ID, done.Error)
}

// ReleaseGradebook gives the lease back.
func (q queries) ReleaseGradebook(ctx context.Context, roomID string) error {
	return q.exec(ctx, "release gradebook of room "+roomID, "UPDATE gradebooks SET lease_until = NULL WHERE room_id = ?", roomID)
}

// Grades lists the grades of a room that anything has happened to.
func (q queries) Grades(ctx context.Context, roomID string) ([]classroom.Grade, error) {
	return list[classroom.Grade](ctx, q, "grades of room "+roomID, 0, "person_id", "room_id = ?", roomID)
}

const gradeColumns = `room_id, person_id, tenant_id, correction, excluded, adopted,
	state, problem, tried_percent, tried_at, sent_percent, sent_at, sent_by, updated_at`

func gradeValues(g classroom.Grade) []any {
	return []any{
		g.RoomID, g.PersonID, g.TenantID, g.Correction, g.Excluded, g.Adopted,
		g.State, g.Problem, g.TriedPercent, g.TriedAt, g.SentPercent, g.SentAt, g.SentBy, g.UpdatedAt,
	}
}

// CorrectGrade inserts the grade, or changes how it is corrected.
func (q queries) CorrectGrade(ctx context.Context, g classroom.Grade) error {
	return wrap("correct grade of person "+g.PersonID, q.on(ctx).Exec(`INSERT INTO grades (`+gradeColumns+`) VALUES `+rows(1, 14)+`
		ON CONFLICT (room_id, person_id) DO UPDATE SET correction = excluded.correction, excluded = excluded.excluded,
			adopted = excluded.adopted, updated_at = excluded.updated_at`, gradeValues(g)...).Error)
}

// gradeBatch keeps one statement below the number of parameters that both databases take.
const gradeBatch = 200

// SaveGrades inserts grades, or changes what became of them at the LMS. What was
// sent is no longer to be adopted.
func (q queries) SaveGrades(ctx context.Context, grades []classroom.Grade) error {
	for some := range slices.Chunk(grades, gradeBatch) {
		var args []any
		for _, g := range some {
			args = append(args, gradeValues(g)...)
		}
		err := q.on(ctx).Exec(`INSERT INTO grades (`+gradeColumns+`) VALUES `+rows(len(some), 14)+`
			ON CONFLICT (room_id, person_id) DO UPDATE SET state = excluded.state, problem = excluded.problem,
				tried_percent = excluded.tried_percent, tried_at = excluded.tried_at, sent_percent = excluded.sent_percent,
				sent_at = excluded.sent_at, sent_by = excluded.sent_by, updated_at = excluded.updated_at,
				adopted = grades.adopted AND excluded.state <> '`+string(classroom.GradeSent)+`'`, args...).Error
		if err != nil {
			return wrap("save grades", err)
		}
	}
	return nil
}

// RetryGrades lets the refused grades of a room be sent again.
func (q queries) RetryGrades(ctx context.Context, roomID string) error {
	return wrap("retry grades of room "+roomID, q.on(ctx).Exec(
		"UPDATE grades SET state = ?, problem = '' WHERE room_id = ? AND state = ?",
		classroom.GradeUnsent, roomID, classroom.GradeRefused).Error)
}

// ForgetSent is for a column that is no more: nothing has been sent to the next.
func (q queries) ForgetSent(ctx context.Context, roomID string) error {
	return wrap("forget what was sent of room "+roomID, q.on(ctx).Exec(
		"UPDATE grades SET state = ?, problem = '', adopted = ?, tried_percent = ?, sent_percent = ? WHERE room_id = ?",
		classroom.GradeUnsent, false, classroom.NoPercent, classroom.NoPercent, roomID).Error)
}

// SaveLineItem notes the room's column in the LMS's gradebook.
func (q queries) SaveLineItem(ctx context.Context, roomID, itemURL string) error {
	return q.exec(ctx, "save line item of room "+roomID, "UPDATE rooms SET line_item_url = ? WHERE id = ?", itemURL, roomID)
}

// SaveSettings changes the settings of a room, and counts as TouchRoom.
func (q queries) SaveSettings(ctx context.Context, roomID string, s classroom.RoomSettings, at time.Time) error {
	return q.exec(ctx, "save settings of room "+roomID,
		"UPDATE rooms SET record = ?, graded = ?, grade_after = ?, grouped = ?, updated_at = ?, version = version + 1 WHERE id = ?",
		s.Record, s.Graded, s.GradeAfter, s.Grouped, at, roomID)
}
