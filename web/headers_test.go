package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
)

func testContext() *gin.Context {
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	return c
}

func TestPolicy(t *testing.T) {
	const common = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
	secure, loopback := &Server{Config: Config{URL: "https://tool.example"}}, &Server{Config: Config{URL: "http://tool.localhost:8080"}}
	for _, test := range []struct {
		name   string
		server *Server
		h      headers
		want   string
	}{
		{"a page of ours", secure, headers{}, common + "; frame-ancestors 'none'"},
		{"leads outside", secure, headers{form: formOutside}, common + " https:; frame-ancestors 'none'"},
		{"a trial on loopback", loopback, headers{form: formOutside}, common + " https: http:; frame-ancestors 'none'"},
		{"framed", secure, headers{ancestors: []string{"https://a.example", "https://b.example"}}, common + "; frame-ancestors https://a.example https://b.example"},
	} {
		if got := test.h.policy(test.server); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestOriginsCannotEndThePolicy(t *testing.T) {
	got := cleanOrigins([]string{"https://a.example", "https://b.example; script-src *", "'self'", "https://c.example https://d.example", "", "*,*"})
	if diff := cmp.Diff([]string{"https://a.example"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHeadersOfPages(t *testing.T) {
	w := newWorld(t)
	frame := w.browser()
	room, path := frame.enter("teacher", "room-1")
	tab := w.browser()
	learner, _ := w.browser().enter("learner", "room-1")
	tab.submit(learner, `form[action$="/wait"]`)
	for name, test := range map[string]struct {
		page      *answer
		ancestors string
		opener    string
	}{
		"room":    {room, w.lmsURL + " https://intranet.example", ""},
		"panel":   {frame.get(room.attr("#panel", "data-panel")), "'none'", "same-origin"},
		"wait":    {tab.get(path + "/wait"), "'none'", "same-origin"},
		"left":    {tab.get("/left"), "'none'", "same-origin"},
		"index":   {tab.get("/"), "'none'", "same-origin"},
		"unknown": {tab.get("/nothing"), "'none'", "same-origin"},
		"expired": {w.expired(path), w.lmsURL + " https://intranet.example", ""},
		"nobody":  {w.browser().get(path), "https: http:", ""},
	} {
		h := test.page.header
		if csp := h.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors "+test.ancestors) {
			t.Errorf("%s: %s", name, csp)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": test.opener, "Permissions-Policy": permissionsPolicy,
		} {
			if got := h.Get(header); got != want {
				t.Errorf("%s: %s %q, want %q", name, header, got, want)
			}
		}
	}
}

// expired is the page of a room after its session has ended.
func (w *world) expired(path string) *answer {
	w.Helper()
	b := w.browser()
	b.enter("learner", "room-1")
	a, err := w.accessOf(path, "Lee Learner")
	w.must(err)
	w.must(w.db.EndLaunch(w.Context(), a.Launch.ID, w.clock.Now()))
	return b.get(path).want(http.StatusUnauthorized)
}

// Strangers learn from no refusal which schools are here.
func TestRefusalsNameNoPlatform(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	for name, a := range map[string]*answer{
		"room": w.browser().get(path), "no room": w.browser().get("/rooms/" + noThing), "login": w.browser().get("/lti/login"),
		"launch": w.browser().post("/lti/launch", url.Values{"id_token": {"x"}, "state": {"x"}}),
		"end":    w.browser().post(path+"/end", url.Values{"whose": {"x"}}),
	} {
		if csp := a.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors https: http:") {
			t.Errorf("%s: %s", name, csp)
		}
		if a.has("form") {
			t.Errorf("%s: what anybody may frame has a form", name)
		}
	}
	secure := w.server.Config
	secure.URL = "https://tool.example"
	s, err := New(secure)
	w.must(err)
	t.Cleanup(s.Close)
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/lti/login", nil))
	if csp := rec.Header().Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors https:") {
		t.Errorf("on https: %s", csp)
	}
}

// A state names the platform, whose frame shows the refusal.
func TestRefusalsOfAStateAreForItsPlatform(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	posted := w.interceptLaunch(b, "teacher", "room-1")
	a := w.browser().post("/lti/launch", posted).want(http.StatusUnauthorized).says("error.launch_cookie")
	if csp := a.header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors "+w.lmsURL+" https://intranet.example") {
		t.Error(csp)
	}
}

// Old browsers say Origin only, and a proxy may have put its own name in Host.
func TestOwnFormsBehindAProxyThatRewritesHost(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, _ := b.enter("teacher", "room-1")
	path, fields := page.form(`form[action$="/leave"]`)
	post := func(origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "http://tool.internal:8080"+path, strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", origin)
		for _, c := range b.Client.Jar.Cookies(mustURL(t, w.url)) {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		return rec
	}
	if got := post("https://evil.example").Code; got != http.StatusForbidden {
		t.Errorf("another site's form: status %d", got)
	}
	if got := post(w.url).Code; got != http.StatusOK {
		t.Errorf("our own form: status %d", got)
	}
}

func TestCrossSiteFormsAreRefused(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("teacher", "room-1")
	_, fields := page.form("form.start")
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	for name, header := range map[string][2]string{
		"another site": {"Sec-Fetch-Site", "cross-site"}, "a sibling host": {"Sec-Fetch-Site", "same-site"},
		"an old browser": {"Origin", "https://evil.example"}, "a frame without origin": {"Origin", "null"},
	} {
		form["Sec-Fetch-Site"], form["Origin"] = "", ""
		form[header[0]] = header[1]
		for _, to := range []string{"/start", "/end", "/enter", "/link"} {
			a := b.send("POST", path+to, fields.Encode(), form)
			a.want(http.StatusForbidden).says("error.cross_origin")
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
	if len(w.bbb.Meetings()) != 0 {
		t.Error("another site started a class")
	}
	// The same from our own page.
	form["Sec-Fetch-Site"], form["Origin"] = "same-origin", w.url
	b.send("POST", path+"/start", fields.Encode(), form).leads(w.bbbURL)
}

func TestAssets(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, _ := b.enter("teacher", "room-1")
	paths := []string{page.attr("link[rel=stylesheet]", "href"), page.attr("link[rel=icon]", "href")}
	for _, n := range page.all("script") {
		paths = append(paths, n.Attr[0].Val)
	}
	if len(paths) != 4 {
		t.Errorf("the page asks for %q", paths)
	}
	for _, path := range paths {
		a := b.get(path).want(http.StatusOK)
		if got := a.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "text/") && got != "image/svg+xml" {
			t.Errorf("%s: Content-Type %q", path, got)
		}
		b.send("GET", path, "", map[string]string{"If-None-Match": a.header.Get("ETag")}).want(http.StatusNotModified)
	}
	b.get("/static/app.css").want(http.StatusNotFound)
	b.get("/static/..%2fweb.go").want(http.StatusNotFound)
}
