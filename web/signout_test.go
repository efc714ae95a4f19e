package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	frame, tab := w.browser(), w.browser()
	page, path := frame.enter("learner", "room-1")
	tab.submit(page, `form[action$="/wait"]`).leads(path + "/wait")
	copied := w.browser()
	copied.Client.Jar.SetCookies(mustURL(t, w.url), remade(frame.Client.Jar.Cookies(mustURL(t, w.url))))

	waiting := tab.get(path + "/wait").want(http.StatusOK)
	out := tab.submit(waiting, `form[action$="/leave"]`).want(http.StatusOK).says("page.signed_out").says("page.signed_out.do")
	cookies := strings.Join(out.header.Values("Set-Cookie"), "\n")
	for _, name := range []string{string(doorFrame), string(doorTab), cookieChat, cookieLink} {
		if !strings.Contains(cookies, name+"=; Path=/; Max-Age=0;") {
			t.Errorf("the browser keeps %s: %s", name, cookies)
		}
	}
	// The session has ended on the server, for every page and copy of its cookies.
	tab.get(path + "/wait").want(http.StatusUnauthorized)
	frame.get(path).want(http.StatusUnauthorized).says("error.session_expired")
	copied.get(path).want(http.StatusUnauthorized)

	// Somebody else's launch goes on; the frame may show that one is signed out.
	other, path := frame.enter("teacher", "room-1")
	frame.submit(page, `form[action$="/leave"]`).want(http.StatusConflict).says("error.other_person")
	out = frame.submit(other, `form[action$="/leave"]`).want(http.StatusOK)
	if csp := out.header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors "+w.lmsURL+" ") {
		t.Errorf("the LMS cannot frame the page: %s", csp)
	}
	frame.get(path).want(http.StatusUnauthorized)
}

// A browser that says it has a tab's cookie gets rid of it by a new launch.
func TestLaunchClosesOldTabs(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("learner", "room-1")
	b.submit(page, `form[action$="/wait"]`).leads(path + "/wait")
	again := b.launch("teacher", "room-1").leads(path)
	if cookies := strings.Join(again.header.Values("Set-Cookie"), "\n"); !strings.Contains(cookies, string(doorTab)+"=; Path=/; Max-Age=0;") {
		t.Errorf("the old tab's cookie stays: %s", cookies)
	}
	if strings.Contains(b.get(path+"/wait").text("main"), "Lee Learner") {
		t.Error("the tab is still the one's who was there before")
	}
	fresh := w.browser().launch("teacher", "room-1").leads(path)
	if strings.Contains(strings.Join(fresh.header.Values("Set-Cookie"), "\n"), string(doorTab)) {
		t.Error("a browser without a tab's cookie is told to delete it")
	}
}

// A page that is left open asks for ever; the session ends all the same.
func TestPagesKeepNoSessionAlive(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("learner", "room-1")
	panel, whose := page.attr("#panel", "data-panel"), page.attr("#panel", "data-events")
	whose = whose[strings.Index(whose, "?"):]
	before := w.seenAt("Lee Learner")
	w.clock.forward(classroom.SessionIdle / 2)
	for _, address := range []string{panel + "&auto=yes", path + "/state" + whose, path + "?auto=yes", path + "/wait?auto=yes"} {
		b.get(address).want(http.StatusOK)
	}
	w.must(w.db.TouchRoom(t.Context(), strings.TrimPrefix(path, "/rooms/")))
	if event, _ := b.listen(path + "/events" + whose + "&version=0").next(); event != "changed" {
		t.Fatalf("the stream says %q", event)
	}
	if at := w.seenAt("Lee Learner"); !at.Equal(before) {
		t.Errorf("pages that ask by themselves are a sign of life at %s", at)
	}
	b.get(panel).want(http.StatusOK)
	if !w.seenAt("Lee Learner").After(before) {
		t.Error("what a person asks for is no sign of life")
	}
	w.clock.forward(classroom.SessionIdle - time.Minute)
	b.get(panel + "&auto=yes").want(http.StatusOK)
	w.clock.forward(2 * time.Minute)
	b.get(panel + "&auto=yes").want(http.StatusUnauthorized).says("error.session_expired")
}

// seenAt is the last sign of life of somebody.
func (w *world) seenAt(name string) time.Time {
	w.Helper()
	var launch string
	_, file := w.db.Handles()
	w.must(file.QueryRowContext(w.Context(),
		"SELECT l.id FROM launches l JOIN persons p ON p.id = l.person_id WHERE p.name = ?", name).Scan(&launch))
	l, _, err := w.db.FindLaunch(w.Context(), launch)
	w.must(err)
	return l.SeenAt
}
