package admin_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// watched is an alarm with one probe, whose findings the test decides, and ways
// that note what they are given.
type watched struct {
	*testing.T
	db      *storage.DB
	alarm   *admin.Alarm
	visitor admin.Visitor

	mu       sync.Mutex
	now      time.Time
	findings []admin.Finding
	blind    error    // of the probe
	down     string   // target of the way that does not work
	sent     []string // "target: phase title"
	during   func()   // called while a message is under way
}

func watch(t *testing.T, db *storage.DB) *watched {
	w := &watched{T: t, db: db, now: storagetest.Now()}
	console := &admin.Console{Store: db, URL: "https://class.example", Now: w.clock, Log: slog.New(slog.DiscardHandler)}
	w.alarm = &admin.Alarm{
		Console: console,
		Word:    func(_, id string, _ ...any) string { return id },
		Senders: map[admin.AlertWayKind]admin.Sender{admin.ByMattermost: w, admin.ByWebhook: w},
		Probes: []admin.Probe{{Name: "probe", Kinds: []admin.IncidentKind{admin.BBBFailing}, Look: func(_ context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
			if t.ID != classroom.DefaultTenant {
				return nil, nil
			}
			return w.findings, w.blind
		}}},
	}
	tenant, err := db.Tenant(t.Context(), classroom.DefaultTenant)
	w.must(err)
	w.visitor = admin.Visitor{Account: admin.Account{ID: "a", Email: "ada@example.org", TenantID: tenant.ID, Role: admin.Owner}, Tenant: tenant}
	return w
}

func (w *watched) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Send implements admin.Sender.
func (w *watched) Send(_ context.Context, way admin.AlertWay, m admin.Message) error {
	if w.during != nil {
		w.during()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if way.Target == w.down {
		return errors.New("no connection")
	}
	w.sent = append(w.sent, way.Target+": "+string(m.Phase)+" "+m.Title)
	return nil
}

func (w *watched) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *watched) way(target string, fallback bool) {
	w.Helper()
	w.must(w.alarm.Console.SaveWay(w.Context(), w.visitor, admin.AlertWay{Kind: admin.ByMattermost, Target: target, Fallback: fallback}))
}

// looks looks so often, half a minute apart.
func (w *watched) looks(times int) {
	w.Helper()
	for range times {
		w.must(w.alarm.Look(w.Context()))
		w.mu.Lock()
		w.now = w.now.Add(30 * time.Second)
		w.mu.Unlock()
	}
}

func (w *watched) said(want ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := cmp.Diff(want, w.sent); d != "" {
		w.Errorf("sent (-want +got):\n%s", d)
	}
}

var failing = admin.Finding{Kind: admin.BBBFailing, SubjectID: "s", Subject: "bbb1", Detail: "no connection", After: 2 * time.Minute}

const (
	began = ": raised console.alerts.kind.bbb"
	ended = ": cleared console.alerts.over"
)

// Tenants that there is no time for are the first of the next look.
func TestAlarmLooksAtEverybody(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := watch(t, db)
		for range 30 {
			tenant, err := w.alarm.Console.NewTenant("School")
			w.must(err)
			w.must(db.CreateTenant(t.Context(), tenant))
		}
		seen := map[string]int{}
		hurried := &hurried{Context: t.Context()}
		w.alarm.Probes = []admin.Probe{{Name: "probe", Look: func(_ context.Context, tenant classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			seen[tenant.ID]++
			hurried.left.Add(-1)
			return nil, nil
		}}}
		for range 2 {
			hurried.left.Store(8) // and as many may be under way, twice less than there are
			w.must(w.alarm.Look(hurried))
			w.mu.Lock()
			w.now = w.now.Add(30 * time.Second)
			w.mu.Unlock()
		}
		if len(seen) < 16 {
			t.Errorf("%d schools were looked at", len(seen))
		}
		for id, times := range seen {
			if times > 1 {
				t.Errorf("school %s was looked at again before others were", id)
			}
		}
	})
}

// hurried has time for so many tenants.
type hurried struct {
	context.Context
	left atomic.Int64
}

func (h *hurried) Deadline() (time.Time, bool) {
	if h.left.Load() > 0 {
		return time.Now().Add(time.Hour), true
	}
	return time.Now().Add(5 * time.Second), true
}

