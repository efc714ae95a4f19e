package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// says reports whether the page has all of the words.
func says(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q:\n%s", w, page)
		}
	}
}

// acts are those of that name in the audit log.
func (u *consoleUser) acts(name string) []admin.AuditEntry {
	u.Helper()
	entries, err := u.db.AuditEntries(u.Context(), u.account.TenantID, admin.AuditFilter{Act: name, Limit: 50})
	u.must(err)
	return entries
}

// The whole way: a student who cannot get in, and the helpdesk that is asked.
func TestHelpdeskFindsWhy(t *testing.T) {
	w := newWorld(t)
	_, r := w.browser().enter("learner", "room-1")
	u := w.signIn(classroom.DefaultTenant, admin.Helpdesk)
	found := u.page(pathFind + "?search=lee")
	says(t, found, "Lee Learner")
	link := regexp.MustCompile(`/console/find/people/[0-9a-f-]+`).FindString(found)
	if link == "" {
		t.Fatalf("no link to the person:\n%s", found)
	}
	page := u.page(link)
	says(t, page, "did not click Join", "the role in the course is Learner", "Opened Weekly class from the course as viewer")
	checkPage(t, page)
	checkPage(t, found)
	for _, e := range u.acts("person.look_up") {
		if e.SubjectID != strings.TrimPrefix(link, "/console/find/people/") || strings.Contains(e.Subject, "Lee") {
			t.Errorf("written down as %+v", e)
		}
	}
	if n, m := len(u.acts("person.look_up")), len(u.acts("person.search")); n != 1 || m != 1 {
		t.Errorf("%d look-ups and %d searches are written down", n, m)
	}
	says(t, u.page("/console/find/rooms/"+idIn(r)), "No class has ever been started", "Lee Learner")
}

// anyContext is of a request that asks for nothing.
func anyContext() *gin.Context {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	return c
}

// idIn is the first id in a text.
func idIn(text string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(text)
}

// What a refused launch was told by is found by the reference on its page.
func TestReferenceIsFound(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Helpdesk)
	w.must(w.room.KeepRefusal(w.Context(), classroom.Refusal{PlatformID: w.platform.ID, Reference: "REFUSED2", Reason: "cookie_missing", Detail: "no cookie at all"}))
	says(t, u.page(pathFind+"?search=refused2"), "A launch was refused", "no cookie at all", "REFUSED2")
	says(t, u.page(pathFind+"?search=REFUSED3"), "Nothing was found")
	other := w.signIn(w.otherSchool().ID, admin.Owner)
	says(t, other.page(pathFind+"?search=REFUSED2"), "Nothing was found")
}

// Helpdesk reads no recordings: not even that there are any.
func TestHelpdeskHearsOfNoRecordings(t *testing.T) {
	w := newWorld(t)
	h := classroom.Happening{Kind: classroom.HappenedPost, Key: "a recording", State: "posted", At: w.clock.Now()}
	c := anyContext()
	for role, want := range map[admin.Role]int{admin.Helpdesk: 0, admin.Admin: 1} {
		u := w.signIn(classroom.DefaultTenant, role)
		v := admin.Visitor{Account: u.account, Tenant: classroom.Tenant{ID: classroom.DefaultTenant}}
		if lines := w.server.linesOf(c, v, []classroom.Happening{h}); len(lines) != want {
			t.Errorf("%s reads %+v", role, lines)
		}
	}
}

// Each verdict and each happening has its words.
func TestTimelineHasWords(t *testing.T) {
	w := newWorld(t)
	for _, code := range found(t, `VerdictCode = "([a-z_]+)"`, "../classroom/verdict.go") {
		for _, id := range []string{"console.find.verdict." + code, "console.find.verdict." + code + ".do"} {
			if !w.server.Texts.Has(id) {
				t.Errorf("there is no text %s", id)
			}
		}
	}
	happenings := []classroom.Happening{{Kind: classroom.HappenedLaunch}, {Kind: classroom.HappenedSeen, Count: 90}, {Kind: classroom.HappenedEnrol}, {Kind: classroom.HappenedLeave}, {Kind: classroom.HappenedLink}}
	for kind, file := range map[classroom.HappeningKind]string{
		classroom.HappenedAdmit: `AdmissionState = "([a-z_]+)"`, classroom.HappenedRoster: `RosterProblem = "([a-z_]+)"`,
		classroom.HappenedClass: `MeetingState = "([a-z_]+)"`, classroom.HappenedPost: `AnnouncementState = "([a-z_]+)"`,
	} {
		for _, state := range found(t, file, "../classroom/*.go") {
			happenings = append(happenings, classroom.Happening{Kind: kind, State: state})
		}
	}
	for _, result := range []string{"", "error.not_running", "error.start_failed"} {
		happenings = append(happenings, classroom.Happening{Kind: classroom.HappenedTry, Result: result}, classroom.Happening{Kind: classroom.HappenedTry, Act: classroom.TryEnter, Result: "left.failed"})
	}
	for _, reason := range append(found(t, `Reason = "([a-z_]+)"`, "../lti/*.go"), "platform_pending", "launch_replayed") {
		happenings = append(happenings, classroom.Happening{Kind: classroom.HappenedRefusal, Result: reason})
	}
	for _, h := range happenings {
		l := w.server.lineText(anyContext(), h)
		for _, text := range []string{l.Says, l.Do} {
			if strings.HasPrefix(text, "console.") || strings.HasPrefix(text, "error.") || l.Says == "" {
				t.Errorf("%+v says %q", h, text)
			}
		}
	}
}

