package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"classbridge/admin"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/jobs"
	"classbridge/locales"
	"classbridge/lti"
	"classbridge/web"

	"code.dny.dev/ssrf"
)

// tool is the running program but for its listeners.
type tool struct {
	store   *store
	metrics *metrics
	web     *web.Server
	console *admin.Console
	workers *jobs.Workers
}

// newTool puts all parts together, in the order in which they need each other:
// database, chat, domain, workers, pages.
func (p *program) newTool(ctx context.Context, c config, log *slog.Logger) (*tool, error) {
	s, err := p.openStore(ctx, c, log)
	if err != nil {
		return nil, err
	}
	t := &tool{store: s, metrics: newMetrics()}
	if err := t.build(ctx, p, c, log); err != nil {
		return nil, errors.Join(err, t.stop(ctx))
	}
	return t, nil
}

func (t *tool) build(ctx context.Context, p *program, c config, log *slog.Logger) error {
	if err := t.store.applyEnvironment(ctx, c, p.now()); err != nil {
		return err
	}
	keys := &classroom.Keyring{Store: t.store, Now: p.now}
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	out := newClients(p.env)
	reach := classroom.Reach(c.InsideTenants)
	ofTenant := out.of(reach)
	chat := &bridge.Bridge{
		Connections: t.store, HTTP: ofTenant, Texts: texts, Now: p.now, Log: log, Observe: t.metrics.calledMattermost,
	}
	signer := &classroom.Signer{Masters: t.store.keys, Now: p.now}
	servers := &bbbClients{http: ofTenant, observe: t.metrics.calledBBB}
	room := &classroom.Classroom{
		Store: t.store, Chat: chat, ChatAdmin: &bridge.Admin{ToolURL: c.URL, HTTP: ofTenant, Texts: texts, Now: p.now}, Channels: chat, Signer: signer, Keys: keys, Reach: reach, URL: c.URL, BBB: servers.client, Now: p.now, Log: log,
		Tool: newLTI(t.store, signer, out, c.URL, p.now, log), Services: newServices(out, keys, p.now, log), Registrar: newRegistrar(out, log),
		Word: func(locale, id string) string { return texts.For(locale).Text(id) },
	}
	t.console = &admin.Console{Store: t.store, Signer: signer, URL: c.URL, Now: p.now, Log: log, HTTP: ofTenant, Reach: reach}
	alarm := newAlarm(t.console, &alarmProbes{
		store: t.store, room: room, chat: chat, keys: room.Tool.Keys, url: c.URL, dial: out.inside, now: p.now,
		word: func(locale, id string, args ...any) string { return texts.For(locale).Text(id, args...) },
	}, out)
	// Workers end when they are told to, after the last request has been answered.
	t.workers, err = jobs.Start(context.WithoutCancel(ctx), jobs.Config{Handles: t.store.handles(), Do: workOf(room, alarm), Now: p.now, Log: log})
	if err != nil {
		return err
	}
	t.metrics.watch(t.store.backlog(p.now))
	t.web, err = web.New(web.Config{
		URL: c.URL, Classroom: room, Tool: room.Tool, Chat: chat, ChatHealth: chat, ChatGiven: c.Mattermost != (mattermostConfig{}),
		ChatCommand: &bridge.Command{Connections: t.store, Classes: room, Texts: texts, Log: log},
		Console:     t.console, Alarm: alarm, Texts: texts,
		Doctor: newDoctor(c, t.store, signer, out, &examinedChat{chat, texts}, p.now),
		Keys:   keys.Published, Ready: t.store.Ping,
		Metrics: t.metrics.handler(), MetricsToken: c.MetricsToken,
		Observe:        web.Observe{Launch: t.metrics.launched, Join: t.metrics.joined, SignIn: t.metrics.signedIn},
		TrustedProxies: c.proxies, Now: p.now, Log: log,
	})
	return err
}

func newLTI(s *store, signer *classroom.Signer, out clients, url string, now func() time.Time, log *slog.Logger) *lti.Tool {
	return &lti.Tool{
		URL: url, Platforms: s, Secrets: signer.KeysFor("lti state"), Now: now,
		Keys: newPlatformKeys(out, now, log),
	}
}

func newServices(out clients, keys *classroom.Keyring, now func() time.Time, log *slog.Logger) *lti.Services {
	return &lti.Services{
		HTTP: out.public, OnPremisesHTTP: out.onPremises, Forbidden: []error{ssrf.ErrProhibitedIP}, Key: keys.Signing, UserAgent: userAgent(), Now: now, Logger: log,
	}
}

func newRegistrar(out clients, log *slog.Logger) *lti.Registrar {
	return &lti.Registrar{
		HTTP: out.public, OnPremisesHTTP: out.onPremises, Forbidden: []error{ssrf.ErrProhibitedIP}, UserAgent: userAgent(), Logger: log,
	}
}

// userAgent is how we name ourselves to LMSs, some of which refuse the nameless.
func userAgent() string { return "Classbridge/" + currentVersion() }

func newPlatformKeys(out clients, now func() time.Time, log *slog.Logger) *lti.Keys {
	return &lti.Keys{HTTP: out.public, OnPremisesHTTP: out.onPremises, UserAgent: userAgent(), Now: now, Logger: log}
}

// handler answers every address of the program.
func (t *tool) handler() http.Handler { return t.web.Handler() }

// stop ends the work in hand and closes the database. The pages have ended before.
func (t *tool) stop(ctx context.Context) error {
	if t.web != nil {
		t.web.Close()
	}
	return errors.Join(t.stopWork(ctx), t.store.Close())
}

// stopWork ends the work in hand; once is enough.
func (t *tool) stopWork(ctx context.Context) error {
	if t.workers == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), workGrace)
	defer cancel()
	workers := t.workers
	t.workers = nil
	return workers.Stop(ctx)
}