func TestAlarm(t *testing.T) {
	tests := []struct {
		name string
		run  func(*watched)
	}{
		{"once, with an all-clear", func(w *watched) {
			w.way("ops", false)
			w.findings = []admin.Finding{failing}
			w.looks(4)
			w.said()
			w.looks(20)
			w.said("ops" + began)
			w.findings = nil
			w.looks(3)
			w.said("ops" + began)
			w.looks(6)
			w.said("ops"+began, "ops"+ended)
			w.looks(20)
			w.said("ops"+began, "ops"+ended)
		}},
		{"what does not last is not told", func(w *watched) {
			w.way("ops", false)
			for range 5 {
				w.findings = []admin.Finding{failing}
				w.looks(3)
				w.findings = nil
				w.looks(1)
			}
			w.said()
		}},
		{"a moment of peace is no all-clear", func(w *watched) {
			w.way("ops", false)
			for range 5 {
				w.findings = []admin.Finding{failing}
				w.looks(8)
				w.findings = nil
				w.looks(2)
			}
			w.said("ops" + began)
		}},
		{"two subjects are two incidents", func(w *watched) {
			w.way("ops", false)
			other := failing
			other.SubjectID = "t"
			w.findings = []admin.Finding{failing, other}
			w.looks(8)
			w.said("ops"+began, "ops"+began)
		}},
		{"nothing is known while the probe is blind", func(w *watched) {
			w.way("ops", false)
			w.findings = []admin.Finding{failing}
			w.looks(8)
			w.findings, w.blind = nil, errors.New("the database is away")
			w.looks(20)
			w.said("ops" + began)
		}},
		{"others are used when a way is down", func(w *watched) {
			w.way("ops", false)
			w.way("spare", true)
			w.down, w.findings = "ops", []admin.Finding{failing}
			w.looks(20)
			w.said("spare" + began)
			w.mu.Lock()
			w.down = ""
			w.mu.Unlock()
			w.looks(20)
			w.said("spare"+began, "ops"+began)
			w.findings = nil
			w.looks(10)
			slices := append([]string(nil), w.sent[2:]...)
			if len(slices) != 2 || slices[0] == slices[1] {
				w.Errorf("the end was told by %q, want both ways once", slices)
			}
		}},
		{"others rest while all is well", func(w *watched) {
			w.way("ops", false)
			w.way("spare", true)
			w.findings = []admin.Finding{failing}
			w.looks(20)
			w.said("ops" + began)
		}},
		{"a way that was switched off meanwhile", func(w *watched) {
			w.way("ops", false)
			w.down, w.findings = "ops", []admin.Finding{failing}
			w.looks(8)
			ways, err := w.db.AlertWays(w.Context(), classroom.DefaultTenant)
			w.must(err)
			ways[0].Disabled = true
			w.must(w.alarm.Console.SaveWay(w.Context(), w.visitor, ways[0]))
			w.down = ""
			w.looks(60)
			w.said()
		}},
		{"what was over before it could be told is not told", func(w *watched) {
			w.way("ops", false)
			w.down, w.findings = "ops", []admin.Finding{failing}
			w.looks(8)
			w.findings = nil
			w.looks(8)
			w.down = ""
			w.looks(60)
			w.said()
		}},
		{"muted", func(w *watched) {
			w.way("ops", false)
			r := admin.NewAlertRules(classroom.DefaultTenant)
			r.Muted = "bbb"
			w.must(w.alarm.Console.SaveAlertRules(w.Context(), w.visitor, r))
			w.findings = []admin.Finding{failing}
			w.looks(8)
			w.said()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, db *storage.DB) { test.run(watch(t, db)) })
		})
	}
}

// Two replicas that look at the same time tell people once.
func TestAlarmOfTwoReplicas(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := watch(t, db)
		w.way("ops", false)
		w.findings = []admin.Finding{failing}
		w.looks(5)
		for range 10 {
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { _ = w.alarm.Look(context.WithoutCancel(t.Context())) }) // one of the two may lose a race, and looks again
			}
			both.Wait()
		}
		w.said("ops" + began)
	})
}

