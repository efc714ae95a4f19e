package main

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"classbridge/bridge/bridgetest"
	"classbridge/classroom"
)

// newChat is a fresh Mattermost with one admin and one team.
func newChat(t *testing.T) (*bridgetest.Server, string) {
	t.Helper()
	var chat *bridgetest.Server
	s := httptest.NewUnstartedServer(nil)
	s.Start()
	t.Cleanup(s.Close)
	chat = bridgetest.New(bridgetest.Config{URL: s.URL})
	s.Config.Handler = chat
	chat.AddMember(chat.AddTeam("school"), chat.AddUser(bridgetest.User{Username: "root", Password: "adm1n-pass", Admin: true}))
	return chat, s.URL
}

func TestMattermostConnect(t *testing.T) {
	for _, test := range []struct {
		name string
		in   string
		args []string
		code int
		want string
	}{
		{"asked", "root\nadm1n-pass\n" + strings.Repeat("y\n", 10), nil, 0, "Made the bot classbridge"},
		{"by script", "adm1n-pass\n", []string{"--login", "root", "--password-file", "-", "--yes"}, 0, "Made the bot classbridge"},
		{"another bot", "adm1n-pass\n", []string{"--login", "root", "--password-file", "-", "--yes", "--bot-name", "class"}, 0, "Made the bot class"},
		{"wrong password", "guess\n", []string{"--login", "root", "--password-file", "-", "--yes"}, exitFailure, "Signing in to Mattermost did not work"},
		{"nobody answers", "root\nadm1n-pass\n", nil, exitUsage, "an answer is needed"},
		{"said no", "root\nadm1n-pass\n" + strings.Repeat("n\n", 10), nil, exitFailure, "Without permission to make a bot account"},
		{"no address", "", []string{"--url", "chat"}, exitUsage, "--url"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, address := newChat(t)
			env := dataEnv(t)
			args := append([]string{"mattermost", "connect", "--url", address, "--team", "school"}, test.args...)
			r := command(t, env, test.in, args...)
			if r.code != test.code || !strings.Contains(r.out+r.err, test.want) {
				t.Errorf("exit code %d, want %d and %q\n%s%s", r.code, test.code, test.want, r.out, r.err)
			}
			if strings.Contains(r.out+r.err, "adm1n-pass") {
				t.Errorf("the password is shown:\n%s%s", r.out, r.err)
			}
			if test.code == 0 {
				wantConnected(t, env)
			} else if v := command(t, env, "", "mattermost", "verify"); v.code != exitFailure || !strings.Contains(v.err, "no Mattermost is connected") {
				t.Errorf("verify after a failure: exit code %d\n%s%s", v.code, v.out, v.err)
			}
		})
	}
}

// wantConnected checks what connect has stored by what verify finds.
func wantConnected(t *testing.T, env map[string]string) {
	t.Helper()
	for _, check := range decode[[]shownCheck](t, command(t, env, "", "mattermost", "verify", "--json")) {
		if !check.OK && !strings.Contains(check.Name, "address") { // the stand-in does not know its SiteURL
			t.Errorf("%s: %s", check.Name, check.Problem)
		}
	}
}

func TestMattermostVerify(t *testing.T) {
	chat, address := newChat(t)
	env := dataEnv(t)
	must(t, env, "adm1n-pass\n", "mattermost", "connect", "--url", address, "--team", "school", "--login", "root", "--password-file", "-", "--yes")
	chat.Down(true)
	r := command(t, env, "", "mattermost", "verify")
	if r.code != exitFailure || !strings.Contains(r.out, "MISSING") || !strings.Contains(r.out, "Remedy: ") {
		t.Errorf("exit code %d:\n%s%s", r.code, r.out, r.err)
	}
	must(t, env, "", "mattermost", "disconnect")
	if r := command(t, env, "", "mattermost", "verify"); !strings.Contains(r.err, "no Mattermost is connected") {
		t.Errorf("after disconnect: %s", r.err)
	}
}

// What the environment says wins at each start, so commands refuse to store
// what would not last.
func TestMattermostOfTheEnvironment(t *testing.T) {
	_, address := newChat(t)
	env := dataEnv(t)
	env["CLASSBRIDGE_MATTERMOST_URL"], env["CLASSBRIDGE_MATTERMOST_TOKEN"], env["CLASSBRIDGE_MATTERMOST_TEAM"] = address, "wrong", "school"
	for _, args := range [][]string{
		{"mattermost", "connect", "--url", address, "--team", "school", "--login", "root", "--password-file", "-"},
		{"mattermost", "disconnect"},
	} {
		if r := command(t, env, "adm1n-pass\n", args...); r.code != exitUsage || !strings.Contains(r.err, "CLASSBRIDGE_MATTERMOST_") {
			t.Errorf("%v: exit code %d\n%s", args, r.code, r.err)
		}
	}
	if r := command(t, env, "", "mattermost", "verify"); r.code != exitFailure || !strings.Contains(r.out, "token is refused") {
		t.Errorf("verify of a wrong token: exit code %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestApplyChatKeepsWhatIsThere(t *testing.T) {
	p := &program{env: map[string]string{}, err: &strings.Builder{}, now: storedNow}
	c := config{Data: filepath.Join(t.TempDir(), "data")}
	err := p.withStore(t.Context(), c, func(s *store) error {
		m := mattermostConfig{URL: "https://chat.example.org", Token: "t1", Team: "school"}
		known := classroom.ChatConnection{TenantID: classroom.DefaultTenant, URL: m.URL, Token: m.Token, TeamName: m.Team, BotID: "bot", TeamID: "team"}
		if err := s.SaveChatConnection(t.Context(), known); err != nil {
			return err
		}
		for _, step := range []struct {
			m       mattermostConfig
			wantBot string
		}{
			{m, "bot"},
			{mattermostConfig{URL: m.URL, Token: "t1", Team: "school", OAuthID: "a", OAuthSecret: "b"}, "bot"},
			{mattermostConfig{URL: m.URL, Token: "t2", Team: "school"}, ""},
		} {
			if err := s.applyChat(t.Context(), step.m, storedNow()); err != nil {
				return err
			}
			got, _, err := s.FindChatConnection(t.Context(), classroom.DefaultTenant)
			if err != nil {
				return err
			}
			if got.BotID != step.wantBot || got.Token != step.m.Token || got.OAuthID != step.m.OAuthID {
				t.Errorf("with %+v: %+v", step.m, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
