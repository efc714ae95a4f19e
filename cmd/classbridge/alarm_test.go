package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/locales"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

// probed is a school of which the probes look at every part.
type probed struct {
	*testing.T
	*alarmProbes
	db     *storage.DB
	tenant classroom.Tenant
	server classroom.Server
	at     time.Time
}

func newProbed(t *testing.T, db *storage.DB) *probed {
	t.Helper()
	p := &probed{T: t, db: db, at: storagetest.Now()}
	now := func() time.Time { return p.at }
	server := httptest.NewServer(bbbtest.New(bbbtest.Config{Secrets: []string{"right"}}))
	t.Cleanup(server.Close)
	p.server = storagetest.Server(t, db)
	p.server.URL, p.server.Secrets = server.URL+"/bigbluebutton/", []string{"right"}
	p.must(db.SaveServer(t.Context(), p.server))
	texts, err := locales.Load()
	p.must(err)
	room := &classroom.Classroom{
		Store: db, Now: now, Log: slog.New(slog.DiscardHandler), Keys: &classroom.Keyring{Store: db, Now: now},
		BBB: func(s classroom.Server) *bbb.Client { return &bbb.Client{URL: s.URL, Secrets: s.Secrets} },
	}
	p.must(room.Keys.Tend(t.Context()))
	p.alarmProbes = &alarmProbes{
		store: &store{DB: db}, room: room, url: "http://localhost", now: now,
		chat: &bridge.Bridge{Connections: db, HTTP: func(string) *http.Client { return http.DefaultClient }, Texts: texts, Now: now, Log: room.Log},
		keys: &lti.Keys{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Now: now, Logger: room.Log},
		word: func(_, id string, _ ...any) string { return id },
	}
	p.tenant, err = db.Tenant(t.Context(), classroom.DefaultTenant)
	p.must(err)
	return p
}

func (p *probed) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// finds looks with every probe, and compares the kinds and subjects of what is found.
func (p *probed) finds(want ...string) {
	p.Helper()
	var got []string
	for _, probe := range p.all() {
		found, err := probe.Look(p.Context(), p.tenant, admin.NewAlertRules(p.tenant.ID))
		if err != nil {
			p.Errorf("probe %s: %v", probe.Name, err)
		}
		for _, f := range found {
			got = append(got, strings.TrimSpace(string(f.Kind)+" "+f.Subject))
			if strings.Contains(f.Detail, "right") || strings.Contains(f.Detail, "canary") {
				p.Errorf("the finding tells a secret: %s", f.Detail)
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		p.Errorf("found (-want +got):\n%s", d)
	}
}

func TestAlarmProbes(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*probed)
		want  []string
	}{
		{"all is well", func(*probed) {}, nil},
		{"wrong secret", func(p *probed) {
			p.server.Secrets = []string{"canary"}
			p.must(p.db.SaveServer(p.Context(), p.server))
		}, []string{"bbb BBB"}},
		{"a disabled server is nobody's concern", func(p *probed) {
			p.server.Secrets, p.server.Disabled = []string{"canary"}, true
			p.must(p.db.SaveServer(p.Context(), p.server))
		}, nil},
		{"no Mattermost where it should be", func(p *probed) {
			gone := httptest.NewServer(nil)
			gone.Close()
			p.connect(gone.URL)
		}, []string{"chat"}},
		{"token refused", func(p *probed) {
			refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusUnauthorized)
			}))
			p.Cleanup(refuses.Close)
			p.connect(refuses.URL)
		}, []string{"chat_token"}},
		{"classes end without a callback", func(p *probed) { p.classes(silentAfter) }, []string{"callbacks BBB"}},
		{"a few classes say nothing", func(p *probed) { p.classes(silentAfter - 1) }, nil},
		{"one callback is enough", func(p *probed) {
			p.classes(silentAfter)
			p.must(p.db.NoteCallback(p.Context(), p.tenant.ID, p.server.ID, p.at.Add(-time.Hour)))
		}, nil},
		{"a recording that never comes", func(p *probed) {
			p.classes(1)
			p.at = p.at.Add(25 * time.Hour)
		}, []string{"recording Lessons"}},
		{"an LMS without keys", func(p *probed) {
			lms := httptest.NewServer(http.NotFoundHandler())
			p.Cleanup(lms.Close)
			pl := storagetest.Platform(p, p.db)
			pl.JWKSURL, pl.OnPremises = lms.URL, true
			p.must(p.db.SavePlatform(p.Context(), pl))
		}, []string{"platform LMS"}},
		{"a key that was not rotated", func(p *probed) { p.at = p.at.Add(98 * 24 * time.Hour) }, []string{"key"}},
		{"limits", func(p *probed) {
			p.must(p.db.SaveQuota(p.Context(), classroom.Quota{TenantID: p.tenant.ID, Meetings: 1}))
			pl := storagetest.Platform(p, p.db)
			pl.Disabled = true
			p.must(p.db.SavePlatform(p.Context(), pl))
			r := storagetest.Room(p, p.db, storagetest.Course(p, p.db, pl))
			storagetest.Meeting(p, p.db, r, p.server, storagetest.Person(p, p.db, pl, "ada"))
		}, []string{"limit console.alerts.limit.meetings"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, db *storage.DB) {
				p := newProbed(t, db)
				test.spoil(p)
				p.finds(test.want...)
			})
		})
	}
}

func (p *probed) connect(url string) {
	p.Helper()
	p.must(p.db.SaveChatConnection(p.Context(), classroom.ChatConnection{
		TenantID: p.tenant.ID, URL: url, Token: "canary", BotID: "bot", TeamID: "team", TeamName: "school", UpdatedAt: p.at,
	}))
}

// classes are held, and end an hour ago; their recordings are being processed.
func (p *probed) classes(count int) {
	p.Helper()
	pl := storagetest.Platform(p, p.db)
	pl.Disabled = true // its keys are another test's
	p.must(p.db.SavePlatform(p.Context(), pl))
	room := storagetest.Room(p, p.db, storagetest.Course(p, p.db, pl))
	by := storagetest.Person(p, p.db, pl, "ada")
	for range count {
		m := storagetest.NewMeeting(room, p.server, by)
		m.OpenRoomID, m.State, m.EndedAt, m.Attended, m.RecordingState = nil, classroom.MeetingEnded, p.at.Add(-time.Hour), 3, classroom.RecordingProcessing
		p.must(p.db.CreateMeeting(p.Context(), m))
	}
}

// The work of the alarm is the console's; everything else is the classroom's.
func TestWorkOfTheAlarm(t *testing.T) {
	p := newProbed(t, storagetest.New(t))
	looked := 0
	alarm := &admin.Alarm{
		Console: &admin.Console{Store: p.db, Now: p.now, Log: p.room.Log},
		Probes: []admin.Probe{{Name: "p", Look: func(context.Context, classroom.Tenant, admin.AlertRules) ([]admin.Finding, error) {
			looked++
			return nil, nil
		}}},
	}
	do := workOf(p.room, alarm)
	if _, err := do(t.Context(), classroom.Alarm{}); err != nil || looked != 1 {
		t.Errorf("the alarm looked %d times: %v", looked, err)
	}
	if _, err := do(t.Context(), classroom.Announce{AnnouncementID: storagetest.ID()}); !classroom.Is(err, classroom.NotFound) && err != nil {
		t.Errorf("an announcement that is not there: %v", err)
	}
}
