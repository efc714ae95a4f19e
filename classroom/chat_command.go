package classroom

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// ChatAsk is what somebody types in the chat to learn of the classes of the
// channel where it was typed.
type ChatAsk struct {
	TenantID   string
	ChannelID  string
	UserID     string // the chat's, of whoever typed it
	Recordings bool   // asks for these, and not for what runs
}

// ChatReply is what may be said to them, and to nobody else.
type ChatReply struct {
	Standing ChannelStanding
	Locale   string
	TimeZone string
	Course   Course // where Standing is ChannelServed

	// Rooms are those where a class runs; Running is false where none does, and
	// they are those where one may begin.
	Rooms      []RoomLink
	Running    bool
	Recordings []RecordingLink // the newest first
}

// ChannelStanding is what a channel is to us.
type ChannelStanding string

const (
	ChannelServed  ChannelStanding = "served"
	ChannelForeign ChannelStanding = "foreign" // no course's, or a direct message
	ChannelClosed  ChannelStanding = "closed"  // the school has switched its course off
	ChannelLeft    ChannelStanding = "left"    // to whoever is in the course no longer
)

// RoomLink leads to a room by the chat's proof of who follows it.
type RoomLink struct{ Title, URL string }

// RecordingLink leads to a recording in the same way.
type RecordingLink struct {
	Room      string
	StartedAt time.Time
	URL       string
}

// ChannelRooms says which rooms of a course are to be read: those of the class,
// and of groups those that one may enter.
type ChannelRooms struct {
	TenantID  string
	CourseID  string
	AllGroups bool
	GroupIDs  []string
	Limit     int
}

// OpenRoom is a room with what goes on in it.
type OpenRoom struct {
	Room
	Open bool // a class runs, or starts
}

// RecordedRoom is a published recording with the title of its room.
type RecordedRoom struct {
	Recording
	Title string
}

// ChatCommandStore reads what the slash command tells.
type ChatCommandStore interface {
	// FindCourseOfChannel answers the tenant's course that has the channel open.
	FindCourseOfChannel(ctx context.Context, tenantID, channelID string) (Course, bool, error)
	// RoomsOfChannel lists rooms, those with a class first, then the oldest.
	RoomsOfChannel(ctx context.Context, q ChannelRooms) ([]OpenRoom, error)
	// RecordingsOfChannel lists what is published of them, the newest first.
	RecordingsOfChannel(ctx context.Context, q ChannelRooms) ([]RecordedRoom, error)
}

const (
	roomsTold      = 20
	recordingsTold = 5
)

// AnswerInChat says what the classes of a channel are to whoever asks there: the
// chat lets only members ask. All links lead to us, where the chat's OAuth proves
// who follows them; nothing is begun by asking.
func (c *Classroom) AnswerInChat(ctx context.Context, ask ChatAsk) (ChatReply, error) {
	tenant, err := c.Store.Tenant(ctx, ask.TenantID)
	if err != nil {
		return ChatReply{}, fmt.Errorf("answer in a channel: %w", err)
	}
	reply := ChatReply{Standing: ChannelForeign, Locale: tenant.Locale, TimeZone: tenant.TimeZone}
	course, found, err := c.Store.FindCourseOfChannel(ctx, ask.TenantID, ask.ChannelID)
	if err != nil || !found {
		return reply, err
	}
	reply.Course, reply.Locale, reply.TimeZone = course, tenant.Offers(course.Locale), cmp.Or(course.TimeZone, tenant.TimeZone)
	var rooms ChannelRooms
	if rooms, reply.Standing, err = c.toldOf(ctx, course, ask.UserID); err != nil || reply.Standing != ChannelServed {
		return reply, err
	}
	if ask.Recordings {
		return reply, c.tellRecordings(ctx, rooms, &reply)
	}
	return reply, c.tellRooms(ctx, rooms, &reply)
}

// toldOf decides which rooms of the course that chat user is told of.
func (c *Classroom) toldOf(ctx context.Context, course Course, userID string) (ChannelRooms, ChannelStanding, error) {
	rooms := ChannelRooms{TenantID: course.TenantID, CourseID: course.ID}
	if err := c.takingPart(ctx, course); Is(err, Forbidden) {
		return rooms, ChannelClosed, nil
	} else if err != nil {
		return rooms, "", err
	}
	link, linked, err := c.Store.FindLinkedPerson(ctx, course.PlatformID, userID)
	if err != nil || !linked {
		return rooms, ChannelServed, err
	}
	e, enrolled, err := c.Store.FindEnrolment(ctx, link.PersonID, course.ID)
	switch {
	case err != nil || !enrolled:
		return rooms, ChannelServed, err
	case !e.EndedAt.IsZero(): // still to be taken out of the channel
		return rooms, ChannelLeft, nil
	}
	rooms.AllGroups, rooms.GroupIDs = e.MayModerate(c.Now()), e.GroupIDs.IDs()
	return rooms, ChannelServed, nil
}

// takingPart refuses a course that gets no classes.
func (c *Classroom) takingPart(ctx context.Context, course Course) error {
	if err := c.connected(ctx, course); err != nil {
		return err
	}
	p, err := c.Store.Platform(ctx, course.PlatformID)
	if err == nil && !p.TakesPart(course) {
		err = refuse(Forbidden, "error.not_in_pilot")
	}
	return err
}

func (c *Classroom) tellRooms(ctx context.Context, q ChannelRooms, reply *ChatReply) error {
	q.Limit = roomsTold
	rooms, err := c.Store.RoomsOfChannel(ctx, q)
	if err != nil {
		return err
	}
	reply.Running = len(rooms) > 0 && rooms[0].Open
	for _, r := range rooms {
		if r.Open == reply.Running {
			reply.Rooms = append(reply.Rooms, RoomLink{Title: r.Title, URL: c.goURL(r.ID)})
		}
	}
	return nil
}

func (c *Classroom) tellRecordings(ctx context.Context, q ChannelRooms, reply *ChatReply) error {
	q.Limit = recordingsTold
	recordings, err := c.Store.RecordingsOfChannel(ctx, q)
	for _, r := range recordings {
		reply.Recordings = append(reply.Recordings, RecordingLink{
			Room: r.Title, StartedAt: r.StartedAt, URL: c.goURL(r.RoomID) + "/recordings/" + r.ID,
		})
	}
	return err
}
