package classroom_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// decides changes the policies of the world's platform.
func (w *world) decides(change func(*classroom.Platform)) {
	w.t.Helper()
	p, err := w.PolicyPlatform(w.t.Context(), classroom.DefaultTenant, w.platform.ID)
	must(w.t, err)
	change(&p)
	must(w.t, w.ChangePolicies(w.t.Context(), p))
	w.platform = p
}

func TestPilotCourses(t *testing.T) {
	w := newWorld(t)
	before := w.enters("terry", teacher)
	w.decides(func(p *classroom.Platform) { p.Pilot = []string{" other ", "bio", "", "bio"} })
	kept, err := w.db.Platform(t.Context(), w.platform.ID)
	must(t, err)
	if diff := cmp.Diff([]string{"other", "bio"}, kept.Pilot); diff != "" {
		t.Errorf("courses that take part (-want +got):\n%s", diff)
	}
	_, err = w.Enter(t.Context(), w.launch("terry", teacher), "192.0.2.1")
	if got := messageOf(err); got != "error.not_in_pilot" {
		t.Errorf("a launch from another course is refused with %q", got)
	}
	_, err = w.Start(t.Context(), before, true)
	if got := messageOf(err); got != "error.not_in_pilot" {
		t.Errorf("a start by a session that was open is refused with %q", got)
	}
	v, err := w.View(t.Context(), before)
	must(t, err)
	if v.MayStart {
		t.Error("the page offers to start a class")
	}
	outside := w.launch("terry", teacher)
	outside.Context = nil
	if _, err := w.Enter(t.Context(), outside, "192.0.2.1"); messageOf(err) != "error.not_in_pilot" {
		t.Errorf("a launch from outside of courses: %v", err)
	}
	for _, name := range []string{"alg", "c1"} { // its short name, its id
		w.decides(func(p *classroom.Platform) { p.Pilot = []string{name} })
		w.enters("terry", teacher)
	}
}

func TestWhoMayStart(t *testing.T) {
	w := newWorld(t)
	sam := w.enters("sam", learner)
	if _, err := w.Start(t.Context(), sam, false); messageOf(err) != "error.not_moderator" {
		t.Errorf("a learner starts: %v", err)
	}
	w.decides(func(p *classroom.Platform) { p.Starters = classroom.StartCourse })
	v, err := w.View(t.Context(), sam)
	must(t, err)
	if !v.MayStart || v.Moderator {
		t.Errorf("the page: may start %v, moderator %v", v.MayStart, v.Moderator)
	}
	address, err := w.Start(t.Context(), sam, false)
	must(t, err)
	if u, err := url.Parse(address); err != nil || u.Query().Get("role") != "VIEWER" {
		t.Errorf("who starts without moderating comes in as %q: %v", u.Query().Get("role"), err)
	}
	observer := w.launch("olga", "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor")
	olga := w.visits(observer)
	if _, err := w.Start(t.Context(), olga, false); messageOf(err) != "error.not_moderator" {
		t.Errorf("somebody who is not counted starts: %v", err)
	}
}

func TestGuestsOfAPlatform(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	w.work()
	w.chat.members = map[string]bool{"user-guest": true}
	w.decides(func(p *classroom.Platform) { p.ChatGuests = classroom.GuestsEnter })
	_, err := w.Start(t.Context(), ada, false)
	must(t, err)
	join := func() (string, error) {
		return w.JoinFromChat(t.Context(), ada.Room.ID, classroom.ChatUser{ID: "user-guest", Name: "Gus"})
	}
	address, err := join()
	must(t, err)
	if !strings.Contains(address, "guest=false") {
		t.Errorf("the platform lets guests in, the tenant wants them to wait: %s", address)
	}
	w.decides(func(p *classroom.Platform) { p.ChatGuests = classroom.GuestsRefused })
	if _, err := join(); messageOf(err) != "error.chat_refused" {
		t.Errorf("a guest whom the platform refuses: %v", err)
	}
}

func TestPoliciesThatCannotBeMeant(t *testing.T) {
	w := newWorld(t)
	for field, change := range map[string]func(*classroom.Platform){
		"starters": func(p *classroom.Platform) { p.Starters = "nobody" },
		"guests":   func(p *classroom.Platform) { p.ChatGuests = "perhaps" },
		"names":    func(p *classroom.Platform) { p.NamesInPosts = "some" },
		"channels": func(p *classroom.Platform) { p.Channels = "" },
		"notice":   func(p *classroom.Platform) { p.RecordNotice = strings.Repeat("x", 301) },
		"pilot":    func(p *classroom.Platform) { p.Pilot = []string{strings.Repeat("x", 256)} },
	} {
		p := w.platform
		change(&p)
		err := w.ChangePolicies(t.Context(), p)
		var fields []string
		for _, one := range classroomErrors(err) {
			fields = append(fields, one.Field)
		}
		if diff := cmp.Diff([]string{field}, fields); diff != "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := w.PolicyPlatform(t.Context(), storagetest.ID(), w.platform.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant's platform: %v", err)
	}
}

