package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
)

func TestLaunchShowsTheRoom(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	answer := b.launch("teacher", "room-1").leads("/rooms/")
	if got := w.launches.last(); got != "accepted" {
		t.Errorf("observed %q", got)
	}
	page := b.get(answer.header.Get("Location")).want(http.StatusOK)
	if got := page.text("h1"); got != "Weekly class" {
		t.Errorf("the room is called %q", got)
	}
	if got := page.text(".course"); got != "Algebra 101" {
		t.Errorf("the course is called %q", got)
	}
	page.says("room.idle").says("room.past.none")
	if role := page.text("[data-role=moderator] p"); role != "You are here as a moderator, because your course role is Instructor." {
		t.Errorf("the role is told as %q", role)
	}
}

func TestSessionCookie(t *testing.T) {
	w := newWorld(t)
	answer := w.browser().launch("teacher", "room-1")
	found := false
	for _, line := range answer.header.Values("Set-Cookie") {
		if !strings.HasPrefix(line, string(doorFrame)+"=") {
			continue
		}
		found = true
		for _, want := range []string{"Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=None", "Partitioned"} {
			if !strings.Contains(line, want) {
				t.Errorf("the session cookie lacks %s: %s", want, line)
			}
		}
		if strings.Contains(line, "Domain") {
			t.Errorf("the session cookie has a domain: %s", line)
		}
	}
	if !found {
		t.Errorf("no session cookie in %q", answer.header.Values("Set-Cookie"))
	}
}

func TestLoginByEitherMethod(t *testing.T) {
	w := newWorld(t)
	form := w.lms.Login("teacher", "room-1")
	for name, a := range map[string]*answer{
		"GET":  w.browser().get("/lti/login?" + form.Encode()),
		"POST": w.browser().post("/lti/login", form),
	} {
		if a.status != http.StatusFound || !strings.HasPrefix(a.header.Get("Location"), w.lmsURL+"/auth?") {
			t.Errorf("%s: status %d to %s", name, a.status, a.header.Get("Location"))
		}
		if a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a login may be cached", name)
		}
	}
}

func TestRefusedLaunches(t *testing.T) {
	w := newWorld(t)
	unknown := w.lms.Login("teacher", "room-1")
	unknown.Set("iss", "https://nobody.example")
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for _, test := range []struct {
		name, method, path, body string
		header                   map[string]string
		status                   int
		text                     string
	}{
		{"unknown issuer", "POST", "/lti/login", unknown.Encode(), form, 400, "error.launch_unregistered"},
		{"no id_token", "POST", "/lti/launch", "state=x", form, 400, "error.launch_invalid"},
		{"no state", "POST", "/lti/launch", "id_token=x", form, 401, "error.launch_invalid"},
		{"the LMS's own error", "POST", "/lti/launch", "error=access_denied", form, 400, "error.launch_lms"},
		{"another content type", "POST", "/lti/launch", "{}", map[string]string{"Content-Type": "application/json"}, 415, "error.form"},
		{"no content type", "POST", "/lti/launch", "id_token=x", nil, 415, "error.form"},
		{"too large", "POST", "/lti/launch", "id_token=" + strings.Repeat("x", maxLaunch), form, 413, "error.too_large"},
		{"unreadable form", "POST", "/lti/launch", "id_token=%zz", form, 400, "error.form"},
		{"unreadable query", "GET", "/lti/login?iss=%zz", "", nil, 400, "error.form"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := w.browser().send(test.method, test.path, test.body, test.header)
			a.want(test.status).says(test.text)
			reference := a.text(".reference")
			if len(reference) < 8 || len(w.log.with(reference[len(reference)-8:])) != 1 {
				t.Errorf("%q is not in one line of the log", reference)
			}
			if csp := a.header.Get("Content-Security-Policy"); strings.HasPrefix(test.path, "/lti/launch") && test.method == "POST" && !strings.HasSuffix(csp, "frame-ancestors https: http:") {
				t.Errorf("an LMS cannot frame the refusal: %s", csp)
			}
		})
	}
	if got := w.launches.last(); !strings.HasPrefix(got, "refused ") {
		t.Errorf("observed %q", got)
	}
}

func TestLaunchIsUsedOnce(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	posted := w.interceptLaunch(b, "teacher", "room-1")
	state := b.Client.Jar.Cookies(mustURL(t, w.url))
	b.post("/lti/launch", posted).want(http.StatusSeeOther)
	// Whoever brings the cookie of the state again still meets the used nonce.
	b.Client.Jar.SetCookies(mustURL(t, w.url), remade(state))
	b.post("/lti/launch", posted).want(http.StatusConflict).says("error.launch_replayed")
}

// interceptLaunch answers the fields of a launch that was not yet posted.
func (w *world) interceptLaunch(b *browser, person, link string) url.Values {
	w.Helper()
	redirect := b.post("/lti/login", w.lms.Login(person, link)).want(http.StatusFound)
	page := b.read(b.Get(w.Context(), redirect.header.Get("Location"))).want(http.StatusOK)
	_, fields := page.form("form")
	return fields
}

func mustURL(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// remade makes cookies settable again: a jar keeps only names and values.
func remade(cookies []*http.Cookie) []*http.Cookie {
	var again []*http.Cookie
	for _, c := range cookies {
		again = append(again, &http.Cookie{Name: c.Name, Value: c.Value, Path: "/", Secure: true})
	}
	return again
}

func TestPendingDeployment(t *testing.T) {
	w := newWorld(t)
	p := w.platform
	p.NewDeployments = classroom.DeploymentPending
	w.must(w.db.SavePlatform(t.Context(), p))
	a := w.browser().launch("teacher", "room-1").want(http.StatusForbidden).says("error.deployment_pending")
	if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors "+w.lmsURL) {
		t.Errorf("the LMS cannot frame the refusal: %s", csp)
	}
	if got := w.launches.last(); got != "refused deployment_pending" {
		t.Errorf("observed %q", got)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	a := w.browser().get("/lti/jwks").want(http.StatusOK)
	if got := a.header.Get("Cache-Control"); got != "public, max-age=600" {
		t.Errorf("Cache-Control %q", got)
	}
	if a.body != `{"keys":[]}` {
		t.Errorf("keys %s", a.body)
	}
}

// Open edX names the course's teachers by a role in the institution alone: the
// switch that its preset turns on makes them moderators, and nobody else.
func TestTeachersOfOpenEdX(t *testing.T) {
	w := newWorld(t)
	w.lms, w.lmsURL = w.newLMSOf(ltitest.OpenEdX())
	w.platform = w.register(w.lms, classroom.DefaultTenant)
	role := func(person string) string {
		page, _ := w.browser().enter(person, "room-1")
		return page.attr("[data-role]", "data-role")
	}
	if got := role("teacher"); got != "viewer" {
		t.Errorf("without the switch a teacher is a %s", got)
	}
	w.platform.Roles.Switches = map[classroom.RoleSwitch]bool{classroom.InstitutionTeachers: true}
	w.must(w.db.SavePlatform(t.Context(), w.platform))
	if teacher, learner := role("teacher"), role("learner"); teacher != "moderator" || learner != "viewer" {
		t.Errorf("with it a teacher is a %s, a learner a %s", teacher, learner)
	}
}
