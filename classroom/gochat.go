package classroom

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// GoView is what a member of the course's channel finds behind the link of a post.
type GoView struct {
	Room       Room
	Course     Course
	Running    bool
	Record     bool // entering means that one may be recorded
	Lobby      bool // a moderator lets one in
	Linked     bool
	EndedAt    time.Time // of the last meeting, when none runs
	Recordings []Recording

	RecordNotice string // of the school's own
}

// RoomForChat answers the room of a link before it is known who follows it.
func (c *Classroom) RoomForChat(ctx context.Context, roomID string) (Room, Course, error) {
	room, err := c.Store.Room(ctx, roomID)
	if Is(err, NotFound) {
		return Room{}, Course{}, refuse(NotFound, "error.room_unknown")
	}
	if err != nil {
		return Room{}, Course{}, err
	}
	course, err := c.Store.Course(ctx, room.CourseID)
	return room, course, err
}

// visitor is a chat user at the door of a room, with what proof gives them.
type visitor struct {
	room    Room
	course  Course
	entrant entrant
	linked  bool
	lobby   bool
}

// Go answers what this chat user finds in the room. Refusals: not a member of
// the course's channel, not linked where the school wants that; a BusyError when
// the chat cannot say now.
func (c *Classroom) Go(ctx context.Context, roomID string, u ChatUser) (GoView, error) {
	v, err := c.visitor(ctx, roomID, u)
	if err != nil {
		return GoView{}, err
	}
	view := GoView{Room: v.room, Course: v.course, Lobby: v.lobby, Linked: v.linked}
	if view.RecordNotice, err = c.RecordNotice(ctx, v.course); err != nil {
		return GoView{}, err
	}
	m, found, err := c.Store.FindOpenMeeting(ctx, roomID)
	if err != nil {
		return GoView{}, err
	}
	view.Running, view.Record = found, m.Record
	if found {
		return view, nil
	}
	last, _, err := c.Store.FindLastMeeting(ctx, roomID)
	if err != nil {
		return GoView{}, err
	}
	view.EndedAt = last.EndedAt
	if v.linked && last.RecordingState == RecordingFound {
		view.Recordings, err = c.Store.Recordings(ctx, []string{last.ID})
	}
	return view, err
}

// JoinFromChat answers the URL by which this chat user enters the meeting that
// runs. It never starts one.
func (c *Classroom) JoinFromChat(ctx context.Context, roomID string, u ChatUser) (string, error) {
	v, err := c.visitor(ctx, roomID, u)
	if err != nil {
		return "", err
	}
	m, found, err := c.Store.FindOpenMeeting(ctx, roomID)
	if err != nil {
		return "", err
	}
	if !found {
		return "", refuse(NotRunning, "error.not_running")
	}
	if m, err = c.running(ctx, m.ID); err != nil {
		return "", err
	}
	if !v.linked { // one and the same all through the meeting
		v.entrant.userID = chatPrefix + c.Signer.CodeOf(m.KeyID, "chat user", v.room.TenantID, u.ID)
	}
	return c.sendIn(ctx, m, v.entrant)
}

// PlayFromChat answers where a linked member plays a recording of the room.
func (c *Classroom) PlayFromChat(ctx context.Context, roomID, recordingID string, u ChatUser) (string, error) {
	v, err := c.visitor(ctx, roomID, u)
	if err != nil {
		return "", err
	}
	if !v.linked {
		return "", refuse(Forbidden, "error.recording_needs_link")
	}
	return c.play(ctx, roomID, recordingID)
}

func (c *Classroom) visitor(ctx context.Context, roomID string, u ChatUser) (visitor, error) {
	room, course, err := c.RoomForChat(ctx, roomID)
	if err != nil {
		return visitor{}, err
	}
	if err := c.connected(ctx, course); err != nil {
		return visitor{}, err
	}
	if err := c.memberOf(ctx, course, u); err != nil {
		return visitor{}, err
	}
	v := visitor{room: room, course: course, entrant: entrant{locale: course.Locale, fromChat: true}}
	link, found, err := c.Store.FindLinkedPerson(ctx, course.PlatformID, u.ID)
	if err != nil {
		return visitor{}, err
	}
	if found {
		known, err := c.known(ctx, &v, link)
		if err != nil || known {
			return v, err
		}
	}
	return v, c.stranger(ctx, &v, u)
}

// known lets a linked person in by the role in the course, while the enrolment lasts.
func (c *Classroom) known(ctx context.Context, v *visitor, link ChatLink) (bool, error) {
	e, found, err := c.Store.FindEnrolment(ctx, link.PersonID, v.course.ID)
	if err != nil || !found {
		return false, err
	}
	if !e.EndedAt.IsZero() { // still to be taken out of the channel
		return false, refuse(Forbidden, "error.chat_not_member")
	}
	if v.room.ParentID != "" && !c.mayEnterGroup(e, v.room.GroupID) {
		return false, refuse(NotFound, "error.room_unknown")
	}
	p, err := c.Store.Person(ctx, link.PersonID)
	if err != nil {
		return false, err
	}
	v.linked = true
	v.entrant.userID, v.entrant.name, v.entrant.locale = userID(p.ID, e.Counted), p.Name, p.Locale
	v.entrant.moderator = e.MayModerate(c.Now())
	return true, nil
}

// stranger is a member of the channel whom nobody knows in the course: what the
// school decided for them.
func (c *Classroom) stranger(ctx context.Context, v *visitor, u ChatUser) error {
	if v.room.ParentID != "" { // whose group is not known
		return refuse(NotFound, "error.room_unknown")
	}
	guests, err := c.guestsIn(ctx, v.course)
	if err != nil {
		return err
	}
	if guests == GuestsRefused {
		return refuse(Forbidden, "error.chat_refused")
	}
	name := u.Name
	if name == "" {
		name = u.Username
	}
	v.lobby = guests != GuestsEnter
	v.entrant.name = name + " " + c.Word(v.entrant.locale, "name.from_chat")
	v.entrant.guest = v.lobby
	return nil
}

// memberOf refuses whoever is not in the course's channel now.
func (c *Classroom) memberOf(ctx context.Context, course Course, u ChatUser) error {
	if course.Channel != ChannelOpen {
		return refuse(Forbidden, "error.chat_not_member")
	}
	key := memberKey(course, u.ID)
	if c.members.has(key, c.Now()) {
		return nil
	}
	member, err := c.Chat.Member(ctx, course.TenantID, course.ChannelID, u.ID)
	var busy *BusyError
	switch {
	case errors.As(err, &busy):
		return err
	case err != nil:
		return &Error{Code: Unavailable, Message: "error.chat_unavailable", Err: fmt.Errorf("member of channel: %w", err)}
	case !member:
		return refuse(Forbidden, "error.chat_not_member")
	}
	c.members.add(key, c.Now())
	return nil
}

func memberKey(course Course, chatUserID string) string {
	return course.TenantID + "/" + course.ChannelID + "/" + chatUserID
}

// memberFor is how long a membership is believed without asking again.
const memberFor = time.Minute

// memberCache remembers who was seen in a channel, for a class that clicks within
// one minute. Only a yes is remembered.
type memberCache struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

const memberCacheSize = 10_000

func (m *memberCache) has(key string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at, ok := m.seen[key]
	return ok && now.Sub(at) < memberFor
}

func (m *memberCache) add(key string, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil || len(m.seen) >= memberCacheSize {
		m.seen = map[string]time.Time{}
	}
	m.seen[key] = now
}

func (m *memberCache) drop(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.seen, key)
}
