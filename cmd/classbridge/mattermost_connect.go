package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"classbridge/bridge"
	"classbridge/classroom"
	"classbridge/locales"
)

type mattermostConnect struct {
	URL          string `name:"url" required:"" placeholder:"URL" help:"Address of the Mattermost server."`
	Team         string `name:"team" required:"" placeholder:"TEAM" help:"Name of the team, as in its addresses."`
	Login        string `name:"login" placeholder:"NAME" help:"User name or e-mail address of a system admin; asked for if not given."`
	PasswordFile string `name:"password-file" xor:"credential" placeholder:"FILE" help:"File with the admin's password, - for standard input; asked for if not given."`
	TokenFile    string `name:"token-file" xor:"credential" placeholder:"FILE" help:"File with a personal access token of a system admin, in place of login and password."`
	Code         string `name:"code" placeholder:"CODE" help:"Code of the admin's second factor."`
	BotName      string `name:"bot-name" placeholder:"NAME" default:"classbridge" help:"User name of the bot."`
	Yes          bool   `name:"yes" help:"Make every change without asking."`
}

// Run implements the command.
func (c mattermostConnect) Run(ctx context.Context, p *program) error {
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	if !isWeb(c.URL) {
		return usageError{fmt.Errorf("--url %q is not an address such as https://chat.example.org", c.URL)}
	}
	if cfg.Mattermost != (mattermostConfig{}) {
		return usageError{errors.New(prefix + "MATTERMOST_… would win over what this command stores: take the variables away first")}
	}
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	setup, err := c.setup(p, cfg, texts.For("en"))
	if err != nil {
		return err
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		setup.Save = func(ctx context.Context, conn classroom.ChatConnection) error {
			conn.TenantID, conn.UpdatedAt = classroom.DefaultTenant, p.now()
			return s.SaveChatConnection(ctx, conn)
		}
		report, err := setup.Connect(ctx)
		for _, line := range report.Done {
			fmt.Fprintln(p.out, line)
		}
		for _, line := range report.Warnings {
			p.warn("%s", line)
		}
		return err
	})
}

func (c mattermostConnect) setup(p *program, cfg config, texts *locales.Printer) (*bridge.Setup, error) {
	s := &bridge.Setup{
		URL: c.URL, Team: c.Team, Login: c.Login, Code: c.Code, BotName: c.BotName, ToolURL: cfg.URL,
		HTTP: newClients(p.env).own, Texts: texts, Now: p.now,
	}
	t := p.terminal()
	s.Confirm = func(change bridge.Change) (bool, error) { return c.confirm(t, change) }
	var err error
	switch {
	case c.TokenFile != "":
		s.Token, err = p.secret("", c.TokenFile, "")
		s.Token = strings.TrimSpace(s.Token)
		return s, err
	case s.Login == "":
		if s.Login, err = t.ask("User name of a Mattermost system admin: "); err != nil {
			return nil, err
		}
	}
	if c.PasswordFile != "" {
		s.Password, err = p.secret("", c.PasswordFile, "")
		s.Password = strings.TrimRight(s.Password, "\r\n")
		return s, err
	}
	s.Password, err = t.askSecret("Password of " + s.Login + " (it is not kept): ")
	return s, err
}

// confirm shows a change and why it is needed, and asks.
func (c mattermostConnect) confirm(t *terminal, change bridge.Change) (bool, error) {
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
