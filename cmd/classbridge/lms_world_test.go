package main

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// clock is the time of a whole world: the program's, its commands', that of the
// LMSs and of BigBlueButton. It goes on by itself, jumps, and may be stopped.
type clock struct {
	ahead atomic.Int64
	still atomic.Pointer[time.Time]
}

func (c *clock) Now() time.Time {
	if still := c.still.Load(); still != nil {
		return *still
	}
	return time.Now().Add(time.Duration(c.ahead.Load()))
}

func (c *clock) stop() {
	now := c.Now()
	c.still.Store(&now)
}

func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }

// installation is one server for the LMSs of many schools.
type installation struct {
	*clock
	*server
	env map[string]string
	url string
	bbb *bbbtest.Server
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	i := &installation{clock: &clock{}}
	i.bbb = bbbtest.New(bbbtest.Config{
		Secrets: []string{"secret"}, Now: i.Now, HTTP: newClients(nil).own, RecordingDelay: time.Minute,
	})
	bbb := httptest.NewServer(i.bbb)
	t.Cleanup(bbb.Close)
	go i.bbb.Run(t.Context())
	address := freeAddress(t)
	i.url = "http://" + address
	i.env = map[string]string{
		"CLASSBRIDGE_URL": i.url, "CLASSBRIDGE_ADDR": address, "CLASSBRIDGE_DATA": t.TempDir(),
		"CLASSBRIDGE_BBB_URL": bbb.URL + "/bigbluebutton/", "CLASSBRIDGE_BBB_SECRET": "secret",
	}
	i.server = startAt(t, i.Now, i.env, isReady, "serve")
	return i
}

