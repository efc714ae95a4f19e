package main

import (
	"context"
	"errors"
	"fmt"

	"classbridge/admin"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/locales"
)

// mattermostCommands are about the school's chat.
type mattermostCommands struct {
	Connect    mattermostConnect    `cmd:"" help:"Make bot, token and OAuth app with an admin's login, of which nothing is kept."`
	Verify     mattermostVerify     `cmd:"" help:"Say what is missing and what that causes."`
	Status     mattermostStatus     `cmd:"" help:"Say what is connected, and what waits to be announced."`
	Rotate     mattermostRotate     `cmd:"" help:"Make the bot's token, or the OAuth app's secret, anew: tried and stored before the old one is revoked."`
	Assign     mattermostAssign     `cmd:"" help:"Move the bot to another account."`
	Disconnect mattermostDisconnect `cmd:"" help:"Forget the connection; channels and posts stay."`
}

type mattermostVerify struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownCheck is a bridge.Check for scripts.
type shownCheck struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Problem string `json:"problem,omitempty"`
	Effect  string `json:"effect,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Run implements the command.
func (c mattermostVerify) Run(ctx context.Context, p *program) error {
	checks, err := p.verifyChat(ctx)
	if err != nil {
		return err
	}
	failed, shown := false, []shownCheck{}
	for _, check := range checks {
		failed = failed || !check.OK
		shown = append(shown, shownCheck(check))
	}
	if c.JSON {
		err = p.printJSON(shown)
	} else {
		p.printChecks(checks)
	}
	if failed {
		return exitCode(exitFailure)
	}
	return err
}

func (p *program) verifyChat(ctx context.Context) ([]bridge.Check, error) {
	cfg, err := p.config()
	if err != nil {
		return nil, err
	}
	texts, err := locales.Load()
	if err != nil {
		return nil, err
	}
	var checks []bridge.Check
	return checks, p.withStore(ctx, cfg, func(s *store) error {
		conn, found, err := s.chatConnection(ctx, cfg)
		if err != nil {
			return err
		}
		if !found {
			return errNotConnected
		}
		b := &bridge.Bridge{Connections: s, HTTP: newClients(p.env).of(nil), Texts: texts, Now: p.now, Log: newLogger(cfg, p.err)}
		checks = b.Verify(ctx, conn, texts.For("en"))
		return nil
	})
}

// chatConnection is what the environment says, else what the database holds.
func (s *store) chatConnection(ctx context.Context, c config) (classroom.ChatConnection, bool, error) {
	if m := c.Mattermost; m != (mattermostConfig{}) {
		return classroom.ChatConnection{
			TenantID: classroom.DefaultTenant, URL: m.URL, Token: m.Token, TeamName: m.Team,
			OAuthID: m.OAuthID, OAuthSecret: m.OAuthSecret, CommandToken: m.Command,
		}, true, nil
	}
	return s.FindChatConnection(ctx, classroom.DefaultTenant)
}

func (p *program) printChecks(checks []bridge.Check) {
	for _, c := range checks {
		if c.OK {
			fmt.Fprintf(p.out, "ok       %s\n", c.Name)
			continue
		}
		fmt.Fprintf(p.out, "MISSING  %s\n         %s\n         Effect: %s\n         Remedy: %s\n", c.Name, c.Problem, c.Effect, c.Remedy)
	}
}

// removeCommand takes the slash command away; where it cannot, an admin may.
func (p *program) removeCommand(ctx context.Context, cfg config, s *store) {
	b := &bridge.Bridge{Connections: s, HTTP: newClients(p.env).of(nil), Now: p.now, Log: newLogger(cfg, p.err)}
	if err := b.RemoveCommand(ctx, classroom.DefaultTenant); err != nil {
		p.warn("the slash command /bbb is still there; delete it in Mattermost under Integrations (%s)", bridge.Reason(err))
	}
}

type mattermostDisconnect struct{}

// Run implements the command.
func (mattermostDisconnect) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if cfg.Mattermost != (mattermostConfig{}) {
		return usageError{errors.New(prefix + "MATTERMOST_… would connect it again: take the variables away first")}
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		conn, _, err := s.FindChatConnection(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		if conn.CommandToken != "" {
			p.removeCommand(ctx, cfg, s)
		}
		err = s.DeleteChatConnection(ctx, classroom.DefaultTenant)
		return p.record(ctx, s, admin.Act{Name: "mattermost.disconnect", Subject: conn.URL}, err)
	})
}
