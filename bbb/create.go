package bbb

import (
	"context"
	"time"
)

// CreateRequest describes a meeting. MeetingID, Name and both passwords are
// needed; what is left zero is not sent, so that the server's default holds.
//
// People join by Role and never see the passwords, but these are what makes create
// repeatable: the same id with the same passwords is the same meeting, with others
// it is refused as idNotUnique. Derive them from the id.
type CreateRequest struct {
	MeetingID   string
	Name        string // 2 to 256 characters
	AttendeePW  string
	ModeratorPW string

	Welcome          string // shown in the chat; limited HTML
	ModeratorWelcome string // shown to moderators only
	LogoutURL        string // where people go afterwards
	MaxParticipants  int
	Duration         time.Duration // the server ends it then; in whole minutes
	MaxCameras       int

	Record              bool // it can be recorded
	AutoStart           bool // recording starts with the first person
	FixedRecording      bool // people cannot start or stop it
	NotifyRecordingOn   bool // the client tells people when recording starts
	KeepEvents          bool // needed for analytics of a meeting that is not recorded
	MuteOnStart         bool
	ModeratorsUnmute    bool // moderators may unmute others
	ModeratorsSeeCams   bool // cameras are shown to moderators only
	EndWithoutModerator bool // the meeting ends when the last moderator has left

	GuestPolicy      GuestPolicy
	Layout           string   // such as SMART_LAYOUT
	DisabledFeatures []string // such as breakoutRooms, privateChat

	// ExpireIfNoUserJoined ends a meeting that nobody entered; zero: the server's
	// default of 5 minutes. ExpireWhenLastUserLeft ends one that all have left;
	// zero: the server's default of 1 minute; Never: it stays. In whole minutes.
	ExpireIfNoUserJoined   time.Duration
	ExpireWhenLastUserLeft time.Duration

	MeetingEndedURL string            // called at the end; not shown to people, so a token may be in it
	Meta            map[string]string // without the prefix meta_; shown in replies and on recordings
}

// Never is a duration for CreateRequest.ExpireWhenLastUserLeft.
const Never time.Duration = -1

// GuestPolicy says what happens to people who join; see JoinRequest.
type GuestPolicy string

// The guest policies; the server's default is AlwaysAccept.
const (
	AlwaysAccept     GuestPolicy = "ALWAYS_ACCEPT"
	AlwaysDeny       GuestPolicy = "ALWAYS_DENY"
	AskModerator     GuestPolicy = "ASK_MODERATOR"
	AlwaysAcceptAuth GuestPolicy = "ALWAYS_ACCEPT_AUTH"
)

// Meta keys that make the server call back.
const (
	MetaRecordingReady = "bbb-recording-ready-url"
	MetaAnalytics      = "analytics-callback-url"
	MetaEndCallback    = "endCallbackUrl" // its value is public once a recording is; see MeetingEndedURL
)

// Created is the meeting as the server has it.
type Created struct {
	MeetingID  string
	InternalID string // also the record id of what will be recorded
	CreateTime int64  // ms; tells one meeting from the next with the same id
	Duplicate  bool   // it was there already: nothing of the request was applied
	// ForciblyEnded tells of a Duplicate that it is already over and cannot be
	// joined: create it again with another id.
	ForciblyEnded bool
}

type createReply struct {
	status
	MeetingID  string `xml:"meetingID"`
	InternalID string `xml:"internalMeetingID"`
	CreateTime int64  `xml:"createTime"`
	Ended      bool   `xml:"hasBeenForciblyEnded"`
}

// Create makes the meeting, or finds it made. It may be repeated freely.
func (c *Client) Create(ctx context.Context, r CreateRequest) (Created, error) {
	q, err := r.query()
	if err != nil {
		return Created{}, &Error{Call: "create", Reason: Invalid, Err: err}
	}
	var got createReply
	err = c.do(ctx, call{name: "create", query: q, repeatable: true, slow: true, decode: decodeInto(&got)})
	if err != nil {
		return Created{}, err
	}
	return Created{
		MeetingID:     got.MeetingID,
		InternalID:    got.InternalID,
		CreateTime:    got.CreateTime,
		Duplicate:     got.MessageKey == KeyDuplicate,
		ForciblyEnded: got.Ended,
	}, nil
}
