package bbbtest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

// class runs a recorded meeting from create to its end.
func (w *world) class(r bbb.CreateRequest, marked bool) bbb.Created {
	w.t.Helper()
	r.Record = true
	made := w.create(r)
	w.enter("Ada", bbb.Moderator)
	if marked {
		if err := w.Record("abc123", true); err != nil {
			w.t.Fatal(err)
		}
	}
	w.pass(10 * time.Minute)
	if err := w.End("abc123"); err != nil {
		w.t.Fatal(err)
	}
	w.Tick()
	return made
}

func uris(letters []letter) []string {
	var list []string
	for _, l := range letters {
		list = append(list, l.method+" "+l.uri)
	}
	return list
}

func TestEndCallbacks(t *testing.T) {
	for marked, word := range map[bool]string{true: "true", false: "false"} {
		w := newWorld(t, bbbtest.Config{})
		w.class(bbb.CreateRequest{
			MeetingEndedURL: w.inbox.url + "/ended/token?x=1",
			Meta:            map[string]string{bbb.MetaEndCallback: w.inbox.url + "/end?y=2"},
		}, marked)
		got := uris(w.inbox.take())
		if len(got) == 2 && strings.HasPrefix(got[1], "GET /ended") {
			got[0], got[1] = got[1], got[0] // they race, as the real ones do
		}
		want := []string{"GET /ended/token?x=1", "GET /end?y=2&meetingID=abc123&recordingmarks=" + word}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestEndCallbackTriedFiveTimes(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.inbox.statuses = []int{500, 404, 302, 500, 500, 500}
	w.class(bbb.CreateRequest{MeetingEndedURL: w.inbox.url + "/ended"}, false)
	var tries []int
	for _, wait := range []time.Duration{0, 29 * time.Second, time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, time.Hour} {
		w.pass(wait)
		tries = append(tries, len(w.inbox.take()))
	}
	if diff := cmp.Diff([]int{1, 0, 1, 1, 1, 1, 0}, tries); diff != "" {
		t.Error(diff)
	}
}

func TestRecordingStory(t *testing.T) {
	w := newWorld(t, bbbtest.Config{RecordingDelay: time.Minute, Formats: []string{"presentation", "video"}})
	made := w.class(bbb.CreateRequest{Meta: map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/ready"}}, true)
	if found := w.recordings(); len(found) != 0 || len(w.inbox.take()) != 0 {
		t.Errorf("too early: %+v", found)
	}
	if found := w.recordings(bbb.StateProcessing); len(found) != 1 || found[0].Published || len(found[0].Formats) != 0 {
		t.Errorf("while it is processed: %+v", found)
	}
	for formats := 1; formats <= 2; formats++ {
		w.pass(time.Minute)
		found := w.recordings()
		if len(found) != 1 || found[0].RecordID != made.InternalID || !found[0].Published || len(found[0].Formats) != formats || found[0].Size == 0 {
			t.Fatalf("after %d minutes: %+v", formats, found)
		}
		w.readyOnce(made.InternalID)
	}
	w.pass(time.Hour)
	if got := w.inbox.take(); len(got) != 0 {
		t.Errorf("more callbacks: %v", uris(got))
	}
}

// readyOnce wants one recording-ready callback that the client believes.
func (w *world) readyOnce(recordID string) {
	w.t.Helper()
	got := w.inbox.take()
	if len(got) != 1 || got[0].method != "POST" || got[0].header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		w.t.Fatalf("callbacks: %v", got)
	}
	form, err := url.ParseQuery(got[0].body)
	if err != nil {
		w.t.Fatal(err)
	}
	ready, err := w.client.VerifyRecordingReady(form.Get("signed_parameters"))
	if err != nil || ready != (bbb.RecordingReady{MeetingID: "abc123", RecordID: recordID}) {
		w.t.Errorf("got %+v, %v", ready, err)
	}
}

func TestNoRecordingWithoutMarks(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.class(bbb.CreateRequest{Meta: map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/ready"}}, false)
	w.pass(time.Hour)
	if found := w.recordings(bbb.StateAny); len(found) != 0 || len(w.inbox.take()) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestAutoStartRecords(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.class(bbb.CreateRequest{AutoStart: true}, false)
	if found := w.recordings(); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
}

func TestRecordingSwitches(t *testing.T) {
	w := newWorld(t, bbbtest.Config{RecordingDelay: time.Hour})
	id := w.class(bbb.CreateRequest{}, true).InternalID
	state := func(act func(string) error, want bbb.RecordingState) {
		t.Helper()
		if err := act(id); err != nil {
			t.Fatal(err)
		}
		if found := w.recordings(bbb.StateAny); len(found) != 1 || found[0].State != want {
			t.Errorf("got %+v, want %s", found, want)
		}
	}
	if err := w.Unpublish(id); err == nil {
		t.Error("hidden while it is processed")
	}
	state(w.PublishRecording, bbb.StatePublished)
	state(w.Unpublish, bbb.StateUnpublished)
	state(w.PublishRecording, bbb.StatePublished)
	state(w.Delete, bbb.StateDeleted)
	for _, act := range []func(string) error{w.PublishRecording, w.Unpublish, w.Delete} {
		if act(id) == nil {
			t.Error("a deleted recording changed")
		}
	}
	if all := w.Recordings(); len(all) != 1 || all[0].State != "deleted" {
		t.Errorf("got %+v", all)
	}
}

func TestDropCallbacks(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.DropCallbacks(true)
	w.class(bbb.CreateRequest{
		MeetingEndedURL: w.inbox.url + "/ended",
		Meta:            map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/ready", bbb.MetaAnalytics: w.inbox.url + "/a"},
	}, true)
	w.DropCallbacks(false)
	w.pass(time.Hour)
	if got := w.inbox.take(); len(got) != 0 {
		t.Errorf("callbacks: %v", uris(got))
	}
	if len(w.recordings()) != 1 {
		t.Error("the recording is lost, too")
	}
}

// Scalelite calls by itself: with each secret until one is accepted, at the
// address of the last meeting with that id; 404 and 410 make it stop.
func TestScaleliteReady(t *testing.T) {
	for name, c := range map[string]struct {
		statuses []int
		tries    int
	}{
		"accepted":          {nil, 1},
		"second secret":     {[]int{401}, 2},
		"no secret":         {[]int{401, 401}, 2},
		"gone":              {[]int{410}, 1},
		"not found":         {[]int{404}, 1},
		"error, then taken": {[]int{500}, 2},
	} {
		w := newWorld(t, bbbtest.Config{Scalelite: true, Secrets: []string{"one", "two"}, RecordingDelay: time.Minute})
		w.class(bbb.CreateRequest{Meta: map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/first"}}, true)
		w.create(bbb.CreateRequest{Meta: map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/second"}})
		w.inbox.statuses = c.statuses
		w.pass(time.Minute)
		w.pass(time.Hour)
		got := w.inbox.take()
		if len(got) != c.tries || got[0].uri != "/second" {
			t.Errorf("%s: %v", name, uris(got))
		}
	}
}

func TestScaleliteRecordings(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Scalelite: true, RecordingDelay: time.Minute})
	w.class(bbb.CreateRequest{Meta: map[string]string{bbb.MetaRecordingReady: w.inbox.url + "/r", "origin": "tool"}}, true)
	if found := w.recordings(bbb.StateAny); len(found) != 0 {
		t.Errorf("processing is not visible: %+v", found)
	}
	w.pass(time.Minute)
	found := w.recordings()
	if len(found) != 1 || found[0].Size != 0 || found[0].Formats[0].Size != 0 {
		t.Fatalf("found %+v", found)
	}
	if diff := cmp.Diff(map[string]string{"origin": "tool"}, found[0].Metadata); diff != "" {
		t.Error(diff)
	}
	if err := w.client.Delete(t.Context(), found[0].RecordID); err != nil {
		t.Fatal(err)
	}
	if found := w.recordings(bbb.StateDeleted); len(found) != 1 || len(found[0].Metadata) != 0 {
		t.Errorf("found %+v", found)
	}
}

// BigBlueButton has pages, Scalelite answers in one piece with its newest first.
func TestPaging(t *testing.T) {
	for scalelite, want := range map[bool][]string{false: {"r-2"}, true: {"r-3", "r-2", "r-1"}} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		for i, id := range []string{"r-1", "r-2", "r-3"} {
			w.AddRecording(bbbtest.Recording{RecordID: id, MeetingID: "abc123", State: "published", Start: w.clock.now().Add(time.Duration(i) * time.Hour)})
		}
		const q = "meetingID=abc123&offset=1&limit=1"
		_, text, _ := w.get(w.url + "/bigbluebutton/api/getRecordings?" + q + "&checksum=" + bbb.SHA256.Checksum("getRecordings", q, secret))
		var got []string
		for _, part := range strings.Split(text, "<recordID>")[1:] {
			id, _, _ := strings.Cut(part, "<")
			got = append(got, id)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if strings.Contains(text, "<totalElements>3</totalElements>") == scalelite {
			t.Errorf("totalElements: %s", text)
		}
	}
}
