package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
	"classbridge/locales"
)

// The steps of a Rehearse.
const (
	StepReach   = "reach" // who we are
	StepChannel = "channel"
	StepPost    = "post"
	StepEdit    = "edit"
	StepDelete  = "delete"
	StepArchive = "archive"
)

// cleanupTime is for taking away what a rehearsal that failed has left.
const cleanupTime = 5 * time.Second

// Rehearse does in a channel what classes do: a post, its edit, and its deletion. An
// empty name stands for a private channel of its own, which is archived afterwards,
// also when a step has failed. The step is the one that failed.
func (b *Bridge) Rehearse(ctx context.Context, conn classroom.ChatConnection, channel string, p *locales.Printer) (step string, err error) {
	u := b.newBot(conn)
	if err := u.identify(ctx); err != nil {
		return StepReach, err
	}
	id, err := u.rehearsalChannel(ctx, channel, p)
	if err != nil {
		return StepChannel, err
	}
	step, err = u.rehearsePost(ctx, id, p)
	if channel != "" {
		return step, err
	}
	if archived := u.archive(ctx, id); archived != nil && err == nil {
		return StepArchive, archived
	}
	return step, err
}

func (u *bot) rehearsalChannel(ctx context.Context, name string, p *locales.Printer) (id string, err error) {
	if name != "" {
		ch, err := call3(ctx, u.server, "get channel by name", u.api.GetChannelByName, name, u.teamID, "")
		if err != nil {
			return "", err
		}
		return ch.Id, nil
	}
	ch, err := call(ctx, u.server, "create channel", u.api.CreateChannel, &model.Channel{
		TeamId: u.teamID, Type: model.ChannelTypePrivate, Name: "classbridge-test-" + strings.ToLower(rand.Text()[:10]),
		DisplayName: p.Text("doctor.rehearsal.text_channel"),
	})
	if err != nil {
		return "", err
	}
	return ch.Id, nil
}

// rehearsePost leaves no post behind that it could delete.
func (u *bot) rehearsePost(ctx context.Context, channelID string, p *locales.Printer) (step string, err error) {
	id, err := u.send(ctx, &model.Post{ChannelId: channelID, Message: p.Text("doctor.rehearsal.text_post")})
	if err != nil {
		return StepPost, err
	}
	message := p.Text("doctor.rehearsal.text_edited")
	_, edit := call2(ctx, u.server, "patch post", u.api.PatchPost, id, &model.PostPatch{Message: &message})
	deleted := u.deletePost(ctx, id)
	if edit != nil {
		return StepEdit, edit
	}
	return StepDelete, deleted
}

func (u *bot) deletePost(ctx context.Context, id string) error {
	return u.cleanUp(ctx, "delete post", u.api.DeletePost, id)
}

func (u *bot) archive(ctx context.Context, channelID string) error {
	return u.cleanUp(ctx, "archive channel", u.api.DeleteChannel, channelID)
}

// cleanUp makes a call whatever time is left to whoever asked.
func (u *bot) cleanUp(ctx context.Context, name string, f func(context.Context, string) (*model.Response, error), id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	_, err := do(ctx, u.server, name, func(ctx context.Context) (struct{}, *model.Response, error) {
		resp, err := f(ctx, id)
		return struct{}{}, resp, err
	})
	return err
}

// Reason is an error of Rehearse as an admin needs it: no more than the server's
// own id of it, or why there was no answer.
func Reason(err error) string {
	if errors.Is(err, ErrToken) {
		return ErrToken.Error()
	}
	return reason(err)
}
