package bridge_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/bridge"
	"classbridge/classroom"
)

// ours is the command of the team that leads to us, by the admin's eyes; nil: none.
func (w *world) command() *model.Command {
	w.t.Helper()
	list, _, err := w.admin.ListCommands(w.t.Context(), w.team.Id, true)
	w.must(err)
	for _, cmd := range list {
		if cmd.Trigger == "bbb" {
			return cmd
		}
	}
	return nil
}

func (w *world) deleteCommand() {
	w.t.Helper()
	_, err := w.admin.DeleteCommand(w.t.Context(), w.command().Id)
	w.must(err)
}

func TestConnectMakesTheCommand(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		made := w.command()
		if made == nil || made.URL != toolURL+"/mattermost/command" || made.Method != "P" || !strings.Contains(made.AutoCompleteHint, "recordings") {
			t.Fatalf("the command is %+v", made)
		}
		if w.conn.CommandToken == "" || w.conn.CommandToken != made.Token {
			t.Errorf("stored is %q, and %q is the command's", w.conn.CommandToken, made.Token)
		}
		s := w.setup()
		again, err := s.Connect(t.Context()) // with nothing known of the first time
		w.must(err)
		if again.Connection.CommandToken != made.Token || w.command().Id != made.Id {
			t.Errorf("the second time the token is %q, want %q", again.Connection.CommandToken, made.Token)
		}
		s = w.setup()
		s.ToolURL, s.Tenant, s.Current = "https://moved.example.org", "second school", again.Connection
		moved, err := s.Connect(t.Context())
		w.must(err)
		if now := w.command(); now.Id != made.Id || now.URL != "https://moved.example.org/mattermost/command?school=second+school" || moved.Connection.CommandToken != made.Token {
			t.Errorf("after a move the command is %+v", now)
		}
	})
}

func TestConnectLeavesAnotherCommand(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.deleteCommand()
		_, _, err := w.admin.CreateCommand(t.Context(), &model.Command{TeamId: w.team.Id, Trigger: "bbb", Method: "P", URL: "https://else.example.org/"})
		w.must(err)
		w.wantTaken()
		if cmd := w.command(); cmd.URL != "https://else.example.org/" {
			t.Errorf("the other command is %+v now", cmd)
		}
	})
}

func TestConnectLeavesThePlugins(t *testing.T) {
	w := standIn(t)
	w.fake.AddPluginCommand(w.team.Id, "bbb")
	w.wantTaken() // though ours is there
	w.deleteCommand()
	w.wantTaken()
}

// wantTaken connects again, and wants to be told that /bbb is somebody else's.
func (w *world) wantTaken() {
	w.t.Helper()
	planned := ""
	s := w.setup()
	s.Confirm = func(c bridge.Change) (bool, error) { planned += c.Text; return true, nil }
	report, err := s.Connect(w.t.Context())
	w.must(err)
	if !strings.Contains(strings.Join(report.Warnings, "\n"), "belongs to another integration") || report.Connection.CommandToken != "" {
		w.t.Errorf("the warnings are %q, and the token %q", report.Warnings, report.Connection.CommandToken)
	}
	if strings.Contains(planned, "/bbb") {
		w.t.Errorf("asked for: %s", planned)
	}
}

func TestRotateCommand(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.setup()
		s.Current = w.conn
		var saved classroom.ChatConnection
		s.Save = func(_ context.Context, c classroom.ChatConnection) error { saved = c; return nil }
		_, err := s.Run(t.Context(), classroom.ChatRotatesToken)
		w.must(err)
		if now := w.command(); saved.CommandToken == w.conn.CommandToken || saved.CommandToken != now.Token {
			t.Errorf("saved %q, and %q is the command's", saved.CommandToken, now.Token)
		}
		s.Current = saved
		s.Save = func(context.Context, classroom.ChatConnection) error { return errors.New("the disk is full") }
		if _, err := s.Run(t.Context(), classroom.ChatRotatesToken); err == nil || !strings.Contains(err.Error(), "Rotate once more") {
			t.Errorf("not saved: %v", err)
		}
		w.deleteCommand()
		s.Save = func(context.Context, classroom.ChatConnection) error { return nil }
		report, err := s.Run(t.Context(), classroom.ChatRotatesToken)
		w.must(err)
		if !strings.Contains(strings.Join(report.Warnings, "\n"), "/bbb was not found") {
			t.Errorf("without a command the warnings are %q", report.Warnings)
		}
	})
}

func TestRemoveCommand(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for range 2 { // gone is what is wanted
			w.must(w.bridge.RemoveCommand(t.Context(), tenant))
			if cmd := w.command(); cmd != nil {
				t.Fatalf("it is still there: %+v", cmd)
			}
		}
		if err := w.bridge.RemoveCommand(t.Context(), "nobody"); !errors.Is(err, classroom.ErrNoChat) {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func TestVerifyFindsTheCommandGone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		without := w.conn
		without.CommandToken = ""
		w.wantNoCommand(without, "none was made")
		w.deleteCommand()
		w.wantNoCommand(w.conn, "it was deleted")
	})
}

func (w *world) wantNoCommand(conn classroom.ChatConnection, why string) {
	w.t.Helper()
	list := w.broken(conn)
	if len(list) != 1 || list[0].ID != "chat.check_command" || !strings.Contains(list[0].Problem, why) {
		w.t.Errorf("found %+v, want %s", list, why)
	}
}
