package web

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/templates"

	"golang.org/x/net/html"
)

const (
	oddName  = `محمد "<script>alert(1)</script>" O'Brien & Søren Ångström-Østergaard-van der Hoogenband`
	longName = "Einführung in die nichtlineare Funktionalanalysis und ihre Anwendungen auf partielle Differentialgleichungen IIa"
)

var sampleTime = time.Date(2026, time.November, 23, 14, 5, 0, 0, time.UTC)

// textID is what Text answers when a text, or a value for it, is missing.
var textID = regexp.MustCompile(`\b(page|deeplink|room|wait|go|link|left|error|register|attendance|grades|settings|people|groups)\.[a-z_]+`)

// samplePage is one page in one of its states.
type samplePage struct {
	name, page string
	data       localized
}

func sampleBase(t *testing.T) basePage {
	t.Helper()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	return basePage{Printer: texts.For("en"), assets: a, Title: oddName, Scripts: []string{"times.js"}, Zone: "Europe/Berlin"}
}

func sampleView() classroom.RoomView {
	return classroom.RoomView{
		Room:     classroom.Room{ID: "room-1", Title: longName, Description: oddName, Record: true, Version: 7},
		Course:   classroom.Course{Title: oddName, Channel: classroom.ChannelOpen},
		Person:   classroom.Person{ID: "p", Name: oddName},
		Standing: classroom.Enrolment{Moderator: true, Why: "course_instructor", RoleName: "Instructor"},
		HasBBB:   true, Chat: classroom.ChatView{State: classroom.ChatMember, URL: "https://chat.example/t/channels/c", Linked: true, Username: "odd.name"},
		ReturnURL: "https://lms.example/course/2",
	}
}

// samplePast has one meeting of each outcome.
func samplePast() []pastMeeting {
	var past []pastMeeting
	for i, o := range []classroom.RecordingOutcome{
		classroom.RecordingOff, classroom.RecordingNone, classroom.RecordingPossible, classroom.RecordingProcessing, classroom.RecordingOverdue,
	} {
		m := classroom.Meeting{CreatedAt: sampleTime, EndedAt: sampleTime.Add(65 * time.Minute), Attended: i}
		past = append(past, pastMeeting{MeetingView: classroom.MeetingView{Meeting: m}, Outcome: o})
	}
	found := past[0]
	found.Outcome = classroom.RecordingFound
	for _, state := range []classroom.RecordingState{classroom.RecordingPublished, classroom.RecordingUnpublished, classroom.RecordingDeleted} {
		r := play{Recording: classroom.Recording{ID: "rec", RoomID: "room-1", State: state, Formats: []string{"presentation", "video"}}}
		if state == classroom.RecordingPublished {
			r.Ticket = "ticket"
		}
		found.Plays = append(found.Plays, r)
	}
	return append([]pastMeeting{found}, past...)
}

func sampleRooms(base basePage) []samplePage {
	running := sampleView()
	running.Moderator = true
	running.Now = &classroom.MeetingView{By: oddName, Meeting: classroom.Meeting{State: classroom.MeetingRunning, Inside: 12, CreatedAt: sampleTime}}
	starting := sampleView()
	starting.Now = &classroom.MeetingView{Meeting: classroom.Meeting{State: classroom.MeetingStarting}}
	idle := sampleView()
	idle.Moderator = true
	idle.Chat = classroom.ChatView{State: classroom.ChatMayAsk}
	bare := sampleView()
	bare.HasBBB, bare.ReturnURL, bare.Chat.State = false, "", classroom.ChatOff

	why := base.Text("room.why.course_instructor", "As", base.Text("room.as_moderator"), "Role", "Instructor")
	pages := []samplePage{
		{"room-running", "room", &roomPage{basePage: base, View: running, Whose: "w", State: "running", Why: why,
			JoinTicket: "t", MayEnd: true, BackURL: running.ReturnURL, Past: samplePast()}},
		{"room-starting", "room", &roomPage{basePage: base, View: starting, Whose: "w", State: "starting", Why: why, WaitTicket: "t"}},
		{"room-idle", "room", &roomPage{basePage: base, View: idle, Whose: "w", State: "idle", Why: why, StartTicket: "t", Announce: true,
			BackURL: running.ReturnURL, Past: samplePast()[:2]}},
		{"room-no-bbb", "room", &roomPage{basePage: base, View: bare, Whose: "w", State: "idle", Why: why}},
	}
	for _, state := range []classroom.ChatStanding{
		classroom.ChatNotCounted, classroom.ChatNotOpen, classroom.ChatOpening, classroom.ChatConnect, classroom.ChatFull,
	} {
		v := sampleView()
		v.Chat = classroom.ChatView{State: state}
		pages = append(pages, samplePage{"room-chat-" + string(state), "room",
			&roomPage{basePage: base, View: v, Whose: "w", State: "idle", Why: why, WaitTicket: "t", ConnectTicket: "t"}})
	}
	return pages
}

