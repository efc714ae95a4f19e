package bridge

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

// Admit implements classroom.Chat. The team is that of the channel, which an
// admin may have made before choosing another one for new courses.
func (b *Bridge) Admit(ctx context.Context, tenantID, channelID, userID string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	inside, err := u.inChannel(ctx, channelID, userID)
	if err != nil || inside {
		return err
	}
	channel, err := call(ctx, u.server, "get channel", u.api.GetChannel, channelID)
	if err != nil {
		return err
	}
	if err := u.joinTeam(ctx, channel.TeamId, userID); err != nil {
		return err
	}
	_, err = call2(ctx, u.server, "add channel member", u.api.AddChannelMember, channelID, userID)
	return err
}

// joinTeam adds the user to the team, if missing.
func (u *bot) joinTeam(ctx context.Context, teamID, userID string) error {
	m, err := call3(ctx, u.server, "get team member", u.api.GetTeamMember, teamID, userID, "")
	if err == nil && m.DeleteAt == 0 {
		return nil
	}
	if err != nil && !hasStatus(err, http.StatusNotFound) {
		return err
	}
	_, err = call2(ctx, u.server, "add team member", u.api.AddTeamMember, teamID, userID)
	switch {
	case hasID(err, teamFull, teamFullBatch, usersFull):
		return fmt.Errorf("%w: %w", classroom.ErrChatFull, err)
	case hasStatus(err, http.StatusNotFound):
		return fmt.Errorf("%w: %w", classroom.ErrNoChatUser, err)
	}
	return err
}

// Member implements classroom.Chat. Somebody whose account was deactivated stays
// in the channel's list and is none.
func (b *Bridge) Member(ctx context.Context, tenantID, channelID, userID string) (bool, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return false, err
	}
	inside, err := u.inChannel(ctx, channelID, userID)
	if err != nil || !inside {
		return false, err
	}
	user, err := call2(ctx, u.server, "get user", u.api.GetUser, userID, "")
	if err != nil {
		return false, err
	}
	return user.DeleteAt == 0, nil
}

func (u *bot) inChannel(ctx context.Context, channelID, userID string) (bool, error) {
	look := func() error {
		_, err := call3(ctx, u.server, "get channel member", u.api.GetChannelMember, channelID, userID, "")
		return err
	}
	err := u.returning(ctx, channelID, look)
	if hasStatus(err, http.StatusNotFound) {
		return false, nil
	}
	return err == nil, err
}

// returning does f, and once more after coming back into the channel if the
// server forbade it: any member may have removed the bot. A bot that is team
// admin can come back by itself; for another the error of f stays.
func (u *bot) returning(ctx context.Context, channelID string, f func() error) error {
	err := f()
	if !hasStatus(err, http.StatusForbidden) {
		return err
	}
	if _, back := call2(ctx, u.server, "add channel member", u.api.AddChannelMember, channelID, u.id); back != nil {
		return err
	}
	return f()
}

// FindByEmail implements classroom.Chat: exactly that address, of a person who
// may sign in.
func (b *Bridge) FindByEmail(ctx context.Context, tenantID, email string) (classroom.ChatUser, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return classroom.ChatUser{}, err
	}
	// The address becomes part of the path; these characters are in no address that people have.
	if !strings.Contains(email, "@") || strings.ContainsAny(email, "/\\?#% ") {
		return classroom.ChatUser{}, classroom.ErrNoChatUser
	}
	user, err := call2(ctx, u.server, "get user by email", u.api.GetUserByEmail, strings.ToLower(email), "")
	if hasStatus(err, http.StatusNotFound) {
		return classroom.ChatUser{}, classroom.ErrNoChatUser
	}
	if err != nil {
		return classroom.ChatUser{}, err
	}
	if !strings.EqualFold(user.Email, email) || !person(user) {
		return classroom.ChatUser{}, classroom.ErrNoChatUser
	}
	return chatUser(user), nil
}

// person reports whether somebody can sit behind the account.
func person(u *model.User) bool { return !u.IsBot && u.DeleteAt == 0 }

func chatUser(u *model.User) classroom.ChatUser {
	return classroom.ChatUser{ID: u.Id, Username: u.Username, Name: u.GetDisplayName(model.ShowFullName)}
}
