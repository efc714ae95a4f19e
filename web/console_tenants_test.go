package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

var welcomeLink = regexp.MustCompile(`/console/welcome/[A-Za-z0-9]+`)

func newSchoolForm() url.Values {
	return url.Values{"name": {"North  school"}, "person": {"Nora North"}, "email": {"nora@north.example"}}
}

// A school is made with its first owner, who comes in by a link and sees their own.
func TestSchoolIsAdded(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	resp, page := u.do(post, pathTenants, url.Values{"name": {" "}, "person": {"Nora"}, "email": {"nora@north.example"}})
	if resp.StatusCode != wrongForm || !strings.Contains(page, `id="name-wrong"`) || !strings.Contains(page, "nora@north.example") {
		t.Errorf("a school without a name: %d\n%s", resp.StatusCode, page)
	}
	taken := newSchoolForm()
	taken.Set("email", u.account.Email)
	if resp, page := u.do(post, pathTenants, taken); resp.StatusCode != wrongForm || !strings.Contains(page, "wrong") {
		t.Errorf("an address that is taken: %d", resp.StatusCode)
	}
	if schools, err := w.db.Schools(t.Context()); err != nil || len(schools) != 1 {
		t.Fatalf("mistakes made %d schools: %v", len(schools), err)
	}

	resp, page = u.do(post, pathTenants, newSchoolForm())
	link := welcomeLink.FindString(page)
	if resp.StatusCode != http.StatusOK || link == "" {
		t.Fatalf("no link for the first owner: %d\n%s", resp.StatusCode, page)
	}
	if list := u.page(pathTenants); !strings.Contains(list, "North school") {
		t.Error("the list does not have it")
	}
	nora := &consoleUser{world: w, client: u.client}
	resp, _ = nora.do(post, link, url.Values{"name": {"Nora North"}, "password": {"a long good passphrase"}})
	for _, c := range resp.Cookies() {
		if c.Name == doorConsole {
			nora.token = c.Value
		}
	}
	if home := nora.page(pathConsole); strings.Contains(home, pathTenants+`"`) {
		t.Error("the owner of one school is offered the list of all")
	}
	if resp, _ := nora.do(get, pathTenants, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("the owner of one school sees the list of all: %d", resp.StatusCode)
	}
}

// Whoever runs the installation may look at a school: with a new token, and
// written down in both.
func TestSchoolIsEntered(t *testing.T) {
	w := newWorld(t)
	other := w.otherSchool()
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	enter := func(id string) {
		t.Helper()
		resp, _ := u.do(post, pathTenants+"/"+id+"/enter", url.Values{})
		old := u.token
		for _, c := range resp.Cookies() {
			if c.Name == doorConsole {
				u.token = c.Value
			}
		}
		if u.token == old {
			t.Fatal("the session has the same token")
		}
		before := &consoleUser{world: w, client: u.client, token: old}
		if resp, _ := before.do(get, pathConsole, nil); !toSignIn(resp) {
			t.Errorf("the old token is still good: %d", resp.StatusCode)
		}
	}
	enter(other.ID)
	if page := u.page(pathConsole); !strings.Contains(page, "You are looking at Another school.") {
		t.Errorf("the page does not say where one is:\n%s", page)
	}
	if page := u.page(pathBBB); strings.Contains(page, w.bbbURL) {
		t.Error("the entered school shows the servers of one's own")
	}
	if page := u.page(pathAudit); !strings.Contains(page, u.account.Email) {
		t.Error("the entered school's log does not tell of the visit")
	}
	enter(classroom.DefaultTenant)
	if page := u.page(pathBBB); !strings.Contains(page, w.bbbURL) {
		t.Error("one's own school does not come back")
	}
	u.account.Role = admin.Admin
	w.must(w.db.SaveAccount(t.Context(), u.account))
	if resp, _ := u.do(post, pathTenants+"/"+other.ID+"/enter", url.Values{}); resp.StatusCode != http.StatusForbidden {
		t.Errorf("an admin enters another school: %d", resp.StatusCode)
	}
}

// The rights of a session that entered a school end with the role that allowed it.
func TestEnteredSchoolIsLeftWithTheRole(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	own, err := w.db.Tenant(t.Context(), classroom.DefaultTenant)
	w.must(err)
	token, err := w.console.EnterTenant(t.Context(), admin.Visitor{Account: u.account, Session: u.session(), Tenant: own}, w.otherSchool().ID)
	w.must(err)
	u.token = token
	u.account.Role = admin.Auditor
	w.must(w.db.SaveAccount(t.Context(), u.account))
	if page := u.page(pathConsole); strings.Contains(page, "Another school") {
		t.Error("an auditor still looks at another school")
	}
}