// must runs a command beside the server, which has to succeed.
func (i *installation) must(t *testing.T, args ...string) string {
	t.Helper()
	r := commandAt(t, i.Now, i.env, "", args...)
	if r.code != 0 {
		t.Fatalf("classbridge %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// school is one that has an LMS.
type school struct {
	name     string
	profile  ltitest.Profile
	clientID string
	signsUp  bool // the LMS registers the tool by itself; else an admin copies addresses
}

// schools are one for each LMS, and three of Canvas: one that registers, whose
// issuer is its own here, and two that share Canvas's issuer. All else that can be
// the same is: ids of clients, deployments, courses, links and people.
func schools() []school {
	var all []school
	for _, p := range ltitest.Profiles() {
		all = append(all, school{name: p.Name, profile: p, signsUp: p.Registration != nil})
	}
	return append(all,
		school{name: "Canvas by hand", profile: ltitest.Canvas(), clientID: "10000000000001"},
		school{name: "Canvas of others", profile: ltitest.Canvas(), clientID: "10000000000002"},
	)
}

// campus is the LMS of a school, before the installation's server.
type campus struct {
	*installation
	school
	lms      *ltitest.LMS
	lmsURL   string
	visitors map[string]*visitor // by the person's Sub: each has a browser
	failed   bool

	room string  // path of the room in which the class is held
	tab  visitor // the teacher's, in the class

	bare    string // path of the room that has no column in the gradebook
	bareTab visitor
}

// lmsKey is the first key of each LMS: making one takes longer than a launch.
var lmsKey = sync.OnceValues(lti.GenerateToolKey)

func newCampus(t *testing.T, i *installation, s school) *campus {
	t.Helper()
	key, err := lmsKey()
	if err != nil {
		t.Fatal(err)
	}
	c := &campus{installation: i, school: s, visitors: map[string]*visitor{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.lms.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	c.lmsURL = server.URL
	config := ltitest.Config{
		URL: server.URL, ToolURL: i.url, ClientID: s.clientID, Profile: s.profile, Key: key, HTTP: newClients(nil).own, Now: i.Now,
		Persons: c.persons(), Courses: []ltitest.Course{{ID: "algebra", Label: "ALG", Title: c.here("Algebra")}}, Links: places(), Groups: groups(),
	}
	if s.signsUp {
		// What shares an issuer in the cloud has one of its own here: it must be on
		// the host that its configuration is asked from.
		config.Issuer = server.URL
	} else {
		config.Custom = c.parameters(t)
	}
	if c.lms, err = ltitest.New(config); err != nil {
		t.Fatal(err)
	}
	return c
}

// here is a name that only this school has.
func (c *campus) here(name string) string { return name + " of " + c.name }

// crowd is how many learners nobody tells a story of: the roster has pages.
const crowd = 52

// persons are one of each kind, and a crowd. Their ids are those of all schools.
func (c *campus) persons() []ltitest.Person {
	people := append(ltitest.Large(crowd),
		ltitest.Person{Sub: "assistant", Name: "Ash", Roles: []string{ltitest.Instructor, ltitest.TeachingAssistant}},
		ltitest.Person{Sub: "early", Name: "Early", Timezone: "Europe/Berlin", Roles: []string{ltitest.Learner}, Groups: []string{"12"}},
		ltitest.Person{Sub: "late", Name: "R&D <Zoë> O'Neil", Roles: []string{ltitest.Learner}, Groups: []string{"14"}},
		ltitest.Person{Sub: "absent", Name: "Absent", Roles: []string{ltitest.Learner}},
		ltitest.Person{Sub: "parent", Name: "Pat", Roles: []string{ltitest.Mentor}},
		ltitest.Person{Sub: "boss", Name: "Bo", Roles: []string{ltitest.Administrator}, Courses: []string{}},
		ltitest.Person{Sub: "suspended", Name: "Sus", Roles: []string{ltitest.Learner}, Status: ltitest.Inactive},
	)
	if c.hasTestUsers() {
		people = append(people, ltitest.Person{Sub: "preview", Name: "Test Student", Roles: []string{ltitest.Learner}, TestUser: true})
	}
	for i := range people {
		p := &people[i]
		p.Name, p.Given, p.Family = c.here(p.Name), p.Name, "of "+c.name
		p.Locale = cmp.Or(p.Locale, "en")
	}
	return people
}

func (c *campus) hasTestUsers() bool {
	return c.profile.Family == ltitest.Canvas().Family || c.profile.Name == ltitest.Reference().Name
}

// hasRoster says whether the LMS tells who is in the course. That of OpenOlat, which
// names no course, has people by other ids than launches.
func (c *campus) hasRoster() bool {
	return c.profile.Roster != nil && !c.profile.Launch.WithoutContext
}

// places are the activities of the course, one with a column in the gradebook.
func places() []ltitest.Link {
	return []ltitest.Link{
		{ID: "weekly", Title: "Weekly class", CourseID: "algebra"},
		{ID: "seminar", Title: "Seminar", CourseID: "algebra"},
		{ID: "graded", Title: "Graded class", CourseID: "algebra", LineItem: &ltitest.LineItem{}},
	}
}

func groups() []ltitest.Group {
	return []ltitest.Group{{ID: "12", Name: "Reds", CourseID: "algebra"}, {ID: "14", Name: "Blues", CourseID: "algebra"}}
}

// class is the activity that a class is held in. In some LMSs only activities that
// were made with a column in the gradebook have one.
func (c *campus) class() string {
	if g := c.profile.Grades; g != nil && g.Fixed {
		return "graded"
	}
	return "weekly"
}

// title is what that activity is called.
func (c *campus) title() string {
	if c.class() == "graded" {
		return "Graded class"
	}
	return "Weekly class"
}

// as is the browser of a person of the LMS.
func (c *campus) as(t *testing.T, person string) *visitor {
	v := c.visitors[person]
	if v == nil {
		v = newVisitor(t)
		c.visitors[person] = v
	}
	v.t = t
	return v
}

// launch clicks a link of the course.
func (c *campus) launch(t *testing.T, person, link string) *visitor {
	t.Helper()
	v := c.as(t, person)
	v.launch(c.lmsURL, person, link)
	return v
}

// refused clicks a link, and wants to be told why nothing opens.
func (c *campus) refused(t *testing.T, person, link, why string) {
	t.Helper()
	v := c.as(t, person)
	v.arrive(v.browser.Launch(t.Context(), c.lmsURL, person, link))
	if v.status < 400 || !strings.Contains(v.text(), why) {
		t.Errorf("launch as %s: HTTP status %d, want a refusal that says %q:\n%s", person, v.status, why, v.text())
	}
}
