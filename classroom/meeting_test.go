package classroom_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

// starts lets the teacher start the class, and BigBlueButton show them inside.
func (w *world) starts(a classroom.Access) classroom.Meeting {
	w.t.Helper()
	_, err := w.Start(w.t.Context(), a, true)
	must(w.t, err)
	m := w.meeting(a)
	must(w.t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-" + a.Person.ID, Name: a.Person.Name, Role: "MODERATOR"}))
	w.work()
	w.look(m)
	w.work()
	return m
}

// isHeld starts a class that somebody is seen in; its announcement is enqueued,
// and nobody has worked on it yet.
func (w *world) isHeld(a classroom.Access) classroom.Meeting {
	w.t.Helper()
	_, err := w.Start(w.t.Context(), a, true)
	must(w.t, err)
	m := w.meeting(a)
	must(w.t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-x", Name: "X"}))
	w.look(m)
	return m
}

func TestStartIsForModeratorsAndJoinForAll(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
	if _, err := w.Start(t.Context(), bob, true); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner starts: %v", err)
	}
	if _, err := w.Join(t.Context(), bob); !classroom.Is(err, classroom.NotRunning) {
		t.Errorf("join before the start: %v", err)
	}
	started, err := w.Start(t.Context(), ada, true)
	must(t, err)
	joined, err := w.Join(t.Context(), bob)
	must(t, err)
	for name, test := range map[string]struct{ url, role string }{"teacher": {started, "MODERATOR"}, "learner": {joined, "VIEWER"}} {
		u, err := url.Parse(test.url)
		must(t, err)
		q := u.Query()
		if q.Get("role") != test.role || q.Get("createTime") == "" || q.Get("checksum") == "" || !strings.HasPrefix(q.Get("userID"), "p-") {
			t.Errorf("%s joins with %v", name, q)
		}
	}
	if err := w.End(t.Context(), bob); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner ends: %v", err)
	}
}

func TestAWholeClassClickingMakesOneMeeting(t *testing.T) {
	w := newWorld(t)
	w.bbb.SetDelay(100 * time.Millisecond)
	a := w.enters("ada", teacher)
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if _, err := w.Start(t.Context(), a, true); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.bbb.Requests("create"); n != 1 {
		t.Errorf("%d creates, want 1", n)
	}
}

func TestAStartWhoseProcessDiedIsFinishedByWhoeverComes(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	_, err := w.Start(t.Context(), a, false)
	must(t, err)
	// The process died between its transactions: the row says starting, its lease runs out.
	m := w.meeting(a)
	m.State, m.CreateTime, m.LeaseUntil = classroom.MeetingStarting, 0, w.clock().Add(-time.Second)
	must(t, w.db.SaveMeeting(t.Context(), m))
	if _, err := w.Join(t.Context(), w.enters("bob", learner)); err != nil {
		t.Fatalf("join = %v", err)
	}
	if got := w.meeting(a); got.State != classroom.MeetingRunning || got.CreateTime == 0 {
		t.Errorf("meeting = %s, createTime %d", got.State, got.CreateTime)
	}
	if n := len(w.bbb.Meetings()); n != 1 {
		t.Errorf("%d meetings at BigBlueButton, want 1", n)
	}
}

func TestAFailedStartCanBeTriedAgain(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.bbb.SetOutage(bbbtest.ProxyError)
	if _, err := w.Start(t.Context(), a, true); !classroom.Is(err, classroom.Unavailable) {
		t.Fatalf("start while BigBlueButton is down = %v", err)
	}
	w.bbb.SetOutage(bbbtest.Up)
	if _, err := w.Start(t.Context(), a, true); err != nil {
		t.Errorf("start afterwards = %v", err)
	}
}

func TestAnnouncedOnceSomebodyIsInsideAndEditedAtTheEnd(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	w.work() // the channel
	_, err := w.Start(t.Context(), ada, true)
	must(t, err)
	m := w.meeting(ada)
	w.work()
	w.look(m)
	w.work()
	if len(w.chat.sent) != 0 {
		t.Fatal("announced before anybody was inside")
	}
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-" + ada.Person.ID, Name: ada.Person.Name, Role: "MODERATOR"}))
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-bob", Name: "Bob"}))
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-bob", Name: "Bob"})) // from a second tab
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "x-observer", Name: "A parent"}))
	for range 3 {
		w.look(m)
		w.work()
	}
	if len(w.chat.sent) != 1 || w.chat.edits != 0 {
		t.Fatalf("%d posts and %d edits, want one post", len(w.chat.sent), w.chat.edits)
	}
	post := w.chat.sent[0]
	if n := post.Notice; n.Kind != classroom.NoticeRunning || n.By != "Name of ada" || n.JoinURL != "https://class.example/go/"+ada.Room.ID || post.Retry {
		t.Errorf("post = %+v", post)
	}

	w.wait(30 * time.Minute)
	must(t, w.End(t.Context(), ada))
	w.work()
	n := w.chat.posts["post-"+post.Key]
	if n.Kind != classroom.NoticeEnded || n.JoinURL != "" || n.Attended != 2 || n.Names != nil || n.Duration != 30*time.Minute {
		t.Errorf("edited post = %+v", n)
	}
	if len(w.chat.sent) != 1 {
		t.Errorf("%d posts, want 1", len(w.chat.sent))
	}
}

