package classroom_test

import (
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

// BigBlueButton was away from the start to long after the end, and no callback came.
func TestAClassThatCouldNotBeLookedAtWasHeld(t *testing.T) {
	w := newWorld(t)
	w.bbb.DropCallbacks(true)
	a := w.enters("ada", teacher)
	w.work()
	_, err := w.Start(t.Context(), a, true)
	must(t, err)
	m := w.meeting(a)
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-" + a.Person.ID, Name: "Ada", Role: "MODERATOR"}))
	must(t, w.bbb.Record(m.ID, true))
	w.wait(time.Hour)
	must(t, w.bbb.End(m.ID))
	w.wait(5 * time.Hour)
	w.bbb.Tick()
	w.look(m) // "no such meeting", the first time since the start
	w.wait(2 * time.Minute)
	w.look(m)
	w.wait(time.Hour)
	w.sweep()
	if got := w.chat.kinds(); got[classroom.NoticeEnded] != 1 || got[classroom.NoticeRecording] != 1 {
		t.Errorf("posts show %v, want the ended class and its recording", got)
	}
}

func TestAServerThatDoesNotAnswerHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	m := w.records(a)
	w.bbb.SetOutage(bbbtest.ProxyError)
	w.sweep()
	due, err := w.db.MeetingsDue(t.Context(), w.clock(), 10)
	must(t, err)
	if len(due) != 0 {
		t.Fatalf("%d meetings of the silent server are still first in the queue", len(due))
	}
	w.bbb.SetOutage(bbbtest.Up)
	w.wait(time.Hour)
	w.sweep()
	recordings, err := w.db.Recordings(t.Context(), []string{m.ID})
	must(t, err)
	if len(recordings) != 1 {
		t.Errorf("%d recordings once it answers again", len(recordings))
	}
}

func TestAWeeklyLaunchAsksNothingOfTheChat(t *testing.T) {
	w := newWorld(t)
	w.enters("ada", teacher)
	w.work()
	w.chat.members = map[string]bool{} // she left the channel, which is hers to do
	w.wait(7 * 24 * time.Hour)
	ada := w.enters("ada", teacher)
	w.work()
	if w.chat.members["user-ada"] || w.view(ada).Chat.State != classroom.ChatMember {
		t.Errorf("put back: %v, told %q", w.chat.members, w.view(ada).Chat.State)
	}
}

func TestRightsEndWithThePlatform(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	must(t, w.db.DisablePlatform(t.Context(), classroom.DefaultTenant, w.platform.ID))
	if _, err := w.Access(t.Context(), ada.Launch.ID, ada.Room.ID); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("after the platform was disabled = %v", err)
	}
}

func TestAnonymousPeopleAreNotCounted(t *testing.T) {
	w := newWorld(t)
	w.enters("ada", teacher)
	w.work()
	before := w.worked
	l := w.launch("", learner)
	l.Anonymous, l.Name, l.Email = true, "", ""
	v, err := w.Enter(t.Context(), l, "")
	must(t, err)
	a, err := w.Access(t.Context(), v.LaunchID, v.RoomID)
	must(t, err)
	w.work()
	if a.Enrolment.Counted || w.worked != before {
		t.Errorf("counted %v, %d pieces of work", a.Enrolment.Counted, w.worked-before)
	}
}

func TestPeopleComingInDoNotRedrawEveryPageEachTime(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	m := w.starts(a)
	version := func() int64 {
		v, err := w.Versions(t.Context(), []string{a.Room.ID})
		must(t, err)
		return v[a.Room.ID]
	}
	w.wait(time.Minute - time.Duration(w.clock().UnixNano())%time.Minute) // the beginning of a step
	w.look(m)
	before := version()
	for i := range 18 {
		must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-" + string(rune('a'+i)), Name: "X"}))
		w.wait(time.Second)
		w.look(m)
	}
	if got := version() - before; got != 0 {
		t.Errorf("%d redraws within one step", got)
	}
	w.wait(5 * time.Second)
	w.look(m)
	if got := version() - before; got != 1 {
		t.Errorf("%d redraws after the step, want 1", got)
	}
}

func TestAnEndThatIsToldOfLongAfterwardsChangesNothing(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	m := w.starts(a)
	must(t, w.End(t.Context(), a))
	w.work()
	w.wait(time.Hour)
	before, err := w.Versions(t.Context(), []string{a.Room.ID})
	must(t, err)
	must(t, w.MeetingEnded(t.Context(), m.ID+"."+w.Signer.Code("bbb ended", m.ID), "false"))
	after, err := w.Versions(t.Context(), []string{a.Room.ID})
	must(t, err)
	if before[a.Room.ID] != after[a.Room.ID] || w.view(a).History[0].RecordingState != classroom.RecordingProcessing {
		t.Error("a public address changed something")
	}
}
