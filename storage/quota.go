package storage

import (
	"context"
	"time"

	"classbridge/classroom"

	"gorm.io/gorm/clause"
)

// FindQuota reads the tenant's limits.
func (q queries) FindQuota(ctx context.Context, tenantID string) (classroom.Quota, bool, error) {
	return find[classroom.Quota](ctx, q, "quota", "tenant_id = ?", tenantID)
}

// FindQuota reads the tenant's limits, as they were at most half a second ago.
func (db *DB) FindQuota(ctx context.Context, tenantID string) (classroom.Quota, bool, error) {
	return remembered(db.cache.quota, tenantID, func() (classroom.Quota, bool, error) { return db.queries.FindQuota(ctx, tenantID) })
}

// LockQuota reads the tenant's limits and keeps them from others until the
// transaction ends.
func (q queries) LockQuota(ctx context.Context, tenantID string) (classroom.Quota, bool, error) {
	q.gorm = q.on(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	return q.FindQuota(ctx, tenantID)
}

// SaveQuota inserts or replaces the tenant's limits.
func (q queries) SaveQuota(ctx context.Context, u classroom.Quota) error {
	return wrap("save quota", q.on(ctx).Exec(`INSERT INTO quota (tenant_id, meetings, participants, bytes, updated_at)
		VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET meetings = excluded.meetings,
		participants = excluded.participants, bytes = excluded.bytes, updated_at = excluded.updated_at`,
		u.TenantID, u.Meetings, u.Participants, u.Bytes, u.UpdatedAt).Error)
}

// SaveQuota inserts or replaces the tenant's limits.
func (db *DB) SaveQuota(ctx context.Context, u classroom.Quota) error {
	defer db.cache.drop()
	return db.queries.SaveQuota(ctx, u)
}

// Who is in an open meeting: seen at the last look, or sent in since then.
const (
	seenInside = `SELECT a.meeting_id, a.user_id FROM meetings m JOIN attendances a ON a.meeting_id = m.id
		WHERE m.tenant_id = ? AND m.open_room_id IS NOT NULL AND a.last_seen >= m.looked_at`
	sentInside = `SELECT s.meeting_id, s.user_id FROM meetings m JOIN seats s ON s.meeting_id = m.id
		WHERE m.tenant_id = ? AND m.open_room_id IS NOT NULL AND s.taken_at > ?`
)

// CountInside counts who is inside, or on the way in since then.
func (q queries) CountInside(ctx context.Context, tenantID string, since time.Time) (n int64, err error) {
	err = q.on(ctx).Raw("SELECT COUNT(*) FROM ("+seenInside+" UNION "+sentInside+") inside", tenantID, tenantID, since).Row().Scan(&n)
	return n, wrap("count inside", err)
}

// HasSeat reports whether CountInside counts that one.
func (q queries) HasSeat(ctx context.Context, meetingID, userID string, since time.Time) (bool, error) {
	var n int64
	err := q.on(ctx).Raw(`SELECT (SELECT COUNT(*) FROM meetings m JOIN attendances a ON a.meeting_id = m.id
			WHERE m.id = ? AND a.user_id = ? AND a.last_seen >= m.looked_at)
		+ (SELECT COUNT(*) FROM seats WHERE meeting_id = ? AND user_id = ? AND taken_at > ?)`,
		meetingID, userID, meetingID, userID, since).Row().Scan(&n)
	return n > 0, wrap("seat", err)
}

// TakeSeat inserts or replaces a seat.
func (q queries) TakeSeat(ctx context.Context, s classroom.Seat) error {
	return wrap("take seat", q.on(ctx).Exec(`INSERT INTO seats (meeting_id, user_id, tenant_id, taken_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (meeting_id, user_id) DO UPDATE SET taken_at = excluded.taken_at`, s.MeetingID, s.UserID, s.TenantID, s.TakenAt).Error)
}

// ForgetSeats deletes those that were taken before then.
func (q queries) ForgetSeats(ctx context.Context, before time.Time) error {
	return wrap("forget seats", q.on(ctx).Exec("DELETE FROM seats WHERE taken_at < ?", before).Error)
}

// CountOpenMeetings counts the tenant's.
func (q queries) CountOpenMeetings(ctx context.Context, tenantID string) (n int64, err error) {
	err = q.on(ctx).Raw("SELECT COUNT(*) FROM meetings WHERE tenant_id = ? AND open_room_id IS NOT NULL", tenantID).Row().Scan(&n)
	return n, wrap("count open meetings", err)
}

// CountBytes adds up the tenant's recordings that are not deleted.
func (q queries) CountBytes(ctx context.Context, tenantID string) (n int64, err error) {
	err = q.on(ctx).Raw(`SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM recordings WHERE tenant_id = ? AND state <> 'deleted'`, tenantID).Row().Scan(&n)
	return n, wrap("count bytes", err)
}
