package classroom

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"classbridge/bbb"
)

// How long one process may take to create a meeting before another tries, how
// long everybody else waits for it, and how often they look.
const (
	createLease = 8 * time.Second
	createWait  = 25 * time.Second
	createLook  = 100 * time.Millisecond // the first time; then ever more seldom
)

// Start opens a meeting in the room, or finds the open one, and answers the URL
// by which this person enters it. Whoever else clicks at the same time, on
// whichever replica, gets into the same meeting.
func (c *Classroom) Start(ctx context.Context, a Access, announce bool) (string, error) {
	if err := c.mayStart(ctx, a); err != nil {
		return "", err
	}
	m, found, err := c.Store.FindOpenMeeting(ctx, a.Room.ID)
	if err != nil {
		return "", fmt.Errorf("start in room %s: %w", a.Room.ID, err)
	}
	if found {
		return c.enterMeeting(ctx, a, m)
	}
	if err := c.meetsInGroups(ctx, a); err != nil {
		return "", err
	}
	// What one group does is no news for the whole course's channel.
	m, err = c.openMeeting(ctx, a, announce && a.Room.ParentID == "")
	if Is(err, Conflict) { // somebody was faster
		return c.Join(ctx, a)
	}
	if err != nil {
		return "", fmt.Errorf("start in room %s: %w", a.Room.ID, err)
	}
	// Whoever clicked may close the tab: the class starts all the same.
	if err := c.create(context.WithoutCancel(ctx), m); err != nil {
		return "", err
	}
	return c.enterMeeting(ctx, a, m)
}

// openMeeting writes the meeting's row with the work that follows it; Conflict
// when the room has an open one.
func (c *Classroom) openMeeting(ctx context.Context, a Access, announce bool) (Meeting, error) {
	s, err := c.pick(ctx, a.Room.TenantID)
	if err != nil {
		return Meeting{}, err
	}
	now := c.Now()
	m := Meeting{
		ID: newID(), TenantID: a.Room.TenantID, RoomID: a.Room.ID, OpenRoomID: &a.Room.ID, ServerID: s.ID,
		State: MeetingStarting, StartedBy: a.Person.ID, KeyID: c.Signer.KeyID(), Name: a.Room.Title, Record: a.Room.Record,
		LeaseUntil: now.Add(createLease), RecordingState: RecordingOff, CreatedAt: now, UpdatedAt: now,
	}
	if m.Record {
		m.RecordingState = RecordingPossible
	}
	return m, c.Store.Tx(ctx, func(tx Tx) error {
		if announce {
			if m.AnnouncementID, err = c.announcementOf(ctx, tx, a, now); err != nil {
				return err
			}
		}
		if err := tx.CreateMeeting(ctx, m); err != nil {
			return err
		}
		if err := c.mayOpen(ctx, tx, m); err != nil {
			return err
		}
		if err := tx.TouchRoom(ctx, m.RoomID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Follow{MeetingID: m.ID}, time.Time{})
	})
}

// running waits until the meeting is there at BigBlueButton. Should the process
// that was creating it have died, this one does it: create is idempotent.
func (c *Classroom) running(ctx context.Context, meetingID string) (Meeting, error) {
	ctx, cancel := context.WithTimeout(ctx, createWait)
	defer cancel()
	for pause := createLook; ; pause = min(2*pause, 2*time.Second) {
		m, err := c.Store.Meeting(ctx, meetingID)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return Meeting{}, &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: err}
		case err != nil:
			return Meeting{}, err
		case m.State == MeetingRunning:
			return m, nil
		case m.State == MeetingFailed:
			return Meeting{}, refuse(Unavailable, "error.start_failed")
		case m.State == MeetingEnded:
			return Meeting{}, refuse(NotRunning, "error.already_ended")
		}
		if err := c.takeOver(ctx, m); err != nil {
			return Meeting{}, err
		}
		select {
		case <-ctx.Done():
			return Meeting{}, &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: ctx.Err()}
		case <-time.After(pause + rand.N(pause)):
		}
	}
}

