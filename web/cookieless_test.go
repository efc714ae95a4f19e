package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

const urlencoded = "application/x-www-form-urlencoded"

// framed is how a browser asks for what an LMS frames.
var framed = map[string]string{"Content-Type": urlencoded, "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}

func sampleDoors(base basePage) []samplePage {
	storage := &lti.Storage{Target: "_parent", Origin: "https://lms.example", Key: oddName, Value: oddName}
	fields := []field{{"login_hint", oddName}}
	return []samplePage{
		{"login", "login", loginPage{basePage: base, Next: "https://lms.example/auth?state=s", Probe: lti.ProbeCookie, Fields: fields}},
		{"login-storage", "login", loginPage{basePage: base, Next: "https://lms.example/auth", Probe: lti.ProbeCookie, Storage: storage, Fields: fields}},
		{"storage", "storage", storagePage{basePage: base, Storage: storage, Fields: fields, Answer: fieldStored}},
	}
}

// login posts the login initiation with these headers.
func (b *browser) login(form url.Values, header map[string]string) *answer {
	b.Helper()
	return b.send("POST", "/lti/login", form.Encode(), with(header, "Content-Type", urlencoded))
}

// with is a copy of the headers with one more.
func with(header map[string]string, name, value string) map[string]string {
	more := maps.Clone(header)
	if more == nil {
		more = map[string]string{}
	}
	more[name] = value
	return more
}

// storing lets the LMS name a storage at its logins.
func (w *world) storing() *world {
	w.lms.Profile.Login.StorageTarget = "lms_storage"
	return w
}

func TestLoginDecidesByWhereItIsAsked(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		header map[string]string
		status int
	}{
		"no browser says":    {nil, http.StatusFound},
		"a page of its own":  {map[string]string{"Sec-Fetch-Dest": "document"}, http.StatusFound},
		"a frame":            {map[string]string{"Sec-Fetch-Dest": "iframe"}, http.StatusOK},
		"an old frame":       {map[string]string{"Sec-Fetch-Dest": "frame"}, http.StatusOK},
		"an object":          {map[string]string{"Sec-Fetch-Dest": "object"}, http.StatusOK},
		"an embedded object": {map[string]string{"Sec-Fetch-Dest": "embed"}, http.StatusOK},
		"a frame that keeps cookies": {
			map[string]string{"Sec-Fetch-Dest": "iframe", "Cookie": lti.ProbeCookie + "=1"}, http.StatusFound},
	} {
		b := w.browser()
		a := b.login(w.lms.Login("teacher", "room-1"), test.header)
		if a.status != test.status {
			t.Errorf("%s: status %d, want %d", name, a.status, test.status)
		}
		if len(b.Client.Jar.Cookies(mustURL(t, w.url))) == 0 {
			t.Errorf("%s: no cookie came with it", name)
		}
	}
}

