package bridgetest

import (
	"net/http"
	"regexp"
	"unicode/utf8"
)

type channel struct {
	ID          string `json:"id"`
	TeamID      string `json:"team_id"`
	CreatorID   string `json:"creator_id"`
	Type        string `json:"type"` // P is private, O is open
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Header      string `json:"header"`
	Purpose     string `json:"purpose"`
	CreateAt    int64  `json:"create_at"`
	DeleteAt    int64  `json:"delete_at"`

	members map[string]bool // user id: channel admin
}

var (
	errNoChannel     = refuse(http.StatusNotFound, "app.channel.get.existing.app_error")
	channelNameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
)

func (c *call) mayRead(ch *channel) bool {
	_, member := ch.members[c.user.ID]
	return c.isAdmin() || member
}

// mayAdd: a team admin who knows the id of a channel may add anybody to it, also
// without being a member.
func (c *call) mayAdd(ch *channel) bool {
	return c.mayRead(ch) || c.isTeamAdmin(c.teams[ch.TeamID])
}

func (c *call) pathChannel() (*channel, error) {
	ch := c.channels[c.r.PathValue("id")]
	if ch == nil {
		return nil, errNoChannel
	}
	return ch, nil
}

func (c *call) readableChannel() (*channel, error) {
	ch, err := c.pathChannel()
	if err == nil && !c.mayRead(ch) {
		err = errForbidden
	}
	return ch, err
}

func getChannel(c *call) (any, error) { return c.readableChannel() }

// getChannelByName takes a channel that one may not read for one that is not
// there. A team admin finds every channel by its name.
func getChannelByName(c *call) (any, error) {
	deleted := c.r.URL.Query().Get("include_deleted") == "true"
	for _, ch := range c.channels {
		if ch.TeamID == c.r.PathValue("id") && ch.Name == c.r.PathValue("name") && (deleted || ch.DeleteAt == 0) && c.mayAdd(ch) {
			return ch, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "app.channel.get_by_name.missing.app_error")
}

func createChannel(c *call) (any, error) {
	in, err := body[channel](c)
	if err != nil {
		return nil, err
	}
	t := c.teams[in.TeamID]
	switch {
	case t == nil || !c.inTeam(t):
		return nil, errForbidden
	case len(in.Name) > 64: // measured: not a 400
		return nil, refuse(http.StatusInternalServerError, "app.channel.create_channel.internal_error")
	case !channelNameShape.MatchString(in.Name), !validTexts(&in), in.DisplayName == "":
		return nil, refuse(http.StatusBadRequest, "model.channel.is_valid.1_or_more.app_error")
	}
	for _, other := range c.channels {
		if other.TeamID == in.TeamID && other.Name == in.Name { // archived ones too
			return nil, refuse(http.StatusBadRequest, "store.sql_channel.save_channel.exists.app_error")
		}
	}
	ch := &in
	ch.ID, ch.CreatorID, ch.CreateAt, ch.DeleteAt = newID(), c.user.ID, c.now(), 0
	ch.members = map[string]bool{c.user.ID: true}
	c.channels[ch.ID] = ch
	return ch, nil
}

func validTexts(ch *channel) bool {
	return utf8.RuneCountInString(ch.DisplayName) <= 64 && utf8.RuneCountInString(ch.Header) <= 1024 && utf8.RuneCountInString(ch.Purpose) <= 250
}

func countChannel(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	return map[string]any{"channel_id": ch.ID, "member_count": len(ch.members)}, nil
}

// patchChannel: a change of the header is posted by the system for all to see.
func patchChannel(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	in, err := body[struct{ Header *string }](c)
	if err != nil {
		return nil, err
	}
	if in.Header != nil && *in.Header != ch.Header {
		ch.Header = *in.Header
		c.system(ch, "system_header_change", c.user.Username+" updated the channel header.")
	}
	return ch, nil
}

// archiveChannel: any member of a private channel may.
func archiveChannel(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	ch.DeleteAt = c.now()
	return ok, nil
}

func restoreChannel(c *call) (any, error) {
	ch, err := c.pathChannel()
	if err != nil {
		return nil, err
	}
	if !c.isTeamAdmin(c.teams[ch.TeamID]) {
		return nil, errForbidden
	}
	ch.DeleteAt = 0
	return ch, nil
}

type channelMember struct {
	ChannelID   string `json:"channel_id"`
	UserID      string `json:"user_id"`
	SchemeUser  bool   `json:"scheme_user"`
	SchemeAdmin bool   `json:"scheme_admin"`
}

func member(ch *channel, userID string) channelMember {
	return channelMember{ChannelID: ch.ID, UserID: userID, SchemeUser: true, SchemeAdmin: ch.members[userID]}
}

func getChannelMember(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	id := c.r.PathValue("user")
	if _, inside := ch.members[id]; !inside {
		return nil, refuse(http.StatusNotFound, "app.channel.get_member.missing.app_error")
	}
	return member(ch, id), nil
}

// addChannelMember says 201 for an archived channel too, as the real one does.
func addChannelMember(c *call) (any, error) {
	ch, err := c.pathChannel()
	if err != nil {
		return nil, err
	}
	in, err := body[struct {
		UserID string `json:"user_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	switch {
	case !c.mayAdd(ch):
		return nil, errForbidden
	case c.users[in.UserID] == nil:
		return nil, refuse(http.StatusNotFound, "app.user.missing_account.const")
	case c.teams[ch.TeamID].members[in.UserID] == nil:
		return nil, refuse(http.StatusNotFound, "app.team.get_member.missing.app_error")
	}
	if _, inside := ch.members[in.UserID]; !inside {
		ch.members[in.UserID] = false
		c.system(ch, "system_add_to_channel", c.users[in.UserID].Username+" added to the channel by "+c.user.Username+".")
	}
	return member(ch, in.UserID), nil
}

// removeChannelMember: any member may remove any other, the bot too.
func removeChannelMember(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	delete(ch.members, c.r.PathValue("user"))
	return ok, nil
}
