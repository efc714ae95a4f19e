package classroom_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// rosterWorld is a world whose LMS has a roster of the course c1.
type rosterWorld struct {
	*world
	lms *ltitest.LMS
}

func newRosterWorld(t testing.TB, profile ltitest.Profile, people ...ltitest.Person) *rosterWorld {
	t.Helper()
	return newRosterWorldOn(t, storagetest.New(t), profile, people...)
}

func newRosterWorldOn(t testing.TB, db *storage.DB, profile ltitest.Profile, people ...ltitest.Person) *rosterWorld {
	t.Helper()
	w := &rosterWorld{world: newWorldOn(t, db)}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	lms, err := ltitest.New(ltitest.Config{
		URL: server.URL, ToolURL: "https://class.example", Profile: profile, ClientID: w.platform.ClientID, DeploymentID: "1",
		Persons: people, Courses: []ltitest.Course{{ID: "c1", Label: "ALG", Title: "Algebra"}},
		Links:    []ltitest.Link{{ID: "link1", Title: "Lessons", CourseID: "c1"}},
		Groups:   []ltitest.Group{{ID: "g1", Name: "Red", CourseID: "c1"}, {ID: "g2", Name: "Blue", CourseID: "c1"}},
		ToolKeys: func() ([]byte, error) { return w.Keys.Published(t.Context()) }, Now: w.clock,
	})
	must(t, err)
	w.lms, handler = lms, lms
	p := w.platform
	p.Platform = lms.Platform(p.ID)
	must(t, w.db.SavePlatform(t.Context(), p))
	w.platform = p
	return w
}

// arrives launches with the offer of the roster.
func (w *rosterWorld) arrives(sub, role string) classroom.Access {
	w.t.Helper()
	l := w.launch(sub, role)
	l.Name = "" // the roster tells
	l.NRPS = &lti.NRPS{MembershipsURL: w.lms.MembersURL("c1")}
	if w.lms.Profile.Groups {
		l.Groups = &lti.Groups{GroupsURL: strings.TrimSuffix(w.lms.MembersURL("c1"), "members") + "groups"}
	}
	v, err := w.Enter(w.t.Context(), l, "192.0.2.1")
	must(w.t, err)
	a, err := w.Access(w.t.Context(), v.LaunchID, v.RoomID)
	must(w.t, err)
	return a
}

// read has the whole roster read, as it would be a day later.
func (w *rosterWorld) read(a classroom.Access) classroom.Roster {
	w.t.Helper()
	w.wait(2 * time.Minute)
	must(w.t, w.AskRoster(w.t.Context(), a.Course))
	return w.goOn(a)
}

// goOn does the work until the pass has ended.
func (w *rosterWorld) goOn(a classroom.Access) classroom.Roster {
	w.t.Helper()
	for range 1000 {
		again, err := w.Do(w.t.Context(), classroom.SyncRoster{CourseID: a.Course.ID})
		must(w.t, err)
		if again.Again == 0 {
			r, found, err := w.db.FindRoster(w.t.Context(), a.Course.ID)
			must(w.t, err)
			if !found {
				w.t.Fatal("there is no roster")
			}
			return r
		}
	}
	w.t.Fatal("the roster is read for ever")
	return classroom.Roster{}
}

// enrolled is the person's enrolment in the course.
func (w *rosterWorld) enrolled(a classroom.Access, sub string) (classroom.Person, classroom.Enrolment, bool) {
	w.t.Helper()
	found, err := w.db.PersonsBySubject(w.t.Context(), w.platform.ID, []string{sub})
	must(w.t, err)
	if len(found) == 0 {
		return classroom.Person{}, classroom.Enrolment{}, false
	}
	e, known, err := w.db.FindEnrolment(w.t.Context(), found[0].ID, a.Course.ID)
	must(w.t, err)
	return found[0], e, known
}

// stands says in a word how the person is enrolled.
func (w *rosterWorld) stands(a classroom.Access, sub string) string {
	w.t.Helper()
	_, e, found := w.enrolled(a, sub)
	switch {
	case !found:
		return "unknown"
	case !e.EndedAt.IsZero():
		return "ended"
	case !e.Counted:
		return "uncounted"
	case e.MayModerate(w.clock()):
		return "moderator"
	}
	return "viewer"
}

