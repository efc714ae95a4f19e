package classroom_test

import (
	"sync"
	"testing"

	"classbridge/classroom"
	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// inGroups launches with the groups that the LMS tells of the person.
func (w *world) inGroups(sub, role, groups string) classroom.Access {
	w.t.Helper()
	l := w.launch(sub, role)
	l.Custom = map[string]string{lti.CustomGroups: groups}
	return w.visits(l)
}

// grouped is a room of three groups, one of which has a name, and its people.
func grouped(w *world) (ada, bob, cyd classroom.Access) {
	w.t.Helper()
	w.inGroups("ada", teacher, "")
	w.inGroups("bob", learner, "1")
	w.inGroups("cyd", learner, "2,3")
	a := w.inGroups("dan", learner, "")
	must(w.t, w.db.Tx(w.t.Context(), func(tx classroom.Tx) error {
		return tx.ReplaceGroups(w.t.Context(), a.Course.ID, []classroom.Group{
			{TenantID: a.Course.TenantID, CourseID: a.Course.ID, GroupID: "1", Name: "Red", UpdatedAt: w.clock()},
		})
	}))
	must(w.t, w.db.SaveSettings(w.t.Context(), a.Room.ID, classroom.RoomSettings{Record: a.Room.Record, Grouped: true}, w.clock()))
	return w.inGroups("ada", teacher, ""), w.inGroups("bob", learner, "1"), w.inGroups("cyd", learner, "2,3")
}

func TestGroupsAreSeenByWhoMay(t *testing.T) {
	w := newWorld(t)
	ada, bob, cyd := grouped(w)
	for _, test := range []struct {
		who  string
		as   classroom.Access
		want []string
	}{
		{"the teacher", ada, []string{"Red", "[name.group] 2", "[name.group] 3"}},
		{"one of a group", bob, []string{"Red"}},
		{"one of two", cyd, []string{"[name.group] 2", "[name.group] 3"}},
		{"one of none", w.inGroups("dan", learner, ""), nil},
	} {
		v, err := w.View(t.Context(), test.as)
		must(t, err)
		var got []string
		for _, g := range v.Groups {
			got = append(got, g.Name)
		}
		if d := cmp.Diff(test.want, got); d != "" || !v.InGroups {
			t.Errorf("%s (-want +got)\n%s", test.who, d)
		}
	}
}

func TestRoomsOfGroups(t *testing.T) {
	w := newWorld(t)
	ada, bob, cyd := grouped(w)
	red, err := w.OpenGroup(t.Context(), bob, "1")
	must(t, err)
	if red.Title != "Red" || red.ParentID != ada.Room.ID || red.Grouped {
		t.Errorf("the room is %+v", red)
	}
	again, err := w.OpenGroup(t.Context(), ada, "1")
	must(t, err)
	if again.ID != red.ID {
		t.Error("a group has two rooms")
	}
	for _, id := range []string{"2", "4", ""} {
		if _, err := w.OpenGroup(t.Context(), bob, id); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("a learner opens group %q: %v", id, err)
		}
	}
	if _, err := w.OpenGroup(t.Context(), ada, "4"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a group that is none: %v", err)
	}

	_, err = w.Access(t.Context(), cyd.Launch.ID, red.ID)
	if !classroom.Is(err, classroom.NotFound) {
		t.Errorf("somebody of another group: %v", err)
	}
	in, err := w.Access(t.Context(), ada.Launch.ID, red.ID)
	must(t, err)
	before := w.version(ada.Room.ID)
	_, err = w.Start(t.Context(), in, true)
	must(t, err)
	w.look(w.meeting(in))
	w.work()
	if n := len(w.chat.sent); n != 0 {
		t.Errorf("%d posts about one group's meeting", n)
	}
	if w.version(ada.Room.ID) <= before {
		t.Error("the page of all groups does not know of the meeting")
	}
	v, err := w.View(t.Context(), ada)
	must(t, err)
	if !v.Groups[0].Running || v.Groups[0].RoomID != red.ID || v.Groups[1].Running {
		t.Errorf("the groups are %+v", v.Groups)
	}
	inBob, err := w.Access(t.Context(), bob.Launch.ID, red.ID)
	must(t, err)
	_, err = w.Join(t.Context(), inBob)
	must(t, err)

	w.inGroups("bob", learner, "2") // moved to another group
	if _, err := w.Access(t.Context(), bob.Launch.ID, red.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("somebody who has left the group: %v", err)
	}
}

func (w *world) version(roomID string) int64 {
	w.t.Helper()
	v, err := w.Versions(w.t.Context(), []string{roomID})
	must(w.t, err)
	return v[roomID]
}

func TestGroupedRoomHasNoMeeting(t *testing.T) {
	w := newWorld(t)
	ada, _, _ := grouped(w)
	if _, err := w.Start(t.Context(), ada, false); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("start: %v", err)
	}

	alone := newWorld(t)
	a := alone.enters("ada", teacher)
	must(t, alone.db.SaveSettings(t.Context(), a.Room.ID, classroom.RoomSettings{Record: a.Room.Record, Grouped: true}, alone.clock()))
	a = alone.enters("ada", teacher)
	if v, err := alone.View(t.Context(), a); err != nil || v.InGroups {
		t.Errorf("no groups are known, and the page shows them: %v", err)
	}
	if _, err := alone.Start(t.Context(), a, false); err != nil {
		t.Errorf("start where no groups are known: %v", err)
	}
}

// A whole class opens the room of its group at once.
func TestGroupHasOneRoomHoweverManyClick(t *testing.T) {
	w := newWorld(t)
	ada, bob, _ := grouped(w)
	rooms := make([]string, 8)
	var wg sync.WaitGroup
	for i := range rooms {
		wg.Go(func() {
			as := []classroom.Access{ada, bob}[i%2]
			r, err := w.OpenGroup(t.Context(), as, "1")
			if err != nil {
				t.Error(err)
			}
			rooms[i] = r.ID
		})
	}
	wg.Wait()
	for _, id := range rooms {
		if id != rooms[0] {
			t.Fatal("a group has two rooms")
		}
	}
}

// From the chat only those come into a group's room whose group is known.
func TestChatAndRoomsOfGroups(t *testing.T) {
	w := newWorld(t)
	ada, bob, cyd := grouped(w)
	red, err := w.OpenGroup(t.Context(), ada, "1")
	must(t, err)
	w.work()
	in, err := w.Access(t.Context(), ada.Launch.ID, red.ID)
	must(t, err)
	_, err = w.Start(t.Context(), in, false)
	must(t, err)
	for _, test := range []struct {
		who  string
		user string
		as   *classroom.Access
		want classroom.Code
	}{
		{"a stranger", "user-ada", nil, classroom.NotFound},
		{"one of the group", "user-bob", &bob, ""},
		{"one of another", "user-cyd", &cyd, classroom.NotFound},
	} {
		if test.as != nil {
			must(t, w.db.CreateChatLink(t.Context(), classroom.ChatLink{
				ID: test.user, TenantID: bob.Room.TenantID, PlatformID: w.platform.ID, PersonID: test.as.Person.ID, ChatUserID: test.user, CreatedAt: w.clock(),
			}))
		}
		_, err := w.JoinFromChat(t.Context(), red.ID, classroom.ChatUser{ID: test.user})
		if test.want == "" && err != nil || test.want != "" && !classroom.Is(err, test.want) {
			t.Errorf("%s: %v", test.who, err)
		}
	}
}
