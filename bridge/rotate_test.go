package bridge_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"classbridge/bridge"
	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

// office is the admin's side of the world's server.
func (w *world) office() *bridge.Admin {
	return &bridge.Admin{ToolURL: toolURL, HTTP: func(string) *http.Client { return nil }, Texts: catalogue(w.t), Now: w.clock.Now}
}

// signIn opens a session of the admin; of the real server by a token, as nobody
// there has a password that tests know.
func (w *world) signIn() classroom.ChatSession {
	w.t.Helper()
	s, err := w.office().SignIn(w.t.Context(), classroom.ChatWish{URL: w.url}, classroom.ChatLogin{Token: w.admin.AuthToken})
	w.must(err)
	return s
}

func (w *world) wish(p classroom.ChatPurpose) classroom.ChatWish {
	return classroom.ChatWish{Purpose: p, Locale: "en", URL: w.url, Team: w.team.Name, BotName: "bot" + w.team.Name, Current: w.conn}
}

// keys are the changes of a plan, and whether each has words.
func (w *world) keys(wish classroom.ChatWish) []string {
	w.t.Helper()
	plan, err := w.office().Plan(w.t.Context(), w.signIn(), wish)
	w.must(err)
	var keys []string
	for _, c := range plan.Changes {
		if strings.HasPrefix(c.Text, "chat.") || c.Why == "" || strings.HasPrefix(c.Why, "chat.") {
			w.t.Errorf("a change without words: %+v", c)
		}
		keys = append(keys, c.Key)
	}
	return keys
}

func TestPlanOfAFreshServer(t *testing.T) {
	w := freshServer(t)
	calls := len(w.fake.Calls())
	got := strings.Join(w.keys(w.wish(classroom.ChatConnects)), " ")
	want := "chat.connect_limit chat.connect_allow_bots chat.plan_bot chat.plan_join chat.connect_team_admin chat.connect_role chat.plan_app chat.plan_command chat.plan_token"
	if got != want {
		t.Errorf("planned %s\nwant    %s", got, want)
	}
	for _, call := range w.fake.Calls()[calls:] {
		if !strings.HasPrefix(call, "GET ") && !strings.Contains(call, "/users/login") {
			t.Errorf("a plan made the call %s", call)
		}
	}
}

// What was not agreed to is not done, also if nobody said no to it.
func TestCarryOutDoesWhatWasAgreedTo(t *testing.T) {
	w := freshServer(t)
	var saved classroom.ChatConnection
	keep := func(_ context.Context, c classroom.ChatConnection) error { saved = c; return nil }
	report, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatConnects), []string{"chat.connect_allow_bots"}, keep)
	w.must(err)
	if len(report.Warnings) < 3 || saved.TeamLimit != 50 || saved.OAuthID != "" || !w.accepts(saved.Token) {
		t.Errorf("report %+v, saved %+v", report, saved)
	}
	if w.fake.Setting("TeamSettings", "MaxUsersPerTeam") != float64(50) {
		t.Error("the limit of the team was raised")
	}
	if _, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatConnects), nil, keep); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestRotateToken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		if got := w.keys(w.wish(classroom.ChatRotatesToken)); strings.Join(got, " ") != "chat.plan_command_token chat.plan_token" {
			t.Errorf("planned %q", got)
		}
		before := w.conn
		full := errors.New("the disk is full")
		_, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatRotatesToken), nil,
			func(context.Context, classroom.ChatConnection) error { return full })
		if !errors.Is(err, full) || !w.accepts(before.Token) || w.tokens() != 1 {
			t.Errorf("not saved: %v; the old one works: %v; %d tokens", err, w.accepts(before.Token), w.tokens())
		}
		report, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatRotatesToken), nil,
			func(_ context.Context, c classroom.ChatConnection) error {
				if !w.accepts(before.Token) || !w.accepts(c.Token) {
					t.Error("while it is stored, one of the two does not work")
				}
				w.conn = c
				return nil
			})
		w.must(err)
		if w.accepts(before.Token) || !w.accepts(w.conn.Token) || len(report.Warnings) != 0 {
			t.Errorf("the old one works: %v, the new one: %v; %q", w.accepts(before.Token), w.accepts(w.conn.Token), report.Warnings)
		}
		if w.conn.OAuthSecret != before.OAuthSecret || w.conn.TeamID != before.TeamID || w.conn.BotID != before.BotID {
			t.Errorf("something else has changed: %+v", w.conn)
		}
	})
}

// tokens counts the bot's.
func (w *world) tokens() int {
	w.t.Helper()
	list, _, err := w.admin.GetUserAccessTokensForUser(w.t.Context(), w.conn.BotID, 0, 100)
	w.must(err)
	return len(list)
}

