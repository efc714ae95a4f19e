package bbb_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
)

// Of a meeting of an hour, from 10:00 to 11:00.
const reportJSON = `{"version":"1.0","meeting_id":"m-1","internal_meeting_id":"i-1","data":{
	"metadata":{"analytics_callback_url":"https://t.example/a","is_breakout":"false","meeting_name":"Algebra"},
	"duration":3600,"start":"2026-03-02T10:00:00.000+00:00","finish":"2026-03-02T11:00:00.000+00:00",
	"attendees":[%s],"files":["default.pdf"],"polls":[{"id":"p","votes":{"u-1":"A"}}]}}`

func report(attendees ...string) string {
	return fmt.Sprintf(reportJSON, strings.Join(attendees, ","))
}

// at is a moment of the hour.
func at(minute int) time.Time {
	return time.Date(2026, 3, 2, 10, minute, 0, 0, time.UTC)
}

func stamps(minutes ...int) string {
	var list []string
	for _, m := range minutes {
		list = append(list, at(m).Format(time.RFC3339))
	}
	raw, _ := json.Marshal(list)
	return string(raw)
}

func visits(joins, leaves string, more string) string {
	return `{"ext_user_id":"u-1","joins":` + joins + `,"leaves":` + leaves + more + `}`
}

func parsed(t *testing.T, body string) bbb.Report {
	t.Helper()
	got, err := bbb.ParseAnalytics([]byte(body))
	if err != nil {
		t.Fatalf("%v: %.200s", err, body)
	}
	return got
}

