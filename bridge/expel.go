package bridge

import (
	"context"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
)

// Expel implements classroom.Chat. Whoever is in the channel no more, or was
// deactivated, has left it already.
func (b *Bridge) Expel(ctx context.Context, tenantID, channelID, userID string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	inside, err := u.inChannel(ctx, channelID, userID)
	if err != nil {
		return u.lostChannel(ctx, channelID, err)
	}
	if !inside || userID == u.id { // nor can the bot do without itself
		return nil
	}
	_, err = do(ctx, u.server, "remove channel member", func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := u.api.RemoveUserFromChannel(ctx, channelID, userID)
		return struct{}{}, resp, err
	})
	if hasStatus(err, http.StatusNotFound) {
		return nil
	}
	return u.lostChannel(ctx, channelID, err)
}
