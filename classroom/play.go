package classroom

import (
	"context"
	"fmt"

	"classbridge/bbb"
)

// Play answers where a recording of this room is played, asked for at this click.
func (c *Classroom) Play(ctx context.Context, a Access, recordingID string) (string, error) {
	return c.play(ctx, a.Room.ID, recordingID)
}

func (c *Classroom) play(ctx context.Context, roomID, recordingID string) (string, error) {
	r, err := c.Store.Recording(ctx, recordingID)
	if Is(err, NotFound) || err == nil && r.RoomID != roomID {
		return "", &Error{Code: NotFound, Message: "error.recording_unknown", Err: err}
	}
	if err != nil {
		return "", err
	}
	m, err := c.Store.Meeting(ctx, r.MeetingID)
	if err != nil {
		return "", err
	}
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return "", err
	}
	found, err := client.Recordings(ctx, bbb.RecordingQuery{RecordIDs: []string{r.RecordID}})
	if err != nil {
		return "", &Error{Code: Unavailable, Message: "error.bbb_unavailable", Err: fmt.Errorf("play recording %s: %w", r.ID, err)}
	}
	for _, f := range found {
		if f.RecordID == r.RecordID && f.MeetingID == m.ID && (f.Published || f.State == bbb.StatePublished) {
			if u := playable(f); u != "" {
				return u, nil
			}
		}
	}
	return "", refuse(NotFound, "error.recording_hidden")
}

// playable answers the address of the format that is best to watch; empty if there is none.
func playable(f bbb.Recording) string {
	best := ""
	for _, p := range f.Formats {
		switch {
		case p.URL == "":
		case p.Type == "presentation":
			return p.URL
		case best == "" || p.Type == "video":
			best = p.URL
		}
	}
	return best
}
