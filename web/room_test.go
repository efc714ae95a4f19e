package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// meeting puts a running meeting into the room of that path.
func (w *world) meeting(path string, change func(*classroom.Meeting)) classroom.Meeting {
	w.Helper()
	room, err := w.db.Room(w.Context(), strings.TrimPrefix(path, "/rooms/"))
	w.must(err)
	by := storagetest.Person(w, w.db, w.platform, "Somebody")
	m := storagetest.NewMeeting(room, w.bbbRow, by)
	if change != nil {
		change(&m)
	}
	w.must(w.db.CreateMeeting(w.Context(), m))
	w.must(w.db.TouchRoom(w.Context(), room.ID))
	return m
}

// ended makes a meeting of an hour that ended an hour ago.
func (w *world) ended(outcome classroom.RecordingOutcome) func(*classroom.Meeting) {
	return func(m *classroom.Meeting) {
		m.OpenRoomID, m.State, m.RecordingState, m.Attended = nil, classroom.MeetingEnded, outcome, 12
		m.CreatedAt, m.EndedAt = w.clock.Now().Add(-2*time.Hour), w.clock.Now().Add(-time.Hour)
	}
}

func TestButtonsByRoleAndState(t *testing.T) {
	w := newWorld(t)
	w.connectChat()
	teacher, learner := w.browser(), w.browser()
	page, path := teacher.enter("teacher", "room-1")
	buttons(t, "teacher, idle", page, "start")
	if !page.has("#announce[checked]") {
		t.Error("the start is not announced by default, though the course gets a channel")
	}
	page, _ = learner.enter("learner", "room-1")
	buttons(t, "learner, idle", page, "wait")
	page.says("room.record_notice")

	w.meeting(path, func(m *classroom.Meeting) { m.State = classroom.MeetingStarting })
	buttons(t, "teacher, starting", teacher.get(path), "join", "end")
	buttons(t, "learner, starting", learner.get(path).says("room.starting"), "wait")

	m, _, err := w.db.FindOpenMeeting(t.Context(), strings.TrimPrefix(path, "/rooms/"))
	w.must(err)
	m.State, m.Inside = classroom.MeetingRunning, 3
	w.must(w.db.SaveMeeting(t.Context(), m))
	w.must(w.db.TouchRoom(t.Context(), m.RoomID))
	buttons(t, "teacher, running", teacher.get(path), "join", "end")
	page = learner.get(path).says("room.running")
	buttons(t, "learner, running", page, "join")
	if got := page.text(".state p"); !strings.Contains(got, "started by Somebody") || !strings.Contains(got, "3 people inside") {
		t.Errorf("the state is told as %q", got)
	}
	if !page.has(`link[rel=stylesheet]`) || !page.has(`noscript meta[http-equiv=refresh]`) && !strings.Contains(page.body, `http-equiv="refresh"`) {
		t.Error("without JavaScript the page would never change")
	}
}

// buttons fails unless those, and no others, are what the page offers to do.
func buttons(t *testing.T, when string, page *answer, want ...string) {
	t.Helper()
	for _, id := range []string{"start", "join", "wait", "end"} {
		expected := false
		for _, one := range want {
			expected = expected || one == id
		}
		if page.has("#"+id) != expected {
			t.Errorf("%s: button %s is there: %t, want %t", when, id, page.has("#"+id), expected)
		}
	}
}

// Who goes in is told before what the meeting was started with, not what the
// room's switch says now.
func TestRecordingIsToldOfTheMeeting(t *testing.T) {
	for _, recorded := range []bool{true, false} {
		w := newWorld(t)
		p := w.platform
		p.Record = !recorded
		w.must(w.db.SavePlatform(t.Context(), p))
		b := w.browser()
		_, path := b.enter("learner", "room-1")
		w.meeting(path, func(m *classroom.Meeting) { m.State, m.Record = classroom.MeetingRunning, recorded })
		for _, address := range []string{path, path + "/wait"} {
			if told := b.get(address).want(http.StatusOK).has(".notice"); told != recorded {
				t.Errorf("%s: the meeting may be recorded: %t, told: %t", address, recorded, told)
			}
		}
	}
}

