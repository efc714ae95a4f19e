package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// FindKeeping reads how long the tenant keeps what it knows of people.
func (q queries) FindKeeping(ctx context.Context, tenantID string) (classroom.Keeping, bool, error) {
	return find[classroom.Keeping](ctx, q, "keeping", "tenant_id = ?", tenantID)
}

// SaveKeeping inserts or replaces the tenant's rules.
func (q queries) SaveKeeping(ctx context.Context, k classroom.Keeping) error {
	return wrap("save keeping", q.on(ctx).Exec(`INSERT INTO keepings
		(tenant_id, launch_days, attendance_days, trouble_days, audit_months, person_months, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET launch_days = excluded.launch_days,
		attendance_days = excluded.attendance_days, trouble_days = excluded.trouble_days, audit_months = excluded.audit_months,
		person_months = excluded.person_months, updated_at = excluded.updated_at`,
		k.TenantID, k.LaunchDays, k.AttendanceDays, k.TroubleDays, k.AuditMonths, k.PersonMonths, k.UpdatedAt).Error)
}

// deleted runs a DELETE and counts what it deleted.
func (q queries) deleted(ctx context.Context, op, query string, args ...any) (int64, error) {
	done := q.on(ctx).Exec(query, args...)
	return done.RowsAffected, wrap(op, done.Error)
}

// ForgetLaunches deletes launches of before then, so many at most.
func (q queries) ForgetLaunches(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error) {
	return q.deleted(ctx, "forget launches", `DELETE FROM launches WHERE id IN
		(SELECT id FROM launches WHERE tenant_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`, tenantID, before, limit)
}

// ForgetAttendance deletes all of classes in which somebody was last seen before then.
func (q queries) ForgetAttendance(ctx context.Context, tenantID string, before time.Time, meetings int) (int64, error) {
	return q.deleted(ctx, "forget attendance", `DELETE FROM attendances WHERE tenant_id = ? AND meeting_id IN
		(SELECT DISTINCT meeting_id FROM (SELECT meeting_id FROM attendances WHERE tenant_id = ? AND last_seen < ? ORDER BY last_seen LIMIT ?) AS old)`,
		tenantID, tenantID, before, meetings)
}

// ForgetTrouble deletes tries to join and refused launches of before then, so many
// of each at most.
func (q queries) ForgetTrouble(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error) {
	tries, err := q.deleted(ctx, "forget tries to join", `DELETE FROM join_tries WHERE id IN
		(SELECT id FROM join_tries WHERE tenant_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`, tenantID, before, limit)
	if err != nil {
		return 0, err
	}
	refusals, err := q.deleted(ctx, "forget refusals", `DELETE FROM refusals WHERE id IN
		(SELECT id FROM refusals WHERE tenant_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`, tenantID, before, limit)
	return tries + refusals, err
}

// ForgetAudit deletes entries of the audit log of before then, so many at most.
func (q queries) ForgetAudit(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error) {
	return q.deleted(ctx, "forget audit entries", `DELETE FROM audit_entries WHERE id IN
		(SELECT id FROM audit_entries WHERE tenant_id = ? AND created_at < ? ORDER BY created_at LIMIT ?)`, tenantID, before, limit)
}

// staleEnrolment is the condition that nothing has been heard of one since then,
// by launch or roster.
const staleEnrolment = `tenant_id = ? AND updated_at < ? AND (ended_at < ? OR
	(proved_at IS NULL OR proved_at < ?) AND (launched_at IS NULL OR launched_at < ?) AND (roster_at IS NULL OR roster_at < ?))`

// ForgetEnrolments deletes stale enrolments, so many at most, with the places in
// channels that they gave.
func (q queries) ForgetEnrolments(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error) {
	n, err := q.deleted(ctx, "forget enrolments", `DELETE FROM enrolments WHERE id IN (SELECT id FROM enrolments WHERE `+staleEnrolment+` LIMIT ?)`,
		tenantID, before, before, before, before, before, limit)
	if err != nil || n == 0 {
		return n, err
	}
	_, err = q.deleted(ctx, "forget places in channels", `DELETE FROM admissions WHERE tenant_id = ? AND updated_at < ? AND state <> ?
		AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.course_id = admissions.course_id AND e.person_id = admissions.person_id)`,
		tenantID, before, classroom.AdmissionLeaving)
	return n, err
}

// SilentPersons lists people of whom nothing has been known since then.
func (q queries) SilentPersons(ctx context.Context, tenantID string, before time.Time, limit int) ([]classroom.Person, error) {
	const nothing = ` AND NOT EXISTS (SELECT 1 FROM `
	return list[classroom.Person](ctx, q, "silent persons", limit, "updated_at, id", `tenant_id = ? AND updated_at < ?`+
		nothing+`erasures x WHERE x.person_id = persons.id)`+
		nothing+`enrolments x WHERE x.person_id = persons.id)`+
		nothing+`launches x WHERE x.person_id = persons.id)`+
		nothing+`attendances x WHERE x.user_id IN ('p-' || persons.id, 'x-' || persons.id))`+
		nothing+`placements x WHERE x.person_id = persons.id)`+
		nothing+`grades x WHERE x.person_id = persons.id AND x.updated_at >= ?)`, tenantID, before, before)
}
