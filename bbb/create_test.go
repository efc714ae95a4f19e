package bbb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
)

// capture answers SUCCESS and keeps the parameters.
func capture(t *testing.T) (*bbb.Client, *url.Values) {
	t.Helper()
	var got url.Values
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.Query()
		w.Write([]byte(`<response><returncode>SUCCESS</returncode></response>`))
	}))
	t.Cleanup(server.Close)
	return &bbb.Client{URL: server.URL, Secrets: []string{secret}}, &got
}

func minimal() bbb.CreateRequest {
	return bbb.CreateRequest{MeetingID: "m-1", Name: "Algebra", AttendeePW: "a-pw", ModeratorPW: "m-pw"}
}

func TestCreateParameters(t *testing.T) {
	c, got := capture(t)
	all := minimal()
	all.Welcome, all.ModeratorWelcome, all.LogoutURL, all.Layout = "Hi <b>all</b>", "Press record", "https://t.example/left", "SMART_LAYOUT"
	all.MaxParticipants, all.MaxCameras, all.Duration = 30, 4, 90*time.Minute
	all.Record, all.AutoStart, all.FixedRecording, all.NotifyRecordingOn, all.KeepEvents = true, true, true, true, true
	all.MuteOnStart, all.ModeratorsUnmute, all.ModeratorsSeeCams, all.EndWithoutModerator = true, true, true, true
	all.GuestPolicy, all.DisabledFeatures = bbb.AskModerator, []string{"polls", "captions"}
	all.ExpireIfNoUserJoined, all.ExpireWhenLastUserLeft = 61*time.Second, bbb.Never
	all.MeetingEndedURL = "https://t.example/bbb/ended/x"
	all.Meta = map[string]string{"b": "2", bbb.MetaRecordingReady: "https://t.example/r?a=b"}
	if _, err := c.Create(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got.Del("checksum")
	want := url.Values{
		"meetingID": {"m-1"}, "name": {"Algebra"}, "attendeePW": {"a-pw"}, "moderatorPW": {"m-pw"},
		"welcome": {"Hi <b>all</b>"}, "moderatorOnlyMessage": {"Press record"}, "logoutURL": {"https://t.example/left"},
		"meetingLayout": {"SMART_LAYOUT"}, "disabledFeatures": {"polls,captions"},
		"maxParticipants": {"30"}, "meetingCameraCap": {"4"}, "duration": {"90"},
		"record": {"true"}, "autoStartRecording": {"true"}, "allowStartStopRecording": {"false"},
		"notifyRecordingIsOn": {"true"}, "meetingKeepEvents": {"true"}, "muteOnStart": {"true"},
		"allowModsToUnmuteUsers": {"true"}, "webcamsOnlyForModerator": {"true"}, "endWhenNoModerator": {"true"},
		"guestPolicy":                            {"ASK_MODERATOR"},
		"meetingExpireIfNoUserJoinedInMinutes":   {"2"},
		"meetingExpireWhenLastUserLeftInMinutes": {"0"},
		"meetingEndedURL":                        {"https://t.example/bbb/ended/x"},
		"meta_b":                                 {"2"}, "meta_bbb-recording-ready-url": {"https://t.example/r?a=b"},
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Error(diff)
	}
}

// What is not asked for is not sent, so that the server's own defaults hold.
func TestCreateSendsNoDefaults(t *testing.T) {
	c, got := capture(t)
	if _, err := c.Create(t.Context(), minimal()); err != nil {
		t.Fatal(err)
	}
	got.Del("checksum")
	want := url.Values{"meetingID": {"m-1"}, "name": {"Algebra"}, "attendeePW": {"a-pw"}, "moderatorPW": {"m-pw"}}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Error(diff)
	}
}

func TestCreateRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*bbb.CreateRequest){
		"no id":            func(r *bbb.CreateRequest) { r.MeetingID = "" },
		"comma":            func(r *bbb.CreateRequest) { r.MeetingID = "a,b" },
		"control":          func(r *bbb.CreateRequest) { r.MeetingID = "a\nb" },
		"blank at the end": func(r *bbb.CreateRequest) { r.MeetingID = "ab " },
		"long id":          func(r *bbb.CreateRequest) { r.MeetingID = strings.Repeat("x", 257) },
		"no name":          func(r *bbb.CreateRequest) { r.Name = "" },
		"no viewers' pw":   func(r *bbb.CreateRequest) { r.AttendeePW = "" },
		"no moderators'":   func(r *bbb.CreateRequest) { r.ModeratorPW = "" },
		"the same twice":   func(r *bbb.CreateRequest) { r.AttendeePW = r.ModeratorPW },
		"meta underscore":  func(r *bbb.CreateRequest) { r.Meta = map[string]string{"a_b": "c"} },
		"meta digit":       func(r *bbb.CreateRequest) { r.Meta = map[string]string{"1a": "c"} },
		"meta empty":       func(r *bbb.CreateRequest) { r.Meta = map[string]string{"": "c"} },
		"too much":         func(r *bbb.CreateRequest) { r.Welcome = strings.Repeat("x", 8<<10) },
	} {
		c, got := capture(t)
		r := minimal()
		spoil(&r)
		if _, err := c.Create(t.Context(), r); !hasReason(err, bbb.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if *got != nil {
			t.Errorf("%s: it was sent all the same", name)
		}
	}
}
