package bridge

import (
	"context"
	"fmt"

	"github.com/mattermost/mattermost/server/public/model"
)

// Alive asks the tenant's Mattermost who the bot is. The error is ErrToken when
// the token is not accepted any more, classroom.ErrNoChat when nothing is
// connected.
func (b *Bridge) Alive(ctx context.Context, tenantID string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	_, err = call(ctx, u.server, "get me", u.api.GetMe, "")
	return err
}

// Alert posts a text into a channel of the team, by its name. The bot has to be
// in it; its lines are what people outside typed, and do nothing.
func (b *Bridge) Alert(ctx context.Context, tenantID, channel string, lines ...string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	ch, err := call3(ctx, u.server, "get channel", u.api.GetChannelByName, channel, u.teamID, "")
	if err != nil {
		return fmt.Errorf("channel %s: %w", channel, err)
	}
	message := ""
	for i, line := range lines {
		switch {
		case line == "":
			continue
		case i == 0:
			message = "**" + typed(line, 300) + "**"
		default:
			message += "\n" + typed(line, 600)
		}
	}
	_, err = call(ctx, u.server, "create post", u.api.CreatePost, &model.Post{ChannelId: ch.Id, Message: message})
	return err
}
