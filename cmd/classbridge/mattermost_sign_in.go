package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"classbridge/admin"
	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/locales"
)

// mattermostSignIn is how a command signs in as a system admin of Mattermost, of
// whom nothing is kept.
type mattermostSignIn struct {
	Login        string `name:"login" placeholder:"NAME" help:"User name or e-mail address of a system admin; asked for if not given."`
	PasswordFile string `name:"password-file" xor:"credential" placeholder:"FILE" help:"File with the admin's password, - for standard input; asked for if not given."`
	TokenFile    string `name:"token-file" xor:"credential" placeholder:"FILE" help:"File with a personal access token of a system admin, in place of login and password."`
	Code         string `name:"code" placeholder:"CODE" help:"Code of the admin's second factor."`
	Yes          bool   `name:"yes" help:"Make every change without asking."`
}

// into asks for what the command line does not say.
func (c mattermostSignIn) into(p *program, s *bridge.Setup) error {
	s.Login, s.Code = c.Login, c.Code
	t := p.terminal()
	s.Confirm = func(change bridge.Change) (bool, error) { return c.confirm(t, change) }
	var err error
	if c.TokenFile != "" {
		s.Token, err = p.secret("", c.TokenFile, "")
		s.Token = strings.TrimSpace(s.Token)
		return err
	}
	if s.Login == "" {
		if s.Login, err = t.ask("User name of a Mattermost system admin: "); err != nil {
			return err
		}
	}
	if c.PasswordFile != "" {
		s.Password, err = p.secret("", c.PasswordFile, "")
		s.Password = strings.TrimRight(s.Password, "\r\n")
		return err
	}
	s.Password, err = t.askSecret("Password of " + s.Login + " (it is not kept): ")
	return err
}

// confirm shows a change and why it is needed, and asks.
func (c mattermostSignIn) confirm(t *terminal, change bridge.Change) (bool, error) {
	whom := ""
	if change.ServerWide {
		whom = " [concerns the whole server]"
	}
	fmt.Fprintf(t.out, "%s%s\n  %s\n", change.Text, whom, change.Why)
	if c.Yes {
		return true, nil
	}
	answer, err := t.ask("Do it? [y/N] ")
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", err
}

// runSetup does what the setup is for, says what was done, and writes it down.
// prepare completes the setup by the connection that there is.
func (p *program) runSetup(ctx context.Context, c mattermostSignIn, purpose classroom.ChatPurpose, act string, prepare func(*bridge.Setup, classroom.ChatConnection) error) error {
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	if cfg.Mattermost != (mattermostConfig{}) {
		return usageError{errors.New(prefix + "MATTERMOST_… would win over what this command stores: take the variables away first")}
	}
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	setup := &bridge.Setup{ToolURL: cfg.URL, HTTP: newClients(p.env).own, Texts: texts.For("en"), Now: p.now}
	return p.withStore(ctx, cfg, func(s *store) error {
		if setup.Current, _, err = s.FindChatConnection(ctx, classroom.DefaultTenant); err != nil {
			return err
		}
		setup.URL = setup.Current.URL
		if err := prepare(setup, setup.Current); err != nil {
			return err
		}
		if err := c.into(p, setup); err != nil {
			return err
		}
		setup.Save = func(ctx context.Context, conn classroom.ChatConnection) error {
			conn.TenantID, conn.UpdatedAt = classroom.DefaultTenant, p.now()
			return s.SaveChatConnection(ctx, conn)
		}
		report, err := setup.Run(ctx, purpose)
		for _, line := range report.Done {
			fmt.Fprintln(p.out, line)
		}
		for _, line := range report.Warnings {
			p.warn("%s", line)
		}
		return p.record(ctx, s, admin.Act{Name: act, Subject: setup.URL, Detail: report.Done}, err)
	})
}

var errNotConnected = errors.New("no Mattermost is connected: classbridge mattermost connect")

// connected is a prepare for what needs a connection.
func connected(_ *bridge.Setup, current classroom.ChatConnection) error {
	if current.URL == "" {
		return errNotConnected
	}
	return nil
}
