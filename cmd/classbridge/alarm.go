package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"classbridge/admin"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/lti"
	"classbridge/notify"
)

// How long something must last before people are told.
const (
	failingFor  = 2 * time.Minute
	silentSince = 7 * 24 * time.Hour
	silentAfter = 5 // classes without a callback
	slowProbe   = 15 * time.Minute
)

// alarmProbes are the probes with the parts that they ask.
type alarmProbes struct {
	store *store
	room  *classroom.Classroom
	chat  *bridge.Bridge
	keys  *lti.Keys
	url   string
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	word  func(locale, id string, args ...any) string
	now   func() time.Time
}

func (p *alarmProbes) all() []admin.Probe {
	return []admin.Probe{
		{Name: "bbb", Kinds: []admin.IncidentKind{admin.BBBFailing}, Look: p.bbb},
		{Name: "chat", Kinds: []admin.IncidentKind{admin.ChatFailing, admin.ChatTokenDead}, Look: p.mattermost},
		{Name: "work", Kinds: []admin.IncidentKind{admin.WorkWaiting}, Look: p.work},
		{Name: "limits", Kinds: []admin.IncidentKind{admin.LimitNear}, Every: slowProbe / 3, Look: p.limits},
		{Name: "recordings", Kinds: []admin.IncidentKind{admin.RecordingOverdue}, Look: p.recordings},
		{Name: "callbacks", Kinds: []admin.IncidentKind{admin.CallbacksMissing}, Every: slowProbe, Look: p.callbacks},
		{Name: "platforms", Kinds: []admin.IncidentKind{admin.PlatformKeys}, Every: slowProbe, Look: p.platforms},
		{Name: "due", Kinds: []admin.IncidentKind{admin.CertificateDue, admin.KeyDue}, Every: slowProbe, Look: p.due},
	}
}

