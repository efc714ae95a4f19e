package classroom_test

import (
	"errors"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
)

func TestRegistrationsRefuseWhatTheSchoolDoesNotWant(t *testing.T) {
	for name, test := range map[string]struct {
		set     func(*classroom.Platform)
		launch  func(*lti.Launch)
		message string
	}{
		"pending":        {func(p *classroom.Platform) { p.Pending = true }, func(*lti.Launch) {}, "error.platform_pending"},
		"no name":        {func(p *classroom.Platform) { p.RequireName = true }, func(l *lti.Launch) { l.Name = "" }, "error.name_withheld"},
		"no course":      {func(p *classroom.Platform) { p.RequireContext = true }, func(l *lti.Launch) { l.Context = nil }, "error.no_course"},
		"named":          {func(p *classroom.Platform) { p.RequireName, p.RequireContext = true, true }, func(*lti.Launch) {}, ""},
		"no name asked":  {func(*classroom.Platform) {}, func(l *lti.Launch) { l.Name = "" }, ""},
		"no course need": {func(*classroom.Platform) {}, func(l *lti.Launch) { l.Context = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			test.set(&w.platform)
			must(t, w.db.SavePlatform(t.Context(), w.platform))
			l := w.launch("sam", learner)
			test.launch(l)
			_, err := w.Enter(t.Context(), l, "192.0.2.1")
			if got := messageOf(err); got != test.message {
				t.Errorf("refused with %q, want %q", got, test.message)
			}
		})
	}
}

func TestSetUpProgressIsKept(t *testing.T) {
	w := newWorld(t)
	l := w.launch("quiet", learner)
	l.Name = ""
	_, err := w.Enter(t.Context(), l, "192.0.2.1")
	must(t, err)
	first := w.clock()
	w.wait(classroom.ProofAge)
	w.enters("sam", learner)
	w.enters("terry", teacher)
	p, err := w.db.Platform(t.Context(), w.platform.ID)
	must(t, err)
	want := classroom.Progress{LearnerAt: first, NamedAt: w.clock(), TeacherAt: w.clock()}
	if p.Progress != want {
		t.Errorf("progress %+v, want %+v", p.Progress, want)
	}
}

func TestLaunchesTellWhereTheServicesAre(t *testing.T) {
	w := newWorld(t)
	offer := func(subject, role, roster string) classroom.Course {
		l := w.launch(subject, role)
		l.NRPS = &lti.NRPS{MembershipsURL: roster}
		l.AGS = &lti.AGS{LineItems: roster + "/grades", Scopes: []string{"a", "b"}}
		l.Groups = &lti.Groups{GroupsURL: roster + "/groups"}
		a := w.visits(l)
		return a.Course
	}
	offer("sam", learner, "https://lms.example/1")
	c := offer("sam", learner, "https://lms.example/2")
	if c.RosterURL != "https://lms.example/1" {
		t.Errorf("a learner's launch changed the roster's address to %q", c.RosterURL)
	}
	c = offer("terry", teacher, "https://lms.example/3")
	if c.RosterURL != "https://lms.example/3" || c.GradesURL != "https://lms.example/3/grades" || c.GradesScopes != "a b" || c.GroupsURL != "https://lms.example/3/groups" {
		t.Errorf("the services of a teacher's launch were not kept: %+v", c)
	}
}

func TestTheRosterOfOpenOlatIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.platform.Family = "openolat"
	must(t, w.db.SavePlatform(t.Context(), w.platform))
	l := w.launch("terry", teacher)
	l.NRPS = &lti.NRPS{MembershipsURL: "https://lms.example/roster"}
	a := w.visits(l)
	if a.Course.RosterURL != "" {
		t.Errorf("its roster is to be read at %s", a.Course.RosterURL)
	}
}

func TestLaunchesTellThePersonsGroups(t *testing.T) {
	w := newWorld(t)
	l := w.launch("sam", learner)
	l.Custom = map[string]string{lti.CustomGroups: "12,7,12"}
	a := w.visits(l)
	if g := a.Enrolment.GroupIDs; !g.Has("7") || !g.Has("12") || len(g.IDs()) != 2 || g.Has("1") {
		t.Errorf("groups %q", g)
	}
	if a := w.enters("sam", learner); !a.Enrolment.GroupIDs.Has("7") {
		t.Error("a launch that tells nothing of groups emptied them")
	}
}

// messageOf is the text by which err was refused; empty without one.
func messageOf(err error) string {
	var e *classroom.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Message
}

// A launch that says what somebody is in the institution takes nothing from who
// moderates by the roster, as long as that is fresh; one that speaks of the course
// does.
func TestLaunchesOfTheInstitutionLeaveTheRosterAlone(t *testing.T) {
	const faculty = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"
	w := newRosterWorld(t, ltitest.Reference(), ltitest.Person{Sub: "terry", Name: "Terry", Roles: []string{ltitest.Instructor}})
	a := w.arrives("terry", faculty)
	if a.MayModerate(w.clock()) {
		t.Fatal("a role in the institution moderates")
	}
	w.read(a)
	for _, step := range []struct {
		name string
		wait time.Duration
		role string
		want bool
	}{
		{"again", time.Minute, faculty, true},
		{"a day later", 24 * time.Hour, faculty, true},
		{"when the roster is old", classroom.ProofAge, faculty, false},
	} {
		w.wait(step.wait)
		if got := w.arrives("terry", step.role).MayModerate(w.clock()); got != step.want {
			t.Errorf("%s: moderates %t", step.name, got)
		}
	}
	w.read(a)
	if w.arrives("terry", learner).MayModerate(w.clock()) {
		t.Error("a learner of the course moderates by an older roster")
	}
}
