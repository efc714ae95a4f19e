package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"classbridge/classroom"
)

// environmentID names the one server that the environment may give.
const environmentID = classroom.EnvironmentServer

// applyEnvironment writes the BigBlueButton server and the Mattermost that the
// environment names into the database, where everything else looks. What is
// there already is not touched: replicas start at any time.
func (s *store) applyEnvironment(ctx context.Context, c config, now time.Time) error {
	if err := s.applyServer(ctx, c.bbb, now); err != nil {
		return fmt.Errorf("%sBBB_URL: %w", prefix, err)
	}
	if c.Mattermost == (mattermostConfig{}) {
		return nil
	}
	if err := s.applyChat(ctx, c.Mattermost, now); err != nil {
		return fmt.Errorf("%sMATTERMOST_URL: %w", prefix, err)
	}
	return nil
}

// applyServer disables the server when its variables have gone: meetings of the
// past still belong to it.
func (s *store) applyServer(ctx context.Context, b classroom.ServerSettings, now time.Time) error {
	servers, err := s.ListServers(ctx, classroom.DefaultTenant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(servers, func(s classroom.Server) bool { return s.ID == environmentID })
	given := b.URL != ""
	switch {
	case i < 0 && !given:
		return nil
	case i < 0:
		return s.CreateServer(ctx, intoServer(b, classroom.Server{
			ID: environmentID, TenantID: classroom.DefaultTenant, CreatedAt: now, UpdatedAt: now,
		}))
	}
	server := servers[i]
	if given {
		server = intoServer(b, server)
	}
	server.Disabled = !given
	if sameServer(server, servers[i]) {
		return nil
	}
	server.UpdatedAt = now
	return s.SaveServer(ctx, server)
}

func intoServer(b classroom.ServerSettings, s classroom.Server) classroom.Server {
	s.Name, s.URL, s.Secrets, s.Hash = nameOr("", b.URL), b.URL, b.Secrets, b.Hash
	return s
}

func sameServer(a, b classroom.Server) bool {
	return a.Name == b.Name && a.URL == b.URL && a.Hash == b.Hash && a.Disabled == b.Disabled && slices.Equal(a.Secrets, b.Secrets)
}

// applyChat leaves the ids of bot and team to be asked for: the environment knows
// the team by its name.
func (s *store) applyChat(ctx context.Context, m mattermostConfig, now time.Time) error {
	known, _, err := s.FindChatConnection(ctx, classroom.DefaultTenant)
	if err != nil {
		return err
	}
	same := known.URL == m.URL && known.Token == m.Token && known.TeamName == m.Team
	if same && known.OAuthID == m.OAuthID && known.OAuthSecret == m.OAuthSecret && known.CommandToken == m.Command {
		return nil
	}
	wanted := classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: m.URL, Token: m.Token, TeamName: m.Team,
		OAuthID: m.OAuthID, OAuthSecret: m.OAuthSecret, CommandToken: m.Command, UpdatedAt: now,
	}
	if same {
		wanted.BotID, wanted.TeamID = known.BotID, known.TeamID
	}
	return s.SaveChatConnection(ctx, wanted)
}
