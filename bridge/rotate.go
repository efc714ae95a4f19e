package bridge

import (
	"context"
	"fmt"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
)

// findBot finds the bot of the connection that there is.
func (c *connecting) findBot(ctx context.Context) error {
	id := c.Current.BotID
	if id == "" {
		me, err := c.whoHas(ctx, c.Current.Token)
		if err != nil {
			return c.problem(err, "chat.rotate_no_bot")
		}
		id = me.Id
	}
	bot, err := call2(ctx, c.server, "get user", c.api.GetUser, id, "")
	if err == nil && !bot.IsBot {
		return c.problem(nil, "chat.rotate_no_bot")
	}
	if err != nil {
		return c.problem(err, "chat.rotate_no_bot")
	}
	c.bot = bot
	return nil
}

// rotateToken makes a new token, tries it, stores it, and revokes the old one.
func (c *connecting) rotateToken(ctx context.Context) error {
	if err := c.makeToken(ctx); err != nil {
		return err
	}
	if err := c.replaceToken(ctx); err != nil {
		if c.revokeToken(context.WithoutCancel(ctx), c.tokenID) != nil {
			c.warn("chat.rotate_token_stays")
		}
		return err
	}
	if err := c.revokeOlder(ctx); err != nil {
		return c.problem(err, "chat.rotate_older_stays")
	}
	if _, err := c.whoHas(ctx, c.Current.Token); err == nil {
		c.warn("chat.rotate_older_works")
	}
	return nil
}

func (c *connecting) replaceToken(ctx context.Context) error {
	me, err := c.whoHas(ctx, c.report.Connection.Token)
	if err != nil || me.Id != c.bot.Id {
		return c.problem(err, "chat.rotate_token_fails")
	}
	if err := c.Save(ctx, c.report.Connection); err != nil {
		return fmt.Errorf("save the connection: %w", err)
	}
	return nil
}

func (c *connecting) whoHas(ctx context.Context, token string) (*model.User, error) {
	s := c.as(token)
	return call(ctx, s, "get me", s.api.GetMe, "")
}

// rotateApp makes an OAuth app anew, tries it, stores it, and deletes the old one:
// a new secret for the old one would end it before the new one is stored.
func (c *connecting) rotateApp(ctx context.Context) error {
	ready, err := c.allowApp(ctx)
	if err != nil {
		return err
	}
	if !ready {
		return c.problem(nil, "chat.connect_no_app")
	}
	app, err := c.createApp(ctx)
	if err != nil {
		return c.problem(err, "chat.connect_app")
	}
	c.report.Connection.OAuthID, c.report.Connection.OAuthSecret = app.Id, app.ClientSecret
	if err := c.replaceApp(ctx); err != nil {
		if c.deleteApp(context.WithoutCancel(ctx), app.Id) != nil {
			c.warn("chat.rotate_app_stays")
		}
		return err
	}
	if c.Current.OAuthID == "" {
		return nil
	}
	if err := c.deleteApp(ctx, c.Current.OAuthID); err != nil {
		return c.problem(err, "chat.rotate_old_app_stays")
	}
	c.done("chat.rotate_app_deleted")
	return nil
}

func (c *connecting) replaceApp(ctx context.Context) error {
	known, err := c.knowsApp(ctx, c.report.Connection)
	if !known {
		return c.problem(err, "chat.rotate_app_fails")
	}
	if err := c.Save(ctx, c.report.Connection); err != nil {
		return fmt.Errorf("save the connection: %w", err)
	}
	return nil
}

// deleteApp deletes an app of ours; one that is gone is what is wanted.
func (c *connecting) deleteApp(ctx context.Context, id string) error {
	_, err := do(ctx, c.server, "delete app", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := c.api.DeleteOAuthApp(ctx, id)
		return struct{}{}, resp, err
	})
	if hasStatus(err, http.StatusNotFound) {
		return nil
	}
	return err
}

// newOwner is who the bot is moved to: an account that is in use.
func (c *connecting) newOwner(ctx context.Context) (*model.User, error) {
	to, err := call2(ctx, c.server, "get user by name", c.api.GetUserByUsername, c.Owner, "")
	switch {
	case hasStatus(err, http.StatusNotFound), hasStatus(err, http.StatusBadRequest):
		return nil, c.problem(nil, "chat.owner_unknown", "Name", c.Owner)
	case err != nil:
		return nil, err
	case !person(to):
		return nil, c.problem(nil, "chat.owner_unfit", "Name", c.Owner)
	}
	return to, nil
}

// moveBot hangs the bot on another account. A bot that stopped with its old one
// works again.
func (c *connecting) moveBot(ctx context.Context) error {
	to, err := c.newOwner(ctx)
	if err != nil {
		return err
	}
	if _, err := call2(ctx, c.server, "assign bot", c.api.AssignBot, c.bot.Id, to.Id); err != nil {
		return c.problem(err, "chat.move_fails", "To", to.Username)
	}
	if c.bot.DeleteAt != 0 {
		if _, err := call(ctx, c.server, "enable bot", c.api.EnableBot, c.bot.Id); err != nil {
			return c.problem(err, "chat.move_fails", "To", to.Username)
		}
	}
	c.done("chat.move_done", "Bot", c.bot.Username, "To", to.Username)
	c.report.Connection.BotOwner = to.Username
	if err := c.Save(ctx, c.report.Connection); err != nil {
		return fmt.Errorf("save the connection: %w", err)
	}
	return nil
}
