package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
	"classbridge/locales"
)

// Ids of Mattermost's errors that are decided on. A private channel of others
// looks like one that is not there.
const (
	channelExists = "store.sql_channel.save_channel.exists.app_error"
	channelGone   = "app.channel.get.existing.app_error"
	postInGone    = "api.post.create_post.can_not_post_to_deleted.error"
	patchInGone   = "api.post.patch_post.can_not_update_post_in_deleted.error"
	rootGone      = "api.post.create_post.root_id.app_error"
	teamFull      = "app.team.join_user_to_team.max_accounts.app_error"
	teamFullBatch = "app.team.join_user_to_team.save_member.max_accounts.app_error"
	usersFull     = "api.user.create_user.user_limits.exceeded"
)

// channelNames is how many names are tried: an archived channel keeps its name.
const channelNames = 9

// OpenChannel implements classroom.Chat. The name is derived from the course, so
// that whoever tries again after a crash finds the channel that was made. A
// channel that people archived is restored where the bot may (as team admin);
// else the next free name is taken.
func (b *Bridge) OpenChannel(ctx context.Context, tenantID string, spec classroom.ChannelSpec) (classroom.Channel, error) {
	u, err := b.bot(ctx, tenantID)
	if err != nil {
		return classroom.Channel{}, err
	}
	wanted := channelFor(spec, u.teamID, b.Texts.For(spec.Locale))
	base := wanted.Name
	for n := 1; n <= channelNames; n++ {
		if n > 1 {
			wanted.Name = base + "-" + strconv.Itoa(n)
		}
		ch, err := u.openChannel(ctx, wanted)
		if err != nil {
			return classroom.Channel{}, fmt.Errorf("channel of course %s: %w", spec.CourseID, err)
		}
		if ch != nil {
			return classroom.Channel{ID: ch.Id, Name: ch.Name}, u.moveLink(ctx, ch, spec.RoomURL)
		}
	}
	return classroom.Channel{}, fmt.Errorf("channel of course %s: %d names are taken by archived channels", spec.CourseID, channelNames)
}

// openChannel makes or finds the channel; nil if its name cannot be had.
func (u *bot) openChannel(ctx context.Context, wanted *model.Channel) (*model.Channel, error) {
	ch, err := call(ctx, u.server, "create channel", u.api.CreateChannel, wanted)
	if !hasID(err, channelExists) {
		return ch, err
	}
	ch, err = call3(ctx, u.server, "get channel by name", u.api.GetChannelByNameIncludeDeleted, wanted.Name, u.teamID, "")
	switch {
	case hasStatus(err, http.StatusNotFound), hasStatus(err, http.StatusForbidden):
		return nil, nil
	case err != nil:
		return nil, err
	case ch.CreatorId != u.id || ch.Type != model.ChannelTypePrivate:
		return nil, nil
	case ch.DeleteAt == 0:
		return ch, nil
	}
	ch, err = call(ctx, u.server, "restore channel", u.api.RestoreChannel, ch.Id)
	if hasStatus(err, http.StatusForbidden) {
		return nil, nil
	}
	return ch, err
}

// moveLink corrects the link in the header when the tool's address has changed.
// Nothing else changes a header: each change is a post that everybody sees.
func (u *bot) moveLink(ctx context.Context, ch *model.Channel, roomURL string) error {
	header := movedHeader(ch.Header, roomURL)
	if header == ch.Header {
		return nil
	}
	return u.returning(ctx, ch.Id, func() error {
		_, err := call2(ctx, u.server, "patch channel", u.api.PatchChannel, ch.Id, &model.ChannelPatch{Header: &header})
		return err
	})
}

// movedHeader replaces the address before "/go/{room}" in a link of the header.
func movedHeader(header, roomURL string) string {
	at := strings.LastIndex(roomURL, "/go/")
	if at < 0 || strings.Contains(header, roomURL) {
		return header
	}
	path := strings.Index(header, roomURL[at:]+")")
	if path < 0 {
		return header
	}
	start := strings.LastIndexByte(header[:path], '(') + 1
	return header[:start] + roomURL[:at] + header[path:]
}

// channelFor describes the channel within Mattermost's limits: name ^[a-z0-9][a-z0-9_-]*$
// and 64, display name 64, header 1024, purpose 250 characters.
func channelFor(spec classroom.ChannelSpec, teamID string, p *locales.Printer) *model.Channel {
	title := firstOf(plain(spec.Title, model.ChannelDisplayNameMaxRunes), plain(spec.Label, model.ChannelDisplayNameMaxRunes), p.Text("chat.channel_untitled"))
	return &model.Channel{
		TeamId:      teamID,
		Type:        model.ChannelTypePrivate,
		Name:        "bbb-" + shortHash(spec.CourseID),
		DisplayName: title,
		Header:      cut(p.Text("chat.channel_header", "URL", linkTarget(spec.RoomURL)), model.ChannelHeaderMaxRunes),
		Purpose:     cut(p.Text("chat.channel_purpose"), model.ChannelPurposeMaxRunes),
	}
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// lostChannel makes ErrChannelGone of a failure whose cause is that the channel was
// archived or deleted. Posting to a channel that is not there is forbidden, as it
// is to one of others; and what was in it is not there either.
func (u *bot) lostChannel(ctx context.Context, channelID string, err error) error {
	if hasID(err, channelGone, postInGone, patchInGone) {
		return fmt.Errorf("%w: %w", classroom.ErrChannelGone, err)
	}
	if !hasStatus(err, http.StatusForbidden) && !errors.Is(err, classroom.ErrPostGone) {
		return err
	}
	if _, looked := call(ctx, u.server, "get channel", u.api.GetChannel, channelID); hasStatus(looked, http.StatusNotFound) {
		return fmt.Errorf("%w: %w", classroom.ErrChannelGone, looked)
	}
	return err
}
