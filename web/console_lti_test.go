package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage/storagetest"
)

func platformPath(id string) string { return pathPlatforms + "/" + id }

func TestConsoleAddsALearningPlatform(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	u.has(u.page(pathLTI+"/new"), `value="moodle"`, `value="canvas"`, `value="other"`)
	form := u.page(pathLTI + "/new?preset=moodle")
	checkPage(t, form)
	u.has(form, u.url+"/lti/launch", u.url+"/lti/jwks", `id="url"`, `id="client-id"`)
	typed := url.Values{"preset": {"moodle"}, "url": {"https://moodle.example/"}, "client-id": {" abc "}, "deployments": {"1\n\n2\n1"}}
	at := u.post(pathPlatforms, typed)
	platforms, err := u.db.PlatformsOfClient(t.Context(), "abc")
	u.must(err)
	if len(platforms) != 1 || platforms[0].JWKSURL != "https://moodle.example/mod/lti/certs.php" || platforms[0].Name != "moodle.example" {
		t.Fatalf("registered %+v", platforms)
	}
	deployments, err := u.db.Deployments(t.Context(), platforms[0].ID)
	u.must(err)
	if len(deployments) != 2 || deployments[0].State != classroom.DeploymentActive {
		t.Errorf("deployments %+v", deployments)
	}
	page := u.page(at)
	checkPage(t, page)
	u.has(page, `id="said"`, "moodle.example", "Site administration", `id="todo"`)
	u.has(u.page(pathLTI), "moodle.example", "Moodle")

	resp, again := u.do(post, pathPlatforms, typed)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(again, `id="client-id-wrong"`) {
		t.Errorf("registered twice: %d", resp.StatusCode)
	}
	checkPage(t, again)
}

func TestConsoleSaysWhatIsWrongWithARegistration(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	good := url.Values{
		"preset": {"other"}, "issuer": {"https://lms.example"}, "client-id": {"c"}, "auth-url": {"https://lms.example/auth"},
		"token-url": {"https://lms.example/token"}, "jwks-url": {"https://lms.example/keys"}, "name": {"<b>Our LMS</b>"},
	}
	for _, test := range []struct{ field, value, mark string }{
		{"issuer", "", "issuer-wrong"}, {"client-id", " ", "client-id-wrong"}, {"auth-url", "javascript:alert(1)", "auth-url-wrong"},
		{"token-url", "http://lms.example/token", "token-url-wrong"}, {"jwks-url", "lms", "jwks-url-wrong"},
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(test.field, test.value)
		resp, page := u.do(post, pathPlatforms, form)
		if resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s %q: %d", test.field, test.value, resp.StatusCode)
		}
		checkPage(t, page)
		u.has(page, `id="`+test.mark+`"`, "&lt;b&gt;Our LMS&lt;/b&gt;")
	}
	u.post(pathPlatforms, good)
}

func TestConsoleInvitesOnce(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	checkPage(t, u.page(pathInvitations+"/new"))
	for _, wrong := range []url.Values{{"name": {" "}, "days": {"7"}}, {"name": {"A"}, "days": {"0"}}, {"name": {"A"}, "days": {"91"}}, {"name": {"A"}, "days": {"x"}}} {
		if resp, page := u.do(post, pathInvitations, wrong); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "-wrong") {
			t.Errorf("%v: %d", wrong, resp.StatusCode)
		}
	}
	resp, page := u.do(post, pathInvitations, url.Values{"name": {"Moodle of the north"}, "days": {"3"}, "on-premises": {"yes"}})
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, u.url+"/lti/register/") {
		t.Fatalf("%d: %s", resp.StatusCode, page)
	}
	checkPage(t, page)
	list := u.page(pathLTI)
	if strings.Contains(list, "/lti/register/") {
		t.Error("the list tells the address")
	}
	invitations, err := u.db.Invitations(t.Context(), classroom.DefaultTenant)
	u.must(err)
	if i := invitations[0]; len(invitations) != 1 || !i.OnPremises || i.Pending || i.ExpiresAt.Sub(i.CreatedAt) != 72*time.Hour {
		t.Errorf("invited %+v", invitations)
	}
	u.post(pathInvitations+"/"+invitations[0].ID+"/withdraw", url.Values{})
	u.has(u.page(pathLTI), "Withdrawn")
}