func TestPrivacyRules(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	form := url.Values{"launches": {"90"}, "attendance": {"200"}, "trouble": {"7"}, "audit": {"24"}, "persons": {"12"}}
	if to := u.post(pathPrivacy+"/keeping", form); !strings.Contains(to, "console.said.saved") {
		t.Errorf("led to %s", to)
	}
	k, err := w.room.Keeping(w.Context(), classroom.DefaultTenant)
	w.must(err)
	if k.LaunchDays != 90 || k.AttendanceDays != 200 || k.TroubleDays != 7 || k.AuditMonths != 24 || k.PersonMonths != 12 {
		t.Errorf("kept: %+v", k)
	}
	if acts := u.acts("keeping.change"); len(acts) != 1 || !strings.Contains(acts[0].Detail, `launches: "180" -> "90"`) {
		t.Errorf("written down: %+v", acts)
	}
	form.Set("audit", "2")
	form.Set("launches", "many")
	resp, page := u.do(post, pathPrivacy+"/keeping", form)
	if resp.StatusCode != wrongForm {
		t.Errorf("%d", resp.StatusCode)
	}
	says(t, page, `id="audit-wrong"`, `id="launches-wrong"`, `value="many"`)
	checkPage(t, page)
}

func TestPersonIsErasedByHand(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("learner", "room-1")
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	one := regexp.MustCompile(`/console/privacy/people/[0-9a-f-]+`).FindString(u.page(pathPrivacy + "/people?search=lee"))
	page := u.page(one)
	says(t, page, "Lee Learner", "Launches (1)", "What stays, and why")
	checkPage(t, page)
	resp, file := u.do(get, one+"/file", nil)
	if kind := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(kind, `attachment; filename="person-`) {
		t.Errorf("Content-Disposition: %s", kind)
	}
	says(t, file, `"name": "Lee Learner"`, `"launches"`)
	resp, page = u.do(post, one+"/erase", url.Values{"name": {"Lee"}})
	if resp.StatusCode != wrongForm {
		t.Errorf("a wrong name: %d", resp.StatusCode)
	}
	says(t, page, "Nothing was erased", `value="Lee"`)
	if to := u.post(one+"/erase", url.Values{"name": {" Lee  Learner "}}); !strings.Contains(to, "console.said.erased") {
		t.Errorf("led to %s", to)
	}
	if page = u.page(one); strings.Contains(page, "Lee Learner") {
		t.Errorf("the name is still there:\n%s", page)
	}
	says(t, page, "were erased on")
	acts := u.acts("person.erase")
	if len(acts) == 0 || acts[0].Outcome != admin.Done || strings.Contains(acts[0].Subject+acts[0].Detail, "Lee") || !strings.Contains(acts[0].Detail, "enrolments: 1") {
		t.Errorf("written down: %+v", acts)
	}
	if _, r := w.browser().enter("learner", "room-1"); idIn(r) == "" {
		t.Error("the person cannot come back")
	}
}

// Who has not shown for a while who they are does so again before somebody's data.
func TestFilesNeedAProof(t *testing.T) {
	w := newWorld(t)
	w.browser().enter("learner", "room-1")
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	one := regexp.MustCompile(`/console/privacy/people/[0-9a-f-]+`).FindString(u.page(pathPrivacy + "/people?search=lee"))
	w.clock.forward(admin.ProofFor)
	for _, path := range []string{one, one + "/file"} {
		if resp, _ := u.do(get, path, nil); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), pathProve) {
			t.Errorf("GET %s = %d %s", path, resp.StatusCode, resp.Header.Get("Location"))
		}
	}
}