func TestLoginPage(t *testing.T) {
	w := newWorld(t).storing()
	login := w.lms.Login("teacher", "room-1")
	a := w.browser().login(login, framed).want(http.StatusOK)
	if next := a.attr("#login", "data-next"); !strings.HasPrefix(next, w.lmsURL+"/auth?") {
		t.Errorf("the page goes on to %q", next)
	}
	if got := a.attr("#login", "data-origin"); got != w.lmsURL {
		t.Errorf("the proof is for %q, want %q", got, w.lmsURL)
	}
	for _, name := range []string{"data-target", "data-key", "data-value", "data-probe"} {
		if a.attr("#login", name) == "" {
			t.Errorf("the page does not say %s", name)
		}
	}
	csp := a.header.Get("Content-Security-Policy")
	if !strings.HasSuffix(csp, "frame-ancestors "+w.lmsURL+" https://intranet.example") || !strings.Contains(csp, "script-src 'self';") {
		t.Error(csp)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	path, fields := a.form("#window form")
	if path != "/lti/login" || a.attr("#window form", "target") != "_blank" {
		t.Errorf("the way out is a form to %s", path)
	}
	if diff := cmp.Diff(login, fields); diff != "" {
		t.Errorf("the new window does not begin the same login:\n%s", diff)
	}
	w.browser().login(fields, map[string]string{"Sec-Fetch-Dest": "document"}).want(http.StatusFound)
	without := a.text("noscript") // markup, which a browser with scripts does not read
	if !strings.Contains(without, `action="/lti/login" target="_blank"`) || !strings.Contains(without, `href="`+w.lmsURL+"/auth?") {
		t.Errorf("without JavaScript there are not both ways: %s", without)
	}
}

func TestLoginPageWithoutStorage(t *testing.T) {
	w := newWorld(t)
	a := w.browser().login(w.lms.Login("teacher", "room-1"), framed).want(http.StatusOK)
	for _, name := range []string{"data-target", "data-key", "data-value"} {
		if got := a.attr("#login", name); got != "" {
			t.Errorf("the page says %s %q without a storage", name, got)
		}
	}
}

// stored is a browser that keeps no cookies in frames, at the page that asks the
// LMS's page, and what that one has kept.
func (w *world) stored(begun url.Values) (b *browser, page *answer, value string) {
	w.Helper()
	b = &browser{w, ltitest.NewBrowser(http.DefaultClient)}
	b.Client.Jar = nil
	login := b.login(begun, framed).want(http.StatusOK)
	auth := b.read(b.Get(w.Context(), login.attr("#login", "data-next"))).want(http.StatusOK)
	_, fields := auth.form("form")
	page = b.send("POST", "/lti/launch", fields.Encode(), framed).want(http.StatusOK)
	for _, name := range []string{"data-key", "data-origin", "data-target"} {
		if got, want := page.attr("#storage", name), login.attr("#login", name); got != want || got == "" {
			w.Errorf("the launch asks for %s %q, the login has put %q", name, got, want)
		}
	}
	return b, page, login.attr("#login", "data-value")
}

// answerStored posts the page's form as its script does.
func (b *browser) answerStored(page *answer, value string, header map[string]string) *answer {
	b.Helper()
	path, fields := page.form("#launch")
	fields.Set(fieldStored, value)
	return b.send("POST", path, fields.Encode(), with(header, "Content-Type", urlencoded))
}

// ours is how a browser posts a form of our own page.
func (w *world) ours() map[string]string {
	return map[string]string{"Origin": w.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}
}

func TestLaunchByStorage(t *testing.T) {
	w := newWorld(t).storing()
	b, page, value := w.stored(w.lms.Login("teacher", "room-1"))
	if got := w.launches.last(); got != "" {
		t.Errorf("before the answer, a launch was observed: %s", got)
	}
	room := b.answerStored(page, value, w.ours()).want(http.StatusOK).says("room.idle")
	if got := w.launches.last(); got != "accepted" {
		t.Errorf("observed %q", got)
	}
	for _, line := range room.header.Values("Set-Cookie") {
		if strings.HasPrefix(line, string(doorFrame)) || strings.HasPrefix(line, string(doorTab)) {
			t.Errorf("the page that needs no cookie sets %s", line)
		}
	}
	if csp := room.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors "+w.lmsURL+" https://intranet.example") {
		t.Error(csp)
	}
	if room.header.Get("Cache-Control") != "no-store" {
		t.Error("a page that carries a session may be kept")
	}
	b.answerStored(page, value, w.ours()).want(http.StatusConflict).says("error.launch_replayed")
}

// Choosing rooms needs no session: its page is the same by either way.
func TestDeepLinkingByStorage(t *testing.T) {
	w := newWorld(t).storing()
	w.signs()
	b, page, value := w.stored(w.lms.DeepLinkLogin("teacher", "algebra"))
	chosen := b.answerStored(page, value, w.ours()).want(http.StatusOK)
	action, fields := chosen.form(`form[action="/lti/deep-linking"]`)
	fields.Set("do", placeLeave)
	b.post(action, fields).want(http.StatusOK)
}

func TestStoredProofIsBelievedFromOurPageOnly(t *testing.T) {
	w := newWorld(t).storing()
	b, page, value := w.stored(w.lms.Login("teacher", "room-1"))
	_, _, others := w.stored(w.lms.Login("teacher", "room-1"))
	for _, test := range []struct {
		name   string
		header map[string]string
		value  string
		status int
		text   string
	}{
		{"no origin", map[string]string{}, value, http.StatusForbidden, "error.cross_origin"},
		{"another origin", map[string]string{"Origin": "https://evil.example"}, value, http.StatusForbidden, "error.cross_origin"},
		{"an opaque origin", map[string]string{"Origin": "null"}, value, http.StatusForbidden, "error.cross_origin"},
		{"the LMS's origin", map[string]string{"Origin": w.lmsURL}, value, http.StatusForbidden, "error.cross_origin"},
		{"a longer origin", map[string]string{"Origin": w.url + ".evil.example"}, value, http.StatusForbidden, "error.cross_origin"},
		{"another site", with(w.ours(), "Origin", "https://evil.example"), value, http.StatusForbidden, "error.cross_origin"},
		{"a browser that says otherwise", map[string]string{"Origin": w.url, "Sec-Fetch-Site": "cross-site"}, value, http.StatusForbidden, "error.cross_origin"},
		{"the value of another login", w.ours(), others, http.StatusUnauthorized, "error.launch_cookie"},
		{"nothing", w.ours(), "", http.StatusUnauthorized, "error.launch_cookie"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.answerStored(page, test.value, test.header).want(test.status).says(test.text)
		})
	}
	b.answerStored(page, value, w.ours()).want(http.StatusOK) // none of them used it up
}

