package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// channel opens the channel of the room's course and puts those users in.
func (w *world) channel(path string, members ...string) {
	w.Helper()
	w.connectChat()
	room, err := w.db.Room(w.Context(), strings.TrimPrefix(path, "/rooms/"))
	w.must(err)
	w.must(w.db.Tx(w.Context(), func(tx classroom.Tx) error {
		c, err := tx.LockCourse(w.Context(), room.CourseID)
		if err != nil {
			return err
		}
		c.Channel, c.ChannelID, c.ChannelName = classroom.ChannelOpen, "channel", "channel"
		return tx.SaveCourse(w.Context(), c)
	}))
	for _, m := range members {
		w.chat.members[m] = true
	}
}

// goFrom makes /go/x of /rooms/x.
func goFrom(path string) string { return strings.Replace(path, "/rooms/", "/go/", 1) }

// signIn follows a redirect to the chat and comes back as that user.
func (b *browser) signIn(sent *answer, user string) *answer {
	b.Helper()
	sent.leads("https://chat.example/oauth/authorize?")
	state := mustURL(b, sent.header.Get("Location")).Query().Get("state")
	return b.get("/mattermost/oauth?" + url.Values{"code": {user}, "state": {state}}.Encode())
}

// comeIn signs in and answers what the link of a post shows.
func (b *browser) comeIn(path, user string) *answer {
	b.Helper()
	b.signIn(b.get(path), user).leads(path)
	return b.get(path)
}

// newRoom launches once, so that there is a room, and answers its path.
func (w *world) newRoom() string {
	w.Helper()
	_, path := w.browser().enter("teacher", "room-1")
	return path
}

func TestJoinFromChat(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	w.running(path)
	b := w.browser()
	page := b.comeIn(goFrom(path), "u1").want(http.StatusOK).says("go.record").says("go.lobby")
	if page.attr("main", "data-go") == "" {
		t.Error("the page does not go on by itself")
	}
	in := b.submit(page, "#go").leads(w.bbbURL)
	for _, want := range []string{"role=VIEWER", "guest=true", "fullName=Name+of+u1"} {
		if !strings.Contains(in.header.Get("Location"), want) {
			t.Errorf("the join lacks %s: %s", want, in.header.Get("Location"))
		}
	}
	if got := w.joins.last(); got != "chat ok" {
		t.Errorf("observed %q", got)
	}
}

// running starts a class in the room at BigBlueButton.
func (w *world) running(path string) {
	w.Helper()
	a, err := w.accessOf(path, "Terry Teacher")
	w.must(err)
	_, err = w.room.Start(w.Context(), a, false)
	w.must(err)
}

func TestJoinFromChatAtOnceWhenNothingIsRecorded(t *testing.T) {
	w := newWorld(t)
	p := w.platform
	p.Record = false
	w.must(w.db.SavePlatform(t.Context(), p))
	path := w.newRoom()
	w.channel(path, "u1")
	w.running(path)
	w.link(path, "Terry Teacher", "u1")
	in := w.browser().comeIn(goFrom(path), "u1").leads(w.bbbURL)
	if !strings.Contains(in.header.Get("Location"), "role=MODERATOR") {
		t.Errorf("a linked teacher joins by %s", in.header.Get("Location"))
	}
}

func TestGoNeverStarts(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	b := w.browser()
	page := b.comeIn(goFrom(path), "u1").want(http.StatusOK).says("go.waiting").says("go.not_linked")
	whose := w.server.whose("u1")
	b.post(goFrom(path), url.Values{"whose": {whose}}).leads(goFrom(path))
	if len(w.bbb.Meetings()) != 0 {
		t.Error("following a link started a class")
	}
	if got := b.get(page.attr("main", "data-state")).want(http.StatusOK).body; got != `{"running":false}` {
		t.Errorf("the waiting page is told %s", got)
	}
	w.running(path)
	if got := b.get(page.attr("main", "data-state")).body; got != `{"running":true}` {
		t.Errorf("the waiting page is told %s", got)
	}
}