func TestSecretsOfWays(t *testing.T) {
	w := watch(t, storagetest.New(t))
	console := w.alarm.Console
	way := admin.AlertWay{
		Kind: admin.ByEmail, Target: "ops@example.org", Sender: "class@example.org", Server: "mail.example.org:587", Encryption: "starttls", Username: "u", Secret: "canary",
	}
	w.must(console.SaveWay(t.Context(), w.visitor, way))
	stored := func() admin.AlertWay {
		ways, err := w.db.AlertWays(t.Context(), classroom.DefaultTenant)
		w.must(err)
		return ways[0]
	}
	way = stored()
	way.Secret, way.Target = "", "other@example.org"
	w.must(console.SaveWay(t.Context(), w.visitor, way))
	if got := stored(); got.Secret != "canary" || got.Target != "other@example.org" {
		t.Errorf("an empty secret does not keep the stored one: %+v", got)
	}
	way = stored()
	way.Secret, way.Server = "", "evil.example:587"
	w.must(console.SaveWay(t.Context(), w.visitor, way))
	if got := stored(); got.Secret != "" {
		t.Error("another mail server gets the password that was meant for the first one")
	}
}

func TestWaysAreChecked(t *testing.T) {
	email := admin.AlertWay{Kind: admin.ByEmail, Target: "ops@example.org", Sender: "c@example.org", Server: "mail.example.org:587", Encryption: "tls"}
	with := func(w admin.AlertWay, change func(*admin.AlertWay)) admin.AlertWay { change(&w); return w }
	tests := []struct {
		name  string
		way   admin.AlertWay
		field string
	}{
		{"e-mail", email, ""},
		{"recipients", with(email, func(w *admin.AlertWay) { w.Target = "a@example.org, B <b@example.org>" }), ""},
		{"no recipient", with(email, func(w *admin.AlertWay) { w.Target = "ops" }), "target"},
		{"header injection", with(email, func(w *admin.AlertWay) { w.Sender = "a@example.org\r\nBcc: b@example.org" }), "sender"},
		{"no port", with(email, func(w *admin.AlertWay) { w.Server = "mail.example.org" }), "server"},
		{"password in clear", with(email, func(w *admin.AlertWay) { w.Encryption, w.Secret = "none", "x" }), "encryption"},
		{"webhook", admin.AlertWay{Kind: admin.ByWebhook, Target: "https://hooks.example/x"}, ""},
		{"webhook in clear", admin.AlertWay{Kind: admin.ByWebhook, Target: "http://hooks.example/x"}, "target"},
		{"webhook inside", admin.AlertWay{Kind: admin.ByWebhook, Target: "http://hooks.lan/x", Inside: true}, ""},
		{"webhook with password", admin.AlertWay{Kind: admin.ByWebhook, Target: "https://u:p@hooks.example"}, "target"},
		{"channel", admin.AlertWay{Kind: admin.ByMattermost, Target: "ops"}, ""},
		{"channel as typed", admin.AlertWay{Kind: admin.ByMattermost, Target: "~Ops team"}, "target"},
		{"unknown", admin.AlertWay{Kind: "pigeon", Target: "x"}, "kind"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.way.Check()
			var f *admin.FieldError
			if errors.As(err, &f); (f == nil) != (test.field == "") || f != nil && f.Field != test.field {
				t.Errorf("Check() = %v, want something about %q", err, test.field)
			}
		})
	}
}

// Who mends a way while it is tried has mended it.
func TestWayIsChangedWhileItIsTried(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := watch(t, db)
		w.way("wrong", false)
		ways, err := db.AlertWays(t.Context(), classroom.DefaultTenant)
		w.must(err)
		mended := ways[0]
		mended.Target, mended.Disabled, mended.Secret = "right", true, "new"
		w.down = "wrong"
		w.during = func() { w.must(w.alarm.Console.SaveWay(t.Context(), w.visitor, mended)) }
		if err := w.alarm.TestWay(t.Context(), w.visitor, mended.ID); err == nil {
			t.Error("the old way worked")
		}
		got, err := db.AlertWay(t.Context(), classroom.DefaultTenant, mended.ID)
		w.must(err)
		if got.Target != "right" || !got.Disabled || got.Secret != "new" || got.Problem == "" || got.TriedAt.IsZero() {
			t.Errorf("after the try the way is %+v", got)
		}
	})
}
