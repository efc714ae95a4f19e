package main

import (
	"strings"
	"testing"

	"classbridge/bridge/bridgetest"
)

// connectedEnv is an environment whose database has the chat connected.
func connectedEnv(t *testing.T, address string) map[string]string {
	t.Helper()
	env := dataEnv(t)
	must(t, env, "adm1n-pass\n", "mattermost", "connect", "--url", address, "--team", "school", "--login", "root", "--password-file", "-", "--yes")
	return env
}

func TestMattermostRotate(t *testing.T) {
	_, address := newChat(t)
	env := connectedEnv(t, address)
	for what, want := range map[string]string{"token": "Revoked an earlier token", "secret": "Deleted the old OAuth app"} {
		r := command(t, env, "root\nadm1n-pass\n", "mattermost", "rotate", what)
		if r.code != 0 || !strings.Contains(r.out, want) {
			t.Errorf("rotate %s: exit code %d\n%s%s", what, r.code, r.out, r.err)
		}
		wantConnected(t, env)
	}
	if r := command(t, env, "root\nguess\n", "mattermost", "rotate", "token"); r.code != exitFailure || !strings.Contains(r.err, "Signing in to Mattermost did not work") {
		t.Errorf("with a wrong password: exit code %d\n%s", r.code, r.err)
	}
	wantConnected(t, env)
	if r := command(t, env, "", "mattermost", "rotate", "everything"); r.code != exitUsage {
		t.Errorf("rotate everything: exit code %d", r.code)
	}
}

func TestMattermostAssign(t *testing.T) {
	chat, address := newChat(t)
	env := connectedEnv(t, address)
	chat.AddUser(bridgetest.User{Username: "it-office", Password: "x"})
	r := command(t, env, "root\nadm1n-pass\n", "mattermost", "assign", "it-office")
	if r.code != 0 || !strings.Contains(r.out, "Moved the bot classbridge to it-office") {
		t.Errorf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	if r := command(t, env, "root\nadm1n-pass\n", "mattermost", "assign", "nobody"); r.code != exitFailure || !strings.Contains(r.err, "There is no account nobody") {
		t.Errorf("to nobody: exit code %d\n%s", r.code, r.err)
	}
	shown := decode[shownChat](t, command(t, env, "", "mattermost", "status", "--json"))
	if shown.Owner != "it-office" || shown.URL != address || shown.TeamLimit != 5000 || !shown.App || shown.Given {
		t.Errorf("status %+v", shown)
	}
}

func TestMattermostStatus(t *testing.T) {
	_, address := newChat(t)
	for _, args := range [][]string{{"mattermost", "status"}, {"mattermost", "rotate", "token"}, {"mattermost", "assign", "root"}} {
		if r := command(t, dataEnv(t), "root\nadm1n-pass\n", args...); r.code != exitFailure || !strings.Contains(r.err, "no Mattermost is connected") {
			t.Errorf("%v without a chat: exit code %d\n%s", args, r.code, r.err)
		}
	}
	env := connectedEnv(t, address)
	r := must(t, env, "", "mattermost", "status")
	for _, want := range []string{address, "bot belongs to: root", "team takes:     5000 people", "/bbb:           yes", "0 waiting, 0 failing"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("status does not say %q:\n%s", want, r.out)
		}
	}
}

// The slash command goes with the connection, so that the next one makes it anew.
func TestMattermostDisconnectTakesTheCommandAway(t *testing.T) {
	chat, address := newChat(t)
	env := connectedEnv(t, address)
	if r := must(t, env, "", "mattermost", "disconnect"); r.err != "" {
		t.Errorf("disconnect warns: %s", r.err)
	}
	again := []string{"mattermost", "connect", "--url", address, "--team", "school", "--login", "root", "--password-file", "-", "--yes"}
	if r := must(t, env, "adm1n-pass\n", again...); !strings.Contains(r.out, "Made the slash command /bbb") {
		t.Errorf("connected again:\n%s", r.out)
	}
	chat.Down(true)
	if r := must(t, env, "", "mattermost", "disconnect"); !strings.Contains(r.err, "delete it in Mattermost") {
		t.Errorf("while the chat is away disconnect says %q", r.err)
	}
}
