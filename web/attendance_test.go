package web

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

// held makes a class of an hour that has ended, in which those people were for so
// many minutes, as BigBlueButton reported.
func (w *world) held(path string, minutes map[string]int) classroom.Meeting {
	w.Helper()
	m := w.meeting(path, func(m *classroom.Meeting) {
		w.ended(classroom.RecordingOff)(m)
		m.CreatedAt, m.EndedAt = w.clock.Now().Add(time.Second), w.clock.Now().Add(time.Hour)
		m.HeldSeconds, m.ReportedAt = 3600, w.clock.Now()
	})
	var rows []classroom.Attendance
	for name, stay := range minutes {
		a := classroom.Attendance{
			MeetingID: m.ID, UserID: "c-" + name, TenantID: m.TenantID, Name: name, Counted: true,
			FirstSeen: m.CreatedAt, LastSeen: m.CreatedAt.Add(time.Duration(stay) * time.Minute), Seconds: int64(stay) * 60, Reported: true,
		}
		if of, err := w.accessOf(path, name); err == nil {
			a.UserID = "p-" + of.Person.ID
		}
		rows = append(rows, a)
	}
	w.must(w.db.ReportInside(w.Context(), rows))
	return m
}

func TestAttendancePage(t *testing.T) {
	w := newWorld(t)
	teacher, learner := w.browser(), w.browser()
	page, room := teacher.enter("teacher", "room-1")
	learner.enter("learner", "room-1")
	teacher.get(page.attr("#to-attendance", "href")).want(http.StatusOK).says("attendance.none")

	m := w.held(room, map[string]int{"Lee Learner": 45, "Terry Teacher": 60, "Gil Guest": 10})
	p := teacher.get(room + "/attendance").want(http.StatusOK).says("attendance.exact.reported")
	if got := p.text(`tr[data-standing="learner"]`); !strings.HasPrefix(got, "Lee Learner 45 minutes 75 % 1 of 1") {
		t.Errorf("the learner's row: %s", got)
	}
	for _, standing := range []string{"moderator", "guest"} {
		if !p.has(`tr[data-standing="` + standing + `"]`) {
			t.Errorf("there is no %s", standing)
		}
	}
	teacher.get(room + "/attendance?meeting=" + m.ID).want(http.StatusOK)
	teacher.get(room + "/attendance?meeting=another").want(http.StatusNotFound).says("error.meeting_unknown")
	if ancestors := p.header.Get("Content-Security-Policy"); !strings.Contains(ancestors, "frame-ancestors "+w.lmsURL) {
		t.Errorf("the LMS may not frame the page: %s", ancestors)
	}

	own := learner.get(room + "/attendance").want(http.StatusOK)
	if got := own.text("#own"); !strings.Contains(got, "45 minutes") || !strings.Contains(got, "75 %") {
		t.Errorf("the learner reads of themselves: %s", got)
	}
	for _, never := range []string{"Terry", "Gil", "<table", "/table", "Lee Learner"} {
		if strings.Contains(own.body, never) {
			t.Errorf("a learner's page has %q", never)
		}
	}
}

func TestAttendanceAsATable(t *testing.T) {
	w := newWorld(t)
	teacher, learner := w.browser(), w.browser()
	_, room := teacher.enter("teacher", "room-1")
	learner.enter("learner", "room-1")
	m := w.held(room, map[string]int{"Lee Learner": 45, "=HYPERLINK(\"https://evil.example\")": 10, " +1": 5, "\uff1dx": 1})
	for _, path := range []string{room + "/attendance", room + "/attendance?meeting=" + m.ID} {
		page := teacher.get(path).want(http.StatusOK)
		tab := w.browser() // without the frame's cookies
		at, fields := page.form(`form[action$="/table"]`)
		a := tab.post(at, fields).want(http.StatusOK)
		if kind, file := a.header.Get("Content-Type"), a.header.Get("Content-Disposition"); kind != "text/csv; charset=utf-8" || !strings.HasPrefix(file, "attachment;") {
			t.Errorf("the table is %s, %s", kind, file)
		}
		if strings.Count(a.body, `"`) < 2*5*16 {
			t.Error("there are cells without quotes")
		}
		lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
		w.must(err)
		if len(lines) != 5 {
			t.Fatalf("%d lines: %q", len(lines), lines)
		}
		for _, line := range lines {
			for _, cell := range line {
				if strings.IndexAny(strings.TrimSpace(cell), "=+@\uff1d") == 0 {
					t.Errorf("the cell %q is a formula", cell)
				}
			}
			if line[0] == "Lee Learner" && (line[4] != "45.0" || line[6] != "75" || line[15] != "45.0") {
				t.Errorf("the learner's line: %q", line)
			}
		}
		tab.post(at, fields).want(http.StatusConflict) // once
	}
	// A viewer's ticket is worth nothing.
	a, err := w.accessOf(room, "Lee Learner")
	w.must(err)
	ticket, err := w.room.Ticket(a, classroom.ActTable, "")
	w.must(err)
	w.browser().post(room+"/attendance/table", url.Values{"ticket": {ticket}}).want(http.StatusForbidden)
}