// takeOver creates a starting meeting whose lease has run out.
func (c *Classroom) takeOver(ctx context.Context, m Meeting) error {
	now := c.Now()
	if now.Before(m.LeaseUntil) {
		return nil
	}
	mine, err := c.Store.LeaseMeeting(ctx, m.ID, now, now.Add(createLease))
	if err != nil || !mine {
		return err
	}
	return c.create(context.WithoutCancel(ctx), m)
}

// create makes the meeting at BigBlueButton and writes that it runs. Calling it
// twice makes one meeting: id and passwords are the same at every call.
func (c *Classroom) create(ctx context.Context, m Meeting) error {
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return err
	}
	r, err := c.createRequest(ctx, m)
	if err != nil {
		return err
	}
	made, err := client.Create(ctx, r)
	if err != nil {
		failed := &Error{Code: Unavailable, Message: "error.start_failed", Err: fmt.Errorf("create meeting %s: %w", m.ID, err)}
		return errors.Join(failed, c.fail(ctx, m.ID))
	}
	return c.change(ctx, m.ID, func(_ Tx, m *Meeting) error {
		if m.State == MeetingStarting {
			m.State, m.InternalID, m.CreateTime = MeetingRunning, made.InternalID, made.CreateTime
		}
		return nil
	})
}

// fail gives a start up: another one may be tried.
func (c *Classroom) fail(ctx context.Context, meetingID string) error {
	return c.change(ctx, meetingID, func(_ Tx, m *Meeting) error {
		if m.State != MeetingStarting {
			return errSame
		}
		m.State, m.OpenRoomID, m.EndedAt = MeetingFailed, nil, c.Now()
		return nil
	})
}

// How long BigBlueButton keeps a meeting which nobody has entered, or which the
// last one has left: a teacher whose line drops finds the class again.
const (
	keepEmpty = 10 * time.Minute
	keepLeft  = 5 * time.Minute
)

func (c *Classroom) createRequest(ctx context.Context, m Meeting) (bbb.CreateRequest, error) {
	guests, err := c.guestsOf(ctx, m.RoomID)
	if err != nil {
		return bbb.CreateRequest{}, err
	}
	lobby := bbb.AlwaysAccept
	if guests == GuestsWait {
		lobby = bbb.AskModerator
	}
	ended := c.URL + "/bbb/ended/" + c.endedToken(m)
	return bbb.CreateRequest{
		MeetingID: m.ID, Name: meetingName(m.Name),
		AttendeePW: c.attendeePW(m), ModeratorPW: c.moderatorPW(m),
		LogoutURL: c.URL + "/left", Record: m.Record, NotifyRecordingOn: m.Record, KeepEvents: true, GuestPolicy: lobby,
		MeetingEndedURL: ended, ExpireIfNoUserJoined: keepEmpty, ExpireWhenLastUserLeft: keepLeft,
		Meta: map[string]string{
			"bbb-origin":           "Classbridge",
			bbb.MetaEndCallback:    ended,
			bbb.MetaRecordingReady: c.URL + "/bbb/recording/" + m.ID,
			bbb.MetaAnalytics:      c.URL + "/bbb/analytics/" + c.analyticsToken(m),
		},
	}, nil
}

// meetingName makes a title that BigBlueButton takes: 2 to 256 characters.
func meetingName(title string) string {
	r := []rune(title)
	if len(r) > 200 {
		r = r[:200]
	}
	if len(r) < 2 {
		return "BigBlueButton " + string(r)
	}
	return string(r)
}

// The passwords stay those that BigBlueButton was told, whatever the master key is by now.
func (c *Classroom) moderatorPW(m Meeting) string {
	return c.Signer.CodeOf(m.KeyID, "bbb moderator", m.ID)
}
func (c *Classroom) attendeePW(m Meeting) string {
	return c.Signer.CodeOf(m.KeyID, "bbb attendee", m.ID)
}
