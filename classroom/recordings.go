package classroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"classbridge/bbb"
)

// RecordingReady is BigBlueButton's callback that a recording is there: believed
// as far as its signature goes, which only makes us ask. Invalid for a signature
// that no secret of the meeting's server made.
func (c *Classroom) RecordingReady(ctx context.Context, meetingID, signed string) error {
	m, err := c.Store.Meeting(ctx, meetingID)
	if err != nil {
		return fmt.Errorf("recording ready: %w", err)
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return err
	}
	ready, err := client.VerifyRecordingReady(signed)
	if err == nil && ready.MeetingID != m.ID {
		err = fmt.Errorf("signed for meeting %q", ready.MeetingID)
	}
	if err != nil {
		return &Error{Code: Invalid, Message: "error.callback_signature", Err: fmt.Errorf("recording of meeting %s: %w", m.ID, err)}
	}
	return c.Store.Tx(ctx, func(tx Tx) error {
		return tx.Enqueue(ctx, FindRecordings{MeetingID: m.ID}, time.Time{})
	})
}

func (c *Classroom) findRecordingsOf(ctx context.Context, meetingID string) error {
	m, err := c.Store.Meeting(ctx, meetingID)
	if err != nil {
		return err
	}
	return c.findRecordings(ctx, m.ServerID, []Meeting{m})
}

// findRecordings asks one server for the recordings of those meetings and writes
// down what is new. Whether BBB answered or not, the next look is set.
func (c *Classroom) findRecordings(ctx context.Context, serverID string, meetings []Meeting) error {
	client, err := c.server(ctx, serverID)
	if err != nil {
		return err
	}
	q := bbb.RecordingQuery{States: []bbb.RecordingState{bbb.StatePublished, bbb.StateUnpublished, bbb.StateDeleted}}
	for _, m := range meetings {
		q.MeetingIDs = append(q.MeetingIDs, m.ID)
	}
	found, err := client.Recordings(ctx, q)
	if err != nil {
		return fmt.Errorf("recordings of %d meetings: %w", len(meetings), err)
	}
	byMeeting := map[string][]bbb.Recording{}
	for _, r := range found {
		byMeeting[r.MeetingID] = append(byMeeting[r.MeetingID], r)
	}
	var failed error
	for _, m := range meetings {
		if err := c.recorded(ctx, m.ID, byMeeting[m.ID]); err != nil {
			failed = errors.Join(failed, fmt.Errorf("recordings of meeting %s: %w", m.ID, err))
		}
	}
	return failed
}

// recorded writes down the recordings of one meeting. The meeting's lock keeps
// two looks at a time from announcing one twice.
func (c *Classroom) recorded(ctx context.Context, meetingID string, found []bbb.Recording) error {
	return c.changeQuietly(ctx, meetingID, func(tx Tx, m *Meeting) (bool, error) {
		known, err := tx.Recordings(ctx, []string{m.ID})
		if err != nil {
			return false, err
		}
		visible := false
		for _, f := range found {
			changed, err := c.recordedOne(ctx, tx, *m, known, f)
			if err != nil {
				return false, err
			}
			visible = visible || changed
		}
		if len(found) > 0 && m.RecordingState != RecordingFound {
			m.RecordingState, visible = RecordingFound, true
		}
		if len(found) > 0 && m.SeenAt.IsZero() { // nobody saw it held, yet it was
			m.SeenAt, visible = m.CreatedAt, true
		}
		if m.OpenRoomID == nil {
			m.RecordingLookAt = nextRecordingLook(*m, c.Now())
		}
		return visible, nil
	})
}

func (c *Classroom) recordedOne(ctx context.Context, tx Tx, m Meeting, known []Recording, f bbb.Recording) (changed bool, err error) {
	now := c.Now()
	i := slices.IndexFunc(known, func(r Recording) bool { return r.RecordID == f.RecordID })
	if i < 0 {
		r := Recording{ID: newID(), TenantID: m.TenantID, RoomID: m.RoomID, MeetingID: m.ID, RecordID: f.RecordID, CreatedAt: now, UpdatedAt: now}
		learn(&r, f)
		if err := tx.CreateRecording(ctx, r); err != nil {
			return false, err
		}
		return true, c.announceRecording(ctx, tx, m, &r)
	}
	r := known[i]
	if !learn(&r, f) {
		return false, nil
	}
	r.UpdatedAt = now
	if err := tx.SaveRecording(ctx, r); err != nil {
		return false, err
	}
	return true, c.announceRecording(ctx, tx, m, &r)
}

// learn copies what BBB tells of a recording; true if that changed anything. A
// recording is published only once it can be played.
func learn(r *Recording, f bbb.Recording) bool {
	state := RecordingUnpublished
	switch {
	case f.State == bbb.StateDeleted:
		state = RecordingDeleted
	case (f.State == bbb.StatePublished || f.State == "" && f.Published) && playable(f) != "":
		state = RecordingPublished
	}
	var formats []string
	for _, p := range f.Formats {
		formats = append(formats, p.Type)
	}
	slices.Sort(formats)
	changed := r.State != state || r.Size != f.Size || !slices.Equal(r.Formats, formats)
	r.State, r.Size, r.Formats, r.StartedAt, r.EndedAt = state, f.Size, formats, f.Start.UTC(), f.End.UTC()
	return changed
}

// announceRecording lets the thread of the meeting's post tell of the recording:
// once when it is first published, edited afterwards. A meeting that was started
// without announcing has no thread.
func (c *Classroom) announceRecording(ctx context.Context, tx Tx, m Meeting, r *Recording) error {
	if r.AnnouncementID == "" {
		if r.State != RecordingPublished || m.AnnouncementID == "" {
			return nil
		}
		thread, err := c.revive(ctx, tx, m.AnnouncementID)
		if err != nil {
			return err
		}
		r.AnnouncementID = newID()
		err = tx.CreateAnnouncement(ctx, Announcement{
			ID: r.AnnouncementID, TenantID: r.TenantID, CourseID: thread.CourseID, RoomID: r.RoomID,
			RecordingID: r.ID, ThreadID: thread.ID, State: AnnouncementWaiting, CreatedAt: c.Now(),
		})
		if err != nil {
			return err
		}
		if err := tx.SaveRecording(ctx, *r); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, Announce{AnnouncementID: r.AnnouncementID}, time.Time{})
}

// revive lets the post of a class be made after all: it was dropped because nobody
// was seen inside, and now there is a recording of it.
func (c *Classroom) revive(ctx context.Context, tx Tx, announcementID string) (Announcement, error) {
	a, err := tx.LockAnnouncement(ctx, announcementID)
	if err != nil || a.State != AnnouncementDropped {
		return a, err
	}
	a.State, a.UpdatedAt = AnnouncementWaiting, c.Now()
	if err := tx.SaveAnnouncement(ctx, a); err != nil {
		return a, err
	}
	return a, tx.Enqueue(ctx, Announce{AnnouncementID: a.ID}, time.Time{})
}
