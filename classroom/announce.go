package classroom

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// announceLease is how long one worker has a post to itself: longer than a call
// to the chat may take, shorter than anybody waits for a post.
const announceLease = 20 * time.Second

// announceSoon is when a worker that found the post busy, or its thread not
// there yet, tries again.
const announceSoon = 2 * time.Second

// announcementOf answers the post of a meeting that starts now: that of the
// class that ended minutes ago continues, so that a restart is no second post.
func (c *Classroom) announcementOf(ctx context.Context, tx Tx, a Access, now time.Time) (string, error) {
	last, found, err := tx.FindLastMeeting(ctx, a.Room.ID)
	if err != nil {
		return "", err
	}
	if found && last.AnnouncementID != "" && now.Sub(last.EndedAt) < Continues {
		previous, err := tx.Announcement(ctx, last.AnnouncementID)
		if err != nil {
			return "", err
		}
		if previous.State == AnnouncementWaiting || previous.State == AnnouncementPosted {
			return previous.ID, nil
		}
	}
	fresh := Announcement{
		ID: newID(), TenantID: a.Room.TenantID, CourseID: a.Course.ID, RoomID: a.Room.ID,
		State: AnnouncementWaiting, CreatedAt: now,
	}
	return fresh.ID, tx.CreateAnnouncement(ctx, fresh)
}

// announce makes one post show the truth: sent if it is not there, edited if it
// says something else, left alone if it is right.
//
// Nothing is sent twice: the pending id is stored before the first try, and who
// tries again looks into the channel first.
func (c *Classroom) announce(ctx context.Context, id string) (Outcome, error) {
	a, err := c.Store.Announcement(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if a.State == AnnouncementGone || a.State == AnnouncementDropped {
		return Outcome{}, nil
	}
	p, err := c.postOf(ctx, a)
	switch {
	case errors.Is(err, errNotYet):
		return Outcome{Again: announceSoon}, nil
	case errors.Is(err, errNothingToSay):
		return Outcome{}, nil
	case errors.Is(err, errNobodyReads):
		return Outcome{}, c.changeAnnouncement(ctx, a.ID, func(a *Announcement) { a.State = AnnouncementDropped })
	case err != nil:
		return Outcome{}, fmt.Errorf("announcement %s: %w", id, err)
	}
	if a.PostID != "" && a.Shown == digest(p.Notice) {
		return Outcome{}, nil
	}
	lease, err := c.leaseAnnouncement(ctx, a.ID)
	if err != nil {
		return Outcome{}, err
	}
	if !lease.mine {
		return Outcome{Again: announceSoon}, nil
	}
	return Outcome{}, c.inTurn(ctx, lease)
}

// inTurn does what a lease is for. The truth is read again: another worker may
// have shown a newer one between our look and our turn.
func (c *Classroom) inTurn(ctx context.Context, l lease) error {
	p, err := c.postOf(ctx, l.Announcement)
	shown := digest(p.Notice)
	if err != nil || l.PostID != "" && l.Shown == shown {
		free := c.changeAnnouncement(context.WithoutCancel(ctx), l.ID, func(a *Announcement) { a.LeaseUntil = time.Time{} })
		return errors.Join(err, free)
	}
	p.Retry = !l.first
	return c.show(ctx, l.Announcement, p, shown)
}

// show sends or edits the post, and writes down that it did.
func (c *Classroom) show(ctx context.Context, a Announcement, p Post, shown string) error {
	var err error
	postID := a.PostID
	if postID == "" {
		p.Key, p.PendingID, p.FirstTry = a.ID, a.PendingID, a.FirstTry
		postID, err = c.publish(ctx, a.TenantID, p)
	} else {
		err = c.Chat.Edit(ctx, a.TenantID, a.ChannelID, postID, p.Notice)
	}
	write := context.WithoutCancel(ctx) // the post is there, whatever becomes of this worker
	if errors.Is(err, ErrPostGone) {
		return c.changeAnnouncement(write, a.ID, func(a *Announcement) { a.State = AnnouncementGone })
	}
	if err != nil {
		free := c.changeAnnouncement(write, a.ID, func(a *Announcement) { a.LeaseUntil = time.Time{} })
		return errors.Join(fmt.Errorf("announcement %s: %w", a.ID, err), free)
	}
	return c.changeAnnouncement(write, a.ID, func(a *Announcement) {
		a.State, a.ChannelID, a.PostID, a.Shown, a.LeaseUntil = AnnouncementPosted, p.ChannelID, postID, shown, time.Time{}
	})
}

// publish sends the post. What a repeated try finds in the channel, or gets back
// for the pending id, is the earlier try's post, which says what was true then.
func (c *Classroom) publish(ctx context.Context, tenantID string, p Post) (string, error) {
	postID, err := c.Chat.Publish(ctx, tenantID, p)
	if err != nil || !p.Retry {
		return postID, err
	}
	return postID, c.Chat.Edit(ctx, tenantID, p.ChannelID, postID, p.Notice)
}

// lease is a worker's turn at a post.
type lease struct {
	Announcement
	mine  bool // else another worker is at it
	first bool // nobody has tried to send it before
}

// leaseAnnouncement lets one worker at a time send or edit a post. The first one
// stores the pending id and the time of the first try.
func (c *Classroom) leaseAnnouncement(ctx context.Context, id string) (l lease, err error) {
	now := c.Now()
	err = c.Store.Tx(ctx, func(tx Tx) error {
		a, err := tx.LockAnnouncement(ctx, id)
		if err != nil || now.Before(a.LeaseUntil) {
			return err
		}
		l.mine, l.first = true, a.PendingID == ""
		a.LeaseUntil, a.UpdatedAt = now.Add(announceLease), now
		if l.first {
			a.PendingID, a.FirstTry = rand.Text(), now
		}
		l.Announcement = a
		return tx.SaveAnnouncement(ctx, a)
	})
	return l, err
}

func (c *Classroom) changeAnnouncement(ctx context.Context, id string, alter func(*Announcement)) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		a, err := tx.LockAnnouncement(ctx, id)
		if err != nil {
			return err
		}
		alter(&a)
		a.UpdatedAt = c.Now()
		return tx.SaveAnnouncement(ctx, a)
	})
}

// digest tells whether a post shows something else than it did.
func digest(n Notice) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic(err) // plain values only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
