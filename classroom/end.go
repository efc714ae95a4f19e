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
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return err
	}
	if err := client.End(ctx, m.ID, c.moderatorPW(m.ID)); err != nil && !bbb.NotFound(err) {
		return &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: fmt.Errorf("end meeting %s: %w", m.ID, err)}
	}
	return c.endHinted(ctx, m.ID, func(*Meeting) {})
}

// MeetingEnded is BigBlueButton's callback. It is a hint: it makes us look, and
// believe at once that a meeting which is not found has ended. marks is "false"
// when BBB says that nobody pressed record.
func (c *Classroom) MeetingEnded(ctx context.Context, token, marks string) error {
	id, code, _ := strings.Cut(token, ".")
	if !c.Signer.CodeIs(code, "bbb ended", id) {
		return refuse(NotFound, "not_found")
	}
	return c.endHinted(ctx, id, func(m *Meeting) {
		m.Unmarked = m.Unmarked || marks == "false"
		if m.Unmarked && m.RecordingState == RecordingProcessing {
			m.RecordingState = RecordingNone
		}
	})
}

func (c *Classroom) endedToken(meetingID string) string {
	return meetingID + "." + c.Signer.Code("bbb ended", meetingID)
}

func (c *Classroom) endHinted(ctx context.Context, meetingID string, note func(*Meeting)) error {
	return c.change(ctx, meetingID, func(tx Tx, m *Meeting) error {
		note(m)
		if m.OpenRoomID == nil {
			return nil
		}
		m.EndAsked = true
		return tx.Enqueue(ctx, Reconcile{MeetingID: m.ID}, time.Time{})
	})
}
