package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

var launchInsert = newStatement(`INSERT INTO launches
	(id, tenant_id, platform_id, nonce, person_id, course_id, room_id, moderator, why, address, return_url, created_at, seen_at, ended_at)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

// CreateLaunch inserts a launch; Conflict if its nonce was used before. The
// database decides, so that of two replicas one wins.
func (q queries) CreateLaunch(ctx context.Context, l classroom.Launch) error {
	back, err := q.sealReturnURL(l)
	if err != nil {
		return wrap("create launch "+l.ID, err)
	}
	err = q.run(ctx, launchInsert, l.ID, l.TenantID, l.PlatformID, l.Nonce, l.PersonID, l.CourseID, l.RoomID,
		l.Moderator, l.Why, l.Address, back, l.CreatedAt, l.SeenAt, l.EndedAt)
	return wrap("create launch "+l.ID, err)
}

// FindLaunch reads a launch.
func (q queries) FindLaunch(ctx context.Context, id string) (classroom.Launch, bool, error) {
	l, found, err := find[classroom.Launch](ctx, q, "launch "+id, "id = ?", id)
	if err != nil || !found {
		return l, found, err
	}
	return l, true, wrap("launch "+id, q.openReturnURL(&l))
}

// The address back to the LMS may hold the person's session key there (Moodle's
// sesskey), so it is sealed as our own secrets are.
func (q queries) sealReturnURL(l classroom.Launch) (string, error) {
	if l.ReturnURL == "" {
		return "", nil
	}
	return q.vault.Seal([]byte(l.ReturnURL), returnURLOf(l.ID))
}

func (q queries) openReturnURL(l *classroom.Launch) error {
	if l.ReturnURL == "" {
		return nil
	}
	plain, err := q.vault.Open(l.ReturnURL, returnURLOf(l.ID))
	l.ReturnURL = string(plain)
	return err
}

func returnURLOf(launchID string) string { return "launches/" + launchID + "/return_url" }

// SeeLaunch notes a sign of life of the session.
func (q queries) SeeLaunch(ctx context.Context, id string, at time.Time) error {
	return q.exec(ctx, "see launch "+id, "UPDATE launches SET seen_at = ? WHERE id = ?", at, id)
}

// EndLaunch ends the session; one that has ended keeps its time.
func (q queries) EndLaunch(ctx context.Context, id string, at time.Time) error {
	return q.exec(ctx, "end launch "+id, "UPDATE launches SET ended_at = COALESCE(ended_at, ?) WHERE id = ?", at, id)
}
