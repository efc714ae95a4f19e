package bbb

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// The report is made by scripts that have changed over the years, and a pool may
// have decoded and encoded it anew on the way: numbers come as texts, times as
// ISO 8601, as Ruby prints them, or as seconds or milliseconds since 1970, and
// anything as null. The types here take all of that, and read as zero what they
// cannot understand.

type wireReport struct {
	MeetingID  looseText `json:"meeting_id"`
	InternalID looseText `json:"internal_meeting_id"`
	Data       wireData  `json:"data"`
}

type wireData struct {
	Duration  looseNumber   `json:"duration"` // seconds
	Start     looseTime     `json:"start"`
	Finish    looseTime     `json:"finish"`
	Attendees wireAttendees `json:"attendees"`
}

type wireAttendee struct {
	UserID     looseText      `json:"ext_user_id"`
	Name       looseText      `json:"name"`
	Moderator  looseFlag      `json:"moderator"`
	Joins      looseTimes     `json:"joins"`
	Leaves     looseTimes     `json:"leaves"`
	Duration   looseNumber    `json:"duration"` // seconds
	Engagement wireEngagement `json:"engagement"`
}

type wireEngagement struct {
	Chats     looseNumber `json:"chats"`
	Talks     looseNumber `json:"talks"`
	RaiseHand looseNumber `json:"raisehand"`
	Emojis    looseNumber `json:"emojis"`
	PollVotes looseNumber `json:"poll_votes"`
	TalkTime  looseNumber `json:"talk_time"` // seconds
}

// UnmarshalJSON takes whatever is no object for none.
func (e *wireEngagement) UnmarshalJSON(raw []byte) error {
	type plain wireEngagement // without this method
	var p plain
	if json.Unmarshal(raw, &p) == nil {
		*e = wireEngagement(p)
	}
	return nil
}

// wireAttendees holds those with an id that can be used. It is not nil once a
// list was there.
type wireAttendees []wireAttendee

var errTooMany = errors.New("too many attendees")

// UnmarshalJSON stops at maxAttended: a small body can hold a million of {}.
func (list *wireAttendees) UnmarshalJSON(raw []byte) error {
	*list = wireAttendees{}
	n := 0
	return eachElement(raw, func(d *json.Decoder) error {
		if n++; n > maxAttended {
			return errTooMany
		}
		var element json.RawMessage
		if err := d.Decode(&element); err != nil {
			return err
		}
		var a wireAttendee
		if json.Unmarshal(element, &a) == nil && goodID(string(a.UserID)) {
			*list = append(*list, a)
		}
		return nil
	})
}

var errNoArray = errors.New("not an array")

// eachElement calls read once for each element of an array.
func eachElement(raw []byte, read func(*json.Decoder) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return errNoArray
	}
	for d.More() {
		if err := read(d); err != nil {
			return err
		}
	}
	return nil
}

// looseText is a string, or a number as it was written.
type looseText string

func (t *looseText) UnmarshalJSON(raw []byte) error {
	*t = looseText(scalar(raw))
	return nil
}

// scalar is the text of a string or a number, and empty for all else.
func scalar(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw)
	}
	return ""
}

func trimmed(raw []byte) string { return strings.TrimSpace(scalar(raw)) }

type looseFlag bool

func (f *looseFlag) UnmarshalJSON(raw []byte) error {
	word := trimmed(raw)
	*f = looseFlag(string(raw) == "true" || strings.EqualFold(word, "true") || word == "1")
	return nil
}

// looseNumber is never negative and never NaN.
type looseNumber float64

func (n *looseNumber) UnmarshalJSON(raw []byte) error {
	*n = 0
	if f, err := strconv.ParseFloat(trimmed(raw), 64); err == nil && f > 0 {
		*n = looseNumber(f)
	}
	return nil
}

// seconds is the number as a length of time, no longer than a meeting can be.
func (n looseNumber) seconds() time.Duration {
	return time.Duration(math.Min(float64(n), longestMeeting.Seconds()) * float64(time.Second))
}

const maxCount = 1_000_000 // chats, votes and the like

func (n looseNumber) count() int { return int(math.Min(float64(n), maxCount)) }

type looseTime time.Time

// The zone is UTC where none is given.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 UTC",
}

func (t *looseTime) UnmarshalJSON(raw []byte) error {
	*t = looseTime(parseTime(trimmed(raw)))
	return nil
}

func parseTime(text string) time.Time {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return parseEpoch(text)
}

// The years from 1973 to 5138 in milliseconds are no years of ours in seconds.
const leastMillis, mostMillis = 1e11, 1e14

func parseEpoch(text string) time.Time {
	n, err := strconv.ParseFloat(text, 64)
	if err == nil && n > 0 && n < leastMillis {
		n *= 1000
	}
	if err != nil || !(n > 0 && n < mostMillis) {
		return time.Time{}
	}
	return fromMillis(int64(n))
}

// looseTimes leaves out what is no time.
type looseTimes []time.Time

const maxVisits = 10_000 // of one person

func (list *looseTimes) UnmarshalJSON(raw []byte) error {
	*list = nil
	_ = eachElement(raw, func(d *json.Decoder) error { // what follows the last visit that counts is not read
		var t looseTime
		if err := d.Decode(&t); err != nil || len(*list) == maxVisits {
			return errTooMany
		}
		if at := time.Time(t); !at.IsZero() {
			*list = append(*list, at)
		}
		return nil
	})
	return nil
}
