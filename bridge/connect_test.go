package bridge_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"classbridge/bridge"
	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

// accepts reports whether the server still accepts the token.
func (w *world) accepts(token string) bool {
	c := model.NewAPIv4Client(w.url)
	c.SetToken(token)
	_, _, err := c.GetMe(w.t.Context(), "")
	return err == nil
}

func TestConnectAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		other, _, err := w.admin.CreateUserAccessToken(t.Context(), w.conn.BotID, "somebody else's", 0)
		w.must(err)
		first := w.conn

		s := w.setup()
		s.Save = func(context.Context, classroom.ChatConnection) error { return errors.New("the disk is full") }
		if _, err := s.Connect(t.Context()); err == nil || !w.accepts(first.Token) {
			t.Errorf("not saved (%v), and the earlier token works: %v", err, w.accepts(first.Token))
		}

		var saved classroom.ChatConnection
		s.Save = func(_ context.Context, c classroom.ChatConnection) error {
			if !w.accepts(first.Token) {
				t.Error("the earlier token is revoked before the new one is saved")
			}
			saved = c
			return nil
		}
		s.Confirm = func(c bridge.Change) (bool, error) {
			t.Errorf("asked again: %s", c.Text)
			return false, nil
		}
		report, err := s.Connect(t.Context())
		w.must(err)
		if saved != report.Connection || saved.BotID != first.BotID || saved.OAuthID != first.OAuthID || saved.OAuthSecret != first.OAuthSecret || saved.TeamID != w.team.Id {
			t.Errorf("the second time it is %+v\nafter %+v", saved, first)
		}
		if !w.accepts(saved.Token) || w.accepts(first.Token) || !w.accepts(other.Token) {
			t.Errorf("tokens accepted: new %v, earlier %v, of others %v; want true, false, true", w.accepts(saved.Token), w.accepts(first.Token), w.accepts(other.Token))
		}
		config, _, err := w.admin.GetConfig(t.Context())
		w.must(err)
		if *config.ServiceSettings.EnableBotAccountCreation {
			t.Error("making bots is still allowed")
		}
		if !slices.ContainsFunc(report.Warnings, func(s string) bool { return strings.Contains(s, "belongs to the account "+adminName) }) {
			t.Errorf("no warning of the bot's owner among %q", report.Warnings)
		}
	})
}

func TestConnectKeepsNothingOfTheAdmin(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		if w.fake != nil {
			if n := strings.Count(strings.Join(w.fake.Calls(), "\n"), "/users/logout"); n != 1 {
				t.Errorf("the admin was logged out %d times", n)
			}
			return
		}
		me, _, err := w.admin.GetMe(t.Context(), "")
		w.must(err)
		before, _, err := w.admin.GetSessions(t.Context(), me.Id, "")
		w.must(err)
		_, err = w.setup().Connect(t.Context())
		w.must(err)
		after, _, err := w.admin.GetSessions(t.Context(), me.Id, "")
		w.must(err)
		if len(after) != len(before) {
			t.Errorf("the admin has %d sessions, had %d", len(after), len(before))
		}
	})
}

func TestConnectAsksFirst(t *testing.T) {
	fresh := freshServer(t)
	var wide, narrow []string
	s := fresh.setup()
	s.Confirm = func(c bridge.Change) (bool, error) {
		if c.Why == "" || strings.HasPrefix(c.Why, "chat.") {
			t.Errorf("no reason is given for: %s", c.Text)
		}
		if c.ServerWide {
			wide = append(wide, c.Text)
		} else {
			narrow = append(narrow, c.Text)
		}
		return true, nil
	}
	_, err := s.Connect(t.Context())
	fresh.must(err)
	for _, part := range []string{"MaxUsersPerTeam", "EnableBotAccountCreation", "manage_oauth"} {
		if !strings.Contains(strings.Join(wide, "\n"), part) {
			t.Errorf("%s was not asked: %q", part, wide)
		}
	}
	if len(wide) != 3 || len(narrow) != 2 || !strings.Contains(narrow[0], "admin of the team") || !strings.Contains(narrow[1], "/bbb") {
		t.Errorf("asked %q and %q", wide, narrow)
	}
}

