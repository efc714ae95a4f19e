package classroom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
)

func TestRosterFailures(t *testing.T) {
	for _, test := range []struct {
		name   string
		fail   func(*ltitest.LMS)
		want   classroom.RosterProblem
		atMost time.Duration
	}{
		{"forbidden", func(l *ltitest.LMS) { l.FailNext("members", http.StatusForbidden, "no") }, classroom.RosterRefused, 20 * time.Minute},
		{"scope refused", func(l *ltitest.LMS) { l.FailNext("token", http.StatusBadRequest, `{"error":"invalid_scope"}`) }, classroom.RosterRefused, 20 * time.Minute},
		{"down", func(l *ltitest.LMS) { l.FailNext("members", http.StatusBadGateway, "") }, classroom.RosterUnavailable, 20 * time.Minute},
		{"a web page", func(l *ltitest.LMS) {
			l.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "<html>Sign in</html>") }))
		}, classroom.RosterUnreadable, 20 * time.Minute},
		{"cut short", func(l *ltitest.LMS) {
			l.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(rw, `{"members":[{"user_id":"ada","roles":["Instructor"]}`)
			}))
		}, classroom.RosterUnavailable, 20 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
			a := w.arrives("ada", teacher)
			w.read(a)
			w.wait(2 * time.Hour) // the token has run out
			test.fail(w.lms)
			r := w.read(a)
			if r.Problem != test.want || r.Detail == "" || r.Failures != 1 {
				t.Errorf("roster %+v", r)
			}
			if wait := r.DueAt.Sub(w.clock()); wait <= 0 || wait > test.atMost {
				t.Errorf("tried again in %s", wait)
			}
			w.wantStands(a, map[string]string{"ada": "moderator", "bob": "viewer"})
			if r = w.read(a); r.Problem != "" || r.Failures != 0 {
				t.Errorf("the roster that could be read: %+v", r)
			}
		})
	}
}

// A pass that was interrupted is gone on with where it was.
func TestRosterGoesOnAfterACrash(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), ltitest.Large(600)...)
	a := w.arrives("teacher", teacher)
	pages := 0
	w.wait(time.Minute)
	must(t, w.AskRoster(t.Context(), a.Course))
	for n := 1; n <= 2; n++ { // each piece of work has time for one page
		w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			pages++
			w.wait(15 * time.Second)
			w.lms.ServeHTTP(rw, r)
		}))
		again, err := w.Do(t.Context(), classroom.SyncRoster{CourseID: a.Course.ID})
		must(t, err)
		if again.Again == 0 || pages != n {
			t.Fatalf("after %d pieces %d pages, again in %s", n, pages, again.Again)
		}
	}
	before := w.lms.Requests("members")
	r := w.goOn(a)
	if r.Members != 601 {
		t.Errorf("%d members", r.Members)
	}
	if n := w.lms.Requests("members") - before; n != 2 {
		t.Errorf("%d more pages were read, want those that were left", n)
	}
}

// A page that the LMS takes longer to send than one piece of work may last is read
// to its end all the same.
func TestRosterOfASlowLMS(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	w.wait(2 * time.Minute)
	must(t, w.AskRoster(t.Context(), a.Course))
	const pieces = 10
	for n := range pieces {
		w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")
			fmt.Fprint(rw, `{"members":[{"user_id":"ada","roles":["Instructor"]}`)
			for i := range 900 {
				fmt.Fprintf(rw, `,{"user_id":"p%d","roles":["Learner"]}`, i)
				if i == 100 {
					w.wait(15 * time.Second)
				}
			}
			fmt.Fprint(rw, `]}`)
		}))
		again, err := w.Do(t.Context(), classroom.SyncRoster{CourseID: a.Course.ID})
		must(t, err)
		if again.Again == 0 {
			break
		}
		if n == pieces-1 {
			t.Fatal("the page is never read to its end")
		}
	}
	if r, _, err := w.db.FindRoster(t.Context(), a.Course.ID); err != nil || r.Members != 901 {
		t.Errorf("roster %+v, %v", r, err)
	}
}

// Whoever asks while the last changes are read gets the whole roster.
func TestRosterAskedForWhileChangesAreRead(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), ltitest.Large(30)...)
	a := w.arrives("teacher", teacher)
	full := w.read(a).FullAt
	w.wait(6 * time.Hour)
	w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.wait(time.Second)
		must(t, w.AskRoster(t.Context(), a.Course))
		w.lms.ServeHTTP(rw, r)
	}))
	if r := w.goOn(a); !r.FullAt.After(full) {
		t.Error("nothing comes of it")
	}
}

