package classroom_test

import (
	"slices"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"

	"github.com/google/go-cmp/cmp"
)

// view is the room's page of now. A replica that remembers nothing shows the same.
func (w *world) view(a classroom.Access) classroom.RoomView {
	w.t.Helper()
	room, err := w.db.Room(w.t.Context(), a.Room.ID)
	must(w.t, err)
	a.Room = room
	v, err := w.View(w.t.Context(), a)
	must(w.t, err)
	replica := &classroom.Classroom{Store: w.Store, Signer: w.Signer, Now: w.clock}
	fresh, err := replica.View(w.t.Context(), a)
	must(w.t, err)
	if d := cmp.Diff(shown(fresh), shown(v)); d != "" {
		w.t.Errorf("what is remembered of a room differs from what is stored (-stored +remembered)\n%s", d)
	}
	return v
}

// shown leaves out what no page shows and pages are not told of: when we looked,
// and when we will look again.
func shown(v classroom.RoomView) classroom.RoomView {
	hide := func(m *classroom.MeetingView) {
		m.LookedAt, m.UpdatedAt, m.JoinedAt, m.MissingSince, m.LeaseUntil = time.Time{}, time.Time{}, time.Time{}, time.Time{}, time.Time{}
		m.RecordingLookAt = time.Time{}
	}
	if v.Now != nil {
		now := *v.Now
		hide(&now)
		v.Now = &now
	}
	v.History = slices.Clone(v.History)
	for i := range v.History {
		hide(&v.History[i])
	}
	return v
}

// The clock hardly moves: whatever happens must show by itself, not because what
// is remembered has grown old.
func TestThePageShowsEachStepOfAClassAtOnce(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	if v := w.view(a); v.Now != nil || len(v.History) != 0 {
		t.Errorf("before the class: %+v", v)
	}
	m := w.starts(a)
	if v := w.view(a); v.Now == nil || v.Now.State != classroom.MeetingRunning || v.Now.By != "Name of ada" || v.Now.Inside != 1 {
		t.Fatalf("in the class: %+v", v.Now)
	}
	_, err := w.Join(t.Context(), w.enters("bob", learner))
	must(t, err)
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-bob", Name: "Bob", Role: "VIEWER"}))
	w.wait(20 * time.Second)
	w.look(m)
	if v := w.view(a); v.Now.Inside != 2 {
		t.Errorf("%d inside, want 2", v.Now.Inside)
	}
	must(t, w.bbb.Record(m.ID, true))
	must(t, w.End(t.Context(), a))
	w.work()
	if v := w.view(a); v.Now != nil || len(v.History) != 1 || v.History[0].RecordingState != classroom.RecordingProcessing {
		t.Fatalf("after the class: %+v", v)
	}
	find := func() []classroom.Recording {
		t.Helper()
		_, err := w.Do(t.Context(), classroom.FindRecordings{MeetingID: m.ID})
		must(t, err)
		return w.view(a).History[0].Recordings
	}
	if r := find(); len(r) != 1 || r[0].State != classroom.RecordingPublished {
		t.Errorf("once it is published: %+v", r)
	}
	must(t, w.bbb.Unpublish(w.bbb.Recordings()[0].RecordID))
	if r := find(); len(r) != 1 || r[0].State != classroom.RecordingUnpublished {
		t.Errorf("once it is hidden: %+v", r)
	}
}

// A person's name is no part of the room's version.
func TestARenamedStarterShowsWithinAMinute(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.starts(a)
	w.view(a)
	a.Person.Name = "Ada Lovelace"
	must(t, w.db.SavePerson(t.Context(), a.Person))
	w.wait(time.Minute)
	if by := w.view(a).Now.By; by != "Ada Lovelace" {
		t.Errorf("started by %q a minute after the change", by)
	}
}
