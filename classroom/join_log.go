package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/bbb"
)

// JoinTry is one click on Join or Start, or on the link of a post, and what came
// of it: for those who are asked why somebody cannot get in. The address that
// somebody was sent to is not in it.
type JoinTry struct {
	ID         string
	TenantID   string
	RoomID     string
	MeetingID  string // that was open just after; empty: none
	PersonID   string // empty: a member of the channel whom nobody knows
	ChatUserID string // who came by the link of a post
	ChatName   string
	Via        string // lms or chat
	Act        string // join or start, or enter: what BigBlueButton said of one who was sent in
	Result     string // id of the text that was shown; empty: sent in
	BBBKey     string // BigBlueButton's own word for what is wrong
	Detail     string // the cause, as the log has it
	Reference  string // as page and log have it
	CreatedAt  time.Time
}

// Ways that a JoinTry came by, and what was tried.
const (
	ViaLMS   = "lms"
	ViaChat  = "chat"
	TryJoin  = "join"
	TryStart = "start"
	TryEnter = "enter"
)

// Sent reports whether the person was sent to BigBlueButton.
func (t JoinTry) Sent() bool { return t.Result == "" }

// JoinStore keeps who tried to get in.
type JoinStore interface {
	CreateJoinTry(ctx context.Context, t JoinTry) error
	// FindJoinTry reads the one that a page and the log call by that reference.
	FindJoinTry(ctx context.Context, tenantID, reference string) (JoinTry, bool, error)
}

// KeepJoin writes down a try to get into the room; cause is why it failed.
func (c *Classroom) KeepJoin(ctx context.Context, room Room, t JoinTry, cause error) error {
	t.ID, t.TenantID, t.RoomID, t.CreatedAt = newID(), room.TenantID, room.ID, c.Now()
	if err := c.placeJoin(ctx, room, &t); err != nil {
		return fmt.Errorf("keep a join: %w", err)
	}
	if cause != nil {
		t.BBBKey, t.Detail = saidByBBB(cause), cut(cause.Error(), problemLimit)
	}
	return c.Store.CreateJoinTry(ctx, t)
}

// placeJoin finds the class that it was about and the person whom a chat user is.
func (c *Classroom) placeJoin(ctx context.Context, room Room, t *JoinTry) error {
	m, open, err := c.Store.FindOpenMeeting(ctx, room.ID)
	if err != nil {
		return err
	}
	if open {
		t.MeetingID = m.ID
	}
	if t.PersonID != "" || t.ChatUserID == "" {
		return nil
	}
	course, err := c.Store.Course(ctx, room.CourseID)
	if err != nil {
		return err
	}
	link, _, err := c.Store.FindLinkedPerson(ctx, course.PlatformID, t.ChatUserID)
	t.PersonID = link.PersonID
	return err
}

// saidByBBB is BigBlueButton's own word for what is wrong, or ours for why it did
// not say any.
func saidByBBB(err error) string {
	var e *bbb.Error
	switch {
	case !errors.As(err, &e):
		return ""
	case e.Key != "":
		return cut(e.Key, 100)
	}
	return string(e.Reason)
}
