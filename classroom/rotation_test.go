package classroom_test

import (
	"net/url"
	"strings"
	"testing"

	"classbridge/classroom"
)

// What BigBlueButton was told about a class stays what it is told, while another
// master key takes the place of the one that the class began with: passwords, who
// a stranger from the chat is, the address that it calls back.
func TestAClassKeepsTheKeyThatItBeganWith(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	w.work()
	w.starts(ada)
	guest := classroom.ChatUser{ID: "user-guest", Name: "Gus"}
	w.chat.members = map[string]bool{"user-guest": true}
	ticket, err := w.Ticket(bob, classroom.ActJoin, "")
	must(t, err)
	ways := map[string]func() (string, error){
		"a teacher":  func() (string, error) { return w.Join(t.Context(), ada) },
		"a learner":  func() (string, error) { return w.Join(t.Context(), bob) },
		"a stranger": func() (string, error) { return w.JoinFromChat(t.Context(), ada.Room.ID, guest) },
	}
	query := func(way string) url.Values {
		address, err := ways[way]()
		must(t, err)
		u, err := url.Parse(address)
		must(t, err)
		return u.Query()
	}
	before := map[string]url.Values{}
	for way := range ways {
		before[way] = query(way)
	}
	m, found, err := w.db.FindOpenMeeting(t.Context(), ada.Room.ID)
	must(t, err)
	callback := m.ID + "." + w.Signer.Code("bbb ended", m.ID)

	old := w.Signer.Master
	w.Signer.Masters = &masters{now: [][]byte{[]byte(strings.Repeat("n", 32)), old}}

	for way, was := range before {
		is := query(way)
		for _, name := range []string{"password", "userID"} {
			if is.Get(name) != was.Get(name) || is.Get(name) == "" {
				t.Errorf("%s: %s changed with the key", way, name)
			}
		}
	}
	if _, _, err := w.Redeem(t.Context(), ticket, bob.Room.ID, classroom.ActJoin); err != nil {
		t.Errorf("a ticket of before: %v", err)
	}
	if !found || w.MeetingEnded(t.Context(), callback, "") != nil {
		t.Error("the callback of before is refused")
	}
	must(t, w.End(t.Context(), ada))

	w.work()
	w.wait(classroom.Continues)
	if next := w.starts(ada); next.KeyID == m.KeyID || next.KeyID != w.Signer.KeyID() {
		t.Errorf("the next class began with key %s", next.KeyID)
	}
}
