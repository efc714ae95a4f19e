package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
)

// keeps lets the LMS keep things to itself, and the school decide what then.
func (w *world) keeps(privacy ltitest.Privacy, decide func(*classroom.Platform)) {
	w.Helper()
	w.lms.Privacy = privacy
	p, err := w.db.Platform(w.Context(), w.platform.ID)
	w.must(err)
	if decide != nil {
		decide(&p)
	}
	w.must(w.db.SavePlatform(w.Context(), p))
}

func allowed(p *classroom.Platform) { p.AllowAnonymous = true }

func TestAnonymousLaunchesAreRefusedUnlessAllowed(t *testing.T) {
	w := newWorld(t)
	w.keeps(ltitest.Privacy{Anonymous: true}, nil)
	for _, person := range []string{"teacher", "learner"} {
		refused := w.browser().launch(person, "room-1").want(http.StatusUnauthorized).says("error.launch_anonymous")
		if len(refused.header.Values("Set-Cookie")) > 1 { // that of the login is taken back
			t.Errorf("a refused launch sets %v", refused.header.Values("Set-Cookie"))
		}
	}
	if n := w.persons(); n != 0 {
		t.Errorf("%d persons are kept of refused launches", n)
	}
}

// Who says nothing of themselves is a viewer, whoever they are in the course.
func TestAnonymousPeopleAreViewersWithATypedName(t *testing.T) {
	w := newWorld(t)
	w.connectChat()
	_, room := w.browser().enter("teacher", "room-1") // named as usual
	w.keeps(ltitest.Privacy{Anonymous: true}, allowed)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	if path != room {
		t.Errorf("the room is %s, want that of the named, %s", path, room)
	}
	if page.attr("[data-role]", "data-role") != "viewer" || page.has("#start") || page.has("#to-people") || page.has("#open-channel") || page.has("#connect") {
		t.Errorf("more than a viewer's page: %s", page.text("body"))
	}
	for _, where := range []string{"/people", "/settings", "/grades"} {
		b.get(path + where).want(http.StatusForbidden)
	}

	w.running(room)
	page = b.get(path)
	if !page.has("form[action$='/join'] input[name=name][required]") {
		t.Fatalf("nobody asks for a name: %s", page.text("body"))
	}
	action, fields := page.form("form[action$='/join']")
	fields.Set("name", "  Ana\u202e from abroad ")
	join := b.post(action, fields).leads(w.bbbURL).header.Get("Location")
	q := mustURL(t, join).Query()
	if q.Get("fullName") != "Ana from abroad" || q.Get("role") == "MODERATOR" {
		t.Errorf("joins as %q, %q", q.Get("fullName"), q.Get("role"))
	}

	a := w.access(b, path)
	if a.Person.Subject != "" || a.Person.Name != "" || a.Person.Email != "" || a.Enrolment.Counted || a.Enrolment.Moderator {
		t.Errorf("kept of somebody anonymous: %+v, %+v", a.Person, a.Enrolment)
	}
}

// Two anonymous launches are two people: nobody comes in as somebody before them.
func TestAnonymousPeopleAreStrangersToEachOther(t *testing.T) {
	w := newWorld(t)
	w.keeps(ltitest.Privacy{Anonymous: true}, allowed)
	one, two := w.browser(), w.browser()
	_, path := one.enter("learner", "room-1")
	two.enter("learner", "room-1")
	first, second := w.access(one, path), w.access(two, path)
	if first.Person.ID == second.Person.ID {
		t.Error("they are the same person")
	}
	if _, err := w.room.ChooseName(t.Context(), first, "Ana"); err != nil {
		t.Fatal(err)
	}
	if page := two.get(path); page.attr("input[name=name]", "value") != "" || strings.Contains(page.body, "Ana") {
		t.Error("the name of one is offered to the other")
	}
}

func TestAnonymousPeopleChooseNoRooms(t *testing.T) {
	w := newWorld(t)
	w.signs()
	w.keeps(ltitest.Privacy{Anonymous: true}, allowed)
	if a := w.browser().choosing("teacher", "algebra"); a.status != http.StatusUnauthorized {
		t.Errorf("an anonymous choice of rooms: %d %s", a.status, a.text("body"))
	}
}