func (w *rosterWorld) wantStands(a classroom.Access, want map[string]string) {
	w.t.Helper()
	got := map[string]string{}
	for sub := range want {
		got[sub] = w.stands(a, sub)
	}
	if d := cmp.Diff(want, got); d != "" {
		w.t.Errorf("people (-want +got)\n%s", d)
	}
}

func member(sub string, roles ...string) ltitest.Person {
	return ltitest.Person{Sub: sub, Name: "Roster " + sub, Email: sub + "@school.example", Roles: roles}
}

func TestRosterEnrolsWhomItLists(t *testing.T) {
	preview := member("preview", ltitest.Learner)
	preview.TestUser = true
	suspended := member("suspended", ltitest.Learner)
	suspended.Status = ltitest.Inactive
	w := newRosterWorld(t, ltitest.Reference(),
		member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("R&D", ltitest.Learner),
		member("mum", ltitest.Mentor), preview, suspended, member("boss", ltitest.Administrator))
	a := w.arrives("ada", teacher)
	r := w.read(a)
	w.wantStands(a, map[string]string{
		"ada": "moderator", "bob": "viewer", "R&D": "viewer",
		"mum": "unknown", "preview": "unknown", "suspended": "unknown", "boss": "unknown",
	})
	if r.Problem != "" || r.Members != 3 || r.ReadAt.IsZero() || !r.PassAt.IsZero() {
		t.Errorf("roster %+v", r)
	}
	if late := r.DueAt.Sub(w.clock()); late < 4*time.Hour || late > 8*time.Hour {
		t.Errorf("due in %s", late)
	}
	p, e, _ := w.enrolled(a, "bob")
	if p.Name != "Roster bob" || p.Email != "bob@school.example" || !e.LaunchedAt.IsZero() || e.RosterAt.IsZero() {
		t.Errorf("bob is %+v, %+v", p, e)
	}
	if platform, err := w.db.Platform(t.Context(), w.platform.ID); err != nil || platform.Progress.RosterAt.IsZero() {
		t.Errorf("the step of the set-up is not reached: %v", err)
	}
}

// A class launches while its roster is read: nobody is refused, and everybody is
// enrolled once.
func TestRosterBesideLaunches(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		const class = 60
		w := newRosterWorldOn(t, db, ltitest.Reference(), ltitest.Large(class)...)
		a := w.arrives("teacher", teacher)
		must(t, w.AskRoster(t.Context(), a.Course))
		var wg sync.WaitGroup
		for range 2 { // two replicas at a time
			wg.Go(func() {
				if _, err := w.Do(t.Context(), classroom.SyncRoster{CourseID: a.Course.ID}); err != nil {
					t.Errorf("the roster: %v", err)
				}
			})
		}
		for i := range class {
			wg.Go(func() {
				l := w.launch(fmt.Sprintf("learner-%05d", i+1), learner)
				if _, err := w.Enter(t.Context(), l, ""); err != nil {
					t.Errorf("a launch: %v", err)
				}
			})
		}
		wg.Wait()
		w.read(a)
		n, err := w.db.CountPeople(t.Context(), a.Course.ID, "")
		must(t, err)
		if want := (classroom.PeopleCounts{Moderators: 1, Viewers: class}); n != want {
			t.Errorf("people are %+v, want %+v", n, want)
		}
	})
}

// The first launch that offers a roster has it read, no other does.
func TestFirstLaunchHasTheRosterRead(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
	a := w.enters("ada", teacher) // without an offer
	readings := func() (n int) {
		for _, q := range storagetest.Queued(t, w.db) {
			if strings.HasPrefix(q, "sync_roster ") {
				n++
			}
		}
		return n
	}
	if n := readings(); n != 0 {
		t.Errorf("%d readings of what is not offered", n)
	}
	w.arrives("ada", teacher)
	w.arrives("bob", learner)
	if n := readings(); n != 1 {
		t.Errorf("%d readings are enqueued, want 1", n)
	}
	w.work()
	w.wantStands(a, map[string]string{"bob": "viewer"})
	if r, _, err := w.db.FindRoster(t.Context(), a.Course.ID); err != nil || r.Members != 2 {
		t.Errorf("roster %+v, %v", r, err)
	}
}

