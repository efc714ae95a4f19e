package bbb

import (
	"context"
	"time"
)

// Info is a meeting as the server sees it now.
type Info struct {
	MeetingID     string
	InternalID    string
	Name          string
	CreateTime    int64     // ms
	Start, End    time.Time // End is zero while it lasts
	Running       bool      // somebody is or was inside and it has not ended
	HasUserJoined bool
	ForciblyEnded bool
	Recording     bool // it can be recorded
	Participants  int
	Moderators    int
	MaxUsers      int // the limit, zero: none
	Attendees     []Attendee
}

// Attendee is one person inside.
type Attendee struct {
	UserID    string // as given in the JoinRequest
	Name      string
	Role      Role
	Presenter bool
	Voice     bool
	Video     bool
}

// infoReply leaves out passwords and metadata: they are secret, and what is not
// kept cannot leak.
type infoReply struct {
	status
	MeetingID     string `xml:"meetingID"`
	InternalID    string `xml:"internalMeetingID"`
	Name          string `xml:"meetingName"`
	CreateTime    int64  `xml:"createTime"`
	StartTime     int64  `xml:"startTime"`
	EndTime       int64  `xml:"endTime"`
	Running       bool   `xml:"running"`
	HasUserJoined bool   `xml:"hasUserJoined"`
	ForciblyEnded bool   `xml:"hasBeenForciblyEnded"`
	Recording     bool   `xml:"recording"`
	Participants  int    `xml:"participantCount"`
	Moderators    int    `xml:"moderatorCount"`
	MaxUsers      int    `xml:"maxUsers"`
	Attendees     []struct {
		UserID    string `xml:"userID"`
		Name      string `xml:"fullName"`
		Role      Role   `xml:"role"`
		Presenter bool   `xml:"isPresenter"`
		Voice     bool   `xml:"hasJoinedVoice"`
		Video     bool   `xml:"hasVideo"`
	} `xml:"attendees>attendee"`
}

func (r *infoReply) info() *Info {
	i := &Info{
		MeetingID:     r.MeetingID,
		InternalID:    r.InternalID,
		Name:          r.Name,
		CreateTime:    r.CreateTime,
		Start:         fromMillis(r.StartTime),
		End:           fromMillis(r.EndTime),
		Running:       r.Running,
		HasUserJoined: r.HasUserJoined,
		ForciblyEnded: r.ForciblyEnded,
		Recording:     r.Recording,
		Participants:  r.Participants,
		Moderators:    r.Moderators,
		MaxUsers:      r.MaxUsers,
	}
	for _, a := range r.Attendees {
		i.Attendees = append(i.Attendees, Attendee(a))
	}
	return i
}

// fromMillis reads BigBlueButton's times; zero and less mean "not yet".
func fromMillis(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Info asks for a meeting. NotFound tells that there is none by that id, or that
// a pool has lost sight of it for a moment.
func (c *Client) Info(ctx context.Context, meetingID string) (*Info, error) {
	q, err := meetingQuery("getMeetingInfo", meetingID)
	if err != nil {
		return nil, err
	}
	var got infoReply
	if err := c.do(ctx, call{name: "getMeetingInfo", query: q.String(), repeatable: true, decode: decodeInto(&got)}); err != nil {
		return nil, err
	}
	return got.info(), nil
}

// IsRunning reports whether somebody has entered the meeting and it has not
// ended. A meeting that does not exist is not running, without an error.
func (c *Client) IsRunning(ctx context.Context, meetingID string) (bool, error) {
	q, err := meetingQuery("isMeetingRunning", meetingID)
	if err != nil {
		return false, err
	}
	var got struct {
		status
		Running bool `xml:"running"`
	}
	err = c.do(ctx, call{name: "isMeetingRunning", query: q.String(), repeatable: true, decode: decodeInto(&got)})
	return got.Running && err == nil, err
}

// End asks the server to end a meeting, which then takes it some seconds. Old
// servers want the moderators' password. NotFound: it was over already.
func (c *Client) End(ctx context.Context, meetingID, moderatorPW string) error {
	q, err := meetingQuery("end", meetingID)
	if err != nil {
		return err
	}
	q.set("password", moderatorPW)
	return c.do(ctx, call{name: "end", query: q.String(), decode: decodeInto(&struct{ status }{})})
}

func meetingQuery(name, meetingID string) (*query, error) {
	if err := checkMeetingID(meetingID); err != nil {
		return nil, &Error{Call: name, Reason: Invalid, Err: err}
	}
	q := &query{}
	q.set("meetingID", meetingID)
	return q, nil
}