func TestConnectWhenTheAnswerIsNo(t *testing.T) {
	no := func(part string) func(bridge.Change) (bool, error) {
		return func(c bridge.Change) (bool, error) { return !strings.Contains(c.Text, part), nil }
	}
	for _, test := range []struct{ refuse, warning string }{
		{"MaxUsersPerTeam", "A team takes 50 people"},
		{"manage_oauth", "nobody can join from a channel"},
		{"admin of the team", "not a team admin"},
		{"/bbb", "nobody can ask for classes by /bbb"},
	} {
		w := freshServer(t)
		s := w.setup()
		s.Confirm = no(test.refuse)
		report, err := s.Connect(t.Context())
		w.must(err)
		if !strings.Contains(strings.Join(report.Warnings, "\n"), test.warning) {
			t.Errorf("without %s the warnings are %q", test.refuse, report.Warnings)
		}
		if test.refuse == "manage_oauth" && report.Connection.OAuthID != "" {
			t.Error("there is an app without permission")
		}
		if w.fake.Setting("ServiceSettings", "EnableBotAccountCreation") != false {
			t.Error("making bots is still allowed")
		}
	}
	w := freshServer(t)
	s := w.setup()
	s.Confirm = no("EnableBotAccountCreation")
	problem(t, s, "permission to make a bot")
	s.Confirm = func(bridge.Change) (bool, error) { return false, context.Canceled }
	if _, err := s.Connect(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("when asking fails the answer is %v", err)
	}
}

// problem fails the test unless Connect says that to the admin.
func problem(t *testing.T, s *bridge.Setup, text string) {
	t.Helper()
	_, err := s.Connect(t.Context())
	var said *bridge.SetupError
	if !errors.As(err, &said) || !strings.Contains(said.Text, text) {
		t.Errorf("the answer is %v, want: %s", err, text)
	}
}

func TestConnectProblems(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		name := unique("u")
		person := w.newUser(t, name)
		for text, change := range map[string]func(*bridge.Setup){
			"Signing in":           func(s *bridge.Setup) { s.Password = "wrong" },
			"not a system admin":   func(s *bridge.Setup) { s.Login = name },
			"is not a system":      func(s *bridge.Setup) { s.Token = person.AuthToken },
			"There is no team":     func(s *bridge.Setup) { s.Team = "none" },
			"account of a person":  func(s *bridge.Setup) { s.BotName = name },
			"Signing in to Matter": func(s *bridge.Setup) { s.URL = "http://127.0.0.1:1" },
		} {
			s := w.setup()
			change(s)
			problem(t, s, text)
		}
	})
}

func TestConnectWithToken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.setup()
		s.Login, s.Password, s.Token = "", "", w.admin.AuthToken
		_, err := s.Connect(t.Context())
		w.must(err)
		if !w.accepts(w.admin.AuthToken) {
			t.Error("the admin's own token was ended")
		}
	})
}

func TestConnectRevivesBotAndApp(t *testing.T) {
	w := standIn(t)
	w.fake.Deactivate(w.conn.BotID, true)
	app, _, err := w.admin.GetOAuthApps(t.Context(), 0, 10)
	w.must(err)
	app[0].IsTrusted = false
	_, _, err = w.admin.UpdateOAuthApp(t.Context(), app[0])
	w.must(err)
	before := w.conn
	w.connect()
	if w.conn.BotID != before.BotID || !w.accepts(w.conn.Token) || w.conn.OAuthSecret != before.OAuthSecret {
		t.Errorf("connected as %+v", w.conn)
	}
	app, _, err = w.admin.GetOAuthApps(t.Context(), 0, 10)
	w.must(err)
	if len(app) != 1 || !app[0].IsTrusted {
		t.Errorf("the apps are %+v", app)
	}
}