// A launch whose cookie is missing is refused at once where nothing can be asked.
func TestLaunchWithoutCookieOrStorage(t *testing.T) {
	w := newWorld(t)
	posted := w.interceptLaunch(w.browser(), "teacher", "room-1")
	a := w.browser().post("/lti/launch", posted).want(http.StatusUnauthorized).says("error.launch_cookie").says("error.launch_cookie.do")
	if a.has("form") {
		t.Error("the refusal has a form")
	}
	posted.Set(fieldStored, "made up")
	w.browser().send("POST", "/lti/launch", posted.Encode(), with(w.ours(), "Content-Type", urlencoded)).
		want(http.StatusUnauthorized).says("error.launch_cookie")
}

// carrying is a browser without cookies at the room's page, which carries its session.
func (w *world) carrying(person string) (b *browser, room *answer, path string) {
	w.Helper()
	w.storing()
	b, page, value := w.stored(w.lms.Login(person, "room-1"))
	room = b.answerStored(page, value, w.ours()).want(http.StatusOK)
	path = strings.TrimSuffix(room.attr("#carried", "action"), "/page")
	return b, room, path
}

func TestPageCarriesItsSession(t *testing.T) {
	w := newWorld(t)
	_, room, path := w.carrying("teacher")
	token := room.attr(`#carried input[name=session]`, "value")
	if token == "" || !strings.HasPrefix(path, "/rooms/") {
		t.Fatalf("the page of %q carries no session", path)
	}
	if whose, forms := len(room.all("input[name=whose]")), len(room.all("input[name=session]")); whose == 0 || whose != forms {
		t.Errorf("%d forms say whose they are, %d by what session", whose, forms)
	}
	if n := strings.Count(room.body, token); n != len(room.all("input[name=session]")) {
		t.Errorf("the session occurs %d times", n)
	}
	if strings.Contains(room.body, "http-equiv") {
		t.Error("the page loads itself again, without its session")
	}
	for name, page := range map[string]string{"a page": path, "by query": path + "?session=" + token} {
		if got := w.browser().get(page).status; got != http.StatusUnauthorized {
			t.Errorf("%s: status %d", name, got)
		}
	}
	if got := w.browser().send("GET", path, "", map[string]string{"Authorization": "Bearer " + token}).status; got != http.StatusUnauthorized {
		t.Errorf("a page by a bearer token: status %d", got)
	}
}

// TestEveryPageCarries goes wherever a teacher's pages lead.
func TestEveryPageCarries(t *testing.T) {
	w := newWorld(t)
	b, room, path := w.carrying("teacher")
	w.meeting(path, w.ended("none"))
	seen, next := map[string]bool{}, []*answer{room}
	for len(next) > 0 {
		page := next[0]
		next = next[1:]
		w.carries(page)
		for _, n := range page.all("button[form=carried]") {
			to := attributeOf(n, "value")
			if seen[to] {
				continue
			}
			seen[to] = true
			action, fields := page.form("#carried")
			fields.Set("to", to)
			next = append(next, b.post(action, fields).want(http.StatusOK))
		}
	}
	for _, page := range []string{"", "/people", "/attendance", "/settings"} {
		if !seen[path+page] {
			t.Errorf("no page leads to %q", page)
		}
	}
}

