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
	if p.Retry {
		id, err := u.find(ctx, p)
		if err != nil || id != "" {
			return id, err
		}
	}
	post := &model.Post{ChannelId: p.ChannelID, RootId: p.RootID, Message: b.message(p.Notice), PendingPostId: p.PendingID}
	post.AddProp(keyProp, p.Key)
	sent, err := u.send(ctx, post)
	if err != nil {
		return "", fmt.Errorf("publish %s: %w", p.Key, err)
	}
	return sent.Id, nil
}

// send sends the post; as one of its own if its thread was deleted. Whoever
// guesses a pending id first gets us back his own post, so the author is checked.
func (u *bot) send(ctx context.Context, post *model.Post) (*model.Post, error) {
	sent, err := call(ctx, u.server, "create post", u.api.CreatePost, post)
	if hasID(err, rootGone) && post.RootId != "" {
		post.RootId = ""
		sent, err = call(ctx, u.server, "create post", u.api.CreatePost, post)
	}
	switch {
	case archived(err):
		return nil, fmt.Errorf("%w: %w", classroom.ErrPostGone, errArchived)
	case err != nil:
		return nil, err
	case sent.UserId != u.id || sent.ChannelId != post.ChannelId:
		return nil, errNotOurs
	}
	return sent, nil
}

// Edit implements classroom.Chat. It changes the message alone: sending props
// would replace all of them, our key too.
func (b *Bridge) Edit(ctx context.Context, tenantID, channelID, postID string, n classroom.Notice) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	message := b.message(n)
	return u.returning(ctx, channelID, func() error {
		_, err := call2(ctx, u.server, "patch post", u.api.PatchPost, postID, &model.PostPatch{Message: &message})
		switch {
		case archived(err):
			return fmt.Errorf("%w: %w", classroom.ErrPostGone, errArchived)
		case hasStatus(err, http.StatusForbidden) && u.gone(ctx, postID):
			return classroom.ErrPostGone
		}
		return err
	})
}

// gone reports whether the post was deleted: editing such a one is forbidden,
// only reading it says why.
func (u *bot) gone(ctx context.Context, postID string) bool {
	_, err := call2(ctx, u.server, "get post", u.api.GetPost, postID, "")
	return hasStatus(err, http.StatusNotFound)
}