// Nothing is written a second time but the marks.
func TestRosterChangesOnlyWhatDiffers(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
	a := w.arrives("bob", learner)
	w.arrives("ada", teacher)
	w.read(a)
	_, before, _ := w.enrolled(a, "bob")
	w.read(a)
	_, after, _ := w.enrolled(a, "bob")
	if !after.RosterAt.After(before.RosterAt) {
		t.Error("who is listed is not marked")
	}
	before.RosterAt = after.RosterAt
	if before != after {
		t.Errorf("(-before +after)\n%s", cmp.Diff(before, after))
	}
}

func TestRosterNames(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cyd", ltitest.Learner))
	a := w.arrives("ada", teacher) // nameless
	w.enters("cyd", learner)       // with a name
	w.read(a)
	named := func(want map[string]string) {
		t.Helper()
		got := map[string]string{}
		for sub := range want {
			p, _, _ := w.enrolled(a, sub)
			got[sub] = p.Name
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("names (-want +got)\n%s", d)
		}
	}
	named(map[string]string{"ada": "Roster ada", "bob": "Roster bob", "cyd": "Name of cyd"})
	for _, sub := range []string{"ada", "bob", "cyd"} {
		p := member(sub, ltitest.Learner)
		p.Name = "Renamed " + sub
		w.lms.Enrol(p)
	}
	w.read(a)
	named(map[string]string{"ada": "Roster ada", "bob": "Renamed bob", "cyd": "Name of cyd"})
}

func TestRosterRoles(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(),
		member("ada", ltitest.Instructor), member("aide", ltitest.Learner), member("new", ltitest.Learner), member("old", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	w.arrives("aide", teacher) // launched as an instructor, listed as a learner
	w.arrives("new", learner)
	w.read(a)
	w.wantStands(a, map[string]string{"ada": "moderator", "aide": "moderator", "new": "viewer", "old": "moderator"})

	w.lms.Enrol(member("new", ltitest.Instructor))
	w.lms.Enrol(member("old", ltitest.Learner)) // no launch has said otherwise
	w.read(a)
	w.wantStands(a, map[string]string{"new": "moderator", "old": "viewer"})

	w.wait(5 * 24 * time.Hour)
	w.read(a)
	w.wait(3 * 24 * time.Hour) // the launches are eight days old, the roster's proof three
	w.wantStands(a, map[string]string{"ada": "moderator", "aide": "viewer", "new": "moderator"})
	w.read(a)
	if _, e, _ := w.enrolled(a, "aide"); e.Moderator {
		t.Error("who launched as a moderator long ago stays one against the roster")
	}
	w.arrives("aide", teacher)
	w.wantStands(a, map[string]string{"aide": "moderator"})
}

// Every LMS has its own way with pages, roles, ids and names.
func TestRosterOfEveryLMS(t *testing.T) {
	for _, profile := range ltitest.Profiles() {
		if profile.Roster == nil {
			continue
		}
		t.Run(profile.Name, func(t *testing.T) {
			people := append(ltitest.Large(60), member("research", ltitest.Learner))
			people[len(people)-1].Name = "R&D <b>"
			w := newRosterWorld(t, profile, people...)
			l := w.launch(w.lms.Subject("teacher"), teacher)
			l.NRPS = &lti.NRPS{MembershipsURL: w.lms.MembersURL("c1")}
			if profile.Launch.WithoutContext {
				l.Context = nil
			}
			v, err := w.Enter(t.Context(), l, "")
			must(t, err)
			a, err := w.Access(t.Context(), v.LaunchID, v.RoomID)
			must(t, err)
			if profile.Launch.WithoutContext { // nothing says whose list it is
				if err := w.AskRoster(t.Context(), a.Course); !classroom.Is(err, classroom.NotFound) {
					t.Errorf("the list of nobody's course: %v", err)
				}
				return
			}
			if r := w.read(a); r.Members != 62 || r.Problem != "" {
				t.Fatalf("roster %+v", r)
			}
			if p, _, _ := w.enrolled(a, w.lms.Subject("research")); p.Name != "R&D <b>" {
				t.Errorf("a name is %q", p.Name)
			}
			w.lms.Remove("learner-00007")
			w.read(a)
			w.wantStands(a, map[string]string{
				w.lms.Subject("teacher"): "moderator", w.lms.Subject("learner-00007"): "ended", w.lms.Subject("learner-00060"): "viewer",
			})
		})
	}
}

// Moodle lists non-editing teachers as learners and launches them as instructors.
func TestRosterOfMoodleDemotesNoAssistant(t *testing.T) {
	ta := member("ta1", ltitest.Instructor, ltitest.TeachingAssistant)
	w := newRosterWorld(t, ltitest.Moodle(), member("ada", ltitest.Instructor), ta)
	sub := w.lms.Subject("ta1")
	l := w.launch(sub, teacher)
	l.Context.ID = "c1"
	l.NRPS = &lti.NRPS{MembershipsURL: w.lms.MembersURL("c1")}
	v, err := w.Enter(t.Context(), l, "")
	must(t, err)
	a, err := w.Access(t.Context(), v.LaunchID, v.RoomID)
	must(t, err)
	w.read(a)
	if got := w.stands(a, sub); got != "moderator" {
		t.Errorf("the assistant is a %s", got)
	}
}

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
	w.lms.Enrol(member("eve", ltitest.Instructor))
	w.read(a)
	w.wantStands(a, map[string]string{"ada": "ended", "eve": "moderator"})
}

