package bridge

import (
	"context"
	"net/url"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

const (
	// trigger is what people type behind the slash; a team has it once.
	trigger = "bbb"
	// commandPath is where Mattermost's server asks what to answer.
	commandPath = "/mattermost/command"
	// schoolParameter names the tenant in that address, unless it is the default one.
	schoolParameter = "school"
)

func (c *connecting) commandURL() string {
	address := c.ToolURL + commandPath
	if c.Tenant == "" || c.Tenant == classroom.DefaultTenant {
		return address
	}
	return address + "?" + url.Values{schoolParameter: {c.Tenant}}.Encode()
}

// planCommand says that the command is made, or that somebody else has it.
func (c *connecting) planCommand(ctx context.Context) error {
	found, err := c.findCommand(ctx)
	switch {
	case err != nil:
		return err
	case found.taken:
		c.propose(false, false, "chat.plan_command_taken", "Team", c.team.Name)
	case found.ours == nil:
		c.propose(true, false, "chat.plan_command", "Team", c.team.Name, "URL", c.commandURL())
	}
	return nil
}

// foundCommand is what the team has under our trigger.
type foundCommand struct {
	ours  *model.Command // nil: none
	taken bool           // by another integration, or a plugin, which wins over ours
}

// findCommand tells ours by its address, or by the token that we know. A plugin's
// command is in the list of all commands alone.
func (c *connecting) findCommand(ctx context.Context) (foundCommand, error) {
	found := foundCommand{}
	team := c.report.Connection.TeamID
	custom, err := call2(ctx, c.server, "list commands", c.api.ListCommands, team, true)
	if err != nil {
		return found, err
	}
	if i := slices.IndexFunc(custom, isTrigger); i >= 0 {
		if !c.isOurs(custom[i]) {
			return foundCommand{taken: true}, nil
		}
		found.ours = custom[i]
	}
	all, err := call2(ctx, c.server, "list commands", c.api.ListCommands, team, false)
	if err != nil {
		return found, err
	}
	i := slices.IndexFunc(all, isTrigger)
	found.taken = i >= 0 && (found.ours == nil || all[i].Id != found.ours.Id)
	return found, nil
}

func isTrigger(cmd *model.Command) bool { return cmd.Trigger == trigger }

func (c *connecting) isOurs(cmd *model.Command) bool {
	return cmd.URL == c.commandURL() || c.Current.CommandToken != "" && cmd.Token == c.Current.CommandToken
}

// makeCommand makes the slash command of the team, or uses the one that an earlier
// run made. Everything else works without it, so it stops nothing.
func (c *connecting) makeCommand(ctx context.Context) error {
	found, err := c.findCommand(ctx)
	switch {
	case err != nil:
		if c.Current.TeamID == c.team.Id { // it may be there, as it was
			c.report.Connection.CommandToken = c.Current.CommandToken
		}
		c.warn("chat.connect_command_fails", "Error", reason(err))
	case found.taken:
		c.warn("chat.connect_command_taken", "Team", c.team.Name)
	case found.ours != nil:
		c.useCommand(ctx, found.ours)
	case !c.agreed["chat.plan_command"]:
		c.warn("chat.connect_no_command")
	default:
		c.createCommand(ctx)
	}
	return nil
}

func (c *connecting) createCommand(ctx context.Context) {
	made, err := call(ctx, c.server, "create command", c.api.CreateCommand, &model.Command{
		TeamId: c.team.Id, Trigger: trigger, Method: model.CommandMethodPost, URL: c.commandURL(),
		DisplayName: appName, Description: c.Texts.Text("chat.command_about"),
		AutoComplete: true, AutoCompleteDesc: c.Texts.Text("chat.command_about"), AutoCompleteHint: c.Texts.Text("chat.command_hint"),
	})
	if err != nil { // its trigger may have been taken since
		c.warn("chat.connect_command_fails", "Error", reason(err))
		return
	}
	c.report.Connection.CommandToken = made.Token
	c.done("chat.connect_command_made", "Team", c.team.Name)
}

// useCommand adopts the token of our command, and leads it to where we are now.
func (c *connecting) useCommand(ctx context.Context, cmd *model.Command) {
	if cmd.URL != c.commandURL() || cmd.Method != model.CommandMethodPost {
		moved := *cmd
		moved.URL, moved.Method = c.commandURL(), model.CommandMethodPost
		if _, err := call(ctx, c.server, "update command", c.api.UpdateCommand, &moved); err != nil {
			c.warn("chat.connect_command_fails", "Error", reason(err))
			return
		}
	}
	c.report.Connection.CommandToken = cmd.Token
	c.done("chat.connect_command_found")
}

func (c *connecting) planCommandToken(context.Context) error {
	if c.Current.CommandToken != "" {
		c.propose(false, false, "chat.plan_command_token")
	}
	return nil
}

// rotateCommand gives our command a new token before the bot gets one. Mattermost
// ends the old one at once: until the new one is stored /bbb does not answer.
func (c *connecting) rotateCommand(ctx context.Context) error {
	if c.Current.CommandToken == "" {
		return nil
	}
	found, err := c.findCommand(ctx)
	switch {
	case err != nil:
		return c.problem(err, "chat.rotate_command_fails")
	case found.ours == nil:
		c.warn("chat.rotate_command_gone")
		return nil
	}
	token, err := call(ctx, c.server, "regenerate command token", c.api.RegenCommandToken, found.ours.Id)
	if err != nil {
		return c.problem(err, "chat.rotate_command_fails")
	}
	c.report.Connection.CommandToken = token
	if err := c.Save(ctx, c.report.Connection); err != nil {
		return c.problem(err, "chat.rotate_command_unsaved")
	}
	c.done("chat.rotate_command_done")
	return nil
}

// commandOf finds the command of the connection by its token, with the bot's
// rights: a team's admin sees the tokens of all; nil: it is gone.
func (u *bot) commandOf(ctx context.Context) (*model.Command, error) {
	list, err := call2(ctx, u.server, "list commands", u.api.ListCommands, u.teamID, true)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(cmd *model.Command) bool { return isTrigger(cmd) && cmd.Token == u.conn.CommandToken })
	if i < 0 {
		return nil, nil
	}
	return list[i], nil
}

// RemoveCommand implements classroom.ChatChannels.
func (b *Bridge) RemoveCommand(ctx context.Context, tenantID string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil || u.conn.CommandToken == "" {
		return err
	}
	cmd, err := u.commandOf(ctx)
	if err != nil || cmd == nil {
		return err
	}
	_, err = do(ctx, u.server, "delete command", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := u.api.DeleteCommand(ctx, cmd.Id)
		return struct{}{}, resp, err
	})
	return err
}
