package classroom

import (
	"context"
	"fmt"
	"time"
)

// RoomView is what the room page shows to one visit.
type RoomView struct {
	Room      Room
	Course    Course
	Person    Person
	Standing  Enrolment // its Why and RoleName say why one is what one is
	Moderator bool      // may end a class and ask for the channel now
	MayStart  bool      // a class
	Now       *MeetingView
	History   []MeetingView // ended, newest first
	HasBBB    bool          // false: nothing can be started, an admin has to connect a server
	Chat      ChatView
	InGroups  bool        // each group has a meeting of its own, in a room of its own
	Groups    []GroupView // those that one may enter
	ReturnURL string      // back to the course
	Retention Retention   // how long recordings last

	RecordNotice string // of the school's own
}

// MeetingView is one meeting of the room's page.
type MeetingView struct {
	Meeting
	By         string // who started it; of the open one only
	Recordings []Recording
}

// Outcome is what became of the recording at that time.
func (m MeetingView) Outcome(now time.Time) RecordingOutcome {
	if m.RecordingState == RecordingProcessing && now.Sub(m.EndedAt) > OverdueAfter {
		return RecordingOverdue
	}
	return m.RecordingState
}

// ChatView is one's own state towards the course's chat: State names the one
// thing to say, and do, about it.
type ChatView struct {
	State    ChatStanding
	URL      string // of the channel, where one may follow it
	Linked   bool
	Username string
}

// ChatStanding is one's own state in the course's chat.
type ChatStanding string

const (
	ChatOff        ChatStanding = "off"         // the school has connected none, or the course is to have none
	ChatNotCounted ChatStanding = "not_counted" // test users, observers, admins: never put in a channel
	ChatMayAsk     ChatStanding = "may_ask"     // a moderator can open the channel
	ChatNotOpen    ChatStanding = "not_open"    // it has not been opened; nothing to do but wait
	ChatOpening    ChatStanding = "opening"     // being made, or one is being added
	ChatConnect    ChatStanding = "connect"     // no account found: connect the one that one has, or make one
	ChatFull       ChatStanding = "full"        // the chat's limit is reached: an admin must act
	ChatMember     ChatStanding = "member"      // in the channel
	ChatArchived   ChatStanding = "archived"    // an admin closed it
)

// historyLength is how many past meetings the page lists.
const historyLength = 20

// View reads the room page for a visit.
func (c *Classroom) View(ctx context.Context, a Access) (RoomView, error) {
	v := RoomView{
		Room: a.Room, Course: a.Course, Person: a.Person, Standing: a.Enrolment,
		Moderator: a.MayModerate(c.Now()), ReturnURL: a.Launch.ReturnURL,
	}
	shared, err := c.meetings(ctx, a.Room)
	if err != nil {
		return v, fmt.Errorf("view room %s: %w", a.Room.ID, err)
	}
	v.Now, v.History = shared.open, shared.history
	if err := c.viewPolicies(ctx, a, &v); err != nil {
		return v, fmt.Errorf("view room %s: %w", a.Room.ID, err)
	}
	if v.Retention, err = c.Retention(ctx, a.Room.TenantID); err != nil {
		return v, fmt.Errorf("view room %s: %w", a.Room.ID, err)
	}
	if v.Groups, v.InGroups, err = c.viewGroups(ctx, a); err != nil {
		return v, err
	}
	servers, err := c.Store.Servers(ctx, a.Room.TenantID)
	if err != nil {
		return v, fmt.Errorf("view room %s: %w", a.Room.ID, err)
	}
	v.HasBBB = len(servers) > 0
	if v.Chat, err = c.viewChat(ctx, a, v.Moderator); err != nil {
		return v, fmt.Errorf("view room %s: %w", a.Room.ID, err)
	}
	return v, nil
}

// meetings answers those of a room that was read before: its version then is
// no newer than what is answered.
func (c *Classroom) meetings(ctx context.Context, r Room) (roomMeetings, error) {
	now := c.Now()
	if shared, ok := c.views.get(r, now); ok {
		return shared, nil
	}
	shared, err := c.readMeetings(ctx, r)
	if err == nil {
		c.views.put(r, shared, now)
	}
	return shared, err
}

func (c *Classroom) readMeetings(ctx context.Context, r Room) (roomMeetings, error) {
	var shared roomMeetings
	meetings, err := c.Store.Meetings(ctx, r.ID, historyLength)
	if err != nil || len(meetings) == 0 {
		return shared, err
	}
	recordings, err := c.recordingsByMeeting(ctx, meetings)
	if err != nil {
		return shared, err
	}
	for _, m := range meetings {
		mv := MeetingView{Meeting: m, Recordings: recordings[m.ID]}
		if m.OpenRoomID == nil {
			shared.history = append(shared.history, mv)
			continue
		}
		by, err := c.Store.Person(ctx, m.StartedBy)
		if err != nil {
			return shared, err
		}
		mv.By, shared.open = by.DisplayName(), &mv
	}
	return shared, nil
}

func (c *Classroom) recordingsByMeeting(ctx context.Context, meetings []Meeting) (map[string][]Recording, error) {
	var ids []string
	for _, m := range meetings {
		if m.RecordingState == RecordingFound {
			ids = append(ids, m.ID)
		}
	}
	byMeeting := map[string][]Recording{}
	if len(ids) == 0 {
		return byMeeting, nil
	}
	found, err := c.Store.Recordings(ctx, ids)
	for _, r := range found {
		byMeeting[r.MeetingID] = append(byMeeting[r.MeetingID], r)
	}
	return byMeeting, err
}

// Versions answers how new the shown state of those rooms is, in one query.
func (c *Classroom) Versions(ctx context.Context, roomIDs []string) (map[string]int64, error) {
	return c.Store.RoomVersions(ctx, roomIDs)
}
