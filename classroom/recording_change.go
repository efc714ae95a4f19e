package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/bbb"
)

// changeRecording alters a recording under the lock of its meeting, as all that
// change one do, and lets the room pages know. errSame writes nothing.
func (c *Classroom) changeRecording(ctx context.Context, r Recording, alter func(Tx, Meeting, *Recording) error) error {
	err := c.Store.Tx(ctx, func(tx Tx) error {
		m, err := tx.LockMeeting(ctx, r.MeetingID)
		if err != nil {
			return err
		}
		if r, err = tx.Recording(ctx, r.ID); err != nil {
			return err
		}
		if err := alter(tx, m, &r); err != nil {
			return err
		}
		r.UpdatedAt = c.Now()
		if err := tx.SaveRecording(ctx, r); err != nil {
			return err
		}
		return tx.TouchRoom(ctx, r.RoomID)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// askAgainIn is when BigBlueButton is asked whether what it was told is so.
const askAgainIn = time.Minute

// PublishRecording shows a recording of the tenant, or hides it.
func (c *Classroom) PublishRecording(ctx context.Context, tenantID, id string, published bool) (Recording, error) {
	r, err := c.Store.TenantRecording(ctx, tenantID, id)
	if err != nil {
		return r, err
	}
	if r.State == RecordingDeleted {
		return r, refuse(Conflict, "console.bbb.error.deleted")
	}
	rules, err := c.Retention(ctx, tenantID)
	if err != nil {
		return r, err
	}
	return r, c.publishRecording(ctx, r, published, func(r *Recording) {
		r.Retire, r.RetireAt, r.WarningID = "", time.Time{}, ""
		if _, at := rules.Next(*r); published && !at.IsZero() && at.Before(c.Now()) {
			r.Kept = true // or the rules would hide it again at once
		}
	})
}

func (c *Classroom) publishRecording(ctx context.Context, r Recording, published bool, note func(*Recording)) error {
	state := RecordingUnpublished
	if published {
		state = RecordingPublished
	}
	return c.turnRecording(ctx, r, state, note, func(client *bbb.Client) error { return client.Publish(ctx, r.RecordID, published) })
}

// DeleteRecording deletes a recording of the tenant for good.
func (c *Classroom) DeleteRecording(ctx context.Context, tenantID, id string) (Recording, error) {
	r, err := c.Store.TenantRecording(ctx, tenantID, id)
	if err != nil || r.State == RecordingDeleted {
		return r, err
	}
	return r, c.deleteRecording(ctx, r)
}

func (c *Classroom) deleteRecording(ctx context.Context, r Recording) error {
	return c.turnRecording(ctx, r, RecordingDeleted, asItIs, func(client *bbb.Client) error { return client.Delete(ctx, r.RecordID) })
}

// asItIs notes nothing more.
func asItIs(*Recording) {}

// turnRecording has BigBlueButton do something, and writes down what it means, and
// what note adds. The posts follow. One that BigBlueButton does not know any more was deleted there.
func (c *Classroom) turnRecording(ctx context.Context, r Recording, state RecordingState, note func(*Recording), do func(*bbb.Client) error) error {
	m, err := c.Store.Meeting(ctx, r.MeetingID)
	if err != nil {
		return err
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return err
	}
	err = do(client)
	switch {
	case bbb.NotFound(err):
		state = RecordingDeleted
	case err != nil:
		return &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: fmt.Errorf("recording %s: %w", r.ID, err)}
	}
	// It is done, whether whoever asked still waits or not.
	ctx = context.WithoutCancel(ctx)
	return c.changeRecording(ctx, r, func(tx Tx, m Meeting, r *Recording) error {
		r.State = state
		note(r)
		if err := tx.Enqueue(ctx, FindRecordings{MeetingID: m.ID}, c.Now().Add(askAgainIn)); err != nil {
			return err
		}
		return c.announceRecording(ctx, tx, m, r)
	})
}

// KeepRecording takes a recording of the tenant out of the rules of retention, or
// gives it back to them: then its course is warned anew.
func (c *Classroom) KeepRecording(ctx context.Context, tenantID, id string, kept bool) (Recording, error) {
	r, err := c.Store.TenantRecording(ctx, tenantID, id)
	if err != nil {
		return r, err
	}
	return r, c.changeRecording(ctx, r, func(tx Tx, _ Meeting, r *Recording) error {
		if r.Kept == kept {
			return errSame
		}
		warning := r.WarningID
		r.Kept, r.Retire, r.RetireAt, r.WarningID = kept, "", time.Time{}, ""
		return c.warnAnew(ctx, tx, warning)
	})
}

// warnAnew has a warning say what still holds of it.
func (c *Classroom) warnAnew(ctx context.Context, tx Tx, announcementID string) error {
	if announcementID == "" {
		return nil
	}
	return tx.Enqueue(ctx, Announce{AnnouncementID: announcementID}, time.Time{})
}

// PlayRecording answers where a recording of the tenant is played, asked for at
// this click.
func (c *Classroom) PlayRecording(ctx context.Context, tenantID, id string) (Recording, string, error) {
	r, err := c.Store.TenantRecording(ctx, tenantID, id)
	if err != nil {
		return r, "", err
	}
	address, err := c.play(ctx, r.RoomID, r.ID)
	return r, address, err
}
