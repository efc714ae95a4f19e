package bridge

import (
	"context"
	"fmt"
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

var _ classroom.ChatChannels = (*Bridge)(nil)

// FindChannel implements classroom.ChatChannels.
func (b *Bridge) FindChannel(ctx context.Context, tenantID, name string) (classroom.ChannelLook, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return classroom.ChannelLook{}, err
	}
	ch, err := call3(ctx, u.server, "get channel by name", u.api.GetChannelByNameIncludeDeleted, name, u.teamID, "")
	return u.look(ctx, ch, err)
}

// LookAtChannel implements classroom.ChatChannels.
func (b *Bridge) LookAtChannel(ctx context.Context, tenantID, channelID string) (classroom.ChannelLook, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return classroom.ChannelLook{}, err
	}
	ch, err := call(ctx, u.server, "get channel", u.api.GetChannel, channelID)
	return u.look(ctx, ch, err)
}

// look completes what was found. A channel that one may not read looks like one
// that is not there.
func (u *bot) look(ctx context.Context, ch *model.Channel, err error) (classroom.ChannelLook, error) {
	if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
		return classroom.ChannelLook{}, fmt.Errorf("%w: %w", classroom.ErrChannelGone, err)
	}
	if err != nil {
		return classroom.ChannelLook{}, err
	}
	v := classroom.ChannelLook{
		Channel: classroom.Channel{ID: ch.Id, Name: ch.Name}, Title: ch.DisplayName,
		Private: ch.Type == model.ChannelTypePrivate, Archived: ch.DeleteAt != 0,
	}
	_, err = call3(ctx, u.server, "get channel member", u.api.GetChannelMember, ch.Id, u.id, "")
	v.Inside = err == nil
	if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
		return v, nil
	}
	if err != nil || v.Archived {
		return v, err
	}
	stats, err := do(ctx, u.server, "get channel stats", func(ctx context.Context) (*model.ChannelStats, *model.Response, error) {
		return u.api.GetChannelStats(ctx, ch.Id, "", true)
	})
	if err == nil {
		v.Members = stats.MemberCount
	}
	return v, err
}

// ArchiveChannel implements classroom.ChatChannels.
func (b *Bridge) ArchiveChannel(ctx context.Context, tenantID, channelID string) error {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return err
	}
	err = u.returning(ctx, channelID, func() error {
		_, err := do(ctx, u.server, "archive channel", func(ctx context.Context) (struct{}, *model.Response, error) {
			resp, err := u.api.DeleteChannel(ctx, channelID)
			return struct{}{}, resp, err
		})
		return err
	})
	if hasStatus(err, http.StatusNotFound) || hasID(err, "api.channel.delete_channel.deleted.app_error") {
		return nil
	}
	return err
}

// CountPeople implements classroom.ChatChannels.
func (b *Bridge) CountPeople(ctx context.Context, tenantID string) (classroom.ChatCounts, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return classroom.ChatCounts{}, err
	}
	return u.count(ctx)
}

// count asks who there is. Only an admin sees the limit of a team: it is what it
// was at the last sign-in of one.
func (u *bot) count(ctx context.Context) (classroom.ChatCounts, error) {
	n := classroom.ChatCounts{TeamLimit: u.conn.TeamLimit}
	licence, err := call(ctx, u.server, "get licence", u.api.GetOldClientLicense, "")
	if err != nil {
		return n, err
	}
	if licence["IsLicensed"] != "true" {
		n.UserLimit = usersLimit
	}
	users, err := call(ctx, u.server, "count users", u.api.GetTotalUsersStats, "")
	if err != nil {
		return n, err
	}
	team, err := call2(ctx, u.server, "count team", u.api.GetTeamStats, u.teamID, "")
	if err != nil {
		return n, err
	}
	n.Users, n.Members = users.TotalUsersCount, team.TotalMemberCount
	return n, nil
}
