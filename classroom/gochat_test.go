package classroom_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestTheWayInFromTheChat(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	bob := w.enters("bob", learner)
	w.work()
	w.starts(ada)
	w.chat.members = map[string]bool{"user-ada": true, "user-bob": true, "user-guest": true}
	must(t, w.LinkChat(t.Context(), ada, classroom.ChatUser{ID: "user-ada", Username: "ada"}))
	must(t, w.LinkChat(t.Context(), bob, classroom.ChatUser{ID: "user-bob", Username: "bob"}))

	tests := []struct {
		name   string
		user   classroom.ChatUser
		policy classroom.GuestPolicy
		want   map[string]string // of the join URL
		code   classroom.Code
	}{
		{"a linked teacher", classroom.ChatUser{ID: "user-ada"}, classroom.GuestsRefused,
			map[string]string{"role": "MODERATOR", "guest": "false", "fullName": "Name of ada", "userID": "p-" + ada.Person.ID}, ""},
		{"a linked learner", classroom.ChatUser{ID: "user-bob"}, classroom.GuestsRefused,
			map[string]string{"role": "VIEWER", "guest": "false", "fullName": "Name of bob"}, ""},
		{"somebody else, by default", classroom.ChatUser{ID: "user-guest", Name: "Gus"}, classroom.GuestsWait,
			map[string]string{"role": "VIEWER", "guest": "true", "fullName": "Gus [name.from_chat]"}, ""},
		{"somebody else, let in", classroom.ChatUser{ID: "user-guest", Username: "gus"}, classroom.GuestsEnter,
			map[string]string{"role": "VIEWER", "guest": "false", "fullName": "gus [name.from_chat]"}, ""},
		{"somebody else, refused", classroom.ChatUser{ID: "user-guest"}, classroom.GuestsRefused, nil, classroom.Forbidden},
		{"not in the channel", classroom.ChatUser{ID: "user-stranger"}, classroom.GuestsEnter, nil, classroom.Forbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tenant, err := w.db.Tenant(t.Context(), classroom.DefaultTenant)
			must(t, err)
			tenant.ChatGuests = test.policy
			must(t, w.db.SaveTenant(t.Context(), tenant))
			got, err := w.JoinFromChat(t.Context(), ada.Room.ID, test.user)
			if test.code != "" {
				if !classroom.Is(err, test.code) {
					t.Errorf("JoinFromChat = %v, want %s", err, test.code)
				}
				return
			}
			must(t, err)
			u, err := url.Parse(got)
			must(t, err)
			for k, v := range test.want {
				if u.Query().Get(k) != v {
					t.Errorf("%s = %q, want %q", k, u.Query().Get(k), v)
				}
			}
		})
	}
}

func TestGoingNeverStartsAndSaysWhenItEnded(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	w.work()
	user := classroom.ChatUser{ID: "user-ada"}
	w.chat.members = map[string]bool{"user-ada": true}
	if _, err := w.JoinFromChat(t.Context(), ada.Room.ID, user); !classroom.Is(err, classroom.NotRunning) {
		t.Errorf("before the class = %v", err)
	}
	if n := w.bbb.Requests("create"); n != 0 {
		t.Errorf("%d creates", n)
	}
	w.records(ada)
	w.sweep()
	v, err := w.Go(t.Context(), ada.Room.ID, user)
	must(t, err)
	if v.Running || v.EndedAt.IsZero() || v.Linked || len(v.Recordings) != 0 {
		t.Errorf("for somebody not linked = %+v", v)
	}
	must(t, w.LinkChat(t.Context(), ada, user))
	v, err = w.Go(t.Context(), ada.Room.ID, user)
	must(t, err)
	if !v.Linked || len(v.Recordings) != 1 {
		t.Errorf("for a linked person = %+v", v)
	}
	if _, err := w.PlayFromChat(t.Context(), ada.Room.ID, v.Recordings[0].ID, user); err != nil {
		t.Errorf("play = %v", err)
	}
}

func TestMembershipIsAskedForAgainAfterAMinute(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	w.work()
	w.chat.members["user-x"] = true
	ask := func() error {
		_, err := w.Go(t.Context(), ada.Room.ID, classroom.ChatUser{ID: "user-x"})
		return err
	}
	must(t, ask())
	asked := w.chat.asked
	delete(w.chat.members, "user-x")
	w.wait(59 * time.Second)
	must(t, ask())
	if w.chat.asked != asked {
		t.Error("asked again within the minute")
	}
	w.wait(time.Second)
	if err := ask(); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("after a minute = %v", err)
	}
}

func TestTheChannelTakesInWhoCounts(t *testing.T) {
	w := newWorld(t)
	bob := w.enters("bob", learner) // before the teacher: there is no channel yet
	w.work()
	if got := w.view(bob).Chat.State; got != classroom.ChatNotOpen {
		t.Errorf("before the teacher came the learner is told %q", got)
	}
	w.enters("ada", teacher)
	w.enters("nobody-x", learner)
	const mentor = "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"
	w.enters("mum", mentor)
	w.work()
	want := map[string]bool{"user-ada": true, "user-bob": true}
	if len(w.chat.members) != 2 || !w.chat.members["user-ada"] || !w.chat.members["user-bob"] {
		t.Errorf("members = %v, want %v", w.chat.members, want)
	}
	for subject, want := range map[string]classroom.ChatStanding{"bob": classroom.ChatMember, "nobody-x": classroom.ChatConnect} {
		v := w.view(w.enters(subject, learner))
		if v.Chat.State != want || !strings.HasPrefix(v.Chat.URL, "https://chat.example/school/channels/") {
			t.Errorf("%s is told %q at %s, want %q", subject, v.Chat.State, v.Chat.URL, want)
		}
	}
	if got := w.view(w.enters("mum", mentor)).Chat.State; got != classroom.ChatNotCounted {
		t.Errorf("an observer is told %q", got)
	}
}

func TestOneAccountAPersonAndPlatform(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	account := classroom.ChatUser{ID: "u1", Username: "one"}
	must(t, w.LinkChat(t.Context(), ada, account))
	if err := w.LinkChat(t.Context(), bob, account); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("one account for two people = %v", err)
	}
	must(t, w.LinkChat(t.Context(), ada, classroom.ChatUser{ID: "u2", Username: "two"}))
	if v := w.view(ada).Chat; !v.Linked || v.Username != "two" {
		t.Errorf("after linking another account = %+v", v)
	}
	must(t, w.UnlinkChat(t.Context(), ada))
	if w.view(ada).Chat.Linked {
		t.Error("still linked")
	}
}
