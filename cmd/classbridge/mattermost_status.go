package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"classbridge/classroom"
)

type mattermostStatus struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownChat is what may be printed of a connection: none of its secrets.
type shownChat struct {
	URL       string    `json:"url"`
	Team      string    `json:"team"`
	Given     bool      `json:"given"` // by the environment
	App       bool      `json:"oauth_app"`
	Command   bool      `json:"command"`
	Owner     string    `json:"bot_owner,omitempty"`
	TeamLimit int64     `json:"team_limit,omitempty"`
	Changed   time.Time `json:"changed"`
	Courses   int64     `json:"open_channels"`
	Waiting   int64     `json:"announcements_waiting"`
	Failed    int64     `json:"announcements_failed"`
}

// Run implements the command: what is stored, without asking Mattermost.
func (c mattermostStatus) Run(ctx context.Context, p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	var shown shownChat
	err = p.withStore(ctx, cfg, func(s *store) error {
		conn, found, err := s.chatConnection(ctx, cfg)
		if err != nil {
			return err
		}
		if !found {
			return errNotConnected
		}
		shown = shownChat{
			URL: conn.URL, Team: conn.TeamName, Given: cfg.Mattermost != (mattermostConfig{}), App: conn.OAuthID != "", Command: conn.CommandToken != "",
			Owner: conn.BotOwner, TeamLimit: conn.TeamLimit, Changed: conn.UpdatedAt,
		}
		open := classroom.ChannelOpen
		shown.Courses, err = s.CountCourseChannels(ctx, classroom.CourseChannelQuery{TenantID: classroom.DefaultTenant, State: &open})
		if err != nil {
			return err
		}
		shown.Waiting, shown.Failed, err = s.CountOpenAnnouncements(ctx, classroom.DefaultTenant)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return p.printJSON(shown)
	}
	shown.print(p)
	return nil
}

func (s shownChat) print(p *program) {
	known := func(text string) string {
		if text == "" || text == "0" {
			return "not known"
		}
		return text
	}
	fmt.Fprintf(p.out, "server:         %s\nteam:           %s\nby environment: %s\nOAuth app:      %s\n/bbb:           %s\n", s.URL, s.Team, yes(s.Given), yes(s.App), yes(s.Command))
	fmt.Fprintf(p.out, "bot belongs to: %s\nteam takes:     %s people\n", known(s.Owner), known(strconv.FormatInt(s.TeamLimit, 10)))
	fmt.Fprintf(p.out, "open channels:  %d\nannouncements:  %d waiting, %d failing\n", s.Courses, s.Waiting, s.Failed)
}
