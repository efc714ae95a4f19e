package classroom_test

import (
	"errors"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// says is what somebody is told who asks in the channel.
func (w *world) says(channelID, userID string, recordings bool) classroom.ChatReply {
	w.t.Helper()
	r, err := w.AnswerInChat(w.t.Context(), classroom.ChatAsk{
		TenantID: classroom.DefaultTenant, ChannelID: channelID, UserID: userID, Recordings: recordings,
	})
	must(w.t, err)
	return r
}

func rooms(r classroom.ChatReply) string {
	var titles []string
	for _, one := range r.Rooms {
		titles = append(titles, one.Title)
	}
	return strings.Join(titles, ", ")
}

func TestAnswerInChat(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	second := w.visits(w.in("c1", "link2", "Labs", nil))
	w.work()
	course := w.reload(ada.Course.ID)
	link := func(a classroom.Access) classroom.RoomLink {
		return classroom.RoomLink{Title: a.Room.Title, URL: "https://class.example/go/" + a.Room.ID}
	}
	r := w.says(course.ChannelID, "anybody", false)
	if d := cmp.Diff([]classroom.RoomLink{link(ada), link(second)}, r.Rooms); d != "" || r.Running || r.Standing != classroom.ChannelServed || r.Locale != "en" {
		t.Errorf("before the class %+v (-want +got)\n%s", r, d)
	}
	w.starts(second)
	r = w.says(course.ChannelID, "anybody", false)
	if d := cmp.Diff([]classroom.RoomLink{link(second)}, r.Rooms); d != "" || !r.Running {
		t.Errorf("while it runs %+v (-want +got)\n%s", r, d)
	}
	for _, channel := range []string{"", "another", course.ChannelName + "x"} {
		if r := w.says(channel, "anybody", false); r.Standing != classroom.ChannelForeign || r.Course.ID != "" || len(r.Rooms) != 0 {
			t.Errorf("in channel %q: %+v", channel, r)
		}
	}
	other := storagetest.Tenant(t, w.db)
	r, err := w.AnswerInChat(t.Context(), classroom.ChatAsk{TenantID: other.ID, ChannelID: course.ChannelID})
	if must(t, err); r.Standing != classroom.ChannelForeign {
		t.Errorf("another school is told %+v", r)
	}
}

func TestAnswerInChatWithRecordings(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	course := w.reload(a.Course.ID)
	if r := w.says(course.ChannelID, "anybody", true); len(r.Recordings) != 0 {
		t.Errorf("before any: %+v", r.Recordings)
	}
	one := w.recorded(a)
	r := w.says(course.ChannelID, "anybody", true)
	want := []classroom.RecordingLink{{Room: a.Room.Title, StartedAt: one.StartedAt, URL: "https://class.example/go/" + a.Room.ID + "/recordings/" + one.ID}}
	if d := cmp.Diff(want, r.Recordings); d != "" || len(r.Rooms) != 0 {
		t.Errorf("(-want +got)\n%s", d)
	}
	one.State = classroom.RecordingUnpublished
	must(t, w.db.SaveRecording(t.Context(), one))
	if r := w.says(course.ChannelID, "anybody", true); len(r.Recordings) != 0 {
		t.Errorf("hidden ones are told: %+v", r.Recordings)
	}
}

// Groups' classes are told to whoever may enter them, and to nobody else.
func TestAnswerInChatOfGroups(t *testing.T) {
	w := newWorld(t)
	ada, bob, cyd := grouped(w)
	w.work()
	for person, a := range map[string]classroom.Access{"ada": ada, "bob": bob, "cyd": cyd} {
		must(t, w.LinkChat(t.Context(), a, classroom.ChatUser{ID: "user-" + person, Username: person}))
	}
	red, err := w.OpenGroup(t.Context(), ada, "1")
	must(t, err)
	inRed := ada
	inRed.Room = red
	w.starts(inRed)
	channel := w.reload(ada.Course.ID).ChannelID
	for user, want := range map[string]string{"user-ada": "Red", "user-bob": "Red", "user-cyd": "Lessons", "user-nobody": "Lessons"} {
		if r := w.says(channel, user, false); rooms(r) != want || r.Running != (want == "Red") {
			t.Errorf("%s is told of %s", user, rooms(r))
		}
	}
}

func TestAnswerInChatTellsNothingOfWhatIsClosed(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	w.work()
	must(t, w.LinkChat(t.Context(), bob, classroom.ChatUser{ID: "user-bob", Username: "bob"}))
	channel := w.reload(ada.Course.ID).ChannelID
	wants := func(user string, standing classroom.ChannelStanding) {
		t.Helper()
		r := w.says(channel, user, false)
		if r.Standing != standing || (len(r.Rooms) > 0) != (standing == classroom.ChannelServed) {
			t.Errorf("%s is told %+v, want %s", user, r, standing)
		}
	}
	wants("user-bob", classroom.ChannelServed)
	e, _, err := w.db.FindEnrolment(t.Context(), bob.Person.ID, bob.Course.ID)
	must(t, err)
	e.EndedAt = w.clock()
	must(t, w.db.SaveEnrolment(t.Context(), e))
	wants("user-bob", classroom.ChannelLeft)
	wants("user-else", classroom.ChannelServed)
	w.decides(func(p *classroom.Platform) { p.Pilot = []string{"another"} })
	wants("user-else", classroom.ChannelClosed)
	w.decides(func(p *classroom.Platform) { p.Pilot = nil })
	wants("user-else", classroom.ChannelServed)
	p := w.platform
	p.Disabled = true
	must(t, w.db.SavePlatform(t.Context(), p))
	wants("user-else", classroom.ChannelClosed)
}

// A chat that cannot be reached any more can be let go of all the same.
func TestDisconnectTakesTheCommandAway(t *testing.T) {
	for _, away := range []error{nil, errors.New("away")} {
		w := newWorld(t)
		w.server.away = away
		must(t, w.DisconnectChat(t.Context(), classroom.DefaultTenant))
		_, found, err := w.db.FindChatConnection(t.Context(), classroom.DefaultTenant)
		if must(t, err); found || w.server.removed != 1 {
			t.Errorf("connected: %v, commands removed: %d", found, w.server.removed)
		}
	}
}
