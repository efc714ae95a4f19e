package classroom

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"classbridge/bbb"
)

// Join answers the URL by which this person enters the meeting that runs, made
// for this click; NotRunning if there is none.
func (c *Classroom) Join(ctx context.Context, a Access) (string, error) {
	m, found, err := c.Store.FindOpenMeeting(ctx, a.Room.ID)
	if err != nil {
		return "", fmt.Errorf("join in room %s: %w", a.Room.ID, err)
	}
	if !found {
		return "", refuse(NotRunning, "error.not_running")
	}
	return c.enterMeeting(ctx, a, m)
}

func (c *Classroom) enterMeeting(ctx context.Context, a Access, m Meeting) (string, error) {
	m, err := c.running(ctx, m.ID)
	if err != nil {
		return "", err
	}
	e := entrant{
		userID: userID(a.Person.ID, a.Enrolment.Counted), name: a.Person.DisplayName(), locale: a.Person.Locale,
		moderator: a.MayModerate(c.Now()),
	}
	return c.sendIn(ctx, m, e)
}

// entrant is whoever a join URL is made for.
type entrant struct {
	userID    string
	name      string
	locale    string
	moderator bool
	guest     bool // waits in the lobby, where the tenant says so
	fromChat  bool // goes back to /go, not to the course
}

// userID is what BigBlueButton knows a person by: nothing that means something
// elsewhere. The first letter says whether attendance counts.
func userID(personID string, counted bool) string {
	if counted {
		return countedPrefix + personID
	}
	return uncountedPrefix + personID
}

// While people are on their way in, BigBlueButton is looked at often: whoever
// stays only for minutes counts as well. One row says so, however many click.
const (
	joinedStep = 5 * time.Second
	joinedFor  = 45 * time.Second
)

// sendIn notes that somebody is on the way in, and answers the URL of this click.
func (c *Classroom) sendIn(ctx context.Context, m Meeting, e entrant) (string, error) {
	if err := c.takeSeat(ctx, m, e.userID); err != nil {
		return "", err
	}
	u, err := c.joinURL(ctx, m, e)
	if err != nil || c.Now().Sub(m.JoinedAt) < joinedStep {
		return u, err
	}
	err = c.changeQuietly(context.WithoutCancel(ctx), m.ID, func(tx Tx, m *Meeting) (bool, error) {
		now := c.Now()
		if m.OpenRoomID == nil || now.Sub(m.JoinedAt) < joinedStep {
			return false, errSame
		}
		m.JoinedAt = now
		return false, tx.Enqueue(ctx, Watch{MeetingID: m.ID}, time.Time{})
	})
	if err != nil { // the class is there: whoever wants in is not kept out by our notes
		c.Log.WarnContext(ctx, "a join was not noted", "meeting", m.ID, "err", err)
	}
	return u, nil
}

// joinURL makes the signed URL of this click. It is a bearer credential without
// end: never stored, posted or logged.
func (c *Classroom) joinURL(ctx context.Context, m Meeting, e entrant) (string, error) {
	client, err := c.server(ctx, m.ServerID)
	if err != nil {
		return "", err
	}
	left, err := c.leftURL(m.RoomID, e)
	if err != nil {
		return "", err
	}
	r := bbb.JoinRequest{
		MeetingID: m.ID, FullName: cmp.Or(e.name, c.Word(e.locale, "name.participant")), Role: bbb.Viewer,
		Password: c.attendeePW(m), CreateTime: m.CreateTime, UserID: e.userID,
		LogoutURL: left, ErrorRedirectURL: left, Guest: e.guest, Locale: e.locale,
	}
	if e.moderator {
		r.Role, r.Password = bbb.Moderator, c.moderatorPW(m)
	}
	u, err := client.JoinURL(r)
	if err != nil {
		return "", fmt.Errorf("join meeting %s: %w", m.ID, err)
	}
	return u, nil
}
