package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// graded is a room whose attendance is a grade, with a class that a learner has
// attended for three quarters, and the teacher's browser.
func (w *world) graded() (teacher *browser, room string, learner classroom.Access) {
	w.Helper()
	teacher = w.browser()
	_, room = teacher.enter("teacher", "room-1")
	w.browser().enter("learner", "room-1")
	w.must(w.db.SaveSettings(w.Context(), strings.TrimPrefix(room, "/rooms/"), classroom.RoomSettings{Graded: true}, w.clock.Now()))
	w.held(room, map[string]int{"Lee Learner": 45})
	learner, err := w.accessOf(room, "Lee Learner")
	w.must(err)
	return teacher, room, learner
}

func TestGradesPage(t *testing.T) {
	w := newWorld(t)
	teacher, room, lee := w.graded()
	page, _ := teacher.enter("teacher", "room-1")
	at := page.attr("#to-grades", "href")
	grades := func() *answer {
		t.Helper()
		return teacher.get(at).want(http.StatusOK)
	}
	row := `tr[data-person="` + lee.Person.ID + `"]`
	if got := grades().text(row); !strings.HasPrefix(got, "Lee Learner 45 minutes 75 % 75 % – Not sent yet") {
		t.Errorf("before: %s", got)
	}
	correct := func(act, percent string) *answer {
		t.Helper()
		path, fields := grades().form(row + " form")
		fields.Set("act", act)
		fields.Set("percent", percent)
		return teacher.post(path, fields)
	}
	correct("set", " 82,5 ").leads(room + "/grades")
	if got := grades().text(row); !strings.Contains(got, "75 % 82.5 %") {
		t.Errorf("corrected: %s", got)
	}
	correct("exclude", "").leads(room + "/grades")
	if got := grades().attr(row, "data-state"); got != "excluded" {
		t.Errorf("excluded: %s", got)
	}
	correct("undo", "").leads(room + "/grades")
	if got := grades().attr(row, "data-state"); got != "new" {
		t.Errorf("undone: %s", got)
	}
	for _, percent := range []string{"", "many", "101", "-1", "NaN", "Inf"} {
		correct("set", percent).want(http.StatusBadRequest).says("error.grade_percent")
	}
	correct("else", "1").want(http.StatusBadRequest)

	path, fields := grades().form(`form[action$="/send"]`)
	teacher.post(path, fields).leads(room + "/grades")
	if work := storagetest.Queued(t, w.db); !strings.Contains(strings.Join(work, "\n"), "send_grades") {
		t.Errorf("nothing is sent: %q", work)
	}
	if got := grades().text("#waiting"); !strings.HasPrefix(got, "Terry Teacher asked") {
		t.Errorf("who has asked: %s", got)
	}
}

func TestGradesAreForModerators(t *testing.T) {
	w := newWorld(t)
	_, room, lee := w.graded()
	learner := w.browser()
	learner.enter("learner", "room-1")
	whose := w.server.whose(lee.Person.ID)
	learner.get(room + "/grades").want(http.StatusForbidden)
	learner.post(room+"/grades/send", url.Values{"whose": {whose}}).want(http.StatusForbidden)
	n := url.Values{"whose": {whose}, "person": {lee.Person.ID}, "act": {"set"}, "percent": {"100"}}
	learner.post(room+"/grades/correct", n).want(http.StatusForbidden)
	learner.get(room + "/settings").want(http.StatusForbidden)
	learner.post(room+"/settings", url.Values{"whose": {whose}, "record": {"yes"}}).want(http.StatusForbidden)
	grades, err := w.db.Grades(t.Context(), lee.Room.ID)
	w.must(err)
	if len(grades) != 0 {
		t.Errorf("a learner changed grades: %+v", grades)
	}
}

func TestSettingsPage(t *testing.T) {
	w := newWorld(t)
	teacher := w.browser()
	page, room := teacher.enter("teacher", "room-1")
	at := page.attr("#to-settings", "href")
	stored := func() classroom.Room {
		t.Helper()
		r, err := w.db.Room(t.Context(), strings.TrimPrefix(room, "/rooms/"))
		w.must(err)
		return r
	}
	before := stored()
	path, fields := teacher.get(at).want(http.StatusOK).form("form.settings")
	if fields.Get("record") != "yes" || fields.Get("graded") != "" {
		t.Errorf("a new room is set to %v", fields)
	}
	fields.Del("record")
	fields.Set("graded", "yes")
	fields.Set("hours", "24")
	to := teacher.post(path, fields).leads(at).header.Get("Location")
	teacher.get(to).want(http.StatusOK).says("settings.saved")
	if r := stored(); r.Record || !r.Graded || r.GradeAfter != 24 || r.Version == before.Version {
		t.Errorf("saved as %+v", r)
	}
	for _, hours := range []string{"169", "-1", "soon", "1.5"} {
		fields.Set("hours", hours)
		teacher.post(path, fields).want(http.StatusBadRequest).says("error.settings_hours")
	}
	fields.Set("whose", "another")
	teacher.post(path, fields).want(http.StatusConflict)
}