func TestNoBigBlueButton(t *testing.T) {
	w := newWorld(t)
	gone := w.bbbRow
	gone.Disabled = true
	w.must(w.db.SaveServer(t.Context(), gone))
	page, _ := w.browser().enter("teacher", "room-1")
	buttons(t, "teacher without a server", page)
	page.says("room.no_bbb.do")
}

func TestPastMeetingsSayWhatBecameOfThem(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	_, path := b.enter("learner", "room-1")
	for outcome, text := range map[classroom.RecordingOutcome]string{
		classroom.RecordingOff: "room.recording.off", classroom.RecordingNone: "room.recording.none",
		classroom.RecordingOverdue: "room.recording.overdue",
	} {
		w.meeting(path, w.ended(outcome))
		page := b.get(path).says(text)
		if !page.has(`[data-outcome="` + string(outcome) + `"]`) {
			t.Errorf("no meeting is marked %s", outcome)
		}
	}
	w.meeting(path, w.ended(classroom.RecordingProcessing))
	page := b.get(path)
	if got := page.text(`[data-outcome=processing]`); !strings.Contains(got, "in the making since") || !strings.Contains(got, "12 people attended") {
		t.Errorf("processing is told as %q", got)
	}
	w.clock.forward(25 * time.Hour)
	late := w.browser()
	page, _ = late.enter("learner", "room-1")
	if len(page.all(`[data-outcome=overdue]`)) != 2 {
		t.Error("a recording in the making for more than a day is not called overdue")
	}
}

func TestRecordings(t *testing.T) {
	w := newWorld(t)
	frame, tab := w.browser(), w.browser()
	_, path := frame.enter("learner", "room-1")
	m := w.meeting(path, w.ended(classroom.RecordingFound))
	w.bbb.AddRecording(bbbtest.Recording{RecordID: "rec-1", MeetingID: m.ID, State: "published", Formats: []string{"presentation"}})
	var ids []string
	for i, state := range []classroom.RecordingState{classroom.RecordingPublished, classroom.RecordingUnpublished, classroom.RecordingDeleted} {
		r := classroom.Recording{
			ID: storagetest.ID(), TenantID: m.TenantID, RoomID: m.RoomID, MeetingID: m.ID, RecordID: "rec-" + string(rune('1'+i)),
			State: state, Formats: []string{"presentation"}, StartedAt: m.CreatedAt, EndedAt: m.EndedAt, CreatedAt: m.EndedAt, UpdatedAt: m.EndedAt,
		}
		ids = append(ids, r.ID)
		w.must(w.db.CreateRecording(t.Context(), r))
	}
	w.must(w.db.TouchRoom(t.Context(), m.RoomID))
	page := frame.get(path).says("room.recording.hidden").says("room.recording.deleted")
	if n := len(page.all("form.play")); n != 1 {
		t.Fatalf("%d recordings can be played, want the published one", n)
	}
	_, fields := page.form("form.play")
	// The ticket is for this recording, not for another of the room.
	tab.post(path+"/recordings/"+ids[1], fields).want(http.StatusBadRequest)
	action, fields := frame.get(path).form("form.play")
	played := tab.post(action, fields).leads("http")
	if got := played.header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy %q on the way to a recording", got)
	}
	if played.header.Get("Cache-Control") != "no-store" || strings.Contains(played.body, "http") {
		t.Error("the address of a recording is kept in a cache or a body")
	}
}

func TestEndByForm(t *testing.T) {
	w := newWorld(t)
	teacher, tab := w.browser(), w.browser()
	page, path := teacher.enter("teacher", "room-1")
	tab.submit(page, "form.start").leads(w.bbbURL)
	page = teacher.get(path)
	teacher.submit(page, "#end-details form").leads(path)
	if m := w.bbb.Meetings(); len(m) != 1 || !m[0].Ended {
		t.Errorf("the meeting goes on at BigBlueButton: %+v", m)
	}
}

