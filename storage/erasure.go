package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// ErasePerson deletes what is known of a person, and empties the row itself. The
// order is that of the references between the tables.
func (q queries) ErasePerson(ctx context.Context, p classroom.Person, userIDs []string, at, recent time.Time) (classroom.Erased, error) {
	var n classroom.Erased
	for _, step := range []struct {
		count *int64 // nil: of no interest
		query string
		args  []any
	}{
		{&n.Attendance, "DELETE FROM attendances WHERE tenant_id = ? AND user_id IN ?", []any{p.TenantID, userIDs}},
		{nil, "DELETE FROM seats WHERE tenant_id = ? AND user_id IN ?", []any{p.TenantID, userIDs}},
		{&n.Tries, `DELETE FROM join_tries WHERE tenant_id = ? AND (person_id = ? OR chat_user_id IN
			(SELECT chat_user_id FROM chat_links WHERE person_id = ?) AND chat_user_id <> '')`, []any{p.TenantID, p.ID, p.ID}},
		{&n.Refusals, "DELETE FROM refusals WHERE tenant_id = ? AND platform_id = ? AND subject = ? AND subject <> ''", []any{p.TenantID, p.PlatformID, p.Subject}},
		{&n.Grades, "DELETE FROM grades WHERE tenant_id = ? AND person_id = ?", []any{p.TenantID, p.ID}},
		{nil, "UPDATE grades SET sent_by = '' WHERE tenant_id = ? AND sent_by = ?", []any{p.TenantID, p.ID}},
		{nil, "UPDATE gradebooks SET asked_by = '' WHERE tenant_id = ? AND asked_by = ?", []any{p.TenantID, p.ID}},
		{&n.Links, "DELETE FROM chat_links WHERE tenant_id = ? AND person_id = ?", []any{p.TenantID, p.ID}},
		{nil, "DELETE FROM admissions WHERE tenant_id = ? AND person_id = ? AND state <> ?", []any{p.TenantID, p.ID, classroom.AdmissionLeaving}},
		{&n.Enrolments, "DELETE FROM enrolments WHERE tenant_id = ? AND person_id = ?", []any{p.TenantID, p.ID}},
		{&n.Launches, "DELETE FROM launches WHERE tenant_id = ? AND person_id = ? AND created_at < ?", []any{p.TenantID, p.ID, recent}},
		{nil, emptyLaunch + "tenant_id = ? AND person_id = ?", []any{at, p.TenantID, p.ID}},
		{nil, emptyPerson + "updated_at = ? WHERE tenant_id = ? AND id = ?", []any{at, p.TenantID, p.ID}},
		{nil, `INSERT INTO erasures (person_id, tenant_id, erased_at) VALUES (?, ?, ?)
			ON CONFLICT (person_id) DO UPDATE SET erased_at = excluded.erased_at`, []any{p.ID, p.TenantID, at}},
	} {
		done, err := q.deleted(ctx, "erase person "+p.ID, step.query, step.args...)
		if err != nil {
			return n, err
		}
		if step.count != nil {
			*step.count = done
		}
	}
	return n, nil
}

const (
	emptyLaunch = "UPDATE launches SET address = '', return_url = '', why = '', moderator = FALSE, ended_at = COALESCE(ended_at, ?) WHERE "
	emptyPerson = "UPDATE persons SET subject = '', name = '', chosen_name = '', email = '', locale = '', "
)

// EraseLate deletes what came in of people erased since then.
func (q queries) EraseLate(ctx context.Context, prefixes []string, since, recent time.Time) error {
	const erased = "(SELECT person_id FROM erasures WHERE erased_at >= ?)"
	type step struct {
		query string
		args  []any
	}
	var steps []step
	for _, prefix := range prefixes {
		steps = append(steps, step{"DELETE FROM attendances WHERE user_id IN (SELECT CAST(? AS TEXT) || person_id FROM erasures WHERE erased_at >= ?)", []any{prefix, since}})
	}
	for _, s := range append(steps,
		step{"DELETE FROM join_tries WHERE person_id IN " + erased, []any{since}},
		step{"DELETE FROM chat_links WHERE person_id IN " + erased, []any{since}},
		step{"DELETE FROM grades WHERE person_id IN " + erased, []any{since}},
		step{"DELETE FROM admissions WHERE person_id IN " + erased + " AND state <> ?", []any{since, classroom.AdmissionLeaving}},
		step{"DELETE FROM enrolments WHERE person_id IN " + erased, []any{since}},
		step{"DELETE FROM launches WHERE person_id IN " + erased + " AND created_at < ?", []any{since, recent}},
		step{emptyLaunch + "person_id IN " + erased + " AND (address <> '' OR return_url <> '')", []any{q.now(), since}},
		step{emptyPerson + "updated_at = updated_at WHERE id IN " + erased + " AND (name <> '' OR email <> '' OR chosen_name <> '' OR subject <> '')", []any{since}},
	) {
		if _, err := q.deleted(ctx, "erase late", s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetErased deletes rows of people erased before then to which nothing refers,
// so many at most.
func (q queries) ForgetErased(ctx context.Context, before time.Time, limit int) (int64, error) {
	const unless = " AND NOT EXISTS (SELECT 1 FROM "
	var ids []string
	err := q.on(ctx).Raw("SELECT person_id FROM erasures z WHERE z.erased_at < ?"+
		unless+"meetings x WHERE x.started_by = z.person_id)"+
		unless+"launches x WHERE x.person_id = z.person_id)"+
		unless+"placements x WHERE x.person_id = z.person_id)"+
		unless+"admissions x WHERE x.person_id = z.person_id)"+
		" ORDER BY z.erased_at LIMIT ?", before, limit).Scan(&ids).Error
	if err != nil || len(ids) == 0 {
		return 0, wrap("forget erased", err)
	}
	if _, err := q.deleted(ctx, "forget erased", "DELETE FROM erasures WHERE person_id IN ?", ids); err != nil {
		return 0, err
	}
	return q.deleted(ctx, "forget erased", "DELETE FROM persons WHERE id IN ? AND subject = '' AND name = ''", ids)
}

// FindErasure reads whether a person's data were erased.
func (q queries) FindErasure(ctx context.Context, tenantID, personID string) (classroom.Erasure, bool, error) {
	return find[classroom.Erasure](ctx, q, "erasure of person "+personID, "tenant_id = ? AND person_id = ?", tenantID, personID)
}

// SeenInside reports whether one of those ids was in an open class since then.
func (q queries) SeenInside(ctx context.Context, tenantID string, userIDs []string, since time.Time) (bool, error) {
	var n int64
	err := q.on(ctx).Raw(`SELECT COUNT(*) FROM attendances a JOIN meetings m ON m.id = a.meeting_id
		WHERE a.tenant_id = ? AND a.user_id IN ? AND a.last_seen >= ? AND m.open_room_id IS NOT NULL`, tenantID, userIDs, since).Row().Scan(&n)
	return n > 0, wrap("seen inside", err)
}

// AdmissionsOf lists a person's places in channels.
func (q queries) AdmissionsOf(ctx context.Context, tenantID, personID string) ([]classroom.Admission, error) {
	return list[classroom.Admission](ctx, q, "admissions of person "+personID, 0, "course_id", "tenant_id = ? AND person_id = ?", tenantID, personID)
}
