package classroom_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestEnterMakesWhatIsNewAndKeepsWhatIsKnown(t *testing.T) {
	w := newWorld(t)
	first := w.enters("ada", teacher)
	if first.Course.Title != "Algebra" || first.Room.Title != "Lessons" || !first.MayModerate(w.clock()) {
		t.Errorf("first visit = course %q, room %q, moderates %v", first.Course.Title, first.Room.Title, first.MayModerate(w.clock()))
	}
	queued := len(storagetest.Queued(t, w.db))
	again := w.enters("ada", teacher)
	if again.Room.ID != first.Room.ID || again.Person.ID != first.Person.ID || again.Launch.ID == first.Launch.ID {
		t.Error("a second launch is another room or person, or the same session")
	}
	if n := len(storagetest.Queued(t, w.db)); n != queued {
		t.Errorf("a warm launch enqueued %d pieces of work", n-queued)
	}

	l := w.launch("ada", teacher)
	l.ResourceLink.Title = "Lessons, new"
	a := w.visits(l)
	if a.Room.ID != first.Room.ID || a.Room.Title != "Lessons, new" {
		t.Errorf("renamed link = room %q", a.Room.Title)
	}
}

func TestEnterRefuses(t *testing.T) {
	w := newWorld(t)
	t.Run("a nonce used before", func(t *testing.T) {
		l := w.launch("ada", teacher)
		_, err := w.Enter(t.Context(), l, "")
		must(t, err)
		if _, err := w.Enter(t.Context(), l, ""); !classroom.Is(err, classroom.Conflict) {
			t.Errorf("replay = %v", err)
		}
		l.Subject = "bob" // new rows in the same transaction must not hide the replay
		if _, err := w.Enter(t.Context(), l, ""); !classroom.Is(err, classroom.Conflict) {
			t.Errorf("replay as somebody new = %v", err)
		}
		if _, err := w.db.FindEntry(t.Context(), classroom.EntryKey{PlatformID: w.platform.ID, DeploymentID: "1", ContextID: "c1", ResourceLinkID: "link1", Subject: "bob"}); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a deployment that awaits approval", func(t *testing.T) {
		p := w.platform
		p.NewDeployments = classroom.DeploymentPending
		must(t, w.db.SavePlatform(t.Context(), p))
		for range 2 { // noted once, refused each time
			l := w.launch("ada", teacher)
			l.DeploymentID = "unheard-of"
			if _, err := w.Enter(t.Context(), l, ""); !classroom.Is(err, classroom.Forbidden) {
				t.Errorf("Enter = %v", err)
			}
		}
	})
	t.Run("a message that opens no room", func(t *testing.T) {
		l := w.launch("ada", teacher)
		l.MessageType = "LtiDeepLinkingRequest"
		if _, err := w.Enter(t.Context(), l, ""); !classroom.Is(err, classroom.Invalid) {
			t.Errorf("Enter = %v", err)
		}
	})
}

// What the first to come is given is not there for those after it, also when they
// come at once.
func TestTheFirstDeploymentIsApproved(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := newWorldOn(t, db)
		p := w.platform
		p.NewDeployments = classroom.DeploymentFirst
		must(t, w.db.SavePlatform(t.Context(), p))
		from := func(deployment string) error {
			l := w.launch("ada", teacher)
			l.DeploymentID = deployment
			_, err := w.Enter(t.Context(), l, "")
			return err
		}
		must(t, from("1")) // was there before, and takes nothing away
		var taken atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				switch err := from("new " + strconv.Itoa(i/4)); {
				case err == nil:
					taken.Add(1)
				case !classroom.Is(err, classroom.Forbidden):
					t.Error(err)
				}
			})
		}
		all.Wait()
		same(t, int32(4), taken.Load())
		if err := from("another"); !classroom.Is(err, classroom.Forbidden) {
			t.Errorf("the third: %v", err)
		}
		after, err := w.db.Platform(t.Context(), p.ID)
		must(t, err)
		same(t, classroom.DeploymentPending, after.NewDeployments)
	})
}

func TestFirstLaunchesOfAClassMakeOneRoom(t *testing.T) {
	w := newWorld(t)
	rooms := make(chan string, 20)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			v, err := w.Enter(t.Context(), w.launch(string(rune('a'+i)), learner), "")
			if err != nil {
				t.Error(err)
			}
			rooms <- v.RoomID
		})
	}
	all.Wait()
	close(rooms)
	first := <-rooms
	for r := range rooms {
		if r != first {
			t.Fatal("two rooms for one link")
		}
	}
}

func TestAccess(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	l := w.launch("eve", teacher)
	l.Context.ID, l.ResourceLink.ID = "c2", "link2"
	v, err := w.Enter(t.Context(), l, "")
	must(t, err)

	if _, err := w.Access(t.Context(), v.LaunchID, ada.Room.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a teacher of another course: %v", err)
	}
	if _, err := w.Access(t.Context(), "no-launch", ada.Room.ID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("no session: %v", err)
	}
	w.wait(classroom.SessionIdle - time.Minute)
	if _, err := w.Access(t.Context(), ada.Launch.ID, ada.Room.ID); err != nil {
		t.Errorf("before the idle limit: %v", err)
	}
	w.wait(classroom.SessionIdle - time.Minute)
	if _, err := w.Access(t.Context(), ada.Launch.ID, ada.Room.ID); err != nil {
		t.Errorf("a sign of life did not count: %v", err)
	}
	w.wait(classroom.SessionIdle)
	if _, err := w.Access(t.Context(), ada.Launch.ID, ada.Room.ID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("after the idle limit: %v", err)
	}
}

func TestTicketIsOnePersonOneRoomOneActOneUse(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	ticket := func(act classroom.Act) string {
		s, err := w.Ticket(a, act, "")
		must(t, err)
		return s
	}
	used := ticket(classroom.ActJoin)
	got, _, err := w.Redeem(t.Context(), used, a.Room.ID, classroom.ActJoin)
	must(t, err)
	if got.Person.ID != a.Person.ID {
		t.Error("redeemed for somebody else")
	}
	old := ticket(classroom.ActJoin)
	tests := []struct {
		name, ticket, room string
		act                classroom.Act
		wait               time.Duration
		want               classroom.Code
	}{
		{"twice", used, a.Room.ID, classroom.ActJoin, 0, classroom.Conflict},
		{"another act", ticket(classroom.ActWait), a.Room.ID, classroom.ActStart, 0, classroom.Invalid},
		{"another room", ticket(classroom.ActJoin), "other", classroom.ActJoin, 0, classroom.Invalid},
		{"forged", "abc.def", a.Room.ID, classroom.ActJoin, 0, classroom.Expired},
		{"too late", old, a.Room.ID, classroom.ActJoin, classroom.TicketLife, classroom.Expired},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w.wait(test.wait)
			if _, _, err := w.Redeem(t.Context(), test.ticket, test.room, test.act); !classroom.Is(err, test.want) {
				t.Errorf("Redeem = %v, want %s", err, test.want)
			}
		})
	}
}