func samplePages(t *testing.T) []samplePage {
	base := sampleBase(t)
	v := sampleView()
	u := classroom.ChatUser{ID: "u", Username: "odd.name", Name: oddName}
	g := classroom.GoView{Room: v.Room, Course: v.Course, Record: true, Lobby: true}
	ended := g
	ended.EndedAt, ended.Linked, ended.Lobby = sampleTime, true, false
	ended.Recordings = []classroom.Recording{
		{ID: "r", RoomID: "room-1", State: classroom.RecordingPublished, Formats: []string{"video"}},
		{ID: "s", RoomID: "room-1", State: classroom.RecordingUnpublished},
		{ID: "d", RoomID: "room-1", State: classroom.RecordingDeleted},
	}
	running := g
	running.Running = true
	pages := append(sampleRooms(base),
		samplePage{"wait", "wait", waitPage{basePage: base, Room: v.Room, Course: v.Course, Name: oddName, Record: true, Action: "/rooms/room-1/enter"}},
		samplePage{"wait-running", "wait", waitPage{basePage: base, Room: v.Room, Course: v.Course, Running: true}},
		samplePage{"go-running", "go", goPage{basePage: base, GoView: running, User: u, Seconds: 6}},
		samplePage{"go-waiting", "go", goPage{basePage: base, GoView: g, User: u}},
		samplePage{"go-ended", "go", goPage{basePage: base, GoView: ended, User: u}},
		samplePage{"link", "link", linkPage{basePage: base, Room: v.Room, Course: v.Course, Name: oddName, User: u}},
		samplePage{"link-unnamed", "link", linkPage{basePage: base, Room: v.Room, Course: v.Course, User: classroom.ChatUser{Username: "u"}}},
		samplePage{"link-done", "link", linkPage{basePage: base, User: u, Done: true}},
		samplePage{"message", "message", messagePage{basePage: base, Heading: base.Text("error.chat_not_member"), What: base.Text("error.chat_not_member.do"),
			ChatUser: "odd.name", SwitchAt: "/go/room-1/switch", Reference: "K7QWERTZ"}},
		samplePage{"message-wait", "message", messagePage{basePage: base, Heading: base.Text("error.chat_busy"), Wait: 5, RetryAt: "/go/room-1"}},
		samplePage{"index", "index", indexPage{base}},
	)
	for _, how := range []string{"left", "ended", "full", "refused", "removed", "failed"} {
		left := classroom.LeftView{RoomID: "room-1", Title: longName, Running: how != "ended"}
		pages = append(pages, samplePage{"left-" + how, "left", leftPage{basePage: base, Left: left, How: how, Rejoin: true, Name: oddName}})
	}
	pages = append(pages, sampleRegistrations(base)...)
	pages = append(pages, sampleAttendance(base)...)
	pages = append(pages, sampleGrades(base)...)
	pages = append(pages, sampleDeepLinking(base)...)
	pages = append(pages, samplePeople(base)...)
	pages = append(pages, sampleGroups(base)...)
	pages = append(pages, sampleDoors(base)...)
	return append(pages,
		samplePage{"left-chat", "left", leftPage{basePage: base, Left: classroom.LeftView{RoomID: "room-1", FromChat: true}, How: "ended"}},
		samplePage{"left-unknown", "left", leftPage{basePage: base, How: "left"}},
	)
}

func TestPages(t *testing.T) {
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := loadAssets()
	if err != nil {
		t.Fatal(err)
	}
	all := newPages(texts, files)
	drawn := map[string]bool{}
	for _, p := range samplePages(t) {
		t.Run(p.name, func(t *testing.T) {
			drawn[p.page] = true
			err := all.execute(p.page, "layout", p.data, func(b []byte) { checkPage(t, string(b)) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	for _, page := range pageNames(t) {
		if !drawn[page] && !strings.HasPrefix(page, "console_") { // those: TestConsolePages
			t.Errorf("no test draws page %s", page)
		}
		for _, lang := range []string{"en", "de", "fr", "es", "pt"} {
			if _, err := all.in(texts.For(lang), page); err != nil {
				t.Error(err)
			}
		}
	}
}

// pageNames are all of them.
func pageNames(t *testing.T) []string {
	t.Helper()
	files, err := templates.Files.ReadDir(".")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d templates: %v", len(files), err)
	}
	var names []string
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".html"); name != "layout" && !strings.HasPrefix(name, "part_") {
			names = append(names, name)
		}
	}
	return names
}

// checkPage looks for what no page may have: markup out of names, script or style
// that the content policy forbids, ids that occur twice, texts that are missing.
func checkPage(t *testing.T, page string) {
	t.Helper()
	for _, never := range []string{"<script>alert", "&lt;bdi&gt;", "<no value>", "&lt;nil&gt;", " style=", " onclick=", "\ue001"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	seen, regions := map[string]bool{}, map[string]bool{}
	for n := range root.Descendants() {
		if name, ok := regionName(n); ok {
			if regions[name] {
				t.Errorf("two regions are called %q", name)
			}
			regions[name] = true
		}
		if id := textID.FindString(n.Data); n.Type == html.TextNode && id != "" {
			t.Errorf("the page shows the id of a text: %s", id)
		}
		for _, a := range n.Attr {
			if a.Key == "id" && seen[a.Val] && !strings.HasPrefix(a.Val, "play-") {
				t.Errorf("id %s occurs twice", a.Val)
			}
			seen[a.Val] = seen[a.Val] || a.Key == "id"
		}
	}
}

// regionName is what screen readers call a landmark of a page by, the id of another
// element or a text.
func regionName(n *html.Node) (name string, ok bool) {
	region := n.Data == "section"
	for _, a := range n.Attr {
		switch a.Key {
		case "role":
			region = a.Val == "region"
		case "aria-labelledby", "aria-label":
			name = a.Val
		}
	}
	return name, n.Type == html.ElementNode && region && name != ""
}
