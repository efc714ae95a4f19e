package demo_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/cmd/classbridge/demo"
)

func newWorld(t *testing.T) *demo.World {
	t.Helper()
	w, err := demo.New(demo.Config{Port: 8480, HTTP: http.DefaultClient, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestHandlerTellsPartsApartByHost(t *testing.T) {
	w := newWorld(t)
	h := w.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusTeapot) }))
	for _, test := range []struct {
		url    string
		status int
		want   string // in the body or the Location
	}{
		{"http://tool.localhost:8480/rooms/x", http.StatusTeapot, ""},
		{"http://TOOL.localhost/rooms/x", http.StatusTeapot, ""},
		{"http://lms.localhost:8480/", http.StatusOK, "Who do you want to be?"},
		{"http://lms.localhost:8480/assets/lms.css", http.StatusOK, "color-scheme"},
		{"http://lms.localhost:8480/jwks", http.StatusOK, `"keys"`},
		{"http://lms.localhost:8480/?as=teacher&link=lab", http.StatusFound, "http://lms-teacher.localhost:8480/?as=teacher&link=lab"},
		{"http://lms-learner1.localhost:8480/?as=teacher", http.StatusFound, "http://lms-teacher.localhost:8480/?as=teacher"},
		{"http://lms-teacher.localhost:8480/?as=teacher&link=lab", http.StatusOK, `src="/launch?person=teacher&amp;link=lab"`},
		{"http://lms-teacher.localhost:8480/?as=teacher&link=none", http.StatusOK, `src="/launch?person=teacher&amp;link=weekly"`},
		{"http://lms.localhost:8480/?as=nobody", http.StatusNotFound, ""},
		{"http://lms-teacher.localhost:8480/?as=teacher", http.StatusOK, "Add a class"},
		{"http://lms-teacher.localhost:8480/add?as=teacher&course=biology", http.StatusOK, `src="/deep-link?person=teacher&amp;course=biology"`},
		{"http://lms.localhost:8480/add?as=teacher&course=biology", http.StatusFound, "http://lms-teacher.localhost:8480/add?as=teacher&course=biology"},
		{"http://lms-teacher.localhost:8480/gradebook?as=teacher&course=algebra", http.StatusOK, "No tool has sent grades yet"},
		{"http://lms-teacher.localhost:8480/participants?as=teacher&course=algebra", http.StatusOK, `id="remove-learner1"`},
		{"http://lms-learner1.localhost:8480/gradebook?as=learner1&course=algebra", http.StatusForbidden, "teachers"},
		{"http://lms-teacher.localhost:8480/gradebook?as=teacher&course=none", http.StatusNotFound, ""},
		{"http://lms.localhost:8480/other", http.StatusNotFound, ""},
		{"http://bbb.localhost:8480/", http.StatusOK, "BigBlueButton"},
		{"http://chat.localhost:8480/login", http.StatusOK, "Lena Fischer"},
		{"http://127.0.0.1:8480/", http.StatusFound, "http://lms.localhost:8480"},
		{"http://localhost:8480/", http.StatusFound, "http://lms.localhost:8480"},
		{"http://lms.localhost.evil.example/", http.StatusFound, "http://lms.localhost:8480"},
	} {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, test.url, nil))
		if answer.Code != test.status || !strings.Contains(answer.Body.String()+answer.Header().Get("Location"), test.want) {
			t.Errorf("%s: HTTP status %d, want %d and %q\n%s", test.url, answer.Code, test.status, test.want, answer.Body)
		}
	}
}

// Whoever frames the tool must be known to it: each person's page is a site.
func TestPlatformKnowsWhoFrames(t *testing.T) {
	p := newWorld(t).Platform()
	if !p.OnPremises || len(p.FrameOrigins) != 4 || p.FrameOrigins[0] != "http://lms-teacher.localhost:8480" {
		t.Errorf("%+v", p)
	}
}

// A learner who was removed from a course has the other one left, until enrolled again.
func TestParticipantsAreRemovedAndEnrolled(t *testing.T) {
	h := newWorld(t).Handler(http.NotFoundHandler())
	change := func(person, do string) int {
		form := url.Values{"as": {"teacher"}, "course": {"algebra"}, "person": {person}, "do": {do}}
		r := httptest.NewRequest(http.MethodPost, "http://lms-teacher.localhost:8480/participants", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		return answer.Code
	}
	title := func() string {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://lms-learner1.localhost:8480/?as=learner1&link=weekly", nil))
		_, rest, _ := strings.Cut(answer.Body.String(), "<title>")
		found, _, _ := strings.Cut(rest, "</title>")
		return found
	}
	for _, step := range []struct {
		person, do string
		status     int
		title      string // of the learner's page after it
	}{
		{"learner1", "remove", http.StatusSeeOther, "Lab discussion – Biology 12 – Lena Fischer"},
		{"learner1", "enrol", http.StatusSeeOther, "Weekly class – Algebra 101 – Lena Fischer"},
		{"assistant", "remove", http.StatusNotFound, "Weekly class – Algebra 101 – Lena Fischer"},
	} {
		if got := change(step.person, step.do); got != step.status || title() != step.title {
			t.Errorf("%s %s: HTTP status %d, and the page is %q, want %d and %q", step.do, step.person, got, title(), step.status, step.title)
		}
	}
}
