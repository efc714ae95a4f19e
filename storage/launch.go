package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

const launchInsert = `INSERT INTO launches
	(id, tenant_id, platform_id, nonce, person_id, course_id, room_id, moderator, why, address, return_url, created_at, seen_at, ended_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// CreateLaunch inserts a launch; Conflict if its nonce was used before. The
// database decides, so that of two replicas one wins.
func (q queries) CreateLaunch(ctx context.Context, l classroom.Launch) error {
	err := q.on(ctx).Exec(launchInsert, l.ID, l.TenantID, l.PlatformID, l.Nonce, l.PersonID, l.CourseID, l.RoomID,
		l.Moderator, l.Why, l.Address, l.ReturnURL, l.CreatedAt, l.SeenAt, l.EndedAt).Error
	return wrap("create launch "+l.ID, err)
}

// FindLaunch reads a launch.
func (q queries) FindLaunch(ctx context.Context, id string) (classroom.Launch, bool, error) {
	return find[classroom.Launch](ctx, q, "launch "+id, "id = ?", id)
}

// SeeLaunch notes a sign of life of the session.
func (q queries) SeeLaunch(ctx context.Context, id string, at time.Time) error {
	return q.exec(ctx, "see launch "+id, "UPDATE launches SET seen_at = ? WHERE id = ?", at, id)
}

// EndLaunch ends the session; one that has ended keeps its time.
func (q queries) EndLaunch(ctx context.Context, id string, at time.Time) error {
	return q.exec(ctx, "end launch "+id, "UPDATE launches SET ended_at = COALESCE(ended_at, ?) WHERE id = ?", at, id)
}
