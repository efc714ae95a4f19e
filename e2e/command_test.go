//go:build e2e

package e2e_test

import (
	"errors"
	"strings"
	"testing"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// answered is what a member's client gets back for a command.
type answered struct {
	Type string `json:"response_type"`
	Text string `json:"text"`
	Goto string `json:"goto_location"`
}

// TestCommand: a learner types /bbb in the channel of a course and gets the very
// link that the post has; elsewhere nothing is told.
func TestCommand(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain})
	reachable(t, s)
	terry := launched(t, s, program.Terry, 0)
	launched(t, s, program.Lee, 0)
	eventually(t, patience, func() error { return terry.Start(t.Context()) })
	var post parts.Post
	eventually(t, patience, func() error {
		thread, err := s.Thread(t.Context(), program.RoomTitle(0))
		if err == nil && len(thread.Starts) != 1 {
			err = errors.New("the class is not announced")
		}
		if err == nil {
			post = thread.Starts[0]
		}
		return err
	})
	lee := s.Account(t, program.Lee)
	ask := func(channelID, command string) (a answered, err error) {
		err = lee.Try(t.Context(), "POST", "/commands/execute", map[string]string{"channel_id": channelID, "team_id": s.Team.ID, "command": command}, &a)
		return a, err
	}
	eventually(t, patience, func() error { // until Lee is in the channel
		_, err := ask(post.ChannelID, "/bbb help")
		return err
	})
	link := joinLink(t, post)
	got, err := ask(post.ChannelID, "/bbb")
	if err != nil || got.Type != "ephemeral" || got.Goto != link || !strings.Contains(got.Text, "("+link+")") {
		t.Errorf("/bbb answers %+v, %v; want the link %s", got, err, link)
	}
	var direct struct {
		ID string `json:"id"`
	}
	lee.Do(t, "POST", "/channels/direct", []string{lee.ID, s.Account(t, program.Terry).ID}, &direct)
	got, err = ask(direct.ID, "/bbb")
	if err != nil || got.Goto != "" || !strings.Contains(got.Text, "Classes belong to courses") {
		t.Errorf("in a direct message /bbb answers %+v, %v", got, err)
	}
}

// reachable lets the chat's server call the program, whose name only browsers and
// tests know, by its number.
func reachable(t *testing.T, s *program.School) {
	t.Helper()
	s.Chat.Admin.Do(t, "PUT", "/config/patch", map[string]any{
		"ServiceSettings": map[string]string{"AllowedUntrustedInternalConnections": "127.0.0.1"},
	}, nil)
	var commands []map[string]any
	s.Chat.Admin.Do(t, "GET", "/commands?custom_only=true&team_id="+s.Team.ID, nil, &commands)
	if len(commands) != 1 {
		t.Fatalf("the team has the commands %+v", commands)
	}
	commands[0]["url"] = "http://" + s.Processes[0].Address + "/mattermost/command"
	s.Chat.Admin.Do(t, "PUT", "/commands/"+commands[0]["id"].(string), commands[0], nil)
}