func classroomErrors(err error) (all []*classroom.InputError) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			all = append(all, one.(*classroom.InputError))
		}
	}
	return all
}

// What other switches would change is told by the rules that decided.
func TestRoleChanges(t *testing.T) {
	w := newWorld(t)
	const assistant = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
	const grader = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#Grader"
	w.enters("ann", assistant)
	w.enters("abe", assistant)
	w.enters("gil", grader)
	w.enters("terry", teacher)
	became := classroom.RolePolicy{Switches: map[classroom.RoleSwitch]bool{classroom.TeachingAssistants: false, classroom.Graders: true, classroom.Officers: true}}
	got, err := w.RoleChanges(t.Context(), w.platform, became)
	must(t, err)
	want := []classroom.RoleChange{
		{Switch: classroom.TeachingAssistants, Moderators: false, People: 2},
		{Switch: classroom.Graders, Moderators: true, People: 1},
		{Switch: classroom.Officers, Moderators: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	people, err := w.EnrolmentsNamed(t.Context(), w.platform, "of a")
	must(t, err)
	for _, one := range people {
		if !one.Moderator || one.Became(became) {
			t.Errorf("%s: moderator %v, would be %v", one.Name, one.Moderator, one.Became(became))
		}
	}
	if len(people) != 2 {
		t.Errorf("%d people of that name", len(people))
	}
	// The try-out says what a launch then does.
	w.decides(func(p *classroom.Platform) { p.Roles = became })
	standing := became.Decide(lti.ParseRoles([]string{grader}))
	if a := w.enters("gil", grader); a.Enrolment.Moderator != standing.Moderator || a.Enrolment.Why != standing.Why {
		t.Errorf("%+v, but the try-out said %+v", a.Enrolment, standing)
	}
}

func TestNamesOfAPlatform(t *testing.T) {
	for _, test := range []struct {
		tenant bool
		policy classroom.NamesPolicy
		want   bool
	}{{false, "", false}, {true, "", true}, {false, classroom.NamesShown, true}, {true, classroom.NamesHidden, false}} {
		w := newWorld(t)
		tenant, err := w.db.Tenant(t.Context(), classroom.DefaultTenant)
		must(t, err)
		tenant.NamesInPosts = test.tenant
		must(t, w.db.SaveTenant(t.Context(), tenant))
		w.decides(func(p *classroom.Platform) { p.NamesInPosts = test.policy })
		if names := w.namesAfterClass(); (len(names) > 0) != test.want {
			t.Errorf("tenant %v, platform %q: the post names %v", test.tenant, test.policy, names)
		}
	}
}

// namesAfterClass holds a class and answers whom its post names.
func (w *world) namesAfterClass() []string {
	w.t.Helper()
	ada := w.enters("ada", teacher)
	w.work()
	w.starts(ada)
	must(w.t, w.End(w.t.Context(), ada))
	w.work()
	for _, n := range w.chat.posts {
		if n.Kind == classroom.NoticeEnded {
			return n.Names
		}
	}
	w.t.Fatalf("no class has ended: %v", w.chat.kinds())
	return nil
}

func TestPhrases(t *testing.T) {
	w := newWorld(t)
	for _, wrong := range []string{strings.Repeat("x", 301), "{colour}", "{course", "course}", "a\u202eb"} {
		if err := w.ChangePhrases(t.Context(), classroom.Phrases{TenantID: classroom.DefaultTenant, Started: wrong}); err == nil {
			t.Errorf("%q was kept", wrong)
		}
	}
	must(t, w.ChangePhrases(t.Context(), classroom.Phrases{TenantID: classroom.DefaultTenant, Started: " Welcome to  {course}. "}))
	ada := w.enters("ada", teacher)
	w.work()
	w.starts(ada)
	var phrases []string
	for _, n := range w.chat.posts {
		phrases = append(phrases, n.Phrase)
	}
	if !slices.Equal(phrases, []string{"Welcome to {course}."}) {
		t.Errorf("posts have %q", phrases)
	}
}

func TestFillPhrase(t *testing.T) {
	values := map[string]string{"course": "{teacher}", "teacher": "Ada"}
	if got := classroom.FillPhrase("{teacher}: {course}, {colour}", values); got != "Ada: {teacher}, " {
		t.Errorf("FillPhrase = %q", got)
	}
}

func TestOffers(t *testing.T) {
	tenant := classroom.Tenant{Locale: "de", Languages: "de en"}
	for wish, want := range map[string]string{"": "de", "en": "en", "en-GB": "en-GB", "en_us": "en_us", "fr": "de", "fr-CA,en;q=0.5": "de"} {
		if got := tenant.Offers(wish); got != want {
			t.Errorf("Offers(%q) = %q, want %q", wish, got, want)
		}
	}
	if got := (classroom.Tenant{Locale: "de"}).Offers("fr"); got != "fr" {
		t.Errorf("all languages are offered, and %q is spoken", got)
	}
}
