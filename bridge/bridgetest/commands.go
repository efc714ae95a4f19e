package bridgetest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type command struct {
	ID        string `json:"id"`
	Token     string `json:"token"`
	CreatorID string `json:"creator_id"`
	TeamID    string `json:"team_id"`
	Trigger   string `json:"trigger"`
	Method    string `json:"method"`
	URL       string `json:"url"`
	Hint      string `json:"auto_complete_hint"`
	Plugin    string `json:"plugin_id"`
}

var errNoCommand = refuse(http.StatusNotFound, "api.command.command_not_found.app_error")

// AddPluginCommand makes a command as a plugin does: it wins over a team's own, and
// only the list of all commands has it.
func (s *Server) AddPluginCommand(teamID, trigger string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands["plugin "+trigger] = &command{TeamID: teamID, Trigger: trigger, Plugin: "bigbluebutton"}
}

// RemovePluginCommand takes it away again.
func (s *Server) RemovePluginCommand(trigger string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.commands, "plugin "+trigger)
}

// listCommands shows tokens in the list of a team's own commands, and in no other.
func listCommands(c *call) (any, error) {
	q := c.r.URL.Query()
	t := c.teams[q.Get("team_id")]
	own := q.Get("custom_only") == "true"
	if t == nil || !c.isTeamAdmin(t) {
		return nil, errForbidden
	}
	list := []command{}
	for _, cmd := range c.commands {
		if cmd.TeamID != t.ID || own && cmd.Plugin != "" || !own && cmd.Plugin == "" && c.pluginHas(cmd) {
			continue
		}
		shown := *cmd
		if !own {
			shown.Token, shown.URL, shown.Method = "", "", ""
		}
		list = append(list, shown)
	}
	return list, nil
}

func (c *call) pluginHas(cmd *command) bool { return c.commands["plugin "+cmd.Trigger] != nil }

func createCommand(c *call) (any, error) {
	in, err := body[command](c)
	if err != nil {
		return nil, err
	}
	t := c.teams[in.TeamID]
	if t == nil || !c.isTeamAdmin(t) {
		return nil, errForbidden
	}
	for _, cmd := range c.commands {
		if cmd.TeamID == t.ID && cmd.Trigger == in.Trigger && cmd.Plugin == "" {
			return nil, refuse(http.StatusBadRequest, "api.command.duplicate_trigger.app_error")
		}
	}
	in.ID, in.Token, in.CreatorID, in.Plugin = newID(), newID(), c.user.ID, ""
	c.commands[in.ID] = &in
	return in, nil
}

// pathCommand is a command that the caller may change.
func (c *call) pathCommand() (*command, error) {
	cmd := c.commands[c.r.PathValue("id")]
	if cmd == nil || !c.isTeamAdmin(c.teams[cmd.TeamID]) {
		return nil, errNoCommand
	}
	return cmd, nil
}

func updateCommand(c *call) (any, error) {
	cmd, err := c.pathCommand()
	if err != nil {
		return nil, err
	}
	in, err := body[command](c)
	if err != nil {
		return nil, err
	}
	cmd.URL, cmd.Method, cmd.Hint = in.URL, in.Method, in.Hint
	return cmd, nil
}

func deleteCommand(c *call) (any, error) {
	cmd, err := c.pathCommand()
	if err == nil {
		delete(c.commands, cmd.ID)
	}
	return ok, err
}

func regenerateToken(c *call) (any, error) {
	cmd, err := c.pathCommand()
	if err != nil {
		return nil, err
	}
	cmd.Token = newID()
	return map[string]string{"token": cmd.Token}, nil
}

// executeCommand asks the integration, as the server does when a member types the
// command, and hands its answer on.
func (s *Server) executeCommand(w http.ResponseWriter, r *http.Request) {
	cmd, form, err := s.typed(w, r)
	if err != nil {
		answer(w, nil, err)
		return
	}
	said, err := cmd.ask(r, form)
	answer(w, said, err)
}

// typed finds the command that was typed, and what its integration is sent.
func (s *Server) typed(w http.ResponseWriter, r *http.Request) (command, url.Values, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.caller(w, r)
	if c.user == nil {
		return command{}, nil, errSession
	}
	in, err := body[struct {
		ChannelID string `json:"channel_id"`
		TeamID    string `json:"team_id"`
		Command   string `json:"command"`
	}](c)
	if err != nil {
		return command{}, nil, err
	}
	ch := c.channels[in.ChannelID]
	if ch == nil || !c.mayRead(ch) {
		return command{}, nil, errForbidden
	}
	name, text, _ := strings.Cut(strings.TrimPrefix(in.Command, "/"), " ")
	for _, cmd := range c.commands {
		if cmd.TeamID == ch.TeamID && cmd.Trigger == name && cmd.Plugin == "" {
			return *cmd, url.Values{
				"channel_id": {ch.ID}, "team_id": {ch.TeamID}, "user_id": {c.user.ID}, "user_name": {c.user.Username},
				"command": {"/" + name}, "text": {text}, "token": {cmd.Token},
			}, nil
		}
	}
	return command{}, nil, refuse(http.StatusNotFound, "api.command.execute_command.not_found.app_error")
}

func (cmd command) ask(r *http.Request, form url.Values) (map[string]any, error) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, cmd.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Token "+cmd.Token)
	failed := refuse(http.StatusInternalServerError, "api.command.execute_command.failed.app_error")
	resp, err := (&http.Client{Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		return nil, failed
	}
	defer resp.Body.Close()
	var said map[string]any
	if resp.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&said) != nil {
		return nil, failed
	}
	return said, nil
}