func TestAStartThatNobodyEnteredLeavesNoPost(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	_, err := w.Start(t.Context(), a, true)
	must(t, err)
	must(t, w.End(t.Context(), a))
	w.work()
	if len(w.chat.sent) != 0 {
		t.Errorf("%d posts, want none", len(w.chat.sent))
	}
}

func TestARestartWithinTenMinutesContinuesThePost(t *testing.T) {
	for name, test := range map[string]struct {
		pause time.Duration
		posts int
	}{"soon": {9 * time.Minute, 1}, "later": {11 * time.Minute, 2}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			a := w.enters("ada", teacher)
			w.work()
			w.starts(a)
			must(t, w.End(t.Context(), a))
			w.work()
			w.wait(test.pause)
			w.starts(a)
			if got := w.chat.kinds(); got[classroom.NoticeRunning] != 1 || len(w.chat.posts) != test.posts {
				t.Errorf("posts show %v, want %d posts and one running", got, test.posts)
			}
		})
	}
}

func TestALostAnswerIsLookedForBeforeSendingAgain(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	m := w.isHeld(a)
	w.chat.fail = errors.New("the answer was lost")
	announce := classroom.Announce{AnnouncementID: m.AnnouncementID}
	if _, err := w.Do(t.Context(), announce); err == nil {
		t.Fatal("no error for a lost answer: nobody would try again")
	}
	_, err := w.Do(t.Context(), announce)
	must(t, err)
	if len(w.chat.sent) != 2 || !w.chat.sent[1].Retry || w.chat.sent[0].PendingID != w.chat.sent[1].PendingID {
		t.Errorf("sent = %+v", w.chat.sent)
	}
}

// A post whose answer was lost says what was true when it was sent: the class may
// have ended before anybody looks for it.
func TestALostPostThatIsFoundSaysWhatIsTrueNow(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	m := w.isHeld(a)
	w.chat.fail = errors.New("the answer was lost")
	if _, err := w.Do(t.Context(), classroom.Announce{AnnouncementID: m.AnnouncementID}); err == nil {
		t.Fatal("no error for a lost answer: nobody would try again")
	}
	must(t, w.End(t.Context(), a))
	w.look(m)
	w.work()
	if got := w.chat.kinds(); got[classroom.NoticeEnded] != 1 || len(w.chat.posts) != 1 {
		t.Errorf("posts show %v, want one that says ended", got)
	}
}

func TestAStartThatCouldNotBePostedIsPostedAsEnded(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	m := w.isHeld(a) // the chat is down: nobody works on its announcement
	must(t, w.End(t.Context(), a))
	w.look(m)
	w.work()
	if got := w.chat.kinds(); len(w.chat.sent) != 1 || got[classroom.NoticeEnded] != 1 {
		t.Errorf("%d sent, posts show %v", len(w.chat.sent), got)
	}
}

func TestAPostThatATeacherDeletedStaysDeleted(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	w.starts(a)
	clear(w.chat.posts)
	must(t, w.End(t.Context(), a))
	w.work()
	if len(w.chat.posts) != 0 || len(w.chat.sent) != 1 {
		t.Errorf("%d posts after the teacher deleted it", len(w.chat.posts))
	}
}

func TestAMeetingThatVanishesIsBelievedAfterAMinuteUnlessItsEndWasToldOf(t *testing.T) {
	open := func(w *world, a classroom.Access) bool {
		_, found, err := w.db.FindOpenMeeting(t.Context(), a.Room.ID)
		must(t, err)
		return found
	}
	t.Run("by itself", func(t *testing.T) {
		w := newWorld(t)
		a := w.enters("ada", teacher)
		m := w.starts(a)
		w.bbb.Forget()
		w.look(m)
		w.wait(59 * time.Second)
		w.look(m)
		if !open(w, a) {
			t.Fatal("believed too early")
		}
		w.wait(time.Second)
		w.look(m)
		if open(w, a) {
			t.Error("not believed after a minute")
		}
	})
	t.Run("called back", func(t *testing.T) {
		w := newWorld(t)
		a := w.enters("ada", teacher)
		m := w.starts(a)
		w.bbb.Forget()
		must(t, w.MeetingEnded(t.Context(), m.ID+"."+w.Signer.Code("bbb ended", m.ID), "false"))
		w.work()
		if open(w, a) {
			t.Error("not believed although the end was called back")
		}
	})
	t.Run("forged", func(t *testing.T) {
		w := newWorld(t)
		m := w.starts(w.enters("ada", teacher))
		if err := w.MeetingEnded(t.Context(), m.ID+".AAAAAAAAAAAAAAAAAAAAAAAA", ""); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("forged callback = %v", err)
		}
	})
}