func TestPagesOfALongList(t *testing.T) {
	for asked, want := range map[string][2]int{"": {0, 200}, "2": {200, 400}, "3": {400, 450}, "9": {400, 450}, "-1": {0, 200}, "x": {0, 200}} {
		if pages, from, to := listPages(450, asked); len(pages) != 3 || from != want[0] || to != want[1] {
			t.Errorf("page %q is %d to %d of %d pages", asked, from, to, len(pages))
		}
	}
	if pages, from, to := listPages(0, "7"); len(pages) != 0 || from != 0 || to != 0 {
		t.Errorf("an empty list has %d pages, from %d to %d", len(pages), from, to)
	}
}

func TestBigBlueButtonReports(t *testing.T) {
	for name, test := range map[string]struct {
		fault bbbtest.AnalyticsFault
		want  bool
	}{
		"as it should":       {bbbtest.AnalyticsIntact, true},
		"twice":              {bbbtest.AnalyticsRepeated, true},
		"never":              {bbbtest.AnalyticsDropped, false},
		"forged":             {bbbtest.AnalyticsForged, false},
		"too late":           {bbbtest.AnalyticsExpired, false},
		"cut off":            {bbbtest.AnalyticsGarbage, false},
		"of another meeting": {bbbtest.AnalyticsReplayed, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			room := w.newRoom()
			w.endsWith(room, bbbtest.AnalyticsIntact)
			if m := w.endsWith(room, test.fault); m.ReportedAt.IsZero() == test.want {
				t.Errorf("reported at %v", m.ReportedAt)
			}
		})
	}
}

// endsWith holds a class whose report meets that fault, and answers it as it is
// stored after all callbacks.
func (w *world) endsWith(room string, f bbbtest.AnalyticsFault) classroom.Meeting {
	w.Helper()
	w.running(room)
	m, _, err := w.db.FindOpenMeeting(w.Context(), strings.TrimPrefix(room, "/rooms/"))
	w.must(err)
	a, err := w.accessOf(room, "Terry Teacher")
	w.must(err)
	w.must(w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-" + a.Person.ID, Name: "Terry"}))
	w.bbb.SetAnalyticsFault(f)
	w.must(w.bbb.End(m.ID))
	w.bbb.Tick()
	_, err = w.room.Do(w.Context(), classroom.Reconcile{MeetingID: m.ID})
	w.must(err)
	m, err = w.db.Meeting(w.Context(), m.ID)
	w.must(err)
	if m.State != classroom.MeetingEnded {
		w.Fatalf("the meeting is %s", m.State)
	}
	return m
}

func TestReportsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	room := w.newRoom()
	w.running(room)
	address := mustURL(t, w.bbb.Meetings()[0].Meta["analytics-callback-url"]).Path
	send := func(path, body string, bearer string) int {
		header := map[string]string{"Content-Type": "application/json"}
		if bearer != "" {
			header["Authorization"] = bearer
		}
		return w.browser().send("POST", path, body, header).status
	}
	good := "Bearer " + signedHS512("bbb-secret", w.clock.Now().Add(time.Hour))
	for name, test := range map[string]struct {
		path, body, bearer string
		want               int
	}{
		"no token":          {address, "{}", "", http.StatusUnauthorized},
		"forged token":      {address, "{}", "Bearer " + signedHS512("another", w.clock.Now().Add(time.Hour)), http.StatusUnauthorized},
		"garbage":           {address, "nothing", good, http.StatusUnauthorized},
		"too large":         {address, strings.Repeat(" ", bbb.MaxAnalytics+1), good, http.StatusRequestEntityTooLarge},
		"too large, forged": {address, strings.Repeat(" ", bbb.MaxAnalytics+1), "Bearer x.y.z", http.StatusUnauthorized},
		"forged address":    {"/bbb/analytics/" + noThing + ".forged", "{}", good, http.StatusGone},
		"no address":        {"/bbb/analytics/nothing", "{}", good, http.StatusNotFound},
	} {
		if got := send(test.path, test.body, test.bearer); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

// signedHS512 is a token as BigBlueButton signs it.
func signedHS512(secret string, expires time.Time) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"HS512"}`)) + "." + encode(fmt.Appendf(nil, `{"exp":%d}`, expires.Unix()))
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}
