package bridge

import (
	"context"
	"net/http"

	"classbridge/classroom"
)

// makePlan finds out what the purpose would change, and changes nothing.
func (c *connecting) makePlan(ctx context.Context, purpose classroom.ChatPurpose) error {
	steps := []func(context.Context) error{c.readConfig}
	switch purpose {
	case classroom.ChatRotatesToken:
		steps = append(steps, c.findBot, c.planCommandToken, c.planToken)
	case classroom.ChatRotatesLogin:
		steps = append(steps, c.planAppRights, c.planRotateApp)
	case classroom.ChatMovesBot:
		steps = append(steps, c.findBot, c.planMove)
	default:
		steps = append(steps, c.findTeam, c.planLimit, c.planBot, c.planMembership, c.planAppRights, c.planApp, c.planCommand, c.planToken)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *connecting) planLimit(context.Context) error {
	if now := c.teamLimit(); now < wantedLimit {
		c.propose(true, true, "chat.connect_limit", "From", now, "To", wantedLimit)
	}
	return nil
}

func (c *connecting) planBot(ctx context.Context) (err error) {
	c.bot, err = c.findNamed(ctx)
	switch {
	case err != nil:
		return err
	case c.bot != nil && c.bot.DeleteAt != 0:
		c.propose(false, false, "chat.plan_bot_enable", "Name", c.botName())
		return nil
	case c.bot != nil:
		return nil
	}
	if !*c.config.ServiceSettings.EnableBotAccountCreation {
		c.propose(true, true, "chat.connect_allow_bots")
	}
	c.propose(false, false, "chat.plan_bot", "Name", c.botName())
	return nil
}

func (c *connecting) planMembership(ctx context.Context) error {
	inside, teamAdmin := false, false
	if c.bot != nil {
		member, err := call3(ctx, c.server, "get team member", c.api.GetTeamMember, c.team.Id, c.bot.Id, "")
		if err != nil && !hasStatus(err, http.StatusNotFound) {
			return err
		}
		inside = err == nil && member.DeleteAt == 0
		teamAdmin = inside && member.SchemeAdmin
	}
	if !inside {
		c.propose(false, false, "chat.plan_join", "Team", c.team.Name)
	}
	if !teamAdmin {
		c.propose(true, false, "chat.connect_team_admin", "Team", c.team.Name)
	}
	return nil
}

// planAppRights is about what has to be allowed before an OAuth app can be made.
func (c *connecting) planAppRights(ctx context.Context) error {
	if !*c.config.ServiceSettings.EnableOAuthServiceProvider {
		c.propose(true, true, "chat.connect_provider")
	}
	_, may, err := c.mayManageApps(ctx)
	if err == nil && !may {
		c.propose(true, true, "chat.connect_role")
	}
	return err
}

// planApp says that an app is made where none can be seen; without the right to
// manage apps none can.
func (c *connecting) planApp(ctx context.Context) error {
	_, may, err := c.mayManageApps(ctx)
	if err != nil {
		return err
	}
	if may && *c.config.ServiceSettings.EnableOAuthServiceProvider {
		if app, err := c.findApp(ctx); err != nil || app != nil {
			return err
		}
	}
	c.propose(false, false, "chat.plan_app", "URL", c.callback())
	return nil
}

func (c *connecting) planToken(context.Context) error {
	c.propose(false, false, "chat.plan_token")
	return nil
}

func (c *connecting) planRotateApp(context.Context) error {
	c.propose(false, false, "chat.plan_rotate_app", "URL", c.callback())
	return nil
}

func (c *connecting) planMove(ctx context.Context) error {
	to, err := c.newOwner(ctx)
	if err != nil {
		return err
	}
	from, err := c.ownerOf(ctx, c.bot.Id)
	if err != nil {
		return err
	}
	name := c.Texts.Text("chat.owner_none")
	if from != nil {
		name = from.Username
	}
	if c.bot.DeleteAt != 0 {
		c.propose(false, false, "chat.plan_bot_enable", "Name", c.bot.Username)
	}
	c.propose(false, false, "chat.plan_move", "Bot", c.bot.Username, "From", name, "To", to.Username)
	return nil
}