func TestAskForChannelAndUnlink(t *testing.T) {
	w := newWorld(t)
	p := w.platform
	p.Channels = classroom.ChannelWhenAsked
	w.must(w.db.SavePlatform(t.Context(), p))
	w.connectChat()
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	if page.has("#announce") {
		t.Error("a start can be announced in a channel that nobody asked for")
	}
	page.says("room.chat.may_ask")
	b.submit(page, `[data-chat=may_ask] form`).leads(path)
	b.get(path).says("room.chat.opening")

	w.link(path, "Terry Teacher", "u1")
	page = b.get(path)
	b.submit(page, "#unlink-details form").leads(path)
	if b.get(path).has("#unlink-details") {
		t.Error("the account is still linked")
	}
}

// connectChat lets the default tenant have a chat.
func (w *world) connectChat() {
	w.Helper()
	w.must(w.db.SaveChatConnection(w.Context(), classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: "https://chat.example", Token: "bot-token", TeamName: "school", UpdatedAt: w.clock.Now(),
	}))
}

// link links the person of that name, enrolled in the room's course, with a chat user.
func (w *world) link(path, name, chatUser string) {
	w.Helper()
	a, err := w.accessOf(path, name)
	w.must(err)
	w.must(w.room.LinkChat(w.Context(), a, classroom.ChatUser{ID: chatUser, Username: chatUser + ".name"}))
}

// accessOf is the access of the newest launch of somebody.
func (w *world) accessOf(path, name string) (classroom.Access, error) {
	var launch string
	_, file := w.db.Handles()
	err := file.QueryRowContext(w.Context(),
		"SELECT l.id FROM launches l JOIN persons p ON p.id = l.person_id WHERE p.name = ? ORDER BY l.created_at DESC LIMIT 1", name).Scan(&launch)
	if err != nil {
		return classroom.Access{}, err
	}
	return w.room.Access(w.Context(), launch, strings.TrimPrefix(path, "/rooms/"))
}

func TestFormsNeedTheirPerson(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	whose := url.Values{"whose": {page.attr("#panel", "data-panel")[strings.Index(page.attr("#panel", "data-panel"), "whose=")+6:]}}
	b.post(path+"/end", whose).leads(path)
	b.post(path+"/end", nil).want(http.StatusBadRequest).says("error.form")
	w.browser().post(path+"/end", whose).want(http.StatusUnauthorized).says("error.session_expired")

	// Somebody else launches in the same browser: what the first page asks is refused.
	b.enter("learner", "room-1")
	b.post(path+"/end", whose).want(http.StatusConflict).says("error.other_person")
	fragment := b.get(path + "/panel?" + whose.Encode()).want(http.StatusConflict).says("error.other_person")
	if strings.Contains(fragment.body, "<html") {
		t.Error("a script gets a whole page in place of its panel")
	}
	b.get(path + "/events?" + whose.Encode()).want(http.StatusConflict)
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	_, path := b.enter("learner", "room-1")
	w.clock.forward(classroom.SessionIdle - time.Minute)
	b.get(path).want(http.StatusOK)
	w.clock.forward(classroom.SessionIdle + time.Minute)
	a := b.get(path).want(http.StatusUnauthorized).says("error.session_expired").says("error.session_expired.do")
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, w.lmsURL) {
		t.Errorf("the LMS cannot frame the end of a session: %s", csp)
	}
	// A forged cookie, and one of another door, are none.
	for _, cookie := range []http.Cookie{{Name: string(doorFrame), Value: "forged.token"}, {Name: string(doorFrame), Value: doorTabToken(w)}} {
		c := w.browser()
		cookie.Path, cookie.Secure = "/", true
		c.Client.Jar.SetCookies(mustURL(t, w.url), []*http.Cookie{&cookie})
		c.get(path).want(http.StatusUnauthorized)
	}
}

func doorTabToken(w *world) string {
	w.Helper()
	token, err := w.room.Signer.Sign(purposeSession, session{"launch", doorTab}, time.Hour)
	w.must(err)
	return token
}

func TestBackToTheCourseOnlyByWeb(t *testing.T) {
	for address, want := range map[string]string{
		"https://lms.example/course?sesskey=1": "https://lms.example/course?sesskey=1",
		"http://lms.localhost:8080/c":          "http://lms.localhost:8080/c",
		"javascript:alert(1)":                  "", "//evil.example": "", "data:text/html,x": "", "": "", "https://": "",
	} {
		if got := webAddress(address); got != want {
			t.Errorf("webAddress(%q) = %q, want %q", address, got, want)
		}
	}
}