// carries fails for what a page cannot do without a cookie.
func (w *world) carries(page *answer) {
	w.Helper()
	for _, f := range page.all("form") {
		action, method := attributeOf(f, "action"), attributeOf(f, "method")
		if action == "" || method != "post" {
			w.Errorf("%s: a form to %q by %q sends no session", page.text("h1"), action, method)
		}
		own, err := url.Parse(action)
		if err != nil || attributeOf(f, "target") != "" || !strings.HasPrefix(own.Path, "/rooms/") {
			continue
		}
		fields := map[string]bool{}
		for n := range f.Descendants() {
			fields[attributeOf(n, "name")] = true
		}
		if !fields["whose"] || !fields[fieldSession] {
			w.Errorf("%s: the form to %s does not say whose it is", page.text("h1"), action)
		}
	}
	for _, n := range page.all("a[href]") {
		if to := mustURL(w, attributeOf(n, "href")); w.server.isFramedPage(to) {
			w.Errorf("%s: a link leads to %s, where no session comes along", page.text("h1"), to)
		}
	}
}

func attributeOf(n *html.Node, name string) string {
	return attribute(html.Token{Attr: n.Attr}, name)
}

// TestCarriedInto shows each thing that is changed in a page, and what is not.
func TestCarriedInto(t *testing.T) {
	w := newWorld(t)
	room := "/rooms/" + noThing
	k := &carried{server: w.server, token: `t"<`, whose: "w", room: noThing}
	const session = `<input type="hidden" name="session" value="t&#34;&lt;">`
	for name, test := range map[string]struct{ page, want string }{
		"text":                 {`<p title='x'>a &amp; b</p><!-- c -->`, `<p title='x'>a &amp; b</p><!-- c -->`},
		"a form":               {`<form method="post" action="/x"><input name="whose" value="w"></form>`, `<form method="post" action="/x"><input name="whose" value="w">` + session + `</form>`},
		"a form of a ticket":   {`<form method="post"><input name="ticket"></form>`, `<form method="post"><input name="ticket"></form>`},
		"a form that gets":     {`<form action="/x"><input name="whose"></form>`, `<form action="/x"><input name="whose"></form>`},
		"a field by itself":    {`<form method="post"></form><input name="whose">`, `<form method="post"></form><input name="whose">`},
		"a link to a page":     {`<a id="to" rel="x" href="` + room + `?a=1&amp;b=2">the <b>room</b></a>`, `<button form="carried" name="to" value="` + room + `?a=1&amp;b=2" id="to" class="plain">the <b>room</b></button>`},
		"a link as a button":   {`<a class="button main" href="` + room + `">x</a>`, `<button form="carried" name="to" value="` + room + `" class="button main">x</button>`},
		"a link to a new tab":  {`<a href="` + room + `" target="_blank">x</a>`, `<a href="` + room + `" target="_blank">x</a>`},
		"a link elsewhere":     {`<a href="https://lms.example` + room + `">x</a>`, `<a href="https://lms.example` + room + `">x</a>`},
		"no page":              {`<a href="` + room + `/panel">x</a><a>y</a>`, `<a href="` + room + `/panel">x</a><a>y</a>`},
		"a relative link":      {`<a href="?page=2">x</a>`, `<button form="carried" name="to" value="` + room + `?page=2" class="plain">x</button>`},
		"loading itself again": {`<noscript><meta http-equiv="refresh" content="15"></noscript>`, `<noscript></noscript>`},
		"without script":       {`<noscript><form method="post"><input name="whose"></form></noscript>`, `<noscript><form method="post"><input name="whose">` + session + `</form></noscript>`},
		"the end": {`<body></body>`, `<body><form id="carried" method="post" action="` + room + `/page" hidden="">` +
			`<input type="hidden" name="whose" value="w">` + session + "</form>\n</body>"},
	} {
		if diff := cmp.Diff(test.want, string(k.into([]byte(test.page), mustURL(t, room)))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := (*carried)(nil).into([]byte("<body></body>"), mustURL(t, room)); string(got) != "<body></body>" {
		t.Errorf("without a session the page becomes %s", got)
	}
}

func TestCarriedSessionInForms(t *testing.T) {
	w := newWorld(t)
	b, room, path := w.carrying("teacher")
	tab := w.browser()
	tab.submit(room, "form.start").leads(w.bbbURL)
	panel := b.panel(room, "")
	panel.says("room.running")
	ended := b.submit(panel, `form[action$="/end"]`).want(http.StatusOK)
	if !ended.has("#panel") || !ended.has(`#carried input[name=session]`) {
		t.Error("after a form, the page is not shown with its session")
	}
	b.post(path+"/end", url.Values{"whose": {"x"}, "session": {room.attr(`#carried input[name=session]`, "value")}}).
		want(http.StatusConflict).says("error.other_person")
	gone := b.submit(ended, `form[action$="/leave"]`).want(http.StatusOK).says("page.signed_out")
	if gone.header.Get("Location") != "" {
		t.Error("a page that says good-bye leads on")
	}
	b.submit(ended, "#carried").want(http.StatusUnauthorized).says("error.session_expired")
}

// panel fetches what changes on the page as its script does.
func (b *browser) panel(room *answer, query string) *answer {
	b.Helper()
	token := room.attr(`#carried input[name=session]`, "value")
	return b.send("GET", room.attr("#panel", "data-panel")+query, "", map[string]string{"Authorization": "bearer " + token})
}

func TestPanelThatWasSeen(t *testing.T) {
	w := newWorld(t)
	b, room, _ := w.carrying("teacher")
	seen := "&seen=" + room.attr("[data-version]", "data-version")
	b.panel(room, seen).want(http.StatusNoContent)
	b.panel(room, "").want(http.StatusOK)
	w.browser().submit(room, "form.start").leads(w.bbbURL)
	b.panel(room, seen).want(http.StatusOK).says("room.running")
	w.browser().get(room.attr("#panel", "data-panel") + seen).want(http.StatusUnauthorized)
}

func TestCarriedLinks(t *testing.T) {
	w := newWorld(t)
	b, room, path := w.carrying("teacher")
	_, fields := room.form("#carried")
	for to, status := range map[string]int{
		path:                          http.StatusOK,
		path + "/panel":               http.StatusNotFound, // no page
		path + "/wait":                http.StatusNotFound, // not of the frame
		path + "/":                    http.StatusNotFound,
		"":                            http.StatusNotFound,
		"/lti/jwks":                   http.StatusNotFound,
		"//evil.example" + path:       http.StatusNotFound,
		"https://evil.example" + path: http.StatusNotFound,
		"/rooms/" + noThing:           http.StatusNotFound,
		"/rooms/%00":                  http.StatusNotFound,
	} {
		fields.Set("to", to)
		a := b.post(path+"/page", fields)
		if a.status != status || a.header.Get("Location") != "" {
			t.Errorf("to %q: status %d, want %d", to, a.status, status)
		}
	}
	fields.Set("to", path)
	cookies := w.browser()
	page, _ := cookies.enter("teacher", "room-1")
	if page.has("#carried") {
		t.Error("a page with a cookie carries a session")
	}
	cookies.post(path+"/page", fields).leads(path) // the cookie is the same person's, and goes first
	others := w.browser()
	others.enter("learner", "room-1")
	if got := others.post(path+"/page", fields).want(http.StatusOK).text("#role-heading + p"); !strings.Contains(got, "moderator") {
		t.Errorf("beside another person's cookie the page is of %q", got)
	}
}

// A session is good for its own door: what a cookie holds does not go into a form,
// and the other way round.
func TestSessionIsBoundToItsDoor(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	_, fields := page.form(`form[action$="/leave"]`)
	for _, c := range b.Client.Jar.Cookies(mustURL(t, w.url)) {
		if c.Name == string(doorFrame) {
			fields.Set("session", c.Value)
		}
	}
	w.browser().post(path+"/leave", fields).want(http.StatusUnauthorized)
	_, room, _ := w.carrying("teacher")
	token := room.attr(`#carried input[name=session]`, "value")
	for _, d := range []door{doorFrame, doorTab, doorPage} {
		w.browser().send("GET", path, "", map[string]string{"Cookie": string(d) + "=" + token}).want(http.StatusUnauthorized)
	}
}

// Rights are those of now for a carried session too, and the LMS shows what is refused.
func TestCarriedSessionEnds(t *testing.T) {
	w := newWorld(t)
	b, room, path := w.carrying("learner")
	a, err := w.accessOf(path, "Lee Learner")
	w.must(err)
	w.must(w.db.EndLaunch(w.Context(), a.Launch.ID, w.clock.Now()))
	b.panel(room, "").want(http.StatusUnauthorized).says("error.session_expired")
	refused := b.submit(room, `form[action$="/leave"]`).want(http.StatusUnauthorized).says("error.session_expired")
	if csp := refused.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors "+w.lmsURL+" https://intranet.example") {
		t.Error(csp)
	}
}

func TestCarriedSessionGrowsOld(t *testing.T) {
	w := newWorld(t)
	b, room, _ := w.carrying("learner")
	w.clock.forward(classroom.SessionMax + time.Second)
	b.panel(room, "").want(http.StatusUnauthorized).says("error.session_expired")
}
