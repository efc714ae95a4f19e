package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sweep does what no click and no callback does: asks for recordings that are
// due, in batches a server, and follows open meetings that were lost sight of.
func (c *Classroom) sweep(ctx context.Context) error {
	return errors.Join(c.askForRecordings(ctx), c.followLost(ctx), c.Store.ForgetConsumed(ctx, c.Now()))
}

func (c *Classroom) askForRecordings(ctx context.Context) error {
	due, err := c.Store.MeetingsDue(ctx, c.Now(), lookBatch)
	if err != nil {
		return fmt.Errorf("recordings due: %w", err)
	}
	byServer := map[string][]Meeting{}
	for _, m := range due {
		byServer[m.ServerID] = append(byServer[m.ServerID], m)
	}
	for serverID, meetings := range byServer {
		if err := c.findRecordings(ctx, serverID, meetings); err != nil {
			// One server being down must not keep the others waiting; these stay due.
			c.Log.WarnContext(ctx, "recordings could not be asked for", "server", serverID, "err", err)
		}
	}
	return nil
}

func (c *Classroom) followLost(ctx context.Context) error {
	lost, err := c.Store.SilentMeetings(ctx, c.Now().Add(-lostFor), lostAtOnce)
	if err != nil {
		return fmt.Errorf("meetings that nobody follows: %w", err)
	}
	for _, m := range lost {
		err := c.Store.Tx(ctx, func(tx Tx) error {
			return tx.Enqueue(ctx, Follow{MeetingID: m.ID}, time.Time{}) // one at a time a meeting: the queue sees to it
		})
		if err != nil {
			return fmt.Errorf("follow meeting %s: %w", m.ID, err)
		}
	}
	return nil
}