// A teacher without a name is a teacher, and is asked for one as everybody is.
func TestNamelessTeachers(t *testing.T) {
	w := newWorld(t)
	w.keeps(ltitest.Privacy{NoName: true, NoEmail: true}, nil)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	action, fields := page.form("form.start")
	if !page.has("form.start input[name=name][required]") {
		t.Fatal("nobody asks for a name")
	}
	fields.Set("name", "Terry")
	tab := b.post(action, fields)
	if len(w.bbb.Meetings()) != 1 {
		t.Fatalf("the class did not start: %d %s", tab.status, tab.text("body"))
	}
	if page := b.get(path); page.attr("input[name=name]", "value") != "Terry" {
		t.Errorf("the name is not remembered: %s", page.body)
	}

	// Names that are told later count more.
	w.keeps(ltitest.Privacy{}, nil)
	if page, _ := b.enter("teacher", "room-1"); page.has("input[name=name]") {
		t.Error("whom the LMS names is asked for a name")
	}
}

func TestNamesMayBeRequired(t *testing.T) {
	w := newWorld(t)
	required := func(p *classroom.Platform) { p.RequireName = true }
	w.keeps(ltitest.Privacy{NoEmail: true}, required)
	w.browser().enter("learner", "room-1")
	w.keeps(ltitest.Privacy{NoName: true}, required)
	w.browser().launch("learner", "room-1").want(http.StatusForbidden).says("error.name_withheld")
}

// A link outside of any course is a course of its own, without what takes a course.
func TestLaunchesWithoutACourse(t *testing.T) {
	w := newWorld(t)
	w.connectChat()
	w.signs()
	w.keeps(ltitest.Privacy{NoContext: true}, nil)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	if page.attr("[data-role]", "data-role") != "moderator" || !page.has("#start") {
		t.Errorf("a teacher cannot start: %s", page.text("body"))
	}
	_, other := b.enter("teacher", "room-2")
	one, two := w.access(b, path), w.access(b, other)
	if one.Course.ID == two.Course.ID || one.Course.ContextID != "" || one.Course.Channel != classroom.ChannelNone || one.Course.RosterURL != "" {
		t.Errorf("two links: %+v and %+v", one.Course, two.Course)
	}
	if page.has("form[action$='/channel']") || page.has("form[action$='/connect']") {
		t.Error("a channel is offered")
	}
	whose := url.Values{"whose": {w.server.whose(one.Person.ID)}}
	if got := b.post(path+"/people/read", whose); got.status != http.StatusNotFound {
		t.Errorf("a roster is read: %d", got.status)
	}
	if again, _ := w.browser().enter("learner", "room-1"); again.attr("#panel", "data-panel") == "" || !strings.Contains(again.attr("#panel", "data-panel"), path) {
		t.Error("the same link is another room to somebody else")
	}
}

func TestCoursesMayBeRequired(t *testing.T) {
	w := newWorld(t)
	w.keeps(ltitest.Privacy{NoContext: true}, func(p *classroom.Platform) { p.RequireContext = true })
	w.browser().launch("learner", "room-1").want(http.StatusForbidden).says("error.no_course")
	w.keeps(ltitest.Privacy{}, nil)
	w.browser().enter("learner", "room-1")
}

// What waits for approval says in the log by which command it is approved.
func TestRefusalsNameTheCommand(t *testing.T) {
	w := newWorld(t)
	w.keeps(ltitest.Privacy{}, func(p *classroom.Platform) { p.NewDeployments = classroom.DeploymentPending })
	w.browser().launch("learner", "room-1").want(http.StatusForbidden).says("error.deployment_pending")
	deployments, err := w.db.Deployments(t.Context(), w.platform.ID)
	w.must(err)
	if len(deployments) != 1 || len(w.log.with("classbridge deployment approve "+deployments[0].ID)) != 1 {
		t.Errorf("%+v: %v", deployments, w.log.with("refused"))
	}
	deployments[0].State = classroom.DeploymentActive
	w.must(w.db.SaveDeployment(t.Context(), deployments[0]))
	w.keeps(ltitest.Privacy{}, func(p *classroom.Platform) { p.Pending = true })
	w.browser().launch("learner", "room-1").want(http.StatusForbidden).says("error.platform_pending")
	if len(w.log.with("classbridge platform approve "+w.platform.ID)) != 1 {
		t.Errorf("%v", w.log.with("refused"))
	}
	w.keeps(ltitest.Privacy{}, func(p *classroom.Platform) { p.Pending = false })
	w.browser().enter("learner", "room-1")
}

func (w *world) persons() (n int) {
	w.Helper()
	_, file := w.db.Handles()
	w.must(file.QueryRowContext(w.Context(), "SELECT count(*) FROM persons").Scan(&n))
	return n
}
