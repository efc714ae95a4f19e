package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How many recordings one sweep warns of, and how many it hides or deletes: each
// of these is a call to BigBlueButton.
const (
	warnBatch   = 200
	retireBatch = 20
)

// A warning that cannot be posted holds a recording for so long, and a server that
// does not answer for so long.
const (
	warningWaits = 7 * day
	retireAgain  = time.Hour
)

// retireRecordings does what the tenants' rules say: it tells courses of what is
// to happen to their recordings, and does it when the time has come.
func (c *Classroom) retireRecordings(ctx context.Context) error {
	rules, err := c.Store.Retentions(ctx)
	if err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	var failed error
	for _, r := range rules {
		for _, act := range []Retire{RetireHide, RetireDelete} {
			if r.days(act) > 0 {
				failed = errors.Join(failed, c.warnOf(ctx, r, act), c.retire(ctx, r, act))
			}
		}
	}
	return failed
}

// statesOf are those of recordings that an act concerns. Where they are hidden
// first, nobody is told of their deletion before that.
func (r Retention) statesOf(act Retire) []RecordingState {
	if act == RetireHide {
		return []RecordingState{RecordingPublished}
	}
	if r.days(RetireHide) > 0 {
		return []RecordingState{RecordingUnpublished}
	}
	return []RecordingState{RecordingPublished, RecordingUnpublished}
}

// warnOf tells courses of their recordings that an act comes near to: one post a
// room, written in the transaction that notes who was told.
func (c *Classroom) warnOf(ctx context.Context, r Retention, act Retire) error {
	near := c.Now().Add(-time.Duration(r.days(act)-r.WarnDays) * day)
	found, err := c.Store.RecordingsToWarnOf(ctx, r.TenantID, act, r.statesOf(act), near, warnBatch)
	if err != nil {
		return err
	}
	byRoom := map[string][]Recording{}
	for _, rec := range found {
		byRoom[rec.RoomID] = append(byRoom[rec.RoomID], rec)
	}
	for roomID, recordings := range byRoom {
		if err := c.warnRoom(ctx, r, act, roomID, recordings); err != nil {
			return fmt.Errorf("warn room %s of its recordings: %w", roomID, err)
		}
	}
	return nil
}

func (c *Classroom) warnRoom(ctx context.Context, r Retention, act Retire, roomID string, recordings []Recording) error {
	room, err := c.Store.Room(ctx, roomID)
	if err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx Tx) error {
		now := c.Now()
		warning := Announcement{
			ID: newID(), TenantID: room.TenantID, CourseID: room.CourseID, RoomID: room.ID, Warns: act,
			State: AnnouncementWaiting, CreatedAt: now,
		}
		told := 0
		for _, rec := range recordings {
			marked, err := c.mark(ctx, tx, r, act, rec, warning.ID)
			if err != nil {
				return err
			}
			if marked {
				told++
			}
		}
		if told == 0 || r.WarnDays == 0 {
			return nil
		}
		if err := tx.CreateAnnouncement(ctx, warning); err != nil {
			return err
		}
		if err := tx.TouchRoom(ctx, room.ID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Announce{AnnouncementID: warning.ID}, time.Time{})
	})
}

// mark notes that the course is told of a recording, under its meeting's lock:
// false if that has been done, or is not called for any more.
func (c *Classroom) mark(ctx context.Context, tx Tx, r Retention, act Retire, rec Recording, warningID string) (bool, error) {
	if _, err := tx.LockMeeting(ctx, rec.MeetingID); err != nil {
		return false, err
	}
	rec, err := tx.Recording(ctx, rec.ID)
	if err != nil {
		return false, err
	}
	next, at := r.Next(rec)
	if next != act || rec.Retire == act {
		return false, nil
	}
	soonest := c.Now().Add(time.Duration(r.WarnDays) * day)
	if at.Before(soonest) {
		at = soonest
	}
	rec.Retire, rec.RetireAt, rec.WarningID = act, at, ""
	if r.WarnDays > 0 {
		rec.WarningID = warningID
	}
	return true, tx.SaveRecording(ctx, rec)
}

// retire hides or deletes what was warned of, as long as the rules still say so.
func (c *Classroom) retire(ctx context.Context, r Retention, act Retire) error {
	now := c.Now()
	old := now.Add(-time.Duration(r.days(act)) * day)
	due, err := c.Store.RecordingsToRetire(ctx, r.TenantID, act, r.statesOf(act), old, now, now.Add(-warningWaits), retireBatch)
	if err != nil {
		return err
	}
	for _, rec := range due {
		if err := c.retireOne(ctx, rec, act); err != nil {
			c.Log.WarnContext(ctx, "a recording could not be retired", "recording", rec.ID, "act", act, "err", err)
			if err := c.retireLater(ctx, rec); err != nil {
				return err
			}
			if Is(err, Unavailable) {
				return nil // the others would wait for the same server
			}
		}
	}
	return nil
}

func (c *Classroom) retireOne(ctx context.Context, rec Recording, act Retire) error {
	if act == RetireHide {
		return c.publishRecording(ctx, rec, false, asItIs)
	}
	return c.deleteRecording(ctx, rec)
}

func (c *Classroom) retireLater(ctx context.Context, rec Recording) error {
	return c.changeRecording(ctx, rec, func(_ Tx, _ Meeting, r *Recording) error {
		r.RetireAt = c.Now().Add(retireAgain)
		return nil
	})
}

// warningNotice tells of the recordings that a warning names, as far as it still
// holds. What was done meanwhile, the posts of the recordings say.
func (c *Classroom) warningNotice(ctx context.Context, a Announcement, n Notice) (Notice, error) {
	warned, err := c.Store.RecordingsWarnedOf(ctx, a.ID)
	if err != nil {
		return n, err
	}
	n.Kind = NoticeDeleting
	if a.Warns == RetireHide {
		n.Kind = NoticeHiding
	}
	for _, r := range warned {
		if r.Retire != a.Warns {
			continue
		}
		n.Classes = append(n.Classes, r.StartedAt)
		if n.EndedAt.IsZero() || r.RetireAt.Before(n.EndedAt) {
			n.EndedAt = r.RetireAt
		}
	}
	if len(n.Classes) > 0 {
		return n, nil
	}
	if a.PostID == "" {
		return n, errNobodyReads
	}
	n.Kind = NoticeKept
	return n, nil
}
