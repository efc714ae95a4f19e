package classroom_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
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
	return w.visits(l)
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
