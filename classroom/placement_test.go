package classroom_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// chooses is a deep linking request of a person of the course.
func (w *world) chooses(subject, role string) *lti.Launch {
	l := w.launch(subject, role)
	data := "a+b/c== \"é\" <&>"
	l.MessageType, l.ResourceLink = lti.DeepLinkingRequest, lti.ResourceLink{}
	l.AGS = &lti.AGS{LineItems: "https://lms.example/lineitems"}
	l.DeepLinking = &lti.DeepLinking{
		ReturnURL: "https://lms.example/return?sesskey=s3ss&id=2", AcceptTypes: []string{"ltiResourceLink"}, AcceptTargets: []string{"iframe"},
		AcceptMultiple: true, AcceptLineItem: true, Title: "Proposed", Data: &data,
	}
	return l
}

func (w *world) places(l *lti.Launch) classroom.Placing {
	w.t.Helper()
	v, err := w.Place(w.t.Context(), l)
	must(w.t, err)
	return v
}

// byTicket reads the placement again, as the page's form does.
func (w *world) byTicket(v classroom.Placing) classroom.Placing {
	w.t.Helper()
	again, err := w.Placing(w.t.Context(), v.Ticket)
	must(w.t, err)
	return again
}

// placed makes rooms of those titles and answers them in that order.
func (w *world) placed(titles ...string) []classroom.Room {
	w.t.Helper()
	v := w.places(w.chooses("terry", teacher))
	var choice classroom.Choice
	for _, title := range titles {
		choice.New = append(choice.New, classroom.NewRoom{Title: title, Record: true})
	}
	_, err := w.Choose(w.t.Context(), v, choice)
	must(w.t, err)
	var made []classroom.Room
	for _, title := range titles {
		for _, r := range w.byTicket(v).Rooms {
			if r.Title == title {
				made = append(made, r.Room)
			}
		}
	}
	return made
}

// opens launches a link that names a room.
func (w *world) opens(link, title, room string) classroom.Access {
	w.t.Helper()
	l := w.launch("sam", learner)
	l.ResourceLink = lti.ResourceLink{ID: link, Title: title}
	l.Custom = map[string]string{"room": room}
	return w.lands(l)
}

func (w *world) lands(l *lti.Launch) classroom.Access {
	w.t.Helper()
	return w.visits(l)
}

// answerOf is what the LMS reads in the response.
type answerOf struct {
	Data  *string `json:"https://purl.imsglobal.org/spec/lti-dl/claim/data"`
	Items []struct {
		Title, Text, URL string
		Custom           map[string]string
		LineItem         *struct {
			Label, ResourceID, Tag string
			ScoreMaximum           float64
		}
	} `json:"https://purl.imsglobal.org/spec/lti-dl/claim/content_items"`
}

func readAnswer(t *testing.T, c classroom.Chosen) answerOf {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(c.JWT, ".")[1])
	must(t, err)
	var a answerOf
	must(t, json.Unmarshal(payload, &a))
	return a
}

func TestTeacherPlacesRooms(t *testing.T) {
	w := newWorld(t)
	old := w.enters("terry", teacher).Room
	l := w.chooses("terry", teacher)
	v := w.places(l)
	if !v.MayPlace || !v.MayGrade || !v.MayRecord || v.Proposed.Title != "Proposed" || len(v.Rooms) != 1 || v.Rooms[0].ID != old.ID {
		t.Fatalf("placing %+v", v)
	}
	chosen, err := w.Choose(t.Context(), w.byTicket(v), classroom.Choice{
		RoomIDs: []string{old.ID, old.ID},
		New: []classroom.NewRoom{
			{Title: " Lab\r\n course ", Description: "On\nMondays", Record: true, Graded: true}, {Title: "Office"},
		},
	})
	must(t, err)
	if chosen.ReturnURL != l.DeepLinking.ReturnURL {
		t.Errorf("goes to %s", chosen.ReturnURL)
	}
	got := readAnswer(t, chosen)
	if got.Data == nil || *got.Data != *l.DeepLinking.Data {
		t.Errorf("data %v, want %q", got.Data, *l.DeepLinking.Data)
	}
	if len(got.Items) != 3 {
		t.Fatalf("%d items", len(got.Items))
	}
	lab := got.Items[1]
	room, err := w.db.Room(t.Context(), lab.Custom["room"])
	must(t, err)
	want := classroom.Room{
		ID: room.ID, TenantID: old.TenantID, CourseID: old.CourseID, ResourceLinkID: room.ID, Title: "Lab course", Description: "On Mondays",
		Record: true, Graded: true, Version: 1, CreatedAt: w.clock(), UpdatedAt: w.clock(),
	}
	if diff := cmp.Diff(want, room); diff != "" {
		t.Error(diff)
	}
	if lab.Title != "Lab course" || lab.Text != "On Mondays" || lab.URL != "https://class.example/lti/launch" {
		t.Errorf("item %+v", lab)
	}
	if lab.LineItem == nil || lab.LineItem.ResourceID != room.ID || lab.LineItem.ScoreMaximum != 100 || lab.LineItem.Tag != "attendance" || lab.LineItem.Label != "Lab course" {
		t.Errorf("line item %+v", lab.LineItem)
	}
	if first, last := got.Items[0], got.Items[2]; first.Custom["room"] != old.ID || first.LineItem != nil || last.LineItem != nil {
		t.Errorf("items %+v and %+v", first, last)
	}
	if a := w.opens("link-lab", "Lab course", room.ID); a.Room.ID != room.ID {
		t.Errorf("the link leads to %s", a.Room.ID)
	}
}

func TestPlacementIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	v := w.places(w.chooses("terry", teacher))
	choice := classroom.Choice{New: []classroom.NewRoom{{Title: "Lab"}}}
	var first answerOf
	for i := range 3 {
		chosen, err := w.Choose(t.Context(), w.byTicket(v), choice)
		must(t, err)
		if got := readAnswer(t, chosen); i == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("sent again, it answers otherwise: %s", diff)
		}
	}
	if n := len(w.byTicket(v).Rooms); n != 1 {
		t.Errorf("%d rooms", n)
	}
	choice.New[0].Title = "Another"
	if _, err := w.Choose(t.Context(), w.byTicket(v), choice); messageOf(err) != "error.placement_answered" {
		t.Errorf("another choice: %v", err)
	}
	if _, err := w.Leave(t.Context(), v); messageOf(err) != "error.placement_answered" {
		t.Errorf("leaving: %v", err)
	}
}

func TestOneClickOfManyMakesTheRooms(t *testing.T) {
	w := newWorld(t)
	v := w.places(w.chooses("terry", teacher))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := w.Choose(t.Context(), v, classroom.Choice{New: []classroom.NewRoom{{Title: "Lab"}}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(w.byTicket(v).Rooms); n != 1 {
		t.Errorf("%d rooms", n)
	}
}

func TestLeavingAnswersNothing(t *testing.T) {
	w := newWorld(t)
	l := w.chooses("terry", teacher)
	l.DeepLinking.Data = nil
	v := w.places(l)
	for range 2 {
		chosen, err := w.Leave(t.Context(), v)
		must(t, err)
		if got := readAnswer(t, chosen); got.Data != nil || got.Items == nil || len(got.Items) != 0 {
			t.Errorf("answer %+v", got)
		}
	}
}

func TestChoicesThatCannotBeMeant(t *testing.T) {
	w := newWorld(t)
	other := w.chooses("terry", teacher)
	other.Context.ID = "elsewhere"
	foreign := w.places(other)
	_, err := w.Choose(t.Context(), foreign, classroom.Choice{New: []classroom.NewRoom{{Title: "Foreign"}}})
	must(t, err)
	foreignRoom := w.byTicket(foreign).Rooms[0].ID

	many := classroom.Choice{New: slices.Repeat([]classroom.NewRoom{{Title: "Lab"}}, classroom.MaxChosen+1)}
	for name, test := range map[string]struct {
		choice classroom.Choice
		single bool
		want   classroom.ChoiceError
	}{
		"nothing":                  {classroom.Choice{}, false, classroom.ChoiceError{Message: "deeplink.none_chosen"}},
		"too many":                 {many, false, classroom.ChoiceError{Message: "deeplink.too_many"}},
		"two where one is taken":   {classroom.Choice{New: []classroom.NewRoom{{Title: "A"}, {Title: "B"}}}, true, classroom.ChoiceError{Message: "deeplink.only_one"}},
		"a room of another course": {classroom.Choice{RoomIDs: []string{foreignRoom}}, false, classroom.ChoiceError{Message: "deeplink.room_gone"}},
		"a room of nowhere":        {classroom.Choice{RoomIDs: []string{"' OR 1=1 --"}}, false, classroom.ChoiceError{Message: "deeplink.room_gone"}},
		"no name": {
			classroom.Choice{New: []classroom.NewRoom{{Title: "A"}, {Title: " \u202e\t", Description: "text"}}}, false,
			classroom.ChoiceError{Rows: map[int]string{1: "deeplink.title_missing"}},
		},
		"too long": {
			classroom.Choice{New: []classroom.NewRoom{
				{Title: strings.Repeat("é", classroom.MaxRoomTitle+1)}, {Title: "A", Description: strings.Repeat("x", classroom.MaxDescription+1)},
				{Title: strings.Repeat("é", classroom.MaxRoomTitle), Description: strings.Repeat("é", classroom.MaxDescription)},
			}}, false,
			classroom.ChoiceError{Rows: map[int]string{0: "deeplink.title_long", 1: "deeplink.description_long"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := w.chooses("terry", teacher)
			l.DeepLinking.AcceptMultiple = !test.single
			_, err := w.Choose(t.Context(), w.places(l), test.choice)
			var got *classroom.ChoiceError
			if !errors.As(err, &got) {
				t.Fatalf("Choose = %v", err)
			}
			if got.Message != test.want.Message || !maps.Equal(got.Rows, test.want.Rows) {
				t.Errorf("wrong are %+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestLineItemsOnlyWhereTheLMSTakesThem(t *testing.T) {
	w := newWorld(t)
	for name, alter := range map[string]func(*lti.Launch){
		"not accepted": func(l *lti.Launch) { l.DeepLinking.AcceptLineItem = false },
		"no gradebook": func(l *lti.Launch) { l.AGS, l.Context.ID = nil, "ungraded" },
	} {
		l := w.chooses("terry", teacher)
		alter(l)
		v := w.places(l)
		chosen, err := w.Choose(t.Context(), v, classroom.Choice{New: []classroom.NewRoom{{Title: "Lab", Graded: true}}})
		must(t, err)
		if got := readAnswer(t, chosen).Items[0]; got.LineItem != nil || v.MayGrade || w.byTicket(v).Rooms[0].Graded {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// A room that has its column does not get a second one.
	l := w.chooses("terry", teacher)
	v := w.places(l)
	_, err := w.Choose(t.Context(), v, classroom.Choice{New: []classroom.NewRoom{{Title: "Graded", Graded: true}}})
	must(t, err)
	room := w.byTicket(v).Rooms[0].ID
	open := w.launch("sam", learner)
	open.ResourceLink, open.Custom = lti.ResourceLink{ID: "link-g", Title: "Graded"}, map[string]string{"room": room}
	open.AGS = &lti.AGS{LineItem: "https://lms.example/lineitems/7?type_id=3"}
	if a := w.lands(open); a.Room.LineItemURL != "https://lms.example/lineitems/7?type_id=3" {
		t.Errorf("the launch's column was not kept: %q", a.Room.LineItemURL)
	}
	open.Nonce, open.AGS.LineItem = storagetest.ID(), "https://lms.example/lineitems/8"
	if a := w.lands(open); a.Room.LineItemURL != "https://lms.example/lineitems/7?type_id=3" {
		t.Errorf("another column replaced the first: %q", a.Room.LineItemURL)
	}
	again := w.places(w.chooses("terry", teacher))
	chosen, err := w.Choose(t.Context(), again, classroom.Choice{RoomIDs: []string{room}})
	must(t, err)
	if got := readAnswer(t, chosen).Items[0]; got.LineItem != nil {
		t.Error("a second column")
	}
}

func TestWhoMayNotPlace(t *testing.T) {
	w := newWorld(t)
	t.Run("learners", func(t *testing.T) {
		v := w.places(w.chooses("sam", learner))
		if v.MayPlace || v.Rooms != nil {
			t.Error("a learner may choose")
		}
		if _, err := w.Choose(t.Context(), v, classroom.Choice{New: []classroom.NewRoom{{Title: "Mine"}}}); !classroom.Is(err, classroom.Forbidden) {
			t.Errorf("Choose = %v", err)
		}
		if _, err := w.Leave(t.Context(), v); err != nil {
			t.Errorf("a learner cannot go back: %v", err)
		}
	})
	t.Run("the rights are those of now", func(t *testing.T) {
		v := w.places(w.chooses("terry", teacher))
		_, err := w.Place(t.Context(), w.chooses("terry", learner))
		must(t, err)
		if _, err := w.Choose(t.Context(), w.byTicket(v), classroom.Choice{New: []classroom.NewRoom{{Title: "Mine"}}}); !classroom.Is(err, classroom.Forbidden) {
			t.Errorf("a teacher who is none any more: %v", err)
		}
	})
	for name, test := range map[string]struct {
		alter func(*lti.Launch)
		want  string
	}{
		"outside of any course": {func(l *lti.Launch) { l.Context = nil }, "error.placement_no_course"},
		"nobody":                {func(l *lti.Launch) { l.Subject, l.Anonymous = "", true }, "error.placement_no_course"},
		"another message":       {func(l *lti.Launch) { l.MessageType = lti.ResourceLinkRequest }, "error.message_unsupported"},
	} {
		l := w.chooses("terry", teacher)
		test.alter(l)
		if _, err := w.Place(t.Context(), l); messageOf(err) != test.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("a replay", func(t *testing.T) {
		l := w.chooses("terry", teacher)
		w.places(l)
		if _, err := w.Place(t.Context(), l); messageOf(err) != "error.launch_replayed" {
			t.Errorf("Place = %v", err)
		}
	})
	t.Run("too late", func(t *testing.T) {
		v := w.places(w.chooses("terry", teacher))
		w.wait(time.Hour)
		if _, err := w.Placing(t.Context(), v.Ticket); messageOf(err) != "error.placement_expired" {
			t.Errorf("Placing = %v", err)
		}
	})
	t.Run("a ticket of another kind", func(t *testing.T) {
		ticket, err := w.Ticket(w.enters("terry", teacher), classroom.ActJoin, "")
		must(t, err)
		for _, s := range []string{ticket, "", "x.y"} {
			if _, err := w.Placing(t.Context(), s); messageOf(err) != "error.placement_expired" {
				t.Errorf("Placing = %v", err)
			}
		}
	})
	t.Run("a platform that was switched off", func(t *testing.T) {
		v := w.places(w.chooses("terry", teacher))
		must(t, w.db.DisablePlatform(t.Context(), classroom.DefaultTenant, w.platform.ID))
		if _, err := w.Placing(t.Context(), v.Ticket); messageOf(err) != "error.platform_disabled" {
			t.Errorf("Placing = %v", err)
		}
	})
}

// Choosing comes before there is a room that a channel could lead to.
func TestChoosingOpensNoChannelYet(t *testing.T) {
	w := newWorld(t)
	v := w.places(w.chooses("terry", teacher))
	if v.Course.Channel != classroom.ChannelNone {
		t.Errorf("channel %s", v.Course.Channel)
	}
	w.work()
	if a := w.enters("terry", teacher); a.Course.Channel != classroom.ChannelWanted {
		t.Errorf("after the first launch: channel %q", a.Course.Channel)
	}
	w.work()
	if !w.chat.members["user-terry"] {
		t.Error("the teacher was not added")
	}
}

func TestPlacementsAreForgotten(t *testing.T) {
	w := newWorld(t)
	v := w.places(w.chooses("terry", teacher))
	w.wait(25 * time.Hour)
	_, err := w.Do(t.Context(), classroom.Sweep{})
	must(t, err)
	if _, err := w.db.Placement(t.Context(), v.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("Placement = %v", err)
	}
}

func TestLinksLeadToTheRoomThatTheyName(t *testing.T) {
	w := newWorld(t)
	rooms := w.placed("One", "Two")
	for _, link := range []string{"a", "b", "c1"} { // c1 is the course: Canvas calls links in pages so
		for _, r := range rooms {
			if got := w.opens(link, r.Title, r.ID); got.Room.ID != r.ID {
				t.Errorf("link %s of %s leads to %q", link, r.Title, got.Room.Title)
			}
		}
	}
	own := w.opens("plain", "Plain", "")
	for name, room := range map[string]string{
		"of nowhere": "01990000-0000-7000-8000-000000000000", "no id": "' OR ''='", "upper case": strings.ToUpper(rooms[0].ID), "braces": "{" + rooms[0].ID + "}",
	} {
		if got := w.opens("plain", "Plain", room); got.Room.ID != own.Room.ID {
			t.Errorf("a room %s leads to %q", name, got.Room.Title)
		}
	}
	l := w.launch("eve", teacher)
	l.Context.ID, l.ResourceLink.ID, l.Custom = "c2", "evil", map[string]string{"room": rooms[0].ID}
	if got := w.lands(l); got.Room.ID == rooms[0].ID || got.Room.CourseID == rooms[0].CourseID || got.Room.CopiedFrom != "" {
		t.Error("a link of another course leads to the room")
	}
}

func TestOneLinkNamesTheRoom(t *testing.T) {
	w := newWorld(t)
	room := w.placed("Lab")[0]
	if got := w.opens("a", "Lab A", room.ID); got.Room.Title != "Lab A" {
		t.Errorf("the first link does not name the room: %q", got.Room.Title)
	}
	version := w.opens("a", "Lab A", room.ID).Room.Version
	for range 2 {
		if got := w.opens("b", "Lab B", room.ID); got.Room.Title != "Lab A" || got.Room.Version != version {
			t.Errorf("two links fight over the name: %q at version %d", got.Room.Title, got.Room.Version)
		}
	}
	if got := w.opens("a", "Lab A2", room.ID); got.Room.Title != "Lab A2" {
		t.Errorf("the room does not follow its link: %q", got.Room.Title)
	}
	// A room of a link of its own goes by that one.
	own := w.opens("own", "Own", "").Room
	if got := w.opens("b", "Other", own.ID); got.Room.ID != own.ID || got.Room.Title != "Own" {
		t.Errorf("a second link renamed the room to %q", got.Room.Title)
	}
}
