package classroom

import (
	"context"
	"errors"
)

// change alters a meeting under its lock and lets the room pages know.
func (c *Classroom) change(ctx context.Context, meetingID string, alter func(Tx, *Meeting) error) error {
	return c.changeQuietly(ctx, meetingID, func(tx Tx, m *Meeting) (bool, error) {
		return true, alter(tx, m)
	})
}

// errSame is what alter answers when there is nothing to write.
var errSame = errors.New("nothing has changed")

// changeQuietly alters a meeting under its lock; the room pages are told only
// when alter says that they would show something else.
func (c *Classroom) changeQuietly(ctx context.Context, meetingID string, alter func(Tx, *Meeting) (visible bool, err error)) error {
	err := c.Store.Tx(ctx, func(tx Tx) error {
		m, err := tx.LockMeeting(ctx, meetingID)
		if err != nil {
			return err
		}
		visible, err := alter(tx, &m)
		if err != nil {
			return err
		}
		m.UpdatedAt = c.Now()
		if err := tx.SaveMeeting(ctx, m); err != nil {
			return err
		}
		if !visible {
			return nil
		}
		return tx.TouchRoom(ctx, m.RoomID)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}
