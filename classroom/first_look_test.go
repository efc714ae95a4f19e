package classroom_test

import (
	"testing"
	"time"

	"classbridge/classroom"

	"github.com/google/go-cmp/cmp"
)

// The page that follows a launch shows what the launch has read; any other page,
// and whoever acts, what is true by then.
func TestFirstLookIsForOnePageJustAfterItsLaunch(t *testing.T) {
	w := newWorld(t)
	w.enters("ada", teacher)
	enter := func() classroom.Visit {
		t.Helper()
		v, err := w.Enter(t.Context(), w.launch("ada", teacher), "192.0.2.1")
		must(t, err)
		return v
	}
	look := func(v classroom.Visit) classroom.Access {
		t.Helper()
		a, err := w.FirstLook(t.Context(), v.LaunchID, v.RoomID)
		must(t, err)
		return a
	}
	turn := func(a classroom.Access) (record bool) { // the room's switch
		t.Helper()
		a.Room.Record = !a.Room.Record
		must(t, w.db.SaveSettings(t.Context(), a.Room.ID, classroom.RoomSettings{Record: a.Room.Record}, w.clock()))
		return a.Room.Record
	}

	v := enter()
	stored, err := w.Access(t.Context(), v.LaunchID, v.RoomID)
	must(t, err)
	first := look(v)
	if d := cmp.Diff(stored, first); d != "" {
		t.Errorf("the first look differs from what is stored (-stored +first)\n%s", d)
	}
	if want := turn(first); look(v).Room.Record != want {
		t.Error("the second look shows what the launch has read")
	}

	v = enter()
	want := turn(look(enter()))
	w.wait(500 * time.Millisecond)
	if look(v).Room.Record != want {
		t.Error("a look half a second after the launch shows what the launch has read")
	}
}

func TestFirstLookRefuses(t *testing.T) {
	w := newWorld(t)
	w.enters("ada", teacher)
	enter := func() classroom.Visit {
		t.Helper()
		v, err := w.Enter(t.Context(), w.launch("ada", teacher), "192.0.2.1")
		must(t, err)
		return v
	}
	v := enter()
	if _, err := w.FirstLook(t.Context(), v.LaunchID, "another-room"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another room = %v", err)
	}
	if _, err := w.FirstLook(t.Context(), "no-launch", v.RoomID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("no launch = %v", err)
	}
	v = enter()
	p := w.platform
	p.Disabled = true
	must(t, w.db.SavePlatform(t.Context(), p))
	if _, err := w.FirstLook(t.Context(), v.LaunchID, v.RoomID); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a platform that was switched off = %v", err)
	}
}