func TestParseAnalytics(t *testing.T) {
	got := parsed(t, report(
		`{"ext_user_id":"u-1","name":"Ada","moderator":true,"joins":["2026-03-02T10:00:00.000+00:00"],"leaves":["2026-03-02T12:00:00.000+01:00"],
		  "duration":3600,"recent_talking_time":"","engagement":{"chats":1,"talks":2,"raisehand":3,"emojis":4,"poll_votes":5,"talk_time":60}}`,
		`{"ext_user_id":"u-2","name":"Bob","moderator":false,"joins":["2026-03-02T10:10:00.500+00:00"],"leaves":["2026-03-02T10:20:01.750+00:00"],"duration":601}`,
	))
	want := bbb.Report{
		MeetingID: "m-1", InternalID: "i-1", Duration: time.Hour, Start: at(0), Finish: at(60),
		Attendees: []bbb.Attended{
			{
				UserID: "u-1", Name: "Ada", Moderator: true, Joins: []time.Time{at(0)}, Leaves: []time.Time{at(60)}, Duration: time.Hour,
				Chats: 1, Talks: 2, RaisedHands: 3, Emojis: 4, PollVotes: 5, TalkTime: time.Minute,
			},
			{
				UserID: "u-2", Name: "Bob", Duration: 10*time.Minute + 1250*time.Millisecond,
				Joins:  []time.Time{at(10).Add(500 * time.Millisecond)},
				Leaves: []time.Time{at(20).Add(1750 * time.Millisecond)},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// How long somebody was inside, whatever the lists leave out.
func TestPresence(t *testing.T) {
	for _, p := range []struct {
		name      string
		attendees []string
		minutes   int
	}{
		{"one visit", []string{visits(stamps(10), stamps(40), "")}, 30},
		{"two visits", []string{visits(stamps(0, 30), stamps(10, 35), "")}, 15},
		{"two tabs", []string{visits(stamps(0, 10), stamps(20, 30), `,"duration":2400`)}, 30},
		{"one tab in the other", []string{visits(stamps(0, 10), stamps(30, 20), `,"duration":2400`)}, 30},
		{"out of order", []string{visits(stamps(30, 0), stamps(35, 10), "")}, 15},
		{"never left", []string{visits(stamps(15), "[]", "")}, 45},
		{"never left, with the server's sum", []string{visits(stamps(15), "[]", `,"duration":600`)}, 10},
		{"never left, the server gives up", []string{visits(stamps(15), "[]", `,"duration":0`)}, 45},
		{"a leave is lost", []string{visits(stamps(0, 30), stamps(40), `,"duration":1500`)}, 25},
		{"a join is lost", []string{visits(stamps(30), stamps(10, 40), "")}, 10},
		{"in and out at once", []string{visits(stamps(10), stamps(10), "")}, 0},
		{"back at once", []string{visits(stamps(0, 10), stamps(10, 20), "")}, 20},
		{"the lists outweigh the sum", []string{visits(stamps(0), stamps(10), `,"duration":3000`)}, 10},
		{"early and late", []string{visits(`["2026-03-01T00:00:00Z"]`, `["2026-03-03T00:00:00Z"]`, "")}, 60},
		{"another day", []string{visits(`["2026-03-01T00:00:00Z"]`, `["2026-03-01T01:00:00Z"]`, "")}, 0},
		{"no lists", []string{visits("[]", "[]", `,"duration":1200`)}, 20},
		{"null lists", []string{visits("null", "null", `,"duration":"1200"`)}, 20},
		{"leaves alone", []string{visits("[]", stamps(20), `,"duration":1200`)}, 20},
		{"negative", []string{visits("[]", "[]", `,"duration":-5`)}, 0},
		{"absurd", []string{visits("[]", "[]", `,"duration":1e300`)}, 60},
		{"nothing", []string{visits("[]", "[]", "")}, 0},
		{"twice", []string{visits(stamps(0), stamps(20), ""), visits(stamps(10), stamps(30), "")}, 30},
		{"twice without lists", []string{visits("[]", "[]", `,"duration":600`), visits("[]", "[]", `,"duration":300`)}, 15},
		{"twice too long", []string{visits("[]", "[]", `,"duration":3000`), visits("[]", "[]", `,"duration":3000`)}, 60},
		{"once without lists", []string{visits(stamps(0), stamps(20), ""), visits("[]", "[]", `,"duration":300`)}, 25},
	} {
		got := parsed(t, report(p.attendees...))
		if len(got.Attendees) != 1 || got.Attendees[0].Duration != time.Duration(p.minutes)*time.Minute {
			t.Errorf("%s: %+v, want %d minutes", p.name, got.Attendees, p.minutes)
		}
	}
}

func TestParseAnalyticsMerges(t *testing.T) {
	got := parsed(t, report(
		`{"ext_user_id":"u-1","name":"Ada","moderator":true,"joins":`+stamps(30)+`,"leaves":`+stamps(40)+`,"engagement":{"chats":1,"talk_time":500}}`,
		`{"ext_user_id":"u-2","name":"Bob"}`,
		`{"ext_user_id":"u-1","name":"","joins":`+stamps(10)+`,"leaves":`+stamps(20)+`,"engagement":{"chats":2,"talk_time":5000}}`,
	))
	want := []bbb.Attended{
		{
			UserID: "u-1", Name: "Ada", Moderator: true, Joins: []time.Time{at(10), at(30)}, Leaves: []time.Time{at(20), at(40)},
			Duration: 20 * time.Minute, Chats: 3, TalkTime: 20 * time.Minute,
		},
		{UserID: "u-2", Name: "Bob"},
	}
	if diff := cmp.Diff(want, got.Attendees); diff != "" {
		t.Error(diff)
	}
}

// Scalelite decodes the report and encodes it anew, with keys of its own; older
// scripts write times as Ruby prints them.
func TestParseAnalyticsIsLenient(t *testing.T) {
	want := bbb.Report{
		MeetingID: "m-1", InternalID: "i-1", Duration: time.Hour, Start: at(0), Finish: at(60),
		Attendees: []bbb.Attended{{
			UserID: "42", Name: "Ada", Moderator: true, Joins: []time.Time{at(0)}, Leaves: []time.Time{at(20)}, Duration: 20 * time.Minute, Chats: 7,
		}},
	}
	const (
		start, finish = `"2026-03-02T10:00:00Z"`, `"2026-03-02T11:00:00Z"`
		ada           = `{"ext_user_id":42,"name":"Ada","moderator":"true","joins":["2026-03-02T10:00:00Z"],"leaves":["2026-03-02T10:20:00Z"],"engagement":{"chats":"7"}}`
	)
	body := func(duration, start, finish, attendees string) string {
		return `{"controller":"bigbluebutton_api","action":"analytics_callback","bigbluebutton_api":{},"meeting_id":"m-1","internal_meeting_id":"i-1",` +
			`"data":{"duration":` + duration + `,"start":` + start + `,"finish":` + finish + `,"attendees":[` + attendees + `]}}`
	}
	for name, text := range map[string]string{
		"added keys":         body("3600", start, finish, ada),
		"text":               body(`"3600"`, start, finish, ada),
		"no duration":        body("null", start, finish, ada),
		"other duration":     body("60", start, finish, ada),
		"no start":           body("3600", "null", finish, ada),
		"no finish":          body(`" 3600.0 "`, start, `""`, ada),
		"seconds":            body("3600", "1772445600", "1772449200", ada),
		"milliseconds":       body("3600", "1772445600000", `"1772449200000"`, ada),
		"as Ruby prints":     body("3600", `"2026-03-02 11:00:00 +0100"`, `"2026-03-02 11:00:00 UTC"`, ada),
		"no zone":            body("3600", `"2026-03-02T10:00:00"`, `"2026-03-02T11:00:00+0000"`, ada),
		"null among people":  body("3600", start, finish, `null,[],{},{"ext_user_id":null,"joins":7},7,"x",`+ada),
		"null among times":   body("3600", start, finish, strings.Replace(ada, `"joins":[`, `"joins":[null,"soon",{},-1,1e300,`, 1)),
		"parts of no object": body("3600", start, finish, ada+`,{"ext_user_id":"42","name":[],"moderator":{},"joins":{},"leaves":"x","duration":[],"engagement":[]}`),
		"moderator by number": body("3600", start, finish,
			strings.Replace(ada, `"true"`, "1", 1)+`,{"ext_user_id":"42","moderator":null,"engagement":null}`),
	} {
		if diff := cmp.Diff(want, parsed(t, text)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestParseAnalyticsRefuses(t *testing.T) {
	good := report()
	change := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, body := range map[string]string{
		"nothing":          "",
		"no JSON":          "meeting_id=m-1",
		"half":             good[:len(good)/2],
		"two":              good + good,
		"an array":         "[" + good + "]",
		"null":             "null",
		"no meeting":       change(`"m-1"`, `""`),
		"null meeting":     change(`"m-1"`, `null`),
		"long meeting":     change("m-1", strings.Repeat("m", 257)),
		"line in meeting":  change("m-1", `m\n1`),
		"no internal id":   change("internal_meeting_id", "other"),
		"bytes in id":      change("i-1", "i-\xff"),
		"no data":          change(`"data"`, `"other"`),
		"data is a list":   `{"meeting_id":"m-1","internal_meeting_id":"i-1","data":[]}`,
		"no people":        change(`"attendees"`, `"other"`),
		"people null":      change(`"attendees":[]`, `"attendees":null`),
		"people an object": change(`"attendees":[]`, `"attendees":{"u-1":{}}`),
		"no start":         change(`"duration":3600,"start"`, `"other"`),
		"start unreadable": change(`3600,"start":"2026`, `0,"start":"soon`),
		"ends before":      change("T11:", "T09:"),
		"for years":        change(`"finish":"2026`, `"finish":"2126`),
		"in the year 9999": change(`"finish":"2026`, `"finish":"9999`),
		"too many people":  report(strings.Repeat("{},", 20_000) + "{}"),
		"too large":        good + strings.Repeat(" ", bbb.MaxAnalytics),
	} {
		got, err := bbb.ParseAnalytics([]byte(body))
		if reasonOf(err) != bbb.Malformed || !cmp.Equal(got, bbb.Report{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got := parsed(t, good); got.Attendees == nil || len(got.Attendees) != 0 {
		t.Errorf("a meeting without people: %+v", got)
	}
}

// What one attendee says is bounded, too.
func TestParseAnalyticsBounds(t *testing.T) {
	got := parsed(t, report(
		`{"ext_user_id":"u-1","name":"A\u0000da\n`+strings.Repeat("é", 300)+`","joins":[`+strings.Repeat(`"2026-03-02T10:00:00Z",`, 20_000)+`0],
		  "engagement":{"chats":1e300,"talks":-3,"emojis":"-1","poll_votes":2.9,"talk_time":"1e300"}}`,
		`{"ext_user_id":"`+strings.Repeat("u", 257)+`"}`,
		`{"ext_user_id":"a\tb"}`,
	))
	if len(got.Attendees) != 1 {
		t.Fatalf("got %d attendees", len(got.Attendees))
	}
	a := got.Attendees[0]
	if len(a.Name) > 256 || !strings.HasPrefix(a.Name, "A da é") || len(a.Joins) != 10_000 {
		t.Errorf("name %q, %d joins", a.Name, len(a.Joins))
	}
	if a.Chats != 1_000_000 || a.Talks != 0 || a.Emojis != 0 || a.PollVotes != 2 || a.TalkTime != time.Hour {
		t.Errorf("got %d chats, %d talks, %d emojis, %d votes, %v", a.Chats, a.Talks, a.Emojis, a.PollVotes, a.TalkTime)
	}
	many := parsed(t, report(strings.Repeat(visits("[]", "[]", `,"duration":1e300`)+",", 10_000)+`{}`))
	if d := many.Attendees[0].Duration; d != time.Hour {
		t.Errorf("ten thousand sums come to %v", d)
	}
}

func FuzzParseAnalytics(f *testing.F) {
	f.Add(report(visits(stamps(0, 10), stamps(20, 30), `,"name":"Ada","moderator":"true","duration":"2400","engagement":{"talk_time":1e9}`)))
	f.Add(report(visits(stamps(15), "null", `,"duration":-1`), visits(stamps(50), stamps(1), ""), `null`))
	f.Add(`{"meeting_id":1,"internal_meeting_id":2,"data":{"duration":1e400,"start":1772445600,"finish":"","attendees":[{"ext_user_id":3}]}}`)
	f.Add(`{"meeting_id":"m","internal_meeting_id":"i","data":{"start":"2026-03-02 11:00:00 +0100","finish":"2026-03-02 11:00:00 UTC","attendees":[]}}`)
	f.Add("{}")
	f.Add("")
	f.Fuzz(func(t *testing.T, body string) {
		r, err := bbb.ParseAnalytics([]byte(body))
		if err != nil {
			if reasonOf(err) != bbb.Malformed || !cmp.Equal(r, bbb.Report{}) {
				t.Errorf("got %+v, %v", r, err)
			}
			return
		}
		if r.MeetingID == "" || r.InternalID == "" || r.Duration < 0 || r.Finish.Sub(r.Start) != r.Duration || r.Attendees == nil {
			t.Errorf("got %+v", r)
		}
		soundAttendees(t, r)
	})
}

func soundAttendees(t *testing.T, r bbb.Report) {
	t.Helper()
	seen := map[string]bool{}
	for _, a := range r.Attendees {
		if a.UserID == "" || seen[a.UserID] {
			t.Errorf("user id %q is empty or there twice", a.UserID)
		}
		seen[a.UserID] = true
		if a.Duration < 0 || a.Duration > r.Duration || a.TalkTime < 0 || a.TalkTime > a.Duration {
			t.Errorf("%v of %v, talking for %v", a.Duration, r.Duration, a.TalkTime)
		}
		if min(a.Chats, a.Talks, a.RaisedHands, a.Emojis, a.PollVotes) < 0 {
			t.Errorf("counts below zero: %+v", a)
		}
		for _, moment := range append(a.Joins, a.Leaves...) {
			if moment.Before(r.Start) || moment.After(r.Finish) {
				t.Errorf("%v is not within the meeting", moment)
			}
		}
	}
}
