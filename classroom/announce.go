package classroom

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// announceLease is how long one worker has a post to itself: longer than a call
// to the chat may take, shorter than anybody waits for a post.
const announceLease = 20 * time.Second

// Work on a post that has to wait for its channel, its thread or another worker
// comes back soon, then ever more seldom, and gives up after a week.
const (
	announceSoon   = 2 * time.Second
	announceLater  = time.Minute
	announceGiveUp = 7 * 24 * time.Hour
)

func (a Announcement) again(now time.Time) time.Duration {
	age := now.Sub(a.CreatedAt)
	return min(max(announceSoon, age/20), announceLater)
}

// announcementOf answers the post of a meeting that starts now: that of the
// class that ended minutes ago continues, so that a restart is no second post.
func (c *Classroom) announcementOf(ctx context.Context, tx Tx, a Access, now time.Time) (string, error) {
	last, found, err := tx.FindLastMeeting(ctx, a.Room.ID)
	if err != nil {
		return "", err
	}
	if found && last.AnnouncementID != "" && now.Sub(last.EndedAt) < Continues {
		// Under its lock, so that nobody drops it at the same time.
		previous, err := tx.LockAnnouncement(ctx, last.AnnouncementID)
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
// says something else, left alone if it is right. One worker at a time does it,
// and reads the truth when it has its turn, so that the newest word stays.
//
// Nothing is sent twice: the pending id is stored before the first try, and who
// tries again looks into the channel first.
func (c *Classroom) announce(ctx context.Context, id string) (Outcome, error) {
	a, turn, err := c.leaseAnnouncement(ctx, id)
	switch {
	case err != nil:
		return Outcome{}, err
	case turn == turnOver:
		return Outcome{}, nil
	case turn == turnTaken:
		return Outcome{Again: announceSoon}, nil
	}
	again, err := c.keepUp(ctx, a)
	// The turn ends whatever became of it; a worker that dies keeps it until the lease is over.
	free := c.changeAnnouncement(context.WithoutCancel(ctx), a.ID, func(a *Announcement) {
		a.LeaseUntil = time.Time{}
		a.tried(err, c.Now())
	})
	return again, errors.Join(err, free)
}

// keepUp shows what there is to show.
func (c *Classroom) keepUp(ctx context.Context, a Announcement) (Outcome, error) {
	p, err := c.postOf(ctx, a)
	switch {
	case errors.Is(err, errNotYet) && c.Now().Sub(a.CreatedAt) < announceGiveUp:
		return Outcome{Again: a.again(c.Now())}, nil
	case errors.Is(err, errNothingToSay):
		return Outcome{}, nil
	case errors.Is(err, errNotYet), errors.Is(err, errNobodyReads):
		return Outcome{}, c.drop(ctx, a.ID)
	case err != nil:
		return Outcome{}, fmt.Errorf("announcement %s: %w", a.ID, err)
	}
	shown := digest(p.Notice)
	if a.PostID != "" && a.Shown == shown {
		return Outcome{}, nil
	}
	return c.show(ctx, a, p, shown)
}

// show sends or edits the post, and writes down that it did.
func (c *Classroom) show(ctx context.Context, a Announcement, p Post, shown string) (Outcome, error) {
	var err error
	postID := a.PostID
	if postID == "" {
		if p, err = c.firstTry(ctx, a, p); err == nil {
			postID, err = c.publish(ctx, a.TenantID, p)
		}
	} else {
		err = c.Chat.Edit(ctx, a.TenantID, a.ChannelID, postID, p.Notice)
	}
	write := context.WithoutCancel(ctx) // the post is there, whatever becomes of this worker
	switch {
	case errors.Is(err, ErrPostGone):
		return Outcome{}, c.changeAnnouncement(write, a.ID, func(a *Announcement) { a.State = AnnouncementGone })
	case errors.Is(err, ErrChannelGone):
		return c.channelGone(write, a, p.ChannelID)
	case err != nil:
		return Outcome{}, fmt.Errorf("announcement %s: %w", a.ID, err)
	}
	return Outcome{}, c.changeAnnouncement(write, a.ID, func(a *Announcement) {
		a.State, a.ChannelID, a.PostID, a.Shown = AnnouncementPosted, p.ChannelID, postID, shown
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

// firstTry stores the pending id before the first send; afterwards the channel
// is searched before anything is sent.
func (c *Classroom) firstTry(ctx context.Context, a Announcement, p Post) (Post, error) {
	p.Key, p.PendingID, p.FirstTry, p.Retry = a.ID, a.PendingID, a.FirstTry, a.PendingID != ""
	if p.Retry {
		return p, nil
	}
	p.PendingID, p.FirstTry = rand.Text(), c.Now()
	return p, c.changeAnnouncement(ctx, a.ID, func(a *Announcement) {
		a.PendingID, a.FirstTry = p.PendingID, p.FirstTry
	})
}

// channelGone asks for the course's channel again when it was archived or
// deleted; a post in a channel that the course has left is not followed there.
func (c *Classroom) channelGone(ctx context.Context, a Announcement, channelID string) (Outcome, error) {
	left := false
	err := c.changeCourse(ctx, a.CourseID, func(tx Tx, course *Course) error {
		left = course.ChannelID != channelID
		if left || course.Channel != ChannelOpen {
			return nil
		}
		course.Channel = ChannelWanted
		return tx.Enqueue(ctx, OpenChannel{CourseID: course.ID}, time.Time{})
	})
	if err != nil || !left {
		return Outcome{Again: a.again(c.Now())}, err
	}
	return Outcome{}, c.changeAnnouncement(ctx, a.ID, func(a *Announcement) { a.State = AnnouncementGone })
}

// drop gives a post up that nobody would read, unless a class that it tells of
// was started again meanwhile.
func (c *Classroom) drop(ctx context.Context, id string) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		a, err := tx.LockAnnouncement(ctx, id)
		if err != nil {
			return err
		}
		meetings, err := tx.MeetingsAnnounced(ctx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(meetings, func(m Meeting) bool { return m.OpenRoomID != nil && m.SeenAt.IsZero() }) {
			return nil
		}
		a.State, a.UpdatedAt = AnnouncementDropped, c.Now()
		return tx.SaveAnnouncement(ctx, a)
	})
}

// turn is a worker's at a post, or not.
type turn int

const (
	turnMine  turn = iota
	turnTaken      // another worker is at it
	turnOver       // nothing is to be done any more
)

// leaseAnnouncement lets one worker at a time read, send or edit a post.
func (c *Classroom) leaseAnnouncement(ctx context.Context, id string) (a Announcement, t turn, err error) {
	now := c.Now()
	err = c.Store.Tx(ctx, func(tx Tx) error {
		a, err = tx.LockAnnouncement(ctx, id)
		switch {
		case err != nil:
			return err
		case a.State == AnnouncementGone || a.State == AnnouncementDropped:
			t = turnOver
			return nil
		case now.Before(a.LeaseUntil):
			t = turnTaken
			return nil
		}
		a.LeaseUntil, a.UpdatedAt = now.Add(announceLease), now
		return tx.SaveAnnouncement(ctx, a)
	})
	return a, t, err
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
