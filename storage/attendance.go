package storage

import (
	"context"
	"strings"

	"classbridge/classroom"
)

// seeBatch keeps one statement below the number of parameters that both databases take.
const seeBatch = 500

// SeeInside notes who is inside: first seen once, last seen always. The name is
// the newest; who was counted once stays counted.
func (q queries) SeeInside(ctx context.Context, inside []classroom.Attendance) error {
	for len(inside) > 0 {
		n := min(len(inside), seeBatch)
		if err := q.seeInside(ctx, inside[:n]); err != nil {
			return wrap("see inside", err)
		}
		inside = inside[n:]
	}
	return nil
}

func (q queries) seeInside(ctx context.Context, inside []classroom.Attendance) error {
	args := make([]any, 0, 7*len(inside))
	for _, a := range inside {
		args = append(args, a.MeetingID, a.UserID, a.TenantID, a.Name, a.Counted, a.FirstSeen, a.LastSeen)
	}
	return q.on(ctx).Exec(`INSERT INTO attendances (meeting_id, user_id, tenant_id, name, counted, first_seen, last_seen)
		VALUES `+strings.Repeat(", (?, ?, ?, ?, ?, ?, ?)", len(inside))[2:]+`
		ON CONFLICT (meeting_id, user_id) DO UPDATE SET name = excluded.name, last_seen = excluded.last_seen,
			counted = attendances.counted OR excluded.counted`, args...).Error
}

// Attended lists who was seen in those meetings, by name, each UserID once: from
// the first sight of it to the last.
func (q queries) Attended(ctx context.Context, meetingIDs []string) ([]classroom.Attendance, error) {
	seen, err := list[classroom.Attendance](ctx, q, "attended", 0, "name, user_id, first_seen", "meeting_id IN ?", meetingIDs)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(seen))
	once := seen[:0]
	for _, a := range seen {
		i, ok := at[a.UserID]
		if !ok {
			at[a.UserID] = len(once)
			once = append(once, a)
			continue
		}
		once[i] = merge(once[i], a)
	}
	return once, nil
}

func merge(a, b classroom.Attendance) classroom.Attendance {
	if b.FirstSeen.Before(a.FirstSeen) {
		a.FirstSeen = b.FirstSeen
	}
	if b.LastSeen.After(a.LastSeen) {
		a.LastSeen = b.LastSeen
	}
	a.Counted = a.Counted || b.Counted
	return a
}
