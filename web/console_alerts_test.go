package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

// mailbox is a way out that notes what it is given.
type mailbox struct {
	err  error
	sent []admin.Message
}

func (m *mailbox) Send(_ context.Context, _ admin.AlertWay, message admin.Message) error {
	if m.err != nil {
		return m.err
	}
	m.sent = append(m.sent, message)
	return nil
}

func emailForm() url.Values {
	return url.Values{
		"kind": {"email"}, "target": {"ops@example.org"}, "sender": {"class@example.org"}, "server": {"mail.example.org:587"},
		"encryption": {"starttls"}, "username": {"mailer"}, "secret": {"canary-password"},
	}
}

func TestAlertWays(t *testing.T) {
	w := newWorld(t)
	box := &mailbox{}
	w.alarm.Senders = map[admin.AlertWayKind]admin.Sender{admin.ByEmail: box}
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	if page := u.page(pathAlerts); !strings.Contains(page, `id="nobody"`) || !strings.Contains(page, `id="calm"`) {
		t.Errorf("an empty page does not say that nobody is told:\n%s", page)
	}

	wrong := emailForm()
	wrong.Set("server", "mail.example.org")
	resp, page := u.do(post, pathAlerts+"/ways", wrong)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="server-wrong"`) || !strings.Contains(page, `value="ops@example.org"`) {
		t.Errorf("a mistake answers %d:\n%s", resp.StatusCode, page)
	}
	if strings.Contains(page, "canary") {
		t.Error("a mistake gives the password back")
	}

	u.post(pathAlerts+"/ways", emailForm())
	ways, err := w.db.AlertWays(t.Context(), classroom.DefaultTenant)
	w.must(err)
	way := pathAlerts + "/ways/" + ways[0].ID
	if page := u.page(way); strings.Contains(page, "canary") {
		t.Error("the page of the way has its password")
	}
	u.post(way+"/test", url.Values{})
	if len(box.sent) != 1 || box.sent[0].Phase != admin.Test {
		t.Errorf("the test sent %+v", box.sent)
	}
	box.err = errors.New("554 go away")
	to := u.post(way+"/test", url.Values{})
	if page := u.page(to); !strings.Contains(page, "554 go away") || !strings.Contains(page, `id="said"`) {
		t.Errorf("a test that failed is not told:\n%s", page)
	}
	u.post(way+"/remove", url.Values{})
	if page := u.page(pathAlerts); !strings.Contains(page, `id="nobody"`) {
		t.Error("the way was not removed")
	}
}

func TestAlertRules(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	resp, page := u.do(post, pathAlerts+"/rules", url.Values{"work": {"many"}, "recording": {"24"}, "due": {"14"}})
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="work-wrong"`) {
		t.Errorf("no number answers %d", resp.StatusCode)
	}
	u.post(pathAlerts+"/rules", url.Values{"work": {"5"}, "recording": {"48"}, "due": {"30"}, "told_bbb": {"yes"}})
	r, err := w.console.AlertRules(t.Context(), classroom.DefaultTenant)
	w.must(err)
	if r.WorkMinutes != 5 || r.RecordingHours != 48 || r.DueDays != 30 || r.Mutes(admin.BBBFailing) || !r.Mutes(admin.ChatFailing) {
		t.Errorf("the rules are %+v", r)
	}
}

func TestIncidentsAreShown(t *testing.T) {
	w := newWorld(t)
	key, now := "bbb s", w.clock.Now()
	w.must(w.db.CreateIncident(t.Context(), admin.Incident{
		ID: noThing, TenantID: classroom.DefaultTenant, Kind: admin.BBBFailing, OpenKey: &key, Subject: "<b>bbb1", Detail: "no connection",
		FirstSeen: now, LastSeen: now, RaisedAt: now,
	}))
	page := w.signIn(classroom.DefaultTenant, admin.Auditor).page(pathAlerts)
	for _, want := range []string{"&lt;b&gt;bbb1", "no connection", "BigBlueButton"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page, `id="save-rules"`) {
		t.Error("an auditor is offered to change the rules")
	}
	if page := w.signIn(w.otherSchool().ID, admin.Owner).page(pathAlerts); strings.Contains(page, "bbb1") {
		t.Error("another school sees the incident")
	}
}

// The address of a webhook may be all that is needed to post there.
func TestWebhookAddressIsNotShown(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	u.post(pathAlerts+"/ways", url.Values{"kind": {"webhook"}, "target": {"https://hooks.example/canary-path"}, "secret": {"canary-key"}})
	ways, err := w.db.AlertWays(t.Context(), classroom.DefaultTenant)
	w.must(err)
	way := pathAlerts + "/ways/" + ways[0].ID
	page := u.page(way) + u.page(pathAlerts)
	if strings.Contains(page, "canary") || !strings.Contains(page, "hooks.example") {
		t.Errorf("the pages do not show the host alone:\n%s", page)
	}
	checkPage(t, u.page(way))
	checkPage(t, u.page(pathAlerts))
	u.post(way, url.Values{"kind": {"webhook"}, "target": {""}, "fallback": {"yes"}})
	kept, err := w.db.AlertWay(t.Context(), classroom.DefaultTenant, ways[0].ID)
	w.must(err)
	if kept.Target != ways[0].Target || kept.Secret != "canary-key" || !kept.Fallback {
		t.Errorf("an empty address leaves %+v", kept)
	}
	u.post(way, url.Values{"kind": {"webhook"}, "target": {"https://other.example/"}})
	if kept, err = w.db.AlertWay(t.Context(), classroom.DefaultTenant, ways[0].ID); err != nil || kept.Secret != "" {
		t.Errorf("another address gets the key: %+v, %v", kept, err)
	}
	if page := u.page(pathAudit); strings.Contains(page, "canary") {
		t.Error("the audit log has the address")
	}
}
