package classroom_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
)

func TestRosterEndsWhoHasLeft(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(),
		member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cyd", ltitest.Learner), member("dan", ltitest.Learner))
	a := w.arrives("ada", teacher)
	bob := w.arrives("bob", learner)
	w.arrives("cyd", learner)
	boss := w.enters("boss", "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator")
	w.work()
	w.read(a)
	w.work()
	if !w.chat.members["user-bob"] || !w.chat.members["user-dan"] {
		t.Fatalf("in the channel are %v", w.chat.members)
	}
	w.lms.Remove("bob")
	suspended := member("dan", ltitest.Learner)
	suspended.Status = ltitest.Inactive
	w.lms.Enrol(suspended)
	w.read(a)
	w.work()
	w.wantStands(a, map[string]string{"ada": "moderator", "bob": "ended", "cyd": "viewer", "dan": "ended", "boss": "uncounted"})
	if _, err := w.Access(t.Context(), bob.Launch.ID, bob.Room.ID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("the session of somebody who has left: %v", err)
	}
	if _, err := w.Access(t.Context(), boss.Launch.ID, boss.Room.ID); err != nil {
		t.Errorf("the admin's session: %v", err)
	}
	if w.chat.members["user-bob"] || w.chat.members["user-dan"] || !w.chat.members["user-cyd"] {
		t.Errorf("in the channel are %v", w.chat.members)
	}

	w.lms.Enrol(member("bob", ltitest.Learner))
	w.read(a)
	w.work()
	w.wantStands(a, map[string]string{"bob": "viewer"})
	if !w.chat.members["user-bob"] {
		t.Error("who returns is not let in again")
	}
	if _, err := w.Access(t.Context(), bob.Launch.ID, bob.Room.ID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("the session of before is alive again: %v", err)
	}
	w.arrives("dan", learner) // Moodle lets the suspended in while guests may enter
	w.wantStands(a, map[string]string{"dan": "viewer"})
}

// An account of two people leaves the channel with the second of them.
func TestAccountOfTwoPeopleStays(t *testing.T) {
	twin := member("twin", ltitest.Learner)
	twin.Email = "bob@school.example"
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner), twin, member("cyd", ltitest.Learner))
	a := w.arrives("ada", teacher)
	w.work()
	w.read(a)
	w.work()
	w.lms.Remove("bob")
	w.read(a)
	w.work()
	if !w.chat.members["user-bob"] {
		t.Error("the account of somebody who stays was taken out")
	}
	w.lms.Remove("twin")
	w.read(a)
	w.work()
	if w.chat.members["user-bob"] {
		t.Error("the account of nobody who stays is in the channel")
	}
}

// An LMS that lists learners alone does not put the teachers out.
func TestRosterOfLearnersAlone(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("bob", ltitest.Learner), member("cyd", ltitest.Learner))
	a := w.arrives("ada", teacher)
	w.read(a)
	w.wantStands(a, map[string]string{"ada": "moderator", "bob": "viewer"})
	w.wait(classroom.ProofAge)
	w.read(a)
	if _, e, _ := w.enrolled(a, "ada"); !e.EndedAt.IsZero() {
		t.Error("a teacher is ended by a list without teachers")
	}
	w.lms.Enrol(member("eve", ltitest.Instructor))
	w.read(a)
	w.wantStands(a, map[string]string{"ada": "ended", "eve": "moderator"})
}

// Who manages a whole category of Moodle is in no course's roster.
func TestRosterLeavesALaunchsTeacherAlone(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("eve", ltitest.Instructor), member("bob", ltitest.Learner))
	a := w.arrives("manager", teacher)
	w.arrives("guest", learner)
	w.read(a)
	w.wantStands(a, map[string]string{"manager": "moderator", "guest": "ended", "eve": "moderator"})
	if _, err := w.Access(t.Context(), a.Launch.ID, a.Room.ID); err != nil {
		t.Errorf("the manager's session: %v", err)
	}
	w.wait(classroom.ProofAge)
	w.read(a)
	w.wantStands(a, map[string]string{"manager": "ended"})
}

