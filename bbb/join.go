package bbb

import (
	"errors"
	"maps"
	"slices"
	"strconv"
)

// Role of a person in a meeting.
type Role string

// The two roles.
const (
	Moderator Role = "MODERATOR"
	Viewer    Role = "VIEWER"
)

// JoinRequest describes one person's way into a meeting. MeetingID, FullName and
// Role are needed.
//
// Guest and Auth decide who waits where the meeting's GuestPolicy is AskModerator.
// A moderator enters; anybody else waits if Guest or Auth is set, and where the
// address says nothing about guest, BigBlueButton takes Auth for set. That is why
// guest is always sent, and why Auth is for nobody who must not wait. The newest
// servers let in whoever comes with guest=false, whatever the policy and Auth; on
// others AlwaysDeny refuses every viewer, not only guests.
type JoinRequest struct {
	MeetingID        string
	CreateTime       int64 // binds the address to this meeting, not to a later one with its id
	FullName         string
	Role             Role
	UserID           string // comes back in Info and analytics; opaque, never an e-mail address
	Password         string // for servers before 2.4 only, which know no Role
	Guest            bool   // waits under AskModerator and AlwaysAcceptAuth
	Auth             bool   // waits under AskModerator, but not under AlwaysAcceptAuth
	LogoutURL        string // where this person goes afterwards
	ErrorRedirectURL string // where a refused join goes, see ParseErrors
	AvatarURL        string
	Locale           string            // language of the client, such as de or pt-BR
	UserData         map[string]string // more settings of the client, without the prefix userdata-
}

// JoinURL signs the address that takes a browser into the meeting. It is as good
// as a key and never expires: make it for one click, and redirect to it with
// no-store and no referrer.
func (c *Client) JoinURL(r JoinRequest) (string, error) {
	err := c.ready()
	if err == nil {
		err = r.validate()
	}
	if err != nil {
		return "", &Error{Call: "join", Reason: Invalid, Err: err}
	}
	address := signedURL(c.base, "join", r.query(), c.Hash, c.Secrets[0])
	if len(address) > maxURL {
		return "", &Error{Call: "join", Reason: Invalid, Message: "the parameters are too long for one address"}
	}
	return address, nil
}

func (r JoinRequest) validate() error {
	if err := checkMeetingID(r.MeetingID); err != nil {
		return err
	}
	switch {
	case r.FullName == "":
		return errors.New("the person who joins has no name")
	case r.Role != Moderator && r.Role != Viewer:
		return errors.New("the person who joins has no role")
	}
	return nil
}

func (r JoinRequest) query() string {
	var q query
	q.set("meetingID", r.MeetingID)
	q.set("fullName", r.FullName)
	q.set("role", string(r.Role))
	q.set("password", r.Password)
	if r.CreateTime > 0 {
		q.set("createTime", strconv.FormatInt(r.CreateTime, 10))
	}
	q.set("userID", r.UserID)
	q.set("guest", strconv.FormatBool(r.Guest))
	q.flag("auth", r.Auth)
	q.set("logoutURL", r.LogoutURL)
	q.set("errorRedirectUrl", r.ErrorRedirectURL)
	q.set("avatarURL", r.AvatarURL)
	q.set("userdata-bbb_override_default_locale", r.Locale)
	for _, key := range slices.Sorted(maps.Keys(r.UserData)) {
		q.set("userdata-"+key, r.UserData[key])
	}
	return q.String()
}
