package bbb

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
)

// MaxAnalytics is how many bytes of an analytics callback are read. A class of
// thousands with all its polls stays below.
const MaxAnalytics = 5 << 20

const (
	maxAttended    = 20_000
	longestMeeting = 366 * 24 * time.Hour // more is a broken clock
	maxID          = 256                  // bytes, as of meeting ids
	maxName        = 256
)

// Report is what the server says of a meeting that is over and kept its events;
// see CreateRequest.KeepEvents and MetaAnalytics. Nothing but the address that it
// came to ties it to a meeting (see VerifyAnalytics): compare both ids.
type Report struct {
	MeetingID     string
	InternalID    string // as in Created
	Duration      time.Duration
	Start, Finish time.Time
	Attendees     []Attended // each UserID once, in the order of the server
}

// Attended is one person's part in a meeting. All times lie within the meeting.
type Attended struct {
	UserID        string // as given in the JoinRequest; made up by the server if none was
	Name          string
	Moderator     bool // at least once
	Joins, Leaves []time.Time
	// Duration is how long the person was inside, in however many tabs: the
	// server's own sum counts each of them.
	Duration    time.Duration
	Chats       int
	Talks       int
	RaisedHands int
	Emojis      int
	PollVotes   int
	TalkTime    time.Duration
}

// ParseAnalytics reads the body of an analytics callback whose token has been
// verified. Keys that are not known are passed over (Scalelite adds some), as is
// what cannot be read of one person; a report without the meeting's ids, its
// times or its list of people is Malformed.
func ParseAnalytics(body []byte) (Report, error) {
	var wire wireReport
	if len(body) > MaxAnalytics || json.Unmarshal(body, &wire) != nil {
		return Report{}, malformedAnalytics()
	}
	r := Report{MeetingID: string(wire.MeetingID), InternalID: string(wire.InternalID)}
	if !goodID(r.MeetingID) || !goodID(r.InternalID) || !r.setTimes(wire.Data) || wire.Data.Attendees == nil {
		return Report{}, malformedAnalytics()
	}
	r.Attendees = merge(wire.Data.Attendees, window{r.Start, r.Finish})
	return r, nil
}

func malformedAnalytics() error {
	return &CallbackError{Callback: "analytics", Reason: Malformed}
}

// setTimes wants two of start, finish and duration. Where all three are given the
// first two count, because joins and leaves are measured by the same clock.
func (r *Report) setTimes(d wireData) bool {
	start, finish, length := time.Time(d.Start), time.Time(d.Finish), d.Duration.seconds()
	switch {
	case start.IsZero() && !finish.IsZero() && length > 0:
		start = finish.Add(-length)
	case finish.IsZero() && !start.IsZero() && length > 0:
		finish = start.Add(length)
	}
	r.Start, r.Finish, r.Duration = start, finish, finish.Sub(start)
	return !start.IsZero() && !finish.IsZero() && r.Duration >= 0 && r.Duration <= longestMeeting
}

func goodID(id string) bool {
	return id != "" && len(id) <= maxID && !strings.ContainsFunc(id, unprintable)
}

func unprintable(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }

// cleanName makes a name fit to be shown: one line, of a bounded length.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, name)
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	return strings.TrimSpace(name)
}