// A test user who was taken for a person by a launch is not counted any more.
func TestRosterKnowsTestUsers(t *testing.T) {
	preview := member("preview", ltitest.Learner)
	preview.TestUser = true
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), preview)
	a := w.arrives("ada", teacher)
	w.arrives("preview", learner)
	w.read(a)
	w.wantStands(a, map[string]string{"ada": "moderator", "preview": "uncounted"})
	w.lms.Remove("preview")
	w.read(a)
	w.wantStands(a, map[string]string{"preview": "uncounted"})
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

func TestRosterTellsGroups(t *testing.T) {
	in := func(sub string, groups ...string) ltitest.Person {
		p := member(sub, ltitest.Learner)
		p.Groups = groups
		return p
	}
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), in("bob", "g1"), in("cyd", "g1", "g2"), in("dan"))
	a := w.arrives("ada", teacher)
	w.read(a)
	sets := func() map[string][]string {
		got := map[string][]string{}
		for _, sub := range []string{"bob", "cyd", "dan"} {
			_, e, _ := w.enrolled(a, sub)
			got[sub] = e.GroupIDs.IDs()
		}
		return got
	}
	if d := cmp.Diff(map[string][]string{"bob": {"g1"}, "cyd": {"g1", "g2"}, "dan": nil}, sets()); d != "" {
		t.Errorf("groups (-want +got)\n%s", d)
	}
	groups, err := w.db.Groups(t.Context(), a.Course.ID)
	must(t, err)
	var names []string
	for _, g := range groups {
		names = append(names, g.GroupID+" "+g.Name)
	}
	if !slices.Equal(names, []string{"g2 Blue", "g1 Red"}) {
		t.Errorf("names %v", names)
	}
	w.lms.Enrol(in("bob"))
	w.read(a)
	if d := cmp.Diff(map[string][]string{"bob": nil, "cyd": {"g1", "g2"}, "dan": nil}, sets()); d != "" {
		t.Errorf("groups after one was left (-want +got)\n%s", d)
	}
}

// A roster that names somebody twice, as for each section, enrols them once.
func TestRosterThatRepeatsItself(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		type m map[string]any
		body, _ := json.Marshal(m{"members": []m{
			{"user_id": "ada", "roles": []string{"Learner"}},
			{"user_id": "bob", "roles": []string{"Learner"}, "status": "Inactive"},
			{"user_id": "ada", "roles": []string{"Instructor"}, "status": "Active"},
			{"user_id": "bob", "roles": []string{"Learner"}, "status": "Active"},
		}})
		rw.Header().Set("Content-Type", "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")
		_, _ = rw.Write(body)
	}))
	if r := w.read(a); r.Members != 2 {
		t.Errorf("%d members", r.Members)
	}
	w.wantStands(a, map[string]string{"ada": "moderator", "bob": "viewer"})
}