// What has changed is asked for between full passes, where the LMS tells.
func TestRosterDifferences(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), ltitest.Large(30)...)
	a := w.arrives("teacher", teacher)
	r := w.read(a)
	if r.DifferencesURL == "" {
		t.Fatal("no differences are offered")
	}
	w.lms.Remove("learner-00001")
	w.lms.Enrol(member("late", ltitest.Learner))
	w.wait(6 * time.Hour)
	before := w.lms.Requests("members")
	r = w.goOn(a)
	w.wantStands(a, map[string]string{"learner-00001": "ended", "late": "viewer", "learner-00002": "viewer"})
	if n := w.lms.Requests("members") - before; n != 1 {
		t.Errorf("%d pages for two changes", n)
	}
	full := r.FullAt
	w.wait(6 * time.Hour)
	w.lms.FailNext("members", http.StatusGone, "too long ago")
	if r = w.goOn(a); !r.FullAt.After(full) || r.Problem != "" {
		t.Errorf("after lost differences %+v", r)
	}
	full = r.FullAt
	w.wait(23 * time.Hour)
	if r = w.goOn(a); !r.FullAt.After(full) {
		t.Error("no full pass after a day")
	}
}

// A course that has moved to another address is read there from the start: no
// token goes to where it was.
func TestRosterOfACourseThatHasMoved(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	w.read(a)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the old address is asked") }))
	t.Cleanup(elsewhere.Close)
	for name, alter := range map[string]func(*classroom.Roster){
		"between passes": func(r *classroom.Roster) { r.DifferencesURL = elsewhere.URL },
		"in a pass": func(r *classroom.Roster) {
			r.PassAt, r.PassFull, r.NextURL = w.clock(), true, elsewhere.URL
		},
	} {
		r, _, err := w.db.FindRoster(t.Context(), a.Course.ID)
		must(t, err)
		alter(&r)
		must(t, w.db.SaveRoster(t.Context(), r))
		if r = w.goOn(a); r.Problem != "" || r.Members != 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestRosterIsAskedForOnceAMinute(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
	a := w.arrives("ada", teacher)
	bob := w.arrives("bob", learner)
	if err := w.ReadRoster(t.Context(), bob); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner asks: %v", err)
	}
	asked := func() time.Time {
		t.Helper()
		must(t, w.ReadRoster(t.Context(), a))
		r, _, err := w.db.FindRoster(t.Context(), a.Course.ID)
		must(t, err)
		return r.AskedAt
	}
	first := asked()
	w.wait(59 * time.Second)
	if again := asked(); !again.Equal(first) {
		t.Error("asked twice a minute")
	}
	w.wait(2 * time.Second)
	if again := asked(); again.Equal(first) {
		t.Error("not asked after a minute")
	}
	without := a
	without.Course.RosterURL = ""
	if err := w.ReadRoster(t.Context(), without); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a course without a roster: %v", err)
	}
}

// The sweep has rosters read when they are due, a few at a time, and leaves
// courses alone that nobody launches.
func TestSweepReadsRostersThatAreDue(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
	var courses []string
	for i := range 5 {
		l := w.launch("ada", teacher)
		l.Context = &lti.Context{ID: fmt.Sprintf("c%d", i), Title: "Course"}
		l.NRPS = &lti.NRPS{MembershipsURL: w.lms.MembersURL("c1")}
		v, err := w.Enter(t.Context(), l, "")
		must(t, err)
		a, err := w.Access(t.Context(), v.LaunchID, v.RoomID)
		must(t, err)
		w.wait(2 * time.Minute)
		must(t, w.AskRoster(t.Context(), a.Course))
		w.goOn(a)
		courses = append(courses, a.Course.ID)
	}
	working := func() int {
		t.Helper()
		n, err := w.db.RostersUnderWay(t.Context(), w.clock().Add(-time.Minute))
		must(t, err)
		return n[w.platform.ID]
	}
	sweep := func() {
		t.Helper()
		_, err := w.Do(t.Context(), classroom.Sweep{})
		must(t, err)
	}
	sweep()
	if n := working(); n != 0 {
		t.Errorf("%d are read before they are due", n)
	}
	w.wait(8 * time.Hour)
	sweep()
	sweep()
	if n := working(); n != 2 {
		t.Errorf("%d are read at a time, want 2", n)
	}
	w.wait(31 * 24 * time.Hour)
	sweep()
	if n := working(); n != 0 {
		t.Errorf("%d courses are read that nobody launches", n)
	}
	r, _, err := w.db.FindRoster(t.Context(), courses[0])
	must(t, err)
	if !r.DueAt.After(w.clock()) {
		t.Error("a course that sleeps is looked at by every sweep")
	}
}
