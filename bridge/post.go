package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

// keyProp is the prop by which a post of ours is found again. Anybody can set it
// on a post of their own: it says something only together with our user id.
const keyProp = "bbb_key"

var errNotOurs = errors.New("the answer is somebody else's post")

// Publish implements classroom.Chat.
func (b *Bridge) Publish(ctx context.Context, tenantID string, p classroom.Post) (string, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return "", err
	}
	id, err := u.publish(ctx, p, b.message(p.Notice))
	if err != nil {
		return "", fmt.Errorf("publish %s: %w", p.Key, u.lostChannel(ctx, p.ChannelID, err))
	}
	return id, nil
}

func (u *bot) publish(ctx context.Context, p classroom.Post, message string) (string, error) {
	if p.Retry {
		id, err := u.find(ctx, p)
		if err != nil || id != "" {
			return id, err
		}
	}
	post := &model.Post{ChannelId: p.ChannelID, RootId: p.RootID, Message: message, PendingPostId: p.PendingID}
	post.AddProp(keyProp, p.Key)
	return u.send(ctx, post)
}

// send sends the post; as one of its own if its thread was deleted. Whoever
// guesses a pending id first gets us back his own post, so the author is checked.
func (u *bot) send(ctx context.Context, post *model.Post) (string, error) {
	sent, err := call(ctx, u.server, "create post", u.api.CreatePost, post)
	if hasID(err, rootGone) && post.RootId != "" {
		post.RootId = ""
		sent, err = call(ctx, u.server, "create post", u.api.CreatePost, post)
	}
	switch {
	case err != nil:
		return "", err
	case sent.UserId != u.id || sent.ChannelId != post.ChannelId:
		return "", errNotOurs
	}
	return sent.Id, nil
}

// Edit implements classroom.Chat. It changes the message alone: sending props
// would replace all of them, our key too.
func (b *Bridge) Edit(ctx context.Context, tenantID, channelID, postID string, n classroom.Notice) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	message := b.message(n)
	err = u.returning(ctx, channelID, func() error {
		_, err := call2(ctx, u.server, "patch post", u.api.PatchPost, postID, &model.PostPatch{Message: &message})
		if hasStatus(err, http.StatusForbidden) && u.gone(ctx, postID) {
			return classroom.ErrPostGone
		}
		return err
	})
	return u.lostChannel(ctx, channelID, err)
}

// gone reports whether the post was deleted: editing such a one is forbidden,
// only reading it says why.
func (u *bot) gone(ctx context.Context, postID string) bool {
	_, err := call2(ctx, u.server, "get post", u.api.GetPost, postID, "")
	return hasStatus(err, http.StatusNotFound)
}
