package bbbtest_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

// lesson lasts two minutes: Ada is there from the start, Bob comes and goes, and
// then comes in two tabs.
func (w *world) lesson(id string) bbb.Created {
	w.t.Helper()
	made := w.create(bbb.CreateRequest{
		MeetingID: id, KeepEvents: true,
		Meta: map[string]string{bbb.MetaAnalytics: w.inbox.url + "/analytics/" + id, "Origin-Id": "tool"},
	})
	do := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	bob := bbbtest.Person{Name: "Bob", UserID: "id-Bob", Role: "VIEWER"}
	do(w.EnterAs(id, bbbtest.Person{Name: "Ada", UserID: "id-Ada", Role: "MODERATOR"}))
	do(w.EnterAs(id, bob))
	w.pass(30 * time.Second)
	do(w.Leave(id, "id-Bob"))
	w.pass(30 * time.Second)
	do(w.EnterAs(id, bob))
	do(w.EnterAs(id, bob))
	w.pass(time.Minute)
	do(w.End(id))
	w.Tick()
	return made
}

// believed wants one letter that carries a good token and a report.
func (w *world) believed(got []letter) bbb.Report {
	w.t.Helper()
	if len(got) != 1 {
		w.t.Fatalf("callbacks: %v", uris(got))
	}
	if err := w.client.VerifyAnalytics(got[0].header.Get("Authorization"), w.clock.now()); err != nil {
		w.t.Error(err)
	}
	r, err := bbb.ParseAnalytics([]byte(got[0].body))
	if err != nil {
		w.t.Fatalf("%v: %s", err, got[0].body)
	}
	return r
}

func TestAnalytics(t *testing.T) {
	for scalelite, agent := range map[bool]string{false: "BigBlueButton Analytics Callback", true: "Ruby"} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		start := w.clock.now().UTC()
		made := w.lesson("abc123")
		after := func(d time.Duration) time.Time { return start.Add(d) }
		got := w.inbox.take()
		want := bbb.Report{
			MeetingID: "abc123", InternalID: made.InternalID, Duration: 2 * time.Minute, Start: start, Finish: after(2 * time.Minute),
			Attendees: []bbb.Attended{
				{UserID: "id-Ada", Name: "Ada", Moderator: true, Joins: []time.Time{start}, Leaves: []time.Time{after(2 * time.Minute)}, Duration: 2 * time.Minute},
				{
					UserID: "id-Bob", Name: "Bob", Duration: 90 * time.Second,
					Joins:  []time.Time{start, after(time.Minute), after(time.Minute)},
					Leaves: []time.Time{after(30 * time.Second), after(2 * time.Minute), after(2 * time.Minute)},
				},
			},
		}
		if diff := cmp.Diff(want, w.believed(got)); diff != "" {
			t.Errorf("scalelite %v: %s", scalelite, diff)
		}
		if l := got[0]; l.uri != "/analytics/abc123" || l.method != "POST" || l.header.Get("User-Agent") != agent || l.header.Get("Content-Type") != "application/json" {
			t.Errorf("scalelite %v: %s %s %v", scalelite, l.method, l.uri, l.header)
		}
		w.pass(23 * time.Hour)
		if again := w.inbox.take(); len(again) != 0 {
			t.Errorf("more callbacks: %v", uris(again))
		}
		if err := w.client.VerifyAnalytics(got[0].header.Get("Authorization"), w.clock.now().Add(2*time.Hour)); err == nil {
			t.Error("the token is good for longer than a day")
		}
	}
}