func TestConsoleEditsAndSwitchesARegistration(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	path, p := platformPath(u.platform.ID), u.platform
	checkPage(t, u.page(path+"/edit"))
	form := url.Values{
		"name": {"Renamed"}, "auth-url": {p.AuthURL}, "token-url": {p.TokenURL}, "jwks-url": {p.JWKSURL}, "new-deployments": {"pending"},
		"frame-origin": {"https://a.example\nhttps://b.example/"}, "on-premises": {"yes"}, "require-context": {"yes"},
	}
	u.post(path, form)
	now, err := u.db.TenantPlatform(t.Context(), classroom.DefaultTenant, p.ID)
	u.must(err)
	if now.Name != "Renamed" || len(now.FrameOrigins) != 2 || !now.RequireContext || now.RequireName || now.NewDeployments != classroom.DeploymentPending || now.Record != p.Record {
		t.Errorf("edited: %+v", now)
	}
	form.Set("frame-origin", "https://a.example; script-src *")
	if resp, page := u.do(post, path, form); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="frame-origin-wrong"`) {
		t.Errorf("a policy in an origin: %d", resp.StatusCode)
	}
	u.post(path+"/disable", url.Values{})
	u.has(u.page(path), `id="enable"`, `id="delete"`)
	u.post(path+"/enable", url.Values{})
	u.has(u.page(path), `id="disable"`)
	d := u.waitingDeployment(p)
	u.has(u.page(path), d.DeploymentID)
	u.post(path+"/deployments/"+d.ID+"/approve", url.Values{})
	if found, _, err := u.db.FindDeployment(t.Context(), p.ID, d.DeploymentID); err != nil || found.State != classroom.DeploymentActive {
		t.Errorf("approved: %+v, %v", found, err)
	}
}

func TestConsoleDeletesARegistrationByItsName(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Owner)
	path := platformPath(u.platform.ID)
	room := storagetest.Room(u, u.db, storagetest.Course(u, u.db, u.platform))
	u.recorded(room, storagetest.Person(u, u.db, u.platform, "Grace"))
	u.has(u.page(path+"/delete"), `id="enabled"`)
	if resp, _ := u.do(post, path+"/delete", url.Values{"confirm": {u.platform.Name}}); resp.StatusCode != http.StatusConflict {
		t.Errorf("while it is enabled: %d", resp.StatusCode)
	}
	u.post(path+"/disable", url.Values{})
	page := u.page(path + "/delete")
	checkPage(t, page)
	u.has(page, `id="delete-form"`, `id="weight"`)
	if resp, page := u.do(post, path+"/delete", url.Values{"confirm": {"another"}}); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="confirm-wrong"`) {
		t.Errorf("by another name: %d", resp.StatusCode)
	}
	u.post(path+"/delete", url.Values{"confirm": {u.platform.Name}})
	if resp, _ := u.do(get, path, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("afterwards: %d", resp.StatusCode)
	}
}

func TestConsoleShowsATestLaunch(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	path := platformPath(u.platform.ID)
	at := u.testPage(path)
	page := u.page(at)
	checkPage(t, page)
	u.has(page, "data-waits", "Not yet")
	u.browser().enter("teacher", "room-1")
	page = u.page(at)
	checkPage(t, page)
	u.has(page, `id="well"`, "moderator", "Instructor")
	if strings.Contains(page, "data-waits") || strings.Contains(page, "Not yet") {
		t.Error("the page still waits")
	}
	u.has(u.page(path), `id="launches"`, "Terry Teacher")
	auditor := u.signIn(classroom.DefaultTenant, admin.Auditor)
	if strings.Contains(auditor.page(path), "Terry Teacher") {
		t.Error("an auditor reads who it was")
	}
}

