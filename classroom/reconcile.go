package classroom

import (
	"context"
	"fmt"
	"time"

	"classbridge/bbb"
)

// missingFor is how long BigBlueButton must say "no such meeting" before it is
// believed that one which ran has ended: pools lose sight of running meetings
// for a while. Nobody waits for it when we, or a callback, said so.
const missingFor = time.Minute

// nextLook is when an open meeting is looked at again: often until somebody is
// inside and while its end is awaited, seldom while a class goes on.
func nextLook(m Meeting, now time.Time) time.Duration {
	age := now.Sub(m.CreatedAt)
	switch {
	case m.ending(now):
		return time.Second
	case m.SeenAt.IsZero() && age < 2*time.Minute:
		return time.Second
	case m.SeenAt.IsZero() && age < 15*time.Minute:
		return 5 * time.Second
	case m.SeenAt.IsZero() || now.Sub(m.SeenAt) < 5*time.Minute:
		return 20 * time.Second
	default:
		return time.Minute
	}
}

// reconcile looks once because something hinted at news, and again only while
// an end that was asked for has not come.
func (c *Classroom) reconcile(ctx context.Context, meetingID string) (Outcome, error) {
	again, err := c.look(ctx, meetingID)
	if again.Again > time.Second {
		again.Again = 0
	}
	return again, err
}

// watch looks every few seconds while people are on their way in.
func (c *Classroom) watch(ctx context.Context, meetingID string) (Outcome, error) {
	if again, err := c.look(ctx, meetingID); err != nil || again.Again == 0 {
		return again, err
	}
	m, err := c.Store.Meeting(ctx, meetingID)
	if err != nil || c.Now().Sub(m.JoinedAt) > joinedFor {
		return Outcome{}, err
	}
	return Outcome{Again: 3 * time.Second}, nil
}

// look asks BigBlueButton about a meeting and writes down what it says: somebody
// inside, gone, ended. It answers when to look again; never for one that is closed.
func (c *Classroom) look(ctx context.Context, meetingID string) (Outcome, error) {
	m, err := c.Store.Meeting(ctx, meetingID)
	if err != nil || m.OpenRoomID == nil {
		return Outcome{}, err
	}
	if m.State == MeetingStarting {
		return Outcome{Again: time.Second}, c.finishStart(ctx, m)
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return Outcome{}, err
	}
	info, err := client.Info(ctx, m.ID)
	switch {
	case bbb.NotFound(err):
		m, err = c.missing(ctx, m)
	case err != nil:
		err = fmt.Errorf("look at meeting %s: %w", m.ID, err)
	default:
		m, err = c.shown(ctx, m, info)
	}
	if err != nil || m.OpenRoomID == nil {
		return Outcome{}, err
	}
	return Outcome{Again: nextLook(m, c.Now())}, nil
}

// shown writes down what BigBlueButton shows of a meeting that it knows.
func (c *Classroom) shown(ctx context.Context, m Meeting, info *bbb.Info) (Meeting, error) {
	m, err := c.inside(ctx, m, info)
	if err != nil || !info.ForciblyEnded && info.End.IsZero() {
		return m, err
	}
	at := info.End.UTC()
	if info.End.IsZero() || at.After(c.Now()) {
		at = c.Now()
	}
	return c.ended(ctx, m, at)
}

// startFor is how long a start that a dead process left behind is worth finishing.
const startFor = 2 * time.Minute

// finishStart creates, or fails, what a process that died has left starting.
func (c *Classroom) finishStart(ctx context.Context, m Meeting) error {
	if c.Now().Sub(m.CreatedAt) > startFor {
		return c.fail(ctx, m.ID)
	}
	err := c.takeOver(ctx, m)
	if Is(err, Unavailable) { // written down as failed: nothing to try again
		c.Log.WarnContext(ctx, "a start could not be finished", "meeting", m.ID, "err", err)
		return nil
	}
	return err
}

// inside writes down who is there. The first time that somebody is, the start is
// announced.
func (c *Classroom) inside(ctx context.Context, m Meeting, info *bbb.Info) (Meeting, error) {
	now := c.Now()
	if err := c.Store.SeeInside(ctx, attendances(m, info.Attendees, now), sinceLook(m, now)); err != nil {
		return m, fmt.Errorf("who is in meeting %s: %w", m.ID, err)
	}
	err := c.changeQuietly(ctx, m.ID, func(tx Tx, stored *Meeting) (bool, error) {
		m = *stored
		if stored.OpenRoomID == nil {
			return false, nil
		}
		stored.hold(info.Participants, now)
		first := stored.SeenAt.IsZero() && (info.Participants > 0 || len(info.Attendees) > 0 || info.HasUserJoined)
		visible := first || tellInside(*stored, info.Participants, now)
		if visible {
			stored.Inside = info.Participants
		}
		stored.Peak = max(stored.Peak, info.Participants)
		if first {
			stored.SeenAt = now
		}
		stored.LookedAt, stored.MissingSince = now, time.Time{}
		m = *stored
		if first && stored.AnnouncementID != "" {
			return visible, tx.Enqueue(ctx, Announce{AnnouncementID: stored.AnnouncementID}, time.Time{})
		}
		return visible, nil
	})
	return m, err
}

// insideStep is how often the pages are told that more or fewer are inside: each
// telling makes everybody's page be drawn anew.
const insideStep = 20 * time.Second

// tellInside reports whether the pages are to be told of a new number: at once
// when the room fills or empties, else once a step.
func tellInside(m Meeting, inside int, now time.Time) bool {
	if m.Inside == inside {
		return false
	}
	return m.Inside == 0 || inside == 0 || !m.LookedAt.Truncate(insideStep).Equal(now.Truncate(insideStep))
}

// missing is BigBlueButton's "no such meeting": believed when the end was asked
// for or called back, else when it is still so after a while.
func (c *Classroom) missing(ctx context.Context, m Meeting) (Meeting, error) {
	now := c.Now()
	switch {
	case m.ending(now):
		return c.ended(ctx, m, now)
	case m.MissingSince.IsZero():
		err := c.changeQuietly(ctx, m.ID, func(_ Tx, stored *Meeting) (bool, error) {
			if stored.MissingSince.IsZero() {
				stored.MissingSince = now
			}
			m = *stored
			return false, nil
		})
		return m, err
	case now.Sub(m.MissingSince) < missingFor:
		return m, nil
	default:
		return c.ended(ctx, m, m.MissingSince)
	}
}

// ended closes a meeting: the post is edited, and its recordings are looked for.
// A start that nobody entered leaves no post.
func (c *Classroom) ended(ctx context.Context, m Meeting, at time.Time) (Meeting, error) {
	err := c.change(ctx, m.ID, func(tx Tx, stored *Meeting) error {
		defer func() { m = *stored }()
		if stored.OpenRoomID == nil {
			return nil
		}
		seen, err := tx.Attended(ctx, []string{stored.ID})
		if err != nil {
			return err
		}
		if stored.unseen() {
			stored.SeenAt = stored.JoinedAt
		}
		stored.State, stored.OpenRoomID, stored.EndedAt = MeetingEnded, nil, at
		stored.Inside, stored.Attended = 0, counted(seen)
		stored.RecordingState, stored.RecordingLookAt = awaitRecording(*stored)
		if err := gradeLater(ctx, tx, *stored); err != nil || stored.AnnouncementID == "" {
			return err
		}
		return tx.Enqueue(ctx, Announce{AnnouncementID: stored.AnnouncementID}, time.Time{})
	})
	return m, err
}
