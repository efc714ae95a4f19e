package demo_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
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