func TestGoAfterTheEnd(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1", "u2")
	w.link(path, "Terry Teacher", "u1")
	m := w.meeting(path, w.ended(classroom.RecordingFound))
	r := classroom.Recording{
		ID: storagetest.ID(), TenantID: m.TenantID, RoomID: m.RoomID, MeetingID: m.ID, RecordID: "rec-1",
		State: classroom.RecordingPublished, Formats: []string{"video"}, CreatedAt: m.EndedAt, UpdatedAt: m.EndedAt,
	}
	w.must(w.db.CreateRecording(t.Context(), r))
	w.bbb.AddRecording(bbbtest.Recording{RecordID: "rec-1", MeetingID: m.ID, State: "published", Formats: []string{"video"}})

	linked := w.browser()
	page := linked.comeIn(goFrom(path), "u1").says("go.recordings").says("go.course")
	if !strings.Contains(page.text(".state"), "The last class ended on") {
		t.Errorf("the end is not told: %s", page.text(".state"))
	}
	linked.get(page.attr(".plain-list a", "href")).leads(w.bbbURL)

	guest := w.browser()
	if guest.comeIn(goFrom(path), "u2").has(".plain-list") {
		t.Error("who is not linked is shown recordings")
	}
	guest.get(goFrom(path) + "/recordings/" + r.ID).want(http.StatusForbidden).says("error.recording_needs_link")

	// A link to a recording signs in first, and then plays it.
	fresh := w.browser()
	to := goFrom(path) + "/recordings/" + r.ID
	fresh.signIn(fresh.get(to), "u1").leads(to)
	fresh.get(to).leads(w.bbbURL)
}

func TestGoRefusesStrangers(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	w.running(path)
	b := w.browser()
	page := b.comeIn(goFrom(path), "stranger").want(http.StatusForbidden).says("error.chat_not_member")
	if !strings.Contains(page.text(".signed-in"), "@stranger.name") {
		t.Errorf("the page does not say who is signed in: %s", page.text("body"))
	}
	// Another account may be tried in the same browser.
	b.submit(page, ".signed-in").leads(goFrom(path))
	b.comeIn(goFrom(path), "u1").want(http.StatusOK)

	b.get("/go/" + noThing).want(http.StatusNotFound).says("error.room_unknown")
	b.post(goFrom(path), url.Values{"whose": {w.server.whose("stranger")}}).want(http.StatusConflict).says("error.other_chat_user")
	b.post(goFrom(path), url.Values{}).want(http.StatusConflict)
	w.browser().get(goFrom(path) + "/state").want(http.StatusUnauthorized)
	w.browser().post(goFrom(path), url.Values{"whose": {w.server.whose("u1")}}).leads(goFrom(path))
}

func TestPreviewsAreHarmless(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path)
	w.running(path)
	a := w.browser().send("GET", goFrom(path), "", map[string]string{"User-Agent": "Mattermost-Bot/1.1"})
	a.leads("https://chat.example/oauth/authorize?")
	if strings.Contains(a.body, w.bbbURL) || strings.Contains(a.header.Get("Location"), "bigbluebutton") {
		t.Error("a preview sees the way into the class")
	}
}

func TestBusyChat(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	b := w.browser()
	sent := b.get(goFrom(path))
	b.signIn(sent, "u1").leads(goFrom(path))
	w.chat.fail(&classroom.BusyError{Wait: 7 * time.Second})
	page := b.get(goFrom(path)).want(http.StatusServiceUnavailable).says("error.chat_busy")
	if got := page.header.Get("Retry-After"); got != "7" {
		t.Errorf("Retry-After %q", got)
	}
	if got := page.attr("meta[http-equiv=refresh]", "content"); got != "8; url="+goFrom(path) {
		t.Errorf("the page goes on by %q", got)
	}
	w.chat.fail(nil)
	b.get(goFrom(path)).want(http.StatusOK)

	w.chat.fail(classroom.ErrNoChat)
	w.browser().get(goFrom(path)).want(http.StatusServiceUnavailable).says("error.no_chat")
	w.chat.fail(errors.New("connection refused: secret-token"))
	if page := w.browser().get(goFrom(path)); page.status != http.StatusServiceUnavailable || strings.Contains(page.body, "secret") {
		t.Errorf("status %d: %s", page.status, page.text("body"))
	}
}

func TestChatSessionIsOfOneSchool(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	token, err := w.room.Signer.Sign(purposeChat, chatSession{Tenant: "another", ID: "u1"}, time.Hour)
	w.must(err)
	b := w.browser()
	b.Client.Jar.SetCookies(mustURL(t, w.url), []*http.Cookie{{Name: cookieChat, Value: token, Path: "/", Secure: true}})
	b.get(goFrom(path)).leads("https://chat.example/")
}
