package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"time"

	"classbridge/bbb"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/doctor"
	"classbridge/jobs"
	"classbridge/locales"
	"classbridge/storage/vault"

	"code.dny.dev/ssrf"
)

// newExaminer makes the doctor of a command. A database that cannot be opened is
// one of its findings, and no reason to give up.
func (p *program) newExaminer(ctx context.Context, c config, texts *locales.Catalogue) (d *doctor.Doctor, release func() error, err error) {
	log := newLogger(c, p.err)
	keys, err := c.masterKeys(log)
	if err != nil {
		return nil, nil, err
	}
	signer, out := &classroom.Signer{Masters: keys, Now: p.now}, newClients(p.env)
	s, err := p.dialStore(ctx, c, keys, log)
	if err != nil {
		d = newDoctor(c, nil, signer, out, nil, p.now)
		d.Broken = err
		return d, func() error { return nil }, nil
	}
	chat := &bridge.Bridge{Connections: s, HTTP: out.of(c.InsideTenants), Texts: texts, Now: p.now, Log: log}
	d = newDoctor(c, s, signer, out, &examinedChat{chat, texts}, p.now)
	d.Store = configured{s, c}
	return d, s.Close, nil
}

// newDoctor puts the doctor together; s is nil where there is no database.
func newDoctor(c config, s *store, signer *classroom.Signer, out clients, chat doctor.Chat, now func() time.Time) *doctor.Doctor {
	tenantHTTP := out.of(c.InsideTenants)
	d := &doctor.Doctor{
		URL: c.URL, Version: currentVersion(), Data: c.Data, Proxies: c.proxies, Signer: signer,
		HTTP: out.own, TenantHTTP: tenantHTTP, PublicHTTP: out.public, OnPremisesHTTP: out.onPremises, Forbidden: []error{ssrf.ErrProhibitedIP}, UserAgent: userAgent(),
		Lookup: net.DefaultResolver.LookupNetIP,
		BBB:    func(s classroom.Server) *bbb.Client { return newBBBClient(s, tenantHTTP(s.TenantID), nil) },
		Chat:   chat, Secrets: c.secrets(), Now: now,
	}
	if s != nil {
		d.Store, d.Database = s, examined{s}
		d.Key = (&classroom.Keyring{Store: s, Now: now}).Signing
	}
	return d
}

// secrets are what the environment gives that nobody may be shown.
func (c config) secrets() []string {
	secrets := append([]string{c.MasterKey, c.MetricsToken, c.Mattermost.Token, c.Mattermost.OAuthSecret, c.Mattermost.Command}, c.bbb.Secrets...)
	if u, err := url.Parse(c.DatabaseURL); err == nil && u.User != nil {
		password, _ := u.User.Password()
		secrets = append(secrets, password)
	}
	return secrets
}

// examined is the database as the doctor looks at it.
type examined struct{ *store }

// KeyAgrees implements doctor.Database: the tool's keys are sealed from the first
// start on.
func (e examined) KeyAgrees(ctx context.Context) (bool, error) {
	_, err := e.ToolKeys(ctx, classroom.DefaultTenant)
	if errors.Is(err, vault.ErrOtherKey) {
		return false, nil
	}
	return err == nil, err
}

// Waiting implements doctor.Database.
func (e examined) Waiting(ctx context.Context) (int, time.Duration, error) {
	n, err := jobs.Stats(ctx, e.handles())
	return n.Depth, n.Oldest, err
}

// configured is the store with what the environment says, which serve writes into
// it at its start.
type configured struct {
	*store
	config config
}

// Servers implements doctor.Store.
func (c configured) Servers(ctx context.Context, tenantID string) ([]classroom.Server, error) {
	servers, err := c.store.Servers(ctx, tenantID)
	if err != nil || tenantID != classroom.DefaultTenant || c.config.bbb.URL == "" {
		return servers, err
	}
	servers = slices.DeleteFunc(slices.Clone(servers), func(s classroom.Server) bool { return s.ID == environmentID })
	return append(servers, intoServer(c.config.bbb, classroom.Server{ID: environmentID, TenantID: tenantID})), nil
}

// FindChatConnection implements doctor.Store.
func (c configured) FindChatConnection(ctx context.Context, tenantID string) (classroom.ChatConnection, bool, error) {
	if tenantID == classroom.DefaultTenant {
		return c.chatConnection(ctx, c.config)
	}
	return c.store.FindChatConnection(ctx, tenantID)
}

// examinedChat is the bridge as the doctor wants it.
type examinedChat struct {
	*bridge.Bridge
	texts *locales.Catalogue
}

// Rehearse implements doctor.Chat. What it posts is in English: nobody reads it.
func (e *examinedChat) Rehearse(ctx context.Context, conn classroom.ChatConnection, channel string) (step string, err error) {
	step, err = e.Bridge.Rehearse(ctx, conn, channel, e.texts.For("en"))
	if err != nil {
		err = errors.New(bridge.Reason(err))
	}
	return step, err
}
