package classroom

import (
	"context"
	"time"
)

// Quota is what a tenant may use at a time; 0: as much as there is.
type Quota struct {
	TenantID     string
	Meetings     int64 // classes that run at a time
	Participants int64 // people in all of them
	Bytes        int64 // of recordings
	UpdatedAt    time.Time
}

// QuotaStore keeps the limits, and counts what they limit.
type QuotaStore interface {
	FindQuota(ctx context.Context, tenantID string) (Quota, bool, error)
	// LockQuota reads the limits and keeps others who ask for them from going on
	// until the transaction ends.
	LockQuota(ctx context.Context, tenantID string) (Quota, bool, error)
	SaveQuota(ctx context.Context, q Quota) error // inserts or replaces
	CountOpenMeetings(ctx context.Context, tenantID string) (int64, error)
	// CountInside counts who was in an open meeting of the tenant at the last look,
	// or was sent in since then.
	CountInside(ctx context.Context, tenantID string, since time.Time) (int64, error)
	// CountBytes adds up the recordings of the tenant that are not deleted.
	CountBytes(ctx context.Context, tenantID string) (int64, error)
	// HasSeat reports whether CountInside counts that one.
	HasSeat(ctx context.Context, meetingID, userID string, since time.Time) (bool, error)
	TakeSeat(ctx context.Context, s Seat) error // inserts or replaces
	ForgetSeats(ctx context.Context, before time.Time) error
}

// Seat is somebody's on the way into a meeting.
type Seat struct {
	TenantID  string
	MeetingID string
	UserID    string // as BigBlueButton knows it
	TakenAt   time.Time
}

// seatFor is how long somebody who was sent in is counted without being seen.
const seatFor = 2 * time.Minute

// ChangeQuota changes the limits. Who is inside stays.
func (c *Classroom) ChangeQuota(ctx context.Context, q Quota) error {
	for field, n := range map[string]int64{"meetings": q.Meetings, "participants": q.Participants, "bytes": q.Bytes} {
		if n < 0 {
			return wrongNumber(field)
		}
	}
	q.UpdatedAt = c.Now()
	return c.Store.SaveQuota(ctx, q)
}

// mayOpen refuses a meeting that maintenance or a limit forbids. It was just
// inserted, so that of two who start at a time the second sees the first.
func (c *Classroom) mayOpen(ctx context.Context, tx Tx, m Meeting) error {
	window, found, err := tx.FindMaintenance(ctx, m.TenantID)
	if err != nil {
		return err
	}
	if found && window.Now(c.Now()) {
		return refuse(Unavailable, "error.maintenance")
	}
	q, found, err := tx.LockQuota(ctx, m.TenantID)
	if err != nil || !found {
		return err
	}
	u, err := c.usage(ctx, tx, q)
	switch {
	case err != nil:
		return err
	case q.Meetings > 0 && u.Meetings > q.Meetings: // with this one
		return refuse(Unavailable, "error.quota_meetings")
	case q.Participants > 0 && u.Participants >= q.Participants:
		return refuse(Unavailable, "error.quota_participants")
	case m.Record && q.Bytes > 0 && u.Bytes >= q.Bytes:
		return refuse(Unavailable, "error.quota_bytes")
	}
	return nil
}

// takeSeat refuses whoever would be one too many. Who is inside may come again:
// they are counted already.
func (c *Classroom) takeSeat(ctx context.Context, m Meeting, userID string) error {
	q, found, err := c.Store.FindQuota(ctx, m.TenantID)
	if err != nil || !found || q.Participants == 0 {
		return err
	}
	return c.Store.Tx(ctx, func(tx Tx) error {
		now := c.Now()
		if q, _, err = tx.LockQuota(ctx, m.TenantID); err != nil {
			return err
		}
		seated, err := tx.HasSeat(ctx, m.ID, userID, now.Add(-seatFor))
		if err != nil {
			return err
		}
		inside, err := tx.CountInside(ctx, m.TenantID, now.Add(-seatFor))
		if err != nil {
			return err
		}
		if !seated && q.Participants > 0 && inside >= q.Participants {
			return refuse(Unavailable, "error.quota_participants")
		}
		return tx.TakeSeat(ctx, Seat{TenantID: m.TenantID, MeetingID: m.ID, UserID: userID, TakenAt: now})
	})
}