// testPage is the address of a test that begins now.
func (u *consoleUser) testPage(path string) string {
	u.Helper()
	resp, _ := u.do(get, path+"/test", nil)
	if resp.StatusCode != http.StatusSeeOther {
		u.Fatalf("GET %s/test = %d", path, resp.StatusCode)
	}
	return resp.Header.Get("Location")
}

func TestConsoleShowsWhyATestLaunchWasRefused(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	path := platformPath(u.platform.ID)
	at := u.testPage(path)
	resp, err := u.client.Get(u.url + "/lti/login?" + url.Values{
		"iss": {u.platform.Issuer}, "client_id": {"mistyped"}, "login_hint": {"x"}, "target_link_uri": {u.url + "/lti/launch"},
	}.Encode())
	u.must(err)
	resp.Body.Close()
	page := u.page(at)
	checkPage(t, page)
	u.has(page, `id="why"`, "Issuer or client id", "mistyped", "Failed")

	u.must(u.db.CreateRefusal(t.Context(), classroom.Refusal{
		ID: storagetest.ID(), TenantID: classroom.DefaultTenant, PlatformID: u.platform.ID, Reference: "REF-9", Reason: string(lti.SignatureWrong),
		Detail: "of key k9", CreatedAt: u.clock.Now(),
	}))
	u.has(u.page(path), `id="refused"`, "REF-9", "of key k9", "RS256")
}

func TestConsoleChecksTheAddressesOfARegistration(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	resp, page := u.do(post, platformPath(u.platform.ID)+"/check", url.Values{})
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%d: %s", resp.StatusCode, page)
	}
	checkPage(t, page)
	u.has(page, `data-check="lms.keys"`, `data-check="lms.token"`)
}

