package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	lookBatch  = 200             // meetings whose recordings are asked for at a time
	lostFor    = 5 * time.Minute // an open meeting that nobody looked at for so long is followed anew
	lostAtOnce = 100
)

// sweep does what no click and no callback does: asks for recordings that are
// due, in batches a server, follows open meetings that were lost sight of, and
// keeps the tool's own keys in order.
func (c *Classroom) sweep(ctx context.Context) error {
	return errors.Join(
		c.followLost(ctx), c.askForRecordings(ctx), c.readRostersDue(ctx), c.Keys.Tend(ctx), c.askToCount(ctx), c.tendBigBlueButton(ctx),
		c.forget(ctx), c.keepToRules(ctx), // the longest, and nobody waits for it
	)
}

func (c *Classroom) forget(ctx context.Context) error {
	return errors.Join(
		c.Store.ForgetConsumed(ctx, c.Now()),
		c.Store.ForgetPlacements(ctx, c.Now().Add(-placementKept)),
		c.Store.ForgetInvitations(ctx, c.Now().Add(-invitationKept)),
		c.Store.ForgetRefusals(ctx, c.Now().Add(-refusalKept)),
		c.Store.ForgetChatVisits(ctx, c.Now().Add(-chatVisitKept)),
	)
}

// tendBigBlueButton does what tenants have decided for some time.
func (c *Classroom) tendBigBlueButton(ctx context.Context) error {
	return errors.Join(
		c.retireOldSecrets(ctx),
		c.retireRecordings(ctx),
		c.Store.ForgetSeats(ctx, c.Now().Add(-2*seatFor)),
	)
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
			c.Log.WarnContext(ctx, "recordings could not be asked for", "server", serverID, "err", err)
			if err := c.askLater(ctx, meetings); err != nil {
				return err
			}
		}
	}
	return nil
}

// askLater moves meetings out of the way of others while their server does not
// answer: the longer ago they ended, the longer.
func (c *Classroom) askLater(ctx context.Context, meetings []Meeting) error {
	for _, m := range meetings {
		err := c.changeQuietly(ctx, m.ID, func(_ Tx, m *Meeting) (bool, error) {
			now := c.Now()
			age := now.Sub(m.EndedAt)
			switch {
			case m.RecordingLookAt.After(now): // asked meanwhile, and answered
				return false, errSame
			case age > dailyLooks:
				m.RecordingLookAt = time.Time{}
			default:
				m.RecordingLookAt = now.Add(max(5*time.Minute, age/10))
			}
			return false, nil
		})
		if err != nil {
			return fmt.Errorf("ask later for recordings of meeting %s: %w", m.ID, err)
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