func (u *consoleUser) session() admin.Session {
	u.Helper()
	all, err := u.db.Sessions(u.Context(), u.account.TenantID, u.account.ID)
	u.must(err)
	return all[0]
}

// Of a school that is disabled nobody gets in: no launch, no open page, no console.
func TestSchoolIsDisabled(t *testing.T) {
	w := newWorld(t)
	school := w.otherSchool()
	lms, address := w.newLMS()
	platform := w.register(lms, school.ID)
	owner, u := w.signIn(school.ID, admin.Owner), w.signIn(classroom.DefaultTenant, admin.Owner)
	b := w.browser()
	resp, err := b.Launch(t.Context(), address, "teacher", "room-1")
	w.must(err)
	resp.Body.Close()
	room := resp.Header.Get("Location")
	b.get(room).want(http.StatusOK)
	owner.page(pathConsole)

	u.post(pathTenants+"/"+school.ID+"/disable", url.Values{})
	w.clock.forward(1e9)
	if page := b.get(room); page.status != http.StatusForbidden || !strings.Contains(page.body, "Your school does not use Classbridge") {
		t.Errorf("an open page: %d", page.status)
	}
	if resp, err := w.browser().Launch(t.Context(), address, "teacher", "room-1"); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("a launch: %v, %v", resp, err)
	}
	if resp, _ := owner.do(get, pathConsole, nil); !toSignIn(resp) {
		t.Errorf("the console: %d", resp.StatusCode)
	}
	if refused := w.refusals(school.ID); len(refused) == 0 || refused[0].PlatformID != platform.ID {
		t.Errorf("the refusals are %+v", refused)
	}
	u.post(pathTenants+"/"+school.ID+"/enable", url.Values{})
	w.clock.forward(1e9)
	b.get(room).want(http.StatusOK)

	if resp, _ := u.do(post, pathTenants+"/"+classroom.DefaultTenant+"/disable", url.Values{}); resp.StatusCode != http.StatusConflict {
		t.Errorf("the installation's own school: %d", resp.StatusCode)
	}
}

// An owner of one school finds nothing of another on any page, though both have
// everything, with the same ids at their LMSs.
func TestSchoolsSeeNothingOfEachOther(t *testing.T) {
	w := newWorld(t)
	school := w.otherSchool()
	lms, address := w.newLMS()
	w.register(lms, school.ID)
	w.connectChat()
	own := w.browser()
	_, room := own.enter("teacher", "room-1")
	w.running(room)
	resp, err := w.browser().Launch(t.Context(), address, "teacher", "room-1")
	w.must(err)
	resp.Body.Close()
	if there := resp.Header.Get("Location"); there == room {
		t.Fatal("two schools share a room")
	}
	u, other := w.signIn(classroom.DefaultTenant, admin.Owner), w.signIn(school.ID, admin.Owner)
	id := strings.TrimPrefix(room, "/rooms/")
	seen := 0
	for _, path := range w.consolePages() {
		for _, canary := range []string{w.bbbURL, w.lmsURL, w.platform.ID, id, u.account.Email} {
			if strings.Contains(other.pageOrRefusal(path), canary) {
				t.Errorf("%s shows another school's %s", path, canary)
			}
			if strings.Contains(u.pageOrRefusal(path), canary) {
				seen++
			}
		}
	}
	if seen < 5 {
		t.Errorf("one's own pages show only %d of what is looked for: is the test looking in the right place?", seen)
	}
}

// consolePages are the addresses of all pages, with questions where pages answer some.
func (w *world) consolePages() []string {
	var paths []string
	ids := w.consoleIDs()
	for _, a := range w.server.areas() {
		for _, r := range a.routes {
			if r.method == get {
				paths = append(paths, addressOf(r.path, ids))
			}
		}
	}
	for _, q := range []string{"Terry", "Algebra", "teacher"} {
		paths = append(paths, pathFind+"?search="+q, pathPrivacy+"/people?search="+q)
	}
	return paths
}

func (u *consoleUser) pageOrRefusal(path string) string {
	u.server.refusals = newBudget(u.clock.Now)
	_, page := u.do(get, path, nil)
	return page
}
