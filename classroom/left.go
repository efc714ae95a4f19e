package classroom

import (
	"context"
	"fmt"
	"time"
)

const purposeLeft Purpose = "left"

// leftLife is how long the page that BigBlueButton sends people to knows where
// they come from.
const leftLife = 24 * time.Hour

// leftFrom travels in the logoutURL: no person, only the room and the language.
type leftFrom struct {
	Room   string `json:"r"`
	Locale string `json:"l,omitempty"`
	Chat   bool   `json:"c,omitempty"`
}

// LeftView is what the page after the class knows without any cookie.
type LeftView struct {
	RoomID   string
	Title    string
	Locale   string
	FromChat bool
	Running  bool
	Record   bool      // going back in means that one may be recorded
	EndedAt  time.Time // of the last meeting, when none runs
}

func (c *Classroom) leftURL(roomID string, e entrant) (string, error) {
	token, err := c.Signer.Sign(purposeLeft, leftFrom{Room: roomID, Locale: e.locale, Chat: e.fromChat}, leftLife)
	return c.URL + "/left?m=" + token, err
}

// Left answers for a token of the logoutURL: where one was, and whether one may go back.
func (c *Classroom) Left(ctx context.Context, token string) (LeftView, error) {
	var from leftFrom
	if _, _, err := c.Signer.Open(purposeLeft, token, &from); err != nil {
		return LeftView{}, &Error{Code: Expired, Message: "error.left_expired", Err: err}
	}
	room, err := c.Store.Room(ctx, from.Room)
	if err != nil {
		return LeftView{}, fmt.Errorf("left: %w", err)
	}
	v := LeftView{RoomID: room.ID, Title: room.Title, Locale: from.Locale, FromChat: from.Chat}
	m, running, err := c.Store.FindOpenMeeting(ctx, room.ID)
	if err != nil || running {
		v.Running, v.Record = running, m.Record
		return v, err
	}
	last, _, err := c.Store.FindLastMeeting(ctx, room.ID)
	v.EndedAt = last.EndedAt
	return v, err
}
