package classroom_test

import (
	"encoding/json"
	"fmt"
	"net/http"
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

// Deep linking may be the first message of a course, and offers what launches do.
func TestDeepLinkingHasTheRosterRead(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
	l := w.chooses("ada", teacher)
	l.NRPS = &lti.NRPS{MembershipsURL: w.lms.MembersURL("c1")}
	l.Notices = &lti.Notices{URL: "https://lms.example/notices", Types: []string{lti.ContextCopyNotice}}
	course := w.places(l).Course
	queued := strings.Join(storagetest.Queued(t, w.db), " ")
	for _, kind := range []string{"sync_roster ", "register_notices "} {
		if n := strings.Count(queued, kind); n != 1 {
			t.Errorf("%s is enqueued %d times", kind, n)
		}
	}
	if _, err := w.Do(t.Context(), classroom.SyncRoster{CourseID: course.ID}); err != nil {
		t.Error(err)
	}
	w.wantStands(classroom.Access{Course: course}, map[string]string{"bob": "viewer"})
}

// A course whose roster's address is known and that has none, as after it was
// adopted, has it read by the next message that changes something.
func TestLaunchesHaveARosterReadThatIsMissing(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner))
	a := w.enters("ada", teacher)
	c := a.Course
	c.RosterURL = w.lms.MembersURL("c1")
	must(t, w.db.SaveCourse(t.Context(), c))
	w.wait(2 * time.Hour)
	w.arrives("ada", teacher)
	w.work()
	w.wantStands(a, map[string]string{"bob": "viewer"})
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

// The newer proof counts: an old launch as a teacher is none against a later one.
func TestRosterDemotesWhomTheNewestLaunchDoes(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("eve", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	w.arrives("eve", teacher)
	w.wait(24 * time.Hour)
	w.arrives("eve", learner)
	w.wantStands(a, map[string]string{"eve": "viewer"})
	w.read(a)
	w.wantStands(a, map[string]string{"eve": "moderator"})
	w.lms.Enrol(member("eve", ltitest.Learner))
	w.read(a)
	w.wantStands(a, map[string]string{"eve": "viewer"})
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

// listing answers the next request for members with these.
func (w *rosterWorld) listing(members ...map[string]any) {
	w.lms.AnswerNext("members", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/vnd.ims.lti-nrps.v2.membershipcontainer+json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"members": members})
	}))
}

// Who is listed again far behind has the role that allows most, and is present if
// one of the lines says so.
func TestRosterThatRepeatsItselfFarBehind(t *testing.T) {
	type m = map[string]any
	line := func(sub, role, status string) m {
		return m{"user_id": sub, "roles": []string{role}, "status": status}
	}
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cyd", ltitest.Learner), member("dan", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	bob := w.arrives("bob", learner)
	w.read(a)
	lines := []m{line("ada", "Instructor", "Active"), line("bob", "Learner", "Inactive"), line("cyd", "Learner", "Active"), line("dan", "Instructor", "Active"), line("eve", "Learner", "Active")}
	for i := range 400 {
		lines = append(lines, line(fmt.Sprint("p", i), "Learner", "Active"))
	}
	again := []m{line("bob", "Learner", "Active"), line("cyd", "Learner", "Inactive"), line("dan", "Learner", "Active"), line("eve", "Instructor", "Active")}
	for range 2 {
		w.listing(append(lines, again...)...)
		if r := w.read(a); r.Members != 405 || r.Problem != "" {
			t.Errorf("roster %+v", r)
		}
		w.wantStands(a, map[string]string{"ada": "moderator", "bob": "viewer", "cyd": "viewer", "dan": "moderator", "eve": "moderator"})
	}
	if _, err := w.Access(t.Context(), bob.Launch.ID, bob.Room.ID); err != nil {
		t.Errorf("the session of somebody who has not left: %v", err)
	}
	lines[1], again[0] = line("bob", "Learner", "Inactive"), line("bob", "Learner", "Inactive")
	w.listing(append(lines, again...)...)
	w.read(a)
	w.wantStands(a, map[string]string{"bob": "ended"})
}

// A roster that names somebody twice, as for each section, enrols them once.
func TestRosterThatRepeatsItself(t *testing.T) {
	w := newRosterWorld(t, ltitest.Reference(), member("ada", ltitest.Instructor))
	a := w.arrives("ada", teacher)
	type m = map[string]any
	w.listing(
		m{"user_id": "ada", "roles": []string{"Learner"}},
		m{"user_id": "bob", "roles": []string{"Learner"}, "status": "Inactive"},
		m{"user_id": "ada", "roles": []string{"Instructor"}, "status": "Active"},
		m{"user_id": "bob", "roles": []string{"Learner"}, "status": "Active"},
	)
	if r := w.read(a); r.Members != 2 {
		t.Errorf("%d members", r.Members)
	}
	w.wantStands(a, map[string]string{"ada": "moderator", "bob": "viewer"})
}
