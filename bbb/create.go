package bbb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CreateRequest describes a meeting. MeetingID, Name and both passwords are
// needed; what is left zero is not sent, so that the server's default holds.
//
// The passwords open the meeting's doors for nobody (join by Role), but they are
// what makes create repeatable: the same id with the same passwords is the same
// meeting, with others it is refused as idNotUnique. Derive them from the id.
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

	Record             bool // it can be recorded
	AutoStart          bool // recording starts with the first person
	FixedRecording     bool // people cannot start or stop it
	NotifyRecordingOn  bool // the client tells people when recording starts
	KeepEvents         bool // needed for analytics of a meeting that is not recorded
	MuteOnStart        bool
	ModeratorsUnmute   bool // moderators may unmute others
	ModeratorsSeeCams  bool // cameras are shown to moderators only
	EndWithoutModerate bool // the meeting ends when the last moderator has left

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

// GuestPolicy says what happens to people who join with Guest.
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
}

type createReply struct {
	status
	MeetingID  string `xml:"meetingID"`
	InternalID string `xml:"internalMeetingID"`
	CreateTime int64  `xml:"createTime"`
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
		MeetingID:  got.MeetingID,
		InternalID: got.InternalID,
		CreateTime: got.CreateTime,
		Duplicate:  got.MessageKey == KeyDuplicate,
	}, nil
}

func (r CreateRequest) query() (string, error) {
	if err := r.validate(); err != nil {
		return "", err
	}
	var q query
	q.set("meetingID", r.MeetingID)
	q.set("name", r.Name)
	q.set("attendeePW", r.AttendeePW)
	q.set("moderatorPW", r.ModeratorPW)
	r.texts(&q)
	r.recording(&q)
	r.people(&q)
	r.limits(&q)
	q.set("meetingEndedURL", r.MeetingEndedURL)
	for _, key := range slices.Sorted(maps.Keys(r.Meta)) {
		q.set("meta_"+key, r.Meta[key])
	}
	return q.String(), nil
}

func (r CreateRequest) texts(q *query) {
	q.set("welcome", r.Welcome)
	q.set("moderatorOnlyMessage", r.ModeratorWelcome)
	q.set("logoutURL", r.LogoutURL)
	q.set("meetingLayout", r.Layout)
	q.set("disabledFeatures", strings.Join(r.DisabledFeatures, ","))
}

func (r CreateRequest) recording(q *query) {
	q.flag("record", r.Record)
	q.flag("autoStartRecording", r.AutoStart)
	if r.FixedRecording {
		q.set("allowStartStopRecording", "false")
	}
	q.flag("notifyRecordingIsOn", r.NotifyRecordingOn)
	q.flag("meetingKeepEvents", r.KeepEvents)
}

func (r CreateRequest) people(q *query) {
	q.set("guestPolicy", string(r.GuestPolicy))
	q.flag("muteOnStart", r.MuteOnStart)
	q.flag("allowModsToUnmuteUsers", r.ModeratorsUnmute)
	q.flag("webcamsOnlyForModerator", r.ModeratorsSeeCams)
	q.flag("endWhenNoModerator", r.EndWithoutModerate)
}

func (r CreateRequest) limits(q *query) {
	q.set("maxParticipants", positive(r.MaxParticipants))
	q.set("meetingCameraCap", positive(r.MaxCameras))
	q.set("duration", minutes(r.Duration))
	q.set("meetingExpireIfNoUserJoinedInMinutes", minutes(r.ExpireIfNoUserJoined))
	if r.ExpireWhenLastUserLeft == Never {
		q.set("meetingExpireWhenLastUserLeftInMinutes", "0")
		return
	}
	q.set("meetingExpireWhenLastUserLeftInMinutes", minutes(r.ExpireWhenLastUserLeft))
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// minutes rounds up, so that a short time does not become the server's "none".
func minutes(d time.Duration) string {
	return positive(int((d + time.Minute - 1) / time.Minute))
}

// metaKey is what the server accepts after meta_; it refuses the whole call otherwise.
var metaKey = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)

func (r CreateRequest) validate() error {
	if err := checkMeetingID(r.MeetingID); err != nil {
		return err
	}
	switch {
	case r.Name == "":
		return errors.New("the meeting has no name")
	case r.AttendeePW == "" || r.ModeratorPW == "" || r.AttendeePW == r.ModeratorPW:
		return errors.New("two different passwords are needed, or create is not repeatable")
	}
	for key := range r.Meta {
		if !metaKey.MatchString(key) {
			return fmt.Errorf("metadata key %q: letters, digits and hyphens only", key)
		}
	}
	return nil
}

// checkMeetingID holds to what all versions take. A comma would ask for several.
func checkMeetingID(id string) error {
	if len(id) < 2 || len(id) > 256 || strings.TrimSpace(id) != id || strings.ContainsFunc(id, badInID) {
		return errors.New("a meeting id has 2 to 256 characters, no comma, no control character and no blank at its ends")
	}
	return nil
}

func badInID(r rune) bool { return r == ',' || r < ' ' || r == 0x7f }
