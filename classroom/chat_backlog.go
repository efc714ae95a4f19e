package classroom

import (
	"context"
	"time"
)

// OpenAnnouncement is a post that is not what it should be.
type OpenAnnouncement struct {
	Announcement
	Course string
	Room   string
}

// Failed reports whether it was tried, and did not work.
func (a OpenAnnouncement) Failed() bool { return a.Problem != "" }

// BacklogStore is what the console reads of announcements.
type BacklogStore interface {
	// OpenAnnouncements lists those of the tenant that wait or fail, the oldest first.
	OpenAnnouncements(ctx context.Context, tenantID string, offset, limit int) ([]OpenAnnouncement, error)
	CountOpenAnnouncements(ctx context.Context, tenantID string) (waiting, failed int64, err error)
	AnnouncementOf(ctx context.Context, tenantID, id string) (Announcement, error)
}

// RetryAnnouncement tries a post now, whenever it would be tried by itself.
func (c *Classroom) RetryAnnouncement(ctx context.Context, tenantID, id string) (Announcement, error) {
	return c.changeOpen(ctx, tenantID, id, func(tx Tx, a *Announcement) error {
		return tx.Enqueue(ctx, Announce{AnnouncementID: a.ID}, time.Time{})
	})
}

// GiveUpAnnouncement leaves a post as it is, for good.
func (c *Classroom) GiveUpAnnouncement(ctx context.Context, tenantID, id string) (Announcement, error) {
	return c.changeOpen(ctx, tenantID, id, func(_ Tx, a *Announcement) error {
		a.State, a.Problem = AnnouncementDropped, ""
		return nil
	})
}

func (c *Classroom) changeOpen(ctx context.Context, tenantID, id string, alter func(Tx, *Announcement) error) (Announcement, error) {
	a, err := c.Store.AnnouncementOf(ctx, tenantID, id)
	if err != nil {
		return a, err
	}
	err = c.Store.Tx(ctx, func(tx Tx) error {
		if a, err = tx.LockAnnouncement(ctx, id); err != nil {
			return err
		}
		if a.State != AnnouncementWaiting && a.Problem == "" {
			return refuse(Conflict, "error.announcement_done")
		}
		if err := alter(tx, &a); err != nil {
			return err
		}
		a.UpdatedAt = c.Now()
		return tx.SaveAnnouncement(ctx, a)
	})
	return a, err
}