func (p *alarmProbes) bbb(ctx context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
	servers, err := p.store.Servers(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var found []admin.Finding
	for _, s := range servers {
		if err := p.room.CheckServer(ctx, s); err != nil {
			found = append(found, admin.Finding{Kind: admin.BBBFailing, SubjectID: s.ID, Subject: s.Name, Detail: err.Error(), After: failingFor})
		}
	}
	return found, nil
}

func (p *alarmProbes) mattermost(ctx context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
	err := p.chat.Alive(ctx, t.ID)
	switch {
	case err == nil, errors.Is(err, classroom.ErrNoChat):
		return nil, nil
	case errors.Is(err, bridge.ErrToken):
		return []admin.Finding{{Kind: admin.ChatTokenDead, Detail: err.Error()}}, nil
	}
	return []admin.Finding{{Kind: admin.ChatFailing, Detail: err.Error(), After: failingFor}}, nil
}

// work is the installation's: its default tenant is told.
func (p *alarmProbes) work(ctx context.Context, t classroom.Tenant, r admin.AlertRules) ([]admin.Finding, error) {
	if t.ID != classroom.DefaultTenant {
		return nil, nil
	}
	n, err := jobs.Stats(ctx, p.store.handles())
	if err != nil || n.Oldest < time.Duration(r.WorkMinutes)*time.Minute {
		return nil, err
	}
	return []admin.Finding{{Kind: admin.WorkWaiting, Detail: fmt.Sprintf("%d wait, the oldest for %s", n.Depth, n.Oldest.Round(time.Minute))}}, nil
}

func (p *alarmProbes) recordings(ctx context.Context, t classroom.Tenant, r admin.AlertRules) ([]admin.Finding, error) {
	const most = 20
	overdue, err := p.store.OverdueRecordings(ctx, t.ID, p.now().Add(-time.Duration(r.RecordingHours)*time.Hour), most)
	var found []admin.Finding
	for _, m := range overdue {
		found = append(found, admin.Finding{
			Kind: admin.RecordingOverdue, SubjectID: m.ID, Subject: m.Name, Detail: "ended " + m.EndedAt.UTC().Format(time.RFC3339),
		})
	}
	return found, err
}

// limits are those of the school here, and of its Mattermost.
func (p *alarmProbes) limits(ctx context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
	usage, err := p.room.Usage(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	near := usage.Near()
	people, err := p.chat.CountPeople(ctx, t.ID)
	switch {
	case err == nil:
		for _, m := range []classroom.Meter{{Name: "users", Used: people.Users, Limit: people.UserLimit}, {Name: "members", Used: people.Members, Limit: people.TeamLimit}} {
			if m.Near() {
				near = append(near, m)
			}
		}
	case !errors.Is(err, classroom.ErrNoChat): // that it does not answer is another incident
		p.room.Log.InfoContext(ctx, "the people of Mattermost were not counted", "tenant", t.ID, "err", err)
	}
	var found []admin.Finding
	for _, m := range near {
		found = append(found, admin.Finding{
			Kind: admin.LimitNear, SubjectID: m.Name, Subject: p.word(t.Locale, "console.alerts.limit."+m.Name), Detail: fmt.Sprintf("%d / %d", m.Used, m.Limit),
		})
	}
	return found, nil
}

func (p *alarmProbes) callbacks(ctx context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
	servers, err := p.store.SilentServers(ctx, t.ID, p.now().Add(-silentSince), silentAfter)
	var found []admin.Finding
	for _, s := range servers {
		found = append(found, admin.Finding{Kind: admin.CallbacksMissing, SubjectID: s.ID, Subject: s.Name})
	}
	return found, err
}

func (p *alarmProbes) platforms(ctx context.Context, t classroom.Tenant, _ admin.AlertRules) ([]admin.Finding, error) {
	platforms, err := p.store.ListPlatforms(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	var found []admin.Finding
	for _, pl := range platforms {
		if pl.Disabled || pl.Pending {
			continue
		}
		if err := p.keys.Prefetch(ctx, pl.JWKSURL, pl.OnPremises); err != nil {
			found = append(found, admin.Finding{Kind: admin.PlatformKeys, SubjectID: pl.ID, Subject: pl.Name, Detail: err.Error(), After: slowProbe})
		}
	}
	return found, nil
}

// due is the installation's, as its address and keys are.
func (p *alarmProbes) due(ctx context.Context, t classroom.Tenant, r admin.AlertRules) ([]admin.Finding, error) {
	if t.ID != classroom.DefaultTenant {
		return nil, nil
	}
	var found []admin.Finding
	if end, ok := p.certificateEnd(ctx); ok && end.Sub(p.now()) < time.Duration(r.DueDays)*24*time.Hour {
		found = append(found, admin.Finding{Kind: admin.CertificateDue, Subject: p.url, Detail: "ends " + end.UTC().Format(time.RFC3339)})
	}
	late, err := p.room.Keys.Overdue(ctx)
	if late {
		found = append(found, admin.Finding{Kind: admin.KeyDue})
	}
	return found, err
}

// certificateEnd is when the certificate ends that our public address shows, in
// whoever's hands it is. Whether it is trusted is not asked here.
func (p *alarmProbes) certificateEnd(ctx context.Context) (time.Time, bool) {
	u, err := url.Parse(p.url)
	if err != nil || u.Scheme != "https" {
		return time.Time{}, false
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	raw, err := p.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return time.Time{}, false // from inside, our own address may lead nowhere
	}
	defer raw.Close()
	conn := tls.Client(raw, &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: true}) // nothing is sent, only the date is read
	if conn.HandshakeContext(ctx) != nil || len(conn.ConnectionState().PeerCertificates) == 0 {
		return time.Time{}, false
	}
	return conn.ConnectionState().PeerCertificates[0].NotAfter, true
}

// byMattermost sends alerts by the tenant's bot.
type byMattermost struct{ chat *bridge.Bridge }

// Send implements admin.Sender.
func (s byMattermost) Send(ctx context.Context, w admin.AlertWay, m admin.Message) error {
	return s.chat.Alert(ctx, w.TenantID, w.Target, m.Title, m.Text, m.Do)
}

// newAlarm puts the alarm together.
func newAlarm(console *admin.Console, p *alarmProbes, out clients) *admin.Alarm {
	return &admin.Alarm{
		Console: console, Probes: p.all(), Word: p.word,
		Senders: map[admin.AlertWayKind]admin.Sender{
			admin.ByMattermost: byMattermost{p.chat},
			admin.ByWebhook:    &notify.Webhook{HTTP: out.public, InsideHTTP: out.onPremises, UserAgent: userAgent(), Now: p.now},
			admin.ByEmail:      &notify.Email{Dial: out.dialOf(console.Reach), Now: p.now},
		},
	}
}

// workOf has everything done by the classroom but what is the console's.
func workOf(room *classroom.Classroom, alarm *admin.Alarm) func(context.Context, classroom.Work) (classroom.Outcome, error) {
	return func(ctx context.Context, w classroom.Work) (classroom.Outcome, error) {
		if _, ok := w.(classroom.Alarm); ok {
			return classroom.Outcome{}, errors.Join(alarm.Look(ctx), alarm.Console.Tend(ctx))
		}
		return room.Do(ctx, w)
	}
}
