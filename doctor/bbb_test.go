package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

func TestCheckServer(t *testing.T) {
	for _, test := range []struct {
		name  string
		cfg   bbbtest.Config
		spoil func(*classroom.Server, *bbbtest.Server)
		state State
		id    string
	}{
		{"good", bbbtest.Config{}, nil, OK, "doctor.bbb.server"},
		{"a pool", bbbtest.Config{Scalelite: true}, nil, OK, "doctor.bbb.pool"},
		{"wrong secret", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.Secrets = []string{"not-it-at-all"} }, Failed, "doctor.bbb.secret"},
		{"blanks", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.Secrets = []string{" " + secret} }, Failed, "doctor.bbb.blanks"},
		{"old secret", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.Secrets = []string{"older-secret", secret} }, Failed, "doctor.bbb.old_secret"},
		{"hash", bbbtest.Config{Hashes: []string{"sha512"}}, nil, Failed, "doctor.bbb.hash"},
		{"wrong path", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL += "nothing/" }, Failed, "doctor.bbb.path"},
		{"a page", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL = page(t, 200, "<html>Welcome") }, Failed, "doctor.bbb.page"},
		{"out of order", bbbtest.Config{}, func(_ *classroom.Server, f *bbbtest.Server) { f.SetOutage(bbbtest.ProxyError) }, Failed, "doctor.bbb.order"},
		{"gone", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL = gone(t) }, Failed, "doctor.bbb.closed"},
		{"no address", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL = "bbb" }, Failed, "doctor.bbb.settings"},
		{"plain at https", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL = strings.Replace(s.URL, "http:", "https:", 1) }, Failed, "doctor.bbb.plain"},
		{"redirects", bbbtest.Config{}, func(s *classroom.Server, _ *bbbtest.Server) { s.URL = redirecting(t) }, Failed, "doctor.bbb.redirect"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake, s := newServer(t, test.cfg)
			if test.spoil != nil {
				test.spoil(&s, fake)
			}
			d, _ := newDoctor(t, "http://localhost")
			r := d.CheckServer(t.Context(), s)
			wantFound(t, r, test.state, test.id)
			for _, v := range r.Why.Values {
				if strings.Contains(v, secret) {
					t.Errorf("the secret is shown: %s", v)
				}
			}
		})
	}
}

func redirecting(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.RedirectHandler("https://elsewhere.example/", http.StatusFound))
	t.Cleanup(s.Close)
	return s.URL
}

// What stands between us and the server, by the client's errors.
func TestCheckServerUnreached(t *testing.T) {
	prohibited := errors.New("prohibited address")
	for name, test := range map[string]struct {
		err error
		id  string
	}{
		"no such name": {&net.DNSError{IsNotFound: true}, "doctor.bbb.name"},
		"private":      {prohibited, "doctor.bbb.forbidden"},
		"slow":         {context.DeadlineExceeded, "doctor.bbb.slow"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newDoctor(t, "http://localhost")
			d.Forbidden = []error{prohibited}
			d.BBB = func(s classroom.Server) *bbb.Client {
				return &bbb.Client{URL: s.URL, Secrets: s.Secrets, HTTP: &http.Client{Transport: &http.Transport{
					DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, test.err },
				}}}
			}
			r := d.CheckServer(t.Context(), classroom.Server{Name: "BBB", URL: "https://bbb.example/", Secrets: []string{secret}})
			wantFound(t, r, Failed, test.id)
		})
	}
}

func TestRehearseMeeting(t *testing.T) {
	for _, test := range []struct {
		name       string
		cfg        bbbtest.Config
		spoil      func(*bbbtest.Server)
		state      State
		id         string
		called     State
		callbackID string
	}{
		{"good", bbbtest.Config{}, nil, OK, "doctor.rehearsal.meeting", OK, "doctor.rehearsal.callback"},
		{"a pool", bbbtest.Config{Scalelite: true}, nil, OK, "doctor.rehearsal.meeting", OK, "doctor.rehearsal.callback"},
		{"no create", bbbtest.Config{}, func(f *bbbtest.Server) { f.FailNext("create", "validationError") }, Failed, "doctor.rehearsal.create", Skipped, "doctor.rehearsal.callback_behind"},
		{"nobody gets in", bbbtest.Config{}, func(f *bbbtest.Server) { f.FailNext("join", "maxParticipantsReached") }, Failed, "doctor.rehearsal.join", Skipped, "doctor.rehearsal.callback_behind"},
		{"a page at the door", bbbtest.Config{}, func(f *bbbtest.Server) { f.FailNext("join", "") }, Failed, "doctor.rehearsal.join", Skipped, "doctor.rehearsal.callback_behind"},
		{"no end", bbbtest.Config{}, func(f *bbbtest.Server) { f.FailNext("end", "validationError") }, Failed, "doctor.rehearsal.end", Skipped, "doctor.rehearsal.callback_behind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake, s := newServer(t, test.cfg)
			go fake.Run(t.Context())
			if test.spoil != nil {
				test.spoil(fake)
			}
			results := serve(t, nil).RehearseMeeting(t.Context(), s)
			wantFound(t, results[0], test.state, test.id)
			wantFound(t, results[1], test.called, test.callbackID)
			for _, m := range fake.Meetings() {
				if !m.Ended && test.id != "doctor.rehearsal.end" {
					t.Errorf("the meeting %s is left behind", m.Name)
				}
			}
		})
	}
}

// A server that cannot call back costs some seconds of waiting, and no class.
func TestRehearseMeetingWithoutCallback(t *testing.T) {
	fake, s := newServer(t, bbbtest.Config{})
	fake.DropCallbacks(true)
	d := serve(t, nil)
	d.CallWait = 300 * time.Millisecond
	results := d.RehearseMeeting(t.Context(), s)
	wantFound(t, results[0], OK, "doctor.rehearsal.meeting")
	wantFound(t, results[1], Warning, "doctor.rehearsal.callback_missing")
}

func TestCalled(t *testing.T) {
	d, store := newDoctor(t, "http://localhost")
	if err := d.Called(t.Context(), "id.forged"); !classroom.Is(err, classroom.NotFound) || len(store.used) > 0 {
		t.Errorf("a forged token: %v", err)
	}
	token := "id." + d.Signer.Code(calledUse, "id")
	for range 2 { // BigBlueButton calls twice
		must(t, d.Called(t.Context(), token))
	}
}
