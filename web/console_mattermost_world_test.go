package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"classbridge/classroom"
	"classbridge/locales"
)

// What the chat of the tests has for its admin: the password is "right", the plan
// is two changes, and some channels are there by name.

const (
	chatPassword = "c4nary-password"
	chatToken    = "c4nary-session"
	botToken     = "c4nary-bot"
)

func (s *chatStandIn) SignIn(_ context.Context, _ classroom.ChatWish, l classroom.ChatLogin) (classroom.ChatSession, error) {
	if l.Token == "" && l.Password != chatPassword {
		return classroom.ChatSession{}, &classroom.ChatProblem{Text: "Signing in did not work", Err: errors.New("401")}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	return classroom.ChatSession{Username: "root", Token: chatToken, Ours: l.Token == ""}, nil
}

func (s *chatStandIn) SignOut(context.Context, classroom.ChatWish, classroom.ChatSession) error {
	if err := s.failure(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions--
	return nil
}

// open counts the sessions of admins that nobody has ended.
func (s *chatStandIn) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

func (s *chatStandIn) Plan(_ context.Context, _ classroom.ChatSession, w classroom.ChatWish) (classroom.ChatPlan, error) {
	if w.Team == "nowhere" {
		return classroom.ChatPlan{}, &classroom.ChatProblem{Text: "There is no team nowhere"}
	}
	return classroom.ChatPlan{Changes: []classroom.ChatChange{
		{Key: "wide", Text: "Raise the limit", Why: "There are many", ServerWide: true, Asked: true},
		{Key: "bot", Text: "Make the bot", Why: "It posts"},
	}}, nil
}

func (s *chatStandIn) CarryOut(ctx context.Context, _ classroom.ChatSession, w classroom.ChatWish, agreed []string, save func(context.Context, classroom.ChatConnection) error) (classroom.ChatReport, error) {
	if err := s.failure(); err != nil {
		return classroom.ChatReport{}, &classroom.ChatProblem{Text: "It did not work", Err: err}
	}
	conn := w.Current
	conn.URL, conn.TeamName, conn.Token, conn.OAuthID, conn.OAuthSecret = w.URL, w.Team, botToken, "app", "c4nary-secret"
	report := classroom.ChatReport{Done: []string{"Made the bot"}}
	if !slices.Contains(agreed, "wide") {
		report.Warnings = []string{"The limit stays"}
	}
	return report, save(ctx, conn)
}

func (s *chatStandIn) FindChannel(_ context.Context, _, name string) (classroom.ChannelLook, error) {
	look := classroom.ChannelLook{Channel: classroom.Channel{ID: "id-" + name, Name: name}, Title: "Room " + name, Private: true, Inside: true, Members: 3}
	switch name {
	case "gone":
		return look, classroom.ErrChannelGone
	case "public":
		look.Private = false
	case "archived":
		look.Archived = true
	case "without":
		look.Inside = false
	}
	return look, nil
}

func (s *chatStandIn) LookAtChannel(ctx context.Context, tenantID, channelID string) (classroom.ChannelLook, error) {
	if err := s.failure(); err != nil {
		return classroom.ChannelLook{}, err
	}
	return s.FindChannel(ctx, tenantID, channelID)
}

func (s *chatStandIn) ArchiveChannel(context.Context, string, string) error { return s.failure() }

// commanded refuses whoever has not the command's token, as the bridge does.
func (s *chatStandIn) commanded(r *http.Request) int {
	if r.Header.Get("Authorization") != "Token command-token" {
		return http.StatusUnauthorized
	}
	return http.StatusOK
}

func (s *chatStandIn) RemoveCommand(context.Context, string) error { return nil }

func (s *chatStandIn) CountPeople(context.Context, string) (classroom.ChatCounts, error) {
	return classroom.ChatCounts{Users: 120, Members: 48, UserLimit: 250, TeamLimit: 50}, s.failure()
}

func (s *chatStandIn) Verify(context.Context, classroom.ChatConnection, *locales.Printer) []classroom.ChatCheck {
	return []classroom.ChatCheck{
		{ID: "chat.check_reach", Name: "The server answers", OK: true},
		{ID: "chat.check_rights", Name: "The bot has its rights", Problem: "create_post is missing", Effect: "Nothing is announced", Remedy: "Give it back"},
	}
}

func (s *chatStandIn) Seen(string) classroom.ChatSeen {
	return classroom.ChatSeen{Limit: 101, Remaining: 40, Failures: []classroom.ChatFailure{{Call: "create post", Reason: "api.some.error", Times: 3}}}
}