func TestRotateTokenOfOthers(t *testing.T) {
	w := standIn(t)
	other, _, err := w.admin.CreateUserAccessToken(t.Context(), w.conn.BotID, "made by hand", 0)
	w.must(err)
	w.conn.Token = other.Token
	report, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatRotatesToken), nil, func(context.Context, classroom.ChatConnection) error { return nil })
	w.must(err)
	if len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0], "still works") {
		t.Errorf("warnings %q", report.Warnings)
	}
}

func TestRotateSecret(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		before := w.conn
		full := errors.New("the disk is full")
		_, err := w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatRotatesLogin), nil,
			func(context.Context, classroom.ChatConnection) error { return full })
		if !errors.Is(err, full) {
			t.Errorf("not saved: %v", err)
		}
		if list := w.broken(before); len(list) != 0 {
			t.Errorf("then there is %+v", list)
		}
		_, err = w.office().CarryOut(t.Context(), w.signIn(), w.wish(classroom.ChatRotatesLogin), nil,
			func(_ context.Context, c classroom.ChatConnection) error { w.conn = c; return nil })
		w.must(err)
		if w.conn.OAuthSecret == before.OAuthSecret || w.conn.Token != before.Token {
			t.Error("the secret is the same, or the token is not")
		}
		if list := w.broken(w.conn); len(list) != 0 {
			t.Errorf("afterwards there is %+v", list)
		}
		if list := w.broken(before); len(list) != 1 || !strings.Contains(list[0].Problem, "OAuth app") {
			t.Errorf("the old secret: %+v", list)
		}
		if _, resp, err := w.admin.GetOAuthApp(t.Context(), before.OAuthID); w.fake == nil && (err == nil || resp.StatusCode != 404) {
			t.Errorf("the old app: %v", err)
		}
	})
}

// Mattermost stops a bot whose owner is deactivated; moving it brings it back.
func TestMoveBot(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		name := unique("u")
		w.newUser(t, name)
		wish := w.wish(classroom.ChatMovesBot)
		wish.Owner = name
		if got := w.keys(wish); len(got) != 1 || got[0] != "chat.plan_move" {
			t.Errorf("planned %q", got)
		}
		_, _, err := w.admin.DisableBot(t.Context(), w.conn.BotID)
		if w.fake == nil {
			w.must(err)
		} else {
			w.fake.Deactivate(w.conn.BotID, true)
		}
		if w.accepts(w.conn.Token) {
			t.Error("the token of a bot that was stopped works")
		}
		var saved classroom.ChatConnection
		report, err := w.office().CarryOut(t.Context(), w.signIn(), wish, nil, func(_ context.Context, c classroom.ChatConnection) error { saved = c; return nil })
		w.must(err)
		if !w.accepts(w.conn.Token) || saved.BotOwner != name || len(report.Done) == 0 {
			t.Errorf("works: %v, saved %+v", w.accepts(w.conn.Token), saved)
		}
		bot, _, err := w.admin.GetBot(t.Context(), w.conn.BotID, "")
		w.must(err)
		owner, _, err := w.admin.GetUserByUsername(t.Context(), name, "")
		w.must(err)
		if bot.OwnerId != owner.Id {
			t.Errorf("the bot belongs to %s, want %s", bot.OwnerId, owner.Id)
		}
	})
}

func TestMoveBotRefuses(t *testing.T) {
	w := standIn(t)
	for _, owner := range []string{"nobody", "bot" + w.team.Name} {
		wish := w.wish(classroom.ChatMovesBot)
		wish.Owner = owner
		_, err := w.office().Plan(t.Context(), w.signIn(), wish)
		var said *bridge.SetupError
		if !errors.As(err, &said) {
			t.Errorf("to %s: %v", owner, err)
		}
	}
}

func TestAdminSignsInAndOut(t *testing.T) {
	w := standIn(t)
	for text, l := range map[string]classroom.ChatLogin{
		"Signing in":   {Name: adminName, Password: "wrong"},
		"not accepted": {Token: model.NewId()},
	} {
		if _, err := w.office().SignIn(t.Context(), classroom.ChatWish{URL: w.url}, l); err == nil || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%+v: %v", l, err)
		}
	}
	s, err := w.office().SignIn(t.Context(), classroom.ChatWish{URL: w.url}, classroom.ChatLogin{Name: adminName, Password: userAccount})
	w.must(err)
	if !s.Ours || s.Username != adminName || !w.accepts(s.Token) {
		t.Errorf("signed in as %s, ours: %v", s.Username, s.Ours)
	}
	w.must(w.office().SignOut(t.Context(), classroom.ChatWish{URL: w.url}, s))
	if w.accepts(s.Token) {
		t.Error("the session lasts")
	}
	w.must(w.office().SignOut(t.Context(), classroom.ChatWish{URL: w.url}, s))
	if _, err := w.office().Plan(t.Context(), s, w.wish(classroom.ChatConnects)); err == nil {
		t.Error("a plan by a session that has ended")
	}
}
