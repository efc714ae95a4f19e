package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestStartJoinWait(t *testing.T) {
	w := newWorld(t)
	teacher, learner := w.browser(), w.browser()
	page, path := teacher.enter("teacher", "room-1")
	waiting, _ := learner.enter("learner", "room-1")

	// The learner waits in a tab, which has none of the frame's cookies.
	tab := w.browser()
	tab.submit(waiting, `form[action$="/wait"]`).leads(path + "/wait")
	wait := tab.get(path + "/wait").want(http.StatusOK).says("wait.title").says("room.record_notice")
	if wait.has("main[data-go]") {
		t.Error("the waiting page goes on before the class runs")
	}
	// Pressing on all the same leads back to waiting.
	tab.submit(wait, "#go").leads(path + "/wait")

	teacherTab := w.browser()
	joined := teacherTab.submit(page, "form.start").leads(w.bbbURL + "/bigbluebutton/api/join?")
	if got := w.joins.last(); got != "lms ok" {
		t.Errorf("observed %q", got)
	}
	if !strings.Contains(joined.header.Get("Location"), "role=MODERATOR") {
		t.Errorf("the teacher joins by %s", joined.header.Get("Location"))
	}
	if strings.Contains(joined.body, "checksum") || joined.header.Get("Referrer-Policy") != "no-referrer" || joined.header.Get("Cache-Control") != "no-store" {
		t.Error("the join address is repeated, cached, or tells where it comes from")
	}
	if len(w.bbb.Meetings()) != 1 {
		t.Fatalf("%d meetings", len(w.bbb.Meetings()))
	}

	state := tab.get(wait.attr("main", "data-state")).want(http.StatusOK)
	if state.body != `{"running":true}` {
		t.Errorf("the waiting page is told %s", state.body)
	}
	wait = tab.get(path + "/wait").says("wait.running")
	in := tab.submit(wait, "#go").leads(w.bbbURL)
	if !strings.Contains(in.header.Get("Location"), "role=VIEWER") {
		t.Errorf("the learner joins by %s", in.header.Get("Location"))
	}
	if len(w.bbb.Meetings()) != 1 {
		t.Error("joining made a second meeting")
	}
}

func TestTabCookie(t *testing.T) {
	w := newWorld(t)
	page, _ := w.browser().enter("learner", "room-1")
	a := w.browser().submit(page, `form[action$="/wait"]`)
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{string(doorTab) + "=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the tab's cookie lacks %s: %s", want, cookie)
		}
	}
	for _, never := range []string{"Partitioned", "Max-Age", "Expires"} {
		if strings.Contains(cookie, never) {
			t.Errorf("the tab's cookie has %s: %s", never, cookie)
		}
	}
}

func TestTicketsAreNotReused(t *testing.T) {
	w := newWorld(t)
	frame := w.browser()
	page, path := frame.enter("learner", "room-1")
	_, otherPath := w.browser().enter("learner", "room-2")
	action, fields := page.form(`form[action$="/wait"]`)

	fresh := w.browser()
	fresh.post(otherPath+"/wait", fields).want(http.StatusBadRequest)                     // another room
	fresh.post(path+"/join", fields).want(http.StatusBadRequest)                          // another act
	fresh.post(path+"/start", fields).want(http.StatusBadRequest)                         // a stronger act
	fresh.post(action, nil).want(http.StatusUnauthorized)                                 // none
	fresh.post(action+"?ticket="+fields.Get("ticket"), nil).want(http.StatusUnauthorized) // in the address

	tab := w.browser()
	tab.post(action, fields).leads(path + "/wait")
	again := w.browser().post(action, fields).want(http.StatusConflict).says("error.ticket_used")
	if again.has("a.button") {
		t.Error("a browser without a session is offered a way on")
	}
	// Reloading the tab that it opened leads on.
	if got := tab.post(action, fields).want(http.StatusConflict).attr("a.button", "href"); got != path+"/wait" {
		t.Errorf("a reloaded tab leads to %q", got)
	}

	_, fields = frame.get(path).form(`form[action$="/wait"]`)
	w.clock.forward(classroom.TicketLife + time.Second)
	w.browser().post(action, fields).want(http.StatusUnauthorized).says("error.ticket_expired")
}

func TestTicketsHaveTheRightsOfNow(t *testing.T) {
	w := newWorld(t)
	frame := w.browser()
	page, path := frame.enter("teacher", "room-1")
	action, fields := page.form("form.start")
	a, err := w.accessOf(path, "Terry Teacher")
	w.must(err)
	e := a.Enrolment
	e.Moderator = false
	w.must(w.db.SaveEnrolment(t.Context(), e))
	w.browser().post(action, fields).want(http.StatusForbidden).says("error.not_moderator")
	if len(w.bbb.Meetings()) != 0 {
		t.Error("a meeting was started without the right to")
	}

	_, fields = frame.get(path).form(`form[action$="/wait"]`)
	e.EndedAt = w.clock.Now()
	w.must(w.db.SaveEnrolment(t.Context(), e))
	w.browser().post(path+"/wait", fields).want(http.StatusNotFound).says("error.room_unknown")
}

func TestStartFails(t *testing.T) {
	w := newWorld(t)
	page, path := w.browser().enter("teacher", "room-1")
	broken := w.bbbRow
	broken.Secrets = []string{"wrong"}
	w.must(w.db.SaveServer(t.Context(), broken))
	a := w.browser().submit(page, "form.start").want(http.StatusServiceUnavailable).says("error.start_failed")
	if a.attr("a.button", "href") != path+"/wait" {
		t.Error("one cannot try again")
	}
	if strings.Contains(a.body, "wrong") {
		t.Error("the page has a secret")
	}
}

func TestLeaveOnlyForTheWeb(t *testing.T) {
	w := newWorld(t)
	if len(w.bbb.Meetings()) != 0 {
		t.Fatal("a meeting from nowhere")
	}
	for _, address := range []string{"javascript:alert(1)", "/rooms/x", "//evil.example/x", "ftp://x/y", "https://x/\r\nSet-Cookie: a=b", ""} {
		c := testContext()
		if err := leave(c, address); err == nil {
			t.Errorf("leave(%q) went to %q", address, c.Writer.Header().Get("Location"))
		}
	}
}
