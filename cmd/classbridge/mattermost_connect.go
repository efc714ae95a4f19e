package main

import (
	"context"
	"fmt"

	"classbridge/bridge"
	"classbridge/classroom"
)

type mattermostConnect struct {
	URL     string `name:"url" required:"" placeholder:"URL" help:"Address of the Mattermost server."`
	Team    string `name:"team" required:"" placeholder:"TEAM" help:"Name of the team, as in its addresses."`
	BotName string `name:"bot-name" placeholder:"NAME" default:"classbridge" help:"User name of the bot."`
	mattermostSignIn
}

// Run implements the command.
func (c mattermostConnect) Run(ctx context.Context, p *program) error {
	if !isWeb(c.URL) {
		return usageError{fmt.Errorf("--url %q is not an address such as https://chat.example.org", c.URL)}
	}
	return p.runSetup(ctx, c.mattermostSignIn, classroom.ChatConnects, "mattermost.connect", func(s *bridge.Setup, _ classroom.ChatConnection) error {
		s.URL, s.Team, s.BotName = c.URL, c.Team, c.BotName
		return nil
	})
}

type mattermostRotate struct {
	What string `arg:"" enum:"token,secret" help:"token: of the bot. secret: of the OAuth app, which is made anew."`
	mattermostSignIn
}

// Run implements the command: what is new is tried and stored before the old is revoked.
func (c mattermostRotate) Run(ctx context.Context, p *program) error {
	if c.What == "secret" {
		return p.runSetup(ctx, c.mattermostSignIn, classroom.ChatRotatesLogin, "mattermost.rotate_secret", connected)
	}
	return p.runSetup(ctx, c.mattermostSignIn, classroom.ChatRotatesToken, "mattermost.rotate_token", connected)
}

type mattermostAssign struct {
	Owner string `arg:"" help:"User name of the account that the bot is to belong to. Mattermost stops a bot when its account is deactivated."`
	mattermostSignIn
}

// Run implements the command.
func (c mattermostAssign) Run(ctx context.Context, p *program) error {
	return p.runSetup(ctx, c.mattermostSignIn, classroom.ChatMovesBot, "mattermost.move_bot", func(s *bridge.Setup, current classroom.ChatConnection) error {
		s.Owner = c.Owner
		return connected(s, current)
	})
}