// Whoever launches while a pass goes on has not left.
func TestRosterLeavesArrivalsAlone(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cyd", ltitest.Learner))
	a := w.arrives("ada", teacher)
	w.read(a)
	w.lms.Remove("bob")
	w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.arrives("bob", learner)
		w.lms.ServeHTTP(rw, r)
	}))
	w.read(a)
	w.wantStands(a, map[string]string{"bob": "viewer"})
	w.read(a)
	w.wantStands(a, map[string]string{"bob": "ended"})
}

func TestRosterThatIsNotPlausible(t *testing.T) {
	var people []ltitest.Person
	for i := range 12 {
		people = append(people, member(fmt.Sprintf("p%02d", i), ltitest.Learner))
	}
	for _, test := range []struct {
		name string
		gone int
	}{{"empty", 12}, {"more than half lost", 7}} {
		t.Run(test.name, func(t *testing.T) {
			w := newRosterWorld(t, ltitest.Reference(), people...)
			a := w.arrives("p00", learner)
			w.read(a)
			for _, p := range people[12-test.gone:] {
				w.lms.Remove(p.Sub)
			}
			r := w.read(a)
			if r.Problem != classroom.RosterImplausible || !r.Doubted {
				t.Errorf("roster %+v", r)
			}
			w.wantStands(a, map[string]string{"p11": "viewer"})
			r = w.read(a)
			if r.Problem != "" || r.Doubted {
				t.Errorf("roster %+v", r)
			}
			w.wantStands(a, map[string]string{"p11": "ended"})
		})
	}
	t.Run("half lost", func(t *testing.T) {
		w := newRosterWorld(t, ltitest.Reference(), people...)
		a := w.arrives("p00", learner)
		w.read(a)
		for _, p := range people[6:] {
			w.lms.Remove(p.Sub)
		}
		if r := w.read(a); r.Problem != "" {
			t.Errorf("roster %+v", r)
		}
		w.wantStands(a, map[string]string{"p05": "viewer", "p06": "ended"})
	})
}

// The people whom a roster lists make no loss of others plausible: an LMS may call
// everybody otherwise after it was moved, or list another course.
func TestRosterOfStrangersIsNotPlausible(t *testing.T) {
	for name, known := range map[string]bool{"new": false, "of last year": true} {
		t.Run(name, func(t *testing.T) {
			w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
			if known {
				for i := range 20 {
					w.lms.Enrol(member(fmt.Sprint("new-", i), ltitest.Learner))
				}
				w.read(w.arrives("ada", teacher))
				for i := range 20 {
					w.lms.Remove(fmt.Sprint("new-", i))
				}
				w.read(w.arrives("ada", teacher))
				w.read(w.arrives("ada", teacher))
			}
			a := w.arrives("ada", teacher)
			for i := range 14 {
				w.arrives(fmt.Sprint("bob-", i), learner)
			}
			w.work()
			w.wait(2 * time.Hour)
			for i := range 20 {
				w.lms.Enrol(member(fmt.Sprint("new-", i), ltitest.Learner))
			}
			if r := w.read(a); r.Problem != classroom.RosterImplausible || r.Members != 21 {
				t.Errorf("roster %+v", r)
			}
			w.work()
			w.wantStands(a, map[string]string{"ada": "moderator", "bob-0": "viewer", "bob-13": "viewer", "new-0": "ended", "new-19": "ended"})
			if w.chat.members["user-new-0"] || !w.chat.members["user-bob-0"] {
				t.Errorf("in the channel are %v", w.chat.members)
			}
			n, err := w.db.CountPeople(t.Context(), a.Course.ID, "")
			must(t, err)
			if n.Viewers != 14 || !known && n.Ended != 0 {
				t.Errorf("people are %+v", n)
			}
			w.arrives("new-1", learner) // a launch is proof
			w.wantStands(a, map[string]string{"new-1": "viewer"})

			r := w.read(a) // says the same
			w.work()
			if r.Problem != "" || r.Members != 21 || !w.chat.members["user-new-0"] {
				t.Errorf("roster %+v, in the channel are %v", r, w.chat.members)
			}
			w.wantStands(a, map[string]string{"ada": "moderator", "bob-0": "ended", "new-0": "viewer", "new-1": "viewer", "new-19": "viewer"})
		})
	}
}