// The shape is that of the scripts on a server.
func TestAnalyticsShape(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	made := w.lesson("abc123")
	var got map[string]any
	if err := json.Unmarshal([]byte(w.inbox.take()[0].body), &got); err != nil {
		t.Fatal(err)
	}
	data, _ := got["data"].(map[string]any)
	people, _ := data["attendees"].([]any)
	if len(people) != 2 {
		t.Fatalf("got %v", got)
	}
	delete(data, "attendees")
	none := map[string]any{"chats": 0., "talks": 0., "raisehand": 0., "emojis": 0., "poll_votes": 0., "talk_time": 0.}
	ada := map[string]any{
		"ext_user_id": "id-Ada", "name": "Ada", "moderator": true, "duration": 120., "recent_talking_time": "", "engagement": none,
		"joins": []any{"2018-07-10T16:47:38.036+00:00"}, "leaves": []any{"2018-07-10T16:49:38.036+00:00"},
	}
	if diff := cmp.Diff(ada, people[0]); diff != "" {
		t.Error(diff)
	}
	if bob := people[1].(map[string]any); bob["duration"] != 150. {
		t.Errorf("the server counts each tab: %v", bob["duration"])
	}
	want := map[string]any{
		"version": "1.0", "meeting_id": "abc123", "internal_meeting_id": made.InternalID,
		"data": map[string]any{
			"duration": 120., "start": "2018-07-10T16:47:38.036+00:00", "finish": "2018-07-10T16:49:38.036+00:00", "files": []any{}, "polls": []any{},
			"metadata": map[string]any{
				"meeting_name": "Algebra", "is_breakout": "false", "origin_id": "tool", "analytics_callback_url": w.inbox.url + "/analytics/abc123",
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnalyticsNeedsEvents(t *testing.T) {
	for name, c := range map[string]struct {
		request bbb.CreateRequest
		want    int
	}{
		"neither":     {bbb.CreateRequest{}, 0},
		"events kept": {bbb.CreateRequest{KeepEvents: true}, 1},
		"recorded":    {bbb.CreateRequest{Record: true}, 1},
	} {
		w := newWorld(t, bbbtest.Config{})
		c.request.Meta = map[string]string{bbb.MetaAnalytics: w.inbox.url + "/a"}
		w.create(c.request)
		w.inbox.statuses = []int{500}
		w.pass(time.Hour)
		w.pass(time.Hour)
		if got := w.inbox.take(); len(got) != c.want {
			t.Errorf("%s: %v", name, uris(got))
		}
	}
}

// The pool keeps the receiver's address to itself, signs anew with each secret
// until one is accepted, and adds the names that its framework gives a request.
func TestScaleliteAnalytics(t *testing.T) {
	for name, c := range map[string]struct {
		statuses []int
		signers  []string
	}{
		"accepted":      {nil, []string{"one"}},
		"second secret": {[]int{401}, []string{"one", "two"}},
		"not found":     {[]int{404}, []string{"one", "two"}},
		"never":         {[]int{401, 401, 401}, []string{"one", "two"}},
	} {
		w := newWorld(t, bbbtest.Config{Scalelite: true, Secrets: []string{"one", "two"}})
		w.inbox.statuses = c.statuses
		w.lesson("abc123")
		w.pass(time.Hour)
		got := w.inbox.take()
		if len(got) != len(c.signers) {
			t.Fatalf("%s: %v", name, uris(got))
		}
		for i, signer := range c.signers {
			one := &bbb.Client{Secrets: []string{signer}}
			if err := one.VerifyAnalytics(got[i].header.Get("Authorization"), w.clock.now()); err != nil {
				t.Errorf("%s: try %d: %v", name, i, err)
			}
		}
		wants(t, got[0].body, `"controller":"bigbluebutton_api"`, `"action":"analytics_callback"`, w.url+"/bigbluebutton/api/analytics_callback")
		wantsNone(t, got[0].body, w.inbox.url)
		if n := w.Requests("analytics_callback"); n != 1 {
			t.Errorf("%s: the node told the pool %d times", name, n)
		}
	}
}

// What a node did not sign goes no further.
func TestScalelitePassesNothingForged(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Scalelite: true, Secrets: []string{"one"}})
	w.lesson("abc123")
	good := w.inbox.take()[0]
	for token, want := range map[string]int{
		good.header.Get("Authorization"):       1,
		good.header.Get("Authorization") + "x": 0,
		"Bearer a.b.c":                         0,
		"":                                     0,
	} {
		req, err := http.NewRequest(http.MethodPost, w.url+"/bigbluebutton/api/analytics_callback", strings.NewReader(`{"meeting_id":"abc123"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", token)
		if status, _, _ := w.read(http.DefaultClient.Do(req)); status != http.StatusNoContent {
			t.Errorf("status %d", status)
		}
		w.Tick()
		if got := w.inbox.take(); len(got) != want {
			t.Errorf("%.20q: %v", token, uris(got))
		}
	}
	plain := newWorld(t, bbbtest.Config{})
	if status, _, _ := plain.read(http.Post(plain.url+"/bigbluebutton/api/analytics_callback", "application/json", nil)); status != http.StatusNotFound {
		t.Errorf("without a pool: %d", status)
	}
}

func TestAnalyticsFaults(t *testing.T) {
	for _, scalelite := range []bool{false, true} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		count := func(id string, f bbbtest.AnalyticsFault, want int) []letter {
			t.Helper()
			w.SetAnalyticsFault(f)
			w.lesson(id)
			got := w.inbox.take()
			if len(got) != want {
				t.Fatalf("fault %d: %v", f, uris(got))
			}
			return got
		}
		refused := func(l letter, want bbb.CallbackReason) {
			t.Helper()
			err := w.client.VerifyAnalytics(l.header.Get("Authorization"), w.clock.now())
			var e *bbb.CallbackError
			if !errors.As(err, &e) || e.Reason != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		count("first", bbbtest.AnalyticsReplayed, 0)
		refused(count("forged", bbbtest.AnalyticsForged, 1)[0], bbb.BadSignature)
		refused(count("expired", bbbtest.AnalyticsExpired, 1)[0], bbb.Expired)
		twice := count("twice", bbbtest.AnalyticsRepeated, 2)
		if twice[0].body != twice[1].body || w.believed(twice[:1]).MeetingID != "twice" {
			t.Errorf("got %v", twice)
		}
		replayed := count("victim", bbbtest.AnalyticsReplayed, 1)
		if replayed[0].uri != "/analytics/victim" || w.believed(replayed).MeetingID != "twice" {
			t.Errorf("got %v", replayed)
		}
		garbage := count("garbage", bbbtest.AnalyticsGarbage, 1)
		if _, err := bbb.ParseAnalytics([]byte(garbage[0].body)); err == nil {
			t.Error("garbage is read")
		}
		count("lost", bbbtest.AnalyticsDropped, 0)
		count("whole", bbbtest.AnalyticsIntact, 1)
	}
}

func TestAnalyticsDelay(t *testing.T) {
	for _, scalelite := range []bool{false, true} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		w.SetAnalyticsDelay(time.Hour)
		w.lesson("abc123")
		w.pass(59 * time.Minute)
		if got := w.inbox.take(); len(got) != 0 {
			t.Errorf("too early: %v", uris(got))
		}
		w.pass(time.Minute)
		w.believed(w.inbox.take())
	}
}
