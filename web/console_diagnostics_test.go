package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/classroom"
	"classbridge/doctor"
	"classbridge/locales"
	"classbridge/lti"
)

// doctor examines the world.
func (w *world) doctor() *doctor.Doctor {
	w.Helper()
	return &doctor.Doctor{
		URL: w.url, Version: "test", Data: w.TempDir(), Signer: w.room.Signer, Store: w.db, Database: sound{w},
		HTTP: http.DefaultClient, TenantHTTP: func(string) *http.Client { return http.DefaultClient }, PublicHTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, UserAgent: "test",
		Lookup: net.DefaultResolver.LookupNetIP,
		Key:    func(context.Context) (lti.ToolKey, error) { return lti.ToolKey{}, errors.New("no key") },
		BBB:    func(s classroom.Server) *bbb.Client { return &bbb.Client{URL: s.URL, Secrets: s.Secrets} },
		Chat:   noChat{}, Now: w.clock.Now,
	}
}

// sound is a database in order.
type sound struct{ *world }

func (s sound) Ping(ctx context.Context) error                      { return s.db.Ping(ctx) }
func (s sound) Migrated(ctx context.Context) (bool, error)          { return s.db.Migrated(ctx) }
func (s sound) KeyAgrees(context.Context) (bool, error)             { return true, nil }
func (s sound) Waiting(context.Context) (int, time.Duration, error) { return 0, 0, nil }

type noChat struct{}

func (noChat) Verify(context.Context, classroom.ChatConnection, *locales.Printer) []classroom.ChatCheck {
	return nil
}
func (noChat) Rehearse(context.Context, classroom.ChatConnection, string) (string, error) {
	return "reach", errors.New("there is no chat")
}

// audited counts the entries of an act.
func (w *world) audited(act string) (n int) {
	w.Helper()
	_, file := w.db.Handles()
	w.must(file.QueryRowContext(w.Context(), "SELECT count(*) FROM audit_entries WHERE act = ?", act).Scan(&n))
	return n
}

// wantState looks for a check of the page.
func (u *consoleUser) wantState(page, check string, want doctor.State) {
	u.Helper()
	if !strings.Contains(page, `data-check="`+check+`" data-state="`+string(want)+`"`) {
		u.Errorf("%s is not %s:\n%s", check, want, page)
	}
}

func TestDiagnostics(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	if page := u.page(pathDiagnostics); !strings.Contains(page, `id="nothing"`) {
		t.Errorf("before the first examination:\n%s", page)
	}
	if resp, _ := u.do(get, pathDiagnostics+"/report", nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a report of nothing: %d", resp.StatusCode)
	}
	page := u.page(u.post(pathDiagnostics, url.Values{}))
	for check, want := range map[string]doctor.State{
		"database.answers": doctor.OK, "database.schema": doctor.OK, "address.name": doctor.Warning, "address.self": doctor.OK,
		"address.proxy": doctor.OK, "address.stream": doctor.OK, "address.clock": doctor.OK, "bbb.call": doctor.OK,
		"lms.keys": doctor.OK, "lms.token": doctor.Failed, "lms.deployments": doctor.OK, "mattermost.connection": doctor.Skipped,
	} {
		u.wantState(page, check, want)
	}
	checkPage(t, page)
	if strings.Contains(page, "rehearsal.") || w.bbb.Requests("create") != 0 {
		t.Error("a rehearsal that nobody asked for")
	}
	resp, report := u.do(get, pathDiagnostics+"/report", nil)
	if !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(report, "BBB accepts signed calls") {
		t.Errorf("the report: %v\n%s", resp.Header, report)
	}
	if strings.Contains(page+report, "bbb-secret") {
		t.Error("the secret is shown")
	}
	if n := w.audited("diagnostics.run"); n != 1 {
		t.Errorf("%d entries in the audit log, want 1", n)
	}
}

func TestDiagnosticsRehearse(t *testing.T) {
	w := newWorld(t)
	go w.bbb.Run(t.Context())
	u := w.signIn(classroom.DefaultTenant, admin.Owner)
	page := u.page(u.post(pathDiagnostics, url.Values{"rehearse": {"yes"}}))
	u.wantState(page, "rehearsal.meeting", doctor.OK)
	u.wantState(page, "bbb.callback", doctor.OK)
	for _, m := range w.bbb.Meetings() {
		if !m.Ended {
			t.Errorf("the meeting %s is left behind", m.MeetingID)
		}
	}
}

// What another school has connected, and what the machine is like, is not for its admins.
func TestDiagnosticsOfAnotherTenant(t *testing.T) {
	w := newWorld(t)
	ours := w.signIn(classroom.DefaultTenant, admin.Admin)
	ours.post(pathDiagnostics, url.Values{})
	theirs := w.signIn(w.otherSchool().ID, admin.Owner)
	if page := theirs.page(pathDiagnostics); !strings.Contains(page, `id="nothing"`) {
		t.Errorf("another tenant's report is shown:\n%s", page)
	}
	page := theirs.page(theirs.post(pathDiagnostics, url.Values{}))
	for _, foreign := range []string{`data-check="database.`, `data-check="address.proxy"`, w.bbbURL, w.lmsURL} {
		if strings.Contains(page, foreign) {
			t.Errorf("%s is shown to another tenant", foreign)
		}
	}
}

// Nobody but the installation itself gets an answer.
func TestProbesOfStrangers(t *testing.T) {
	w := newWorld(t)
	wrong, err := w.room.Signer.Sign("session", struct{}{}, time.Minute)
	w.must(err)
	for _, path := range []string{doctor.PathProbe, doctor.PathStream} {
		for _, challenge := range []string{"", "x.y", wrong} {
			resp, err := http.Get(w.url + path + "?" + url.Values{"challenge": {challenge}}.Encode())
			w.must(err)
			resp.Body.Close()
			if resp.StatusCode != http.StatusNotFound {
				t.Errorf("GET %s with %q = %d", path, challenge, resp.StatusCode)
			}
		}
	}
	resp, err := http.Get(w.url + doctor.PathCalled + "0197a000-0000-7000-8000-000000000000.x")
	w.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("a callback with a forged token = %d", resp.StatusCode)
	}
}

// Two who click at once do not have every part of the school called twice.
func TestDiagnosticsOneAtATime(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	w.server.examining.Lock()
	if to := u.post(pathDiagnostics, url.Values{}); !strings.Contains(to, "console.said.examining") {
		t.Errorf("while another examination runs: to %s", to)
	}
	w.server.examining.Unlock()
	if to := u.post(pathDiagnostics, url.Values{}); !strings.Contains(to, "console.said.examined") {
		t.Errorf("after it: to %s", to)
	}
}
