package classroom

import (
	"context"
	"fmt"
	"strings"
	"time"

	"classbridge/bbb"
)

// End ends the room's meeting for everybody.
func (c *Classroom) End(ctx context.Context, a Access) error {
	if !a.MayModerate(c.Now()) {
		return refuse(Forbidden, "error.not_moderator")
	}
	m, found, err := c.Store.FindOpenMeeting(ctx, a.Room.ID)
	if err != nil {
		return fmt.Errorf("end in room %s: %w", a.Room.ID, err)
	}
	if !found {
		return nil // what was asked for is so
	}
	return c.endOpen(ctx, m)
}

// EndMeeting ends a meeting of the tenant for everybody.
func (c *Classroom) EndMeeting(ctx context.Context, tenantID, meetingID string) (LiveMeeting, error) {
	m, err := c.Store.TenantMeeting(ctx, tenantID, meetingID)
	if err != nil || m.OpenRoomID == nil {
		return m, err
	}
	return m, c.endOpen(ctx, m.Meeting)
}

func (c *Classroom) endOpen(ctx context.Context, m Meeting) error {
	m, err := c.running(ctx, m.ID)
	if err != nil {
		return err
	}
	// Who is inside now is seen for the last time.
	if _, err := c.look(ctx, m.ID); err != nil {
		c.Log.InfoContext(ctx, "no last look before the end", "meeting", m.ID, "err", err)
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return err
	}
	if err := client.End(ctx, m.ID, c.moderatorPW(m)); err != nil && !bbb.NotFound(err) {
		return &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: fmt.Errorf("end meeting %s: %w", m.ID, err)}
	}
	return c.endHinted(ctx, m.ID, func(*Meeting) bool { return false })
}

// MeetingEnded is BigBlueButton's callback. It is a hint: it makes us look, and
// believe at once that a meeting which is not found has ended. marks is "false"
// when BBB says that nobody pressed record.
func (c *Classroom) MeetingEnded(ctx context.Context, token, marks string) error {
	id, code, _ := strings.Cut(token, ".")
	if !c.Signer.CodeIs(code, "bbb ended", id) {
		return refuse(NotFound, "not_found")
	}
	if err := c.noteCallback(ctx, id); err != nil {
		return err
	}
	return c.endHinted(ctx, id, func(m *Meeting) bool {
		if marks != "false" || m.Unmarked {
			return false
		}
		m.Unmarked = true
		if m.RecordingState == RecordingProcessing {
			m.RecordingState = RecordingNone
		}
		return true
	})
}

// noteCallback writes down that the meeting's server can reach us.
func (c *Classroom) noteCallback(ctx context.Context, meetingID string) error {
	m, err := c.Store.Meeting(ctx, meetingID)
	if err != nil {
		return err
	}
	return c.Store.NoteCallback(ctx, m.TenantID, m.ServerID, c.Now())
}

func (c *Classroom) endedToken(m Meeting) string {
	return m.ID + "." + c.Signer.CodeOf(m.KeyID, "bbb ended", m.ID)
}

// lateHints is how long after its end a meeting is still told something: BBB
// repeats its callback for minutes, and the address is public once a recording is.
const lateHints = 15 * time.Minute

// endHinted notes a word that the meeting ends, and looks. note reports whether
// it changed something of its own.
func (c *Classroom) endHinted(ctx context.Context, meetingID string, note func(*Meeting) bool) error {
	return c.change(ctx, meetingID, func(tx Tx, m *Meeting) error {
		now := c.Now()
		if m.OpenRoomID == nil && now.Sub(m.EndedAt) > lateHints {
			return errSame
		}
		noted := note(m)
		if m.OpenRoomID == nil || m.ending(now) {
			if noted {
				return nil
			}
			return errSame
		}
		m.EndAskedAt = now
		return tx.Enqueue(ctx, Reconcile{MeetingID: m.ID}, time.Time{})
	})
}

// LookInside asks BigBlueButton who is in a meeting now; nil when it knows of none.
// Unavailable when it does not answer.
func (c *Classroom) LookInside(ctx context.Context, m Meeting) (*bbb.Info, error) {
	if m.State != MeetingRunning {
		return nil, nil
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return nil, err
	}
	info, err := client.Info(ctx, m.ID)
	switch {
	case bbb.NotFound(err):
		return nil, nil
	case err != nil:
		return nil, &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: fmt.Errorf("look inside meeting %s: %w", m.ID, err)}
	}
	return info, nil
}
