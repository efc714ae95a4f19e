package classroom_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
	"classbridge/storage/storagetest"
)

// leaver is a world in which bob has left the course and is still in the channel.
func leaver(t *testing.T) (*rosterWorld, classroom.Access, classroom.Expel) {
	t.Helper()
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cyd", ltitest.Learner))
	a := w.arrives("ada", teacher)
	bob := w.arrives("bob", learner)
	w.work()
	w.lms.Remove("bob")
	w.read(a)
	if !w.chat.members["user-bob"] {
		t.Fatal("bob is not in the channel")
	}
	return w, a, classroom.Expel{CourseID: a.Course.ID, PersonID: bob.Person.ID}
}

func (w *rosterWorld) admission(x classroom.Expel) classroom.Admission {
	w.t.Helper()
	a, _, err := w.db.FindAdmission(w.t.Context(), x.CourseID, x.PersonID)
	must(w.t, err)
	return a
}

// The chat being away keeps nobody in the channel for good.
func TestExpelIsTriedAgain(t *testing.T) {
	w, _, x := leaver(t)
	away := errors.New("away")
	w.chat.expelling = func() error { return away }
	if _, err := w.Do(t.Context(), x); !errors.Is(err, away) {
		t.Errorf("while the chat is away: %v", err)
	}
	if a := w.admission(x); a.State != classroom.AdmissionLeaving || a.ChatUserID != "user-bob" {
		t.Errorf("admission %+v", a)
	}
	w.chat.expelling = nil
	for range 2 {
		_, err := w.Do(t.Context(), x)
		must(t, err)
	}
	if w.chat.members["user-bob"] || w.admission(x).State != classroom.AdmissionEnded {
		t.Errorf("admission %+v, members %v", w.admission(x), w.chat.members)
	}
}

// The address of the account may be another by the time that its owner leaves.
func TestExpelKnowsWhichAccountWasLetIn(t *testing.T) {
	w, _, x := leaver(t)
	p, err := w.db.Person(t.Context(), x.PersonID)
	must(t, err)
	p.Email = "nobody@school.example"
	must(t, w.db.SavePerson(t.Context(), p))
	_, err = w.Do(t.Context(), x)
	must(t, err)
	if w.chat.members["user-bob"] {
		t.Error("the account is still in the channel")
	}
}

func TestReturnBeforeExpelling(t *testing.T) {
	w, _, x := leaver(t)
	w.arrives("bob", learner)
	_, err := w.Do(t.Context(), x)
	must(t, err)
	w.work()
	if !w.chat.members["user-bob"] || w.admission(x).State != classroom.AdmissionDone {
		t.Errorf("admission %+v, members %v", w.admission(x), w.chat.members)
	}
}

func TestReturnWhileExpelling(t *testing.T) {
	w, _, x := leaver(t)
	w.chat.expelling = func() error {
		w.chat.expelling = nil
		w.arrives("bob", learner)
		w.work() // is let in, and taken out right after it
		return nil
	}
	_, err := w.Do(t.Context(), x)
	must(t, err)
	if w.chat.members["user-bob"] {
		t.Fatal("nobody was taken out")
	}
	w.work()
	if !w.chat.members["user-bob"] || w.admission(x).State != classroom.AdmissionDone {
		t.Errorf("admission %+v, members %v", w.admission(x), w.chat.members)
	}
}

// A chat that is gone ends the matter.
func TestExpelWithoutAChat(t *testing.T) {
	for _, gone := range []error{classroom.ErrNoChat, classroom.ErrChannelGone} {
		w, _, x := leaver(t)
		w.chat.expelling = func() error { return fmt.Errorf("expel: %w", gone) }
		_, err := w.Do(t.Context(), x)
		must(t, err)
		if a := w.admission(x); a.State != classroom.AdmissionEnded {
			t.Errorf("%v: admission %+v", gone, a)
		}
	}
}

// Whoever has left the course comes in by no link of the chat either.
func TestLeaversDoNotComeInFromTheChat(t *testing.T) {
	w, a, x := leaver(t)
	_, err := w.Start(t.Context(), a, false)
	must(t, err)
	must(t, w.db.CreateChatLink(t.Context(), classroom.ChatLink{
		ID: "link", TenantID: a.Room.TenantID, PlatformID: w.platform.ID, PersonID: x.PersonID, ChatUserID: "user-bob", CreatedAt: w.clock(),
	}))
	if _, err := w.JoinFromChat(t.Context(), a.Room.ID, classroom.ChatUser{ID: "user-bob"}); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("before being taken out: %v", err)
	}
}

// A channel that is opened late lets everybody in, however many wait.
func TestEverybodyWaitsForTheChannel(t *testing.T) {
	const class = 520
	w := newRosterWorld(t, ltitest.Reference(), ltitest.Large(class)...)
	p := w.platform
	p.Channels = classroom.ChannelWhenAsked
	must(t, w.db.SavePlatform(t.Context(), p))
	a := w.arrives("teacher", teacher)
	w.work()
	if len(w.chat.members) != 0 {
		t.Fatalf("%d are in a channel that nobody wanted", len(w.chat.members))
	}
	must(t, w.AskChannel(t.Context(), a))
	w.work()
	admits := 0
	for _, q := range storagetest.Queued(t, w.db) {
		if strings.HasPrefix(q, "admit ") {
			admits++
		}
	}
	if len(w.chat.members) != class+1 || admits > class+2 {
		t.Errorf("%d are in the channel, by %d pieces of work", len(w.chat.members), admits)
	}
}
