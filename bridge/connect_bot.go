package bridge

import (
	"context"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
)

func (c *connecting) botName() string { return firstOf(c.BotName, "classbridge") }

// tokenName marks the tokens of this installation: others may share the bot.
func (c *connecting) tokenName() string { return "classbridge " + c.ToolURL }

func (c *connecting) makeBot(ctx context.Context) error {
	found, err := c.findNamed(ctx)
	if err != nil {
		return err
	}
	if found == nil {
		return c.createBot(ctx)
	}
	if found.DeleteAt != 0 {
		if _, err := call(ctx, c.server, "enable bot", c.api.EnableBot, found.Id); err != nil {
			return err
		}
	}
	c.done("chat.connect_bot_found", "Name", found.Username)
	return c.useBot(ctx, found)
}

// findNamed answers the bot of that name; nil if there is none.
func (c *connecting) findNamed(ctx context.Context) (*model.User, error) {
	found, err := call2(ctx, c.server, "get user by name", c.api.GetUserByUsername, c.botName(), "")
	switch {
	case hasStatus(err, http.StatusNotFound):
		return nil, nil
	case err == nil && !found.IsBot:
		return nil, c.problem(nil, "chat.connect_name_taken", "Name", c.botName())
	}
	return found, err
}

func (c *connecting) createBot(ctx context.Context) error {
	restore, err := c.allowBots(ctx)
	if err != nil {
		return err
	}
	defer restore()
	made, err := call(ctx, c.server, "create bot", c.api.CreateBot, &model.Bot{
		Username: c.botName(), DisplayName: c.Texts.Text("chat.connect_bot_name"), Description: c.Texts.Text("chat.connect_bot_about", "URL", c.ToolURL),
	})
	if err != nil {
		return c.problem(err, "chat.connect_bot", "Name", c.botName())
	}
	c.done("chat.connect_bot_made", "Name", made.Username)
	return c.useBot(ctx, model.UserFromBot(made))
}

// allowBots switches the creation of bots on for a moment, where it is off, as it
// is on a fresh server. The bot goes on working after it is switched off again.
func (c *connecting) allowBots(ctx context.Context) (restore func(), err error) {
	if *c.config.ServiceSettings.EnableBotAccountCreation {
		return func() {}, nil
	}
	if !c.agreed["chat.connect_allow_bots"] {
		return nil, c.problem(nil, "chat.connect_no_bots")
	}
	const setting = "ServiceSettings.EnableBotAccountCreation"
	to := func(ctx context.Context, on bool) error {
		patch := &model.Config{}
		patch.ServiceSettings.EnableBotAccountCreation = &on
		return c.change(ctx, patch, setting, func(now *model.Config) bool {
			return *now.ServiceSettings.EnableBotAccountCreation == on
		})
	}
	if err := to(ctx, true); err != nil {
		return nil, err
	}
	return func() {
		if to(context.WithoutCancel(ctx), false) != nil {
			c.warn("chat.connect_bots_stay_allowed", "Setting", setting)
		}
	}, nil
}

// useBot warns of the account that the bot hangs on: when the one is
// deactivated, Mattermost stops the other.
func (c *connecting) useBot(ctx context.Context, u *model.User) error {
	c.bot = u
	c.report.Connection.BotID = u.Id
	owner, err := c.ownerOf(ctx, u.Id)
	if err != nil || owner == nil {
		return err
	}
	c.report.Connection.BotOwner = owner.Username
	if *c.config.ServiceSettings.DisableBotsWhenOwnerIsDeactivated && !owner.IsBot {
		c.warn("chat.connect_owner", "Bot", u.Username, "Owner", owner.Username)
	}
	return nil
}

// ownerOf is the account that a bot hangs on; nil for a plugin's.
func (c *connecting) ownerOf(ctx context.Context, botID string) (*model.User, error) {
	about, err := call2(ctx, c.server, "get bot", c.api.GetBot, botID, "")
	if err != nil {
		return nil, err
	}
	owner, err := call2(ctx, c.server, "get user", c.api.GetUser, about.OwnerId, "")
	if hasStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	return owner, err
}

func (c *connecting) joinTeam(ctx context.Context) error {
	member, err := call3(ctx, c.server, "get team member", c.api.GetTeamMember, c.team.Id, c.bot.Id, "")
	if hasStatus(err, http.StatusNotFound) || err == nil && member.DeleteAt != 0 {
		member, err = call2(ctx, c.server, "add team member", c.api.AddTeamMember, c.team.Id, c.bot.Id)
	}
	if err != nil {
		return c.problem(err, "chat.connect_join", "Team", c.team.Name)
	}
	if member.SchemeAdmin {
		return nil
	}
	if !c.agreed["chat.connect_team_admin"] {
		c.warn("chat.connect_no_team_admin")
		return nil
	}
	_, err = do(ctx, c.server, "make team admin", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := c.api.UpdateTeamMemberSchemeRoles(ctx, c.team.Id, c.bot.Id, &model.SchemeRoles{SchemeUser: true, SchemeAdmin: true})
		return struct{}{}, resp, err
	})
	if err == nil {
		c.done("chat.connect_team_admin_done", "Team", c.team.Name)
	}
	return err
}

func (c *connecting) makeToken(ctx context.Context) error {
	token, err := call3(ctx, c.server, "create token", c.api.CreateUserAccessToken, c.bot.Id, c.tokenName(), int64(0))
	if err != nil {
		return c.problem(err, "chat.connect_token")
	}
	c.tokenID, c.report.Connection.Token = token.Id, token.Token
	c.done("chat.connect_token_done")
	return nil
}

// revokeOlder revokes the tokens that earlier runs made for this installation.
func (c *connecting) revokeOlder(ctx context.Context) error {
	tokens, err := call3(ctx, c.server, "list tokens", c.api.GetUserAccessTokensForUser, c.bot.Id, 0, 200)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Description != c.tokenName() || t.Id == c.tokenID {
			continue
		}
		err := c.revokeToken(ctx, t.Id)
		if err != nil {
			return err
		}
		c.done("chat.connect_token_revoked")
	}
	return nil
}

func (c *connecting) revokeToken(ctx context.Context, id string) error {
	_, err := do(ctx, c.server, "revoke token", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := c.api.RevokeUserAccessToken(ctx, id)
		return struct{}{}, resp, err
	})
	return err
}