func TestConsoleRotatesKeys(t *testing.T) {
	w := newWorld(t)
	w.must(w.room.Keys.Tend(t.Context()))
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	page := u.page(pathToolKeys)
	checkPage(t, page)
	u.has(page, "Signs now", "Signs next", `id="early"`, `id="rotate-now"`, "&#34;kty&#34;")
	if strings.Contains(page, "&#34;d&#34;") || strings.Contains(page, "PRIVATE") {
		t.Error("the page shows a private key")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u.url+"/lti/jwks", nil)
	w.must(err)
	r.Header.Set("User-Agent", "MoodleBot/1.0 <b>")
	resp, err := http.DefaultClient.Do(r)
	w.must(err)
	resp.Body.Close()
	u.has(u.page(pathToolKeys), `id="readers"`, "MoodleBot/1.0 &lt;b&gt;")
	before, err := w.room.Keys.List(t.Context())
	w.must(err)
	if resp, page := u.do(post, pathToolKeys+"/rotate", url.Values{}); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="problem"`) {
		t.Errorf("an early rotation: %d", resp.StatusCode)
	}
	u.post(pathToolKeys+"/rotate", url.Values{"now": {"yes"}})
	u.has(u.page(pathToolKeys), "Signs no more")
	other := w.signIn(w.otherSchool().ID, admin.Owner)
	u.has(other.page(pathToolKeys), `id="shared"`)
	if resp, _ := other.do(post, pathToolKeys+"/rotate", url.Values{"now": {"yes"}}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another school rotates the keys: %d", resp.StatusCode)
	}
	for _, k := range before {
		if k.State == classroom.KeyCurrent {
			u.post(pathToolKeys+"/retire/"+k.KID, url.Values{})
		}
	}
	if page := u.page(pathToolKeys); strings.Contains(page, "Signs no more") {
		t.Error("the retired key is still there")
	}
}

func TestConsoleMovesCoursesAndTakesItBack(t *testing.T) {
	u := newWorld(t).signIn(classroom.DefaultTenant, admin.Admin)
	u.browser().enter("teacher", "room-1")
	lms, _ := u.newLMS()
	renewed := u.register(lms, classroom.DefaultTenant)
	u.must(u.db.CreateDeployment(t.Context(), classroom.Deployment{
		ID: storagetest.ID(), TenantID: renewed.TenantID, PlatformID: renewed.ID, DeploymentID: "new", State: classroom.DeploymentActive, CreatedAt: u.clock.Now(),
	}))
	plan := url.Values{"from": {u.platform.ID}, "to": {renewed.ID}, "unlaunched": {"yes"}}
	page := u.page(pathAdopt + "?" + plan.Encode())
	checkPage(t, page)
	u.has(page, `id="adopt"`, "Algebra 101")
	if auditor := u.signIn(classroom.DefaultTenant, admin.Auditor); strings.Contains(auditor.page(pathAdopt+"?"+plan.Encode()), `id="adopt"`) {
		t.Error("an auditor is offered to move courses")
	}
	courses, err := u.db.CoursesAt(t.Context(), u.platform.ID, "")
	u.must(err)
	if resp, _ := u.do(post, pathAdopt, plan); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a course: %d", resp.StatusCode)
	}
	plan["course"] = []string{courses[0].ID}
	u.post(pathAdopt, plan)
	where := func() string {
		course, err := u.db.Course(t.Context(), courses[0].ID)
		u.must(err)
		return course.PlatformID
	}
	if where() != renewed.ID {
		t.Fatalf("the course is of %s", where())
	}
	adoptions, err := u.db.Adoptions(t.Context(), classroom.DefaultTenant)
	u.must(err)
	if len(adoptions) != 1 || adoptions[0].ByWhom != u.account.Email {
		t.Fatalf("adoptions %+v", adoptions)
	}
	checkPage(t, u.page(pathAdopt))
	u.post(pathAdopt+"/"+adoptions[0].ID+"/revert", url.Values{})
	if where() != u.platform.ID {
		t.Error("the course was not taken back")
	}
	if resp, page := u.do(post, pathAdopt+"/"+adoptions[0].ID+"/revert", url.Values{}); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="problem"`) {
		t.Errorf("taken back twice: %d", resp.StatusCode)
	}
	same := url.Values{"from": {renewed.ID}, "to": {renewed.ID}, "from-deployment": {"new"}}
	u.has(u.page(pathAdopt+"?"+same.Encode()), `id="problem"`)
}

// Each reason has words for an admin, and what to do.
func TestReasonsHaveWords(t *testing.T) {
	w := newWorld(t)
	reasons := []string{
		string(lti.IssuerMissing), string(lti.TargetForeign), string(lti.PlatformUnknown), string(lti.CookieMissing), string(lti.StateExpired),
		string(lti.IssuedInFuture), string(lti.KeysUnavailable), string(lti.SignatureWrong), string(lti.AudienceMismatch), string(lti.NonceMismatch),
		string(lti.SubjectMissing), string(lti.MessageTypeMissing), string(lti.PlatformDisabled), "platform_pending", "deployment_pending", "name_withheld",
		"no_course", "not_in_pilot", "launch_replayed", "internal", string(lti.LMSAccessDenied), string(lti.RolesInvalid), "new one",
	}
	for _, reason := range reasons {
		kind := refusalKind(reason)
		for _, id := range []string{"console.lti.reason." + kind, "console.lti.reason." + kind + ".do"} {
			if !w.server.Texts.Has(id) {
				t.Errorf("%s has no text %s", reason, id)
			}
		}
		if step := failedStep(classroom.Refusal{Reason: reason}); !w.server.Texts.Has("console.lti.step." + step) {
			t.Errorf("%s fails at %q", reason, step)
		}
	}
}
