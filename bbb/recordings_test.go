package bbb_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

const recordingXML = `<recording>
	<recordID>%[1]s</recordID><meetingID>%[2]s</meetingID><internalMeetingID>%[1]s</internalMeetingID>
	<name><![CDATA[Algebra & more]]></name><isBreakout>false</isBreakout><published>true</published><state>published</state>
	<startTime>1531241258036</startTime><endTime>1531244858036</endTime><participants>3</participants>
	<rawSize>9000</rawSize><size>5000</size>
	<metadata><meetingName>Algebra</meetingName><bbb-origin>tool</bbb-origin><empty/><nested>a<b>c</b></nested></metadata>
	<playback>
		<format><type>presentation</type><url> https://bbb.example/playback/presentation/2.3/%[1]s </url>
			<processingTime>7177</processingTime><length>60</length><size>4000</size>
			<preview><images><image alt="a" width="176" height="136">https://bbb.example/t.png</image></images></preview></format>
		<format><type>video</type><url>https://bbb.example/video/%[1]s</url><length>60</length></format>
	</playback></recording>`

func listXML(recordings ...string) string {
	return "<response><returncode>SUCCESS</returncode><recordings>" + strings.Join(recordings, "") + "</recordings><messageKey/></response>"
}

func TestRecordingsDecoded(t *testing.T) {
	c, _ := scripted(t, answer(200, listXML(fmt.Sprintf(recordingXML, "r-1", "m-1"), "<other><x/></other>")))
	got, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []bbb.Recording{{
		RecordID: "r-1", MeetingID: "m-1", InternalID: "r-1", Name: "Algebra & more", State: bbb.StatePublished, Published: true,
		Start: time.UnixMilli(1531241258036).UTC(), End: time.UnixMilli(1531244858036).UTC(), Participants: 3, Size: 5000,
		Metadata: map[string]string{"meetingName": "Algebra", "bbb-origin": "tool", "empty": "", "nested": "a"},
		Formats: []bbb.Format{
			{Type: "presentation", URL: "https://bbb.example/playback/presentation/2.3/r-1", Length: time.Hour, Size: 4000},
			{Type: "video", URL: "https://bbb.example/video/r-1", Length: time.Hour},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Servers answer with more than was asked for, and with some of it twice.
func TestRecordingsOnlyAsked(t *testing.T) {
	var all []string
	for _, ids := range [][2]string{{"r-1", "m-1"}, {"r-1", "m-1"}, {"r-10", "m-1"}, {"r-2", "m-2"}, {"r-3", "m-3"}, {"", "m-1"}} {
		all = append(all, fmt.Sprintf(recordingXML, ids[0], ids[1]))
	}
	for _, q := range []struct {
		name  string
		query bbb.RecordingQuery
		want  []string
	}{
		{"of a meeting", bbb.RecordingQuery{MeetingIDs: []string{"m-1"}}, []string{"r-1", "r-10"}},
		{"of two", bbb.RecordingQuery{MeetingIDs: []string{"m-1", "m-3"}}, []string{"r-1", "r-10", "r-3"}},
		{"by id", bbb.RecordingQuery{RecordIDs: []string{"r-1"}}, []string{"r-1"}},
		{"both", bbb.RecordingQuery{MeetingIDs: []string{"m-1"}, RecordIDs: []string{"r-1", "r-2"}}, []string{"r-1"}},
		{"none", bbb.RecordingQuery{MeetingIDs: []string{"m-9"}}, nil},
	} {
		c, _ := scripted(t, answer(200, listXML(all...)))
		found, err := c.Recordings(t.Context(), q.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range found {
			got = append(got, r.RecordID)
		}
		if diff := cmp.Diff(q.want, got); diff != "" {
			t.Errorf("%s: %s", q.name, diff)
		}
	}
}

func TestRecordingsRefusesAll(t *testing.T) {
	c, tries := scripted(t, answer(200, listXML()))
	for name, q := range map[string]bbb.RecordingQuery{
		"no id":      {},
		"empty id":   {MeetingIDs: []string{"m-1", ""}},
		"two in one": {MeetingIDs: []string{"m-1,m-2"}},
		"record id":  {MeetingIDs: []string{"m-1"}, RecordIDs: []string{" "}},
	} {
		if _, err := c.Recordings(t.Context(), q); !hasReason(err, bbb.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tries.Load() != 0 {
		t.Error("it was sent all the same")
	}
}

func TestRecordingsInBatches(t *testing.T) {
	var got []string
	var queries []url.Values
	c, _ := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.RequestURI()); n > 4<<10 {
			t.Errorf("an address of %d bytes", n)
		}
		queries = append(queries, r.URL.Query())
		got = append(got, strings.Split(r.URL.Query().Get("meetingID"), ",")...)
		answer(200, listXML())(w, r)
	})
	for _, length := range []int{2, 40, 250} {
		got, queries = nil, nil
		var ids []string
		for i := range 120 {
			ids = append(ids, fmt.Sprintf("%0*d", length, i))
		}
		ids[7] = strings.Repeat("ä", length/2) // grows threefold in an address
		_, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: ids, States: []bbb.RecordingState{bbb.StatePublished, bbb.StateDeleted}})
		if err != nil || !slices.Equal(ids, got) {
			t.Errorf("length %d: asked for %d ids, want %d; %v", length, len(got), len(ids), err)
		}
		for _, q := range queries {
			if q.Get("state") != "published,deleted" || strings.Count(q.Get("meetingID"), ",") >= 50 {
				t.Errorf("length %d: asked %v", length, q)
			}
		}
	}
}

func TestRecordingsNone(t *testing.T) {
	for name, body := range map[string]string{
		"said":     `<response><returncode>SUCCESS</returncode><recordings/><messageKey>noRecordings</messageKey></response>`,
		"no list":  `<response><returncode>SUCCESS</returncode><messageKey>noRecordings</messageKey></response>`,
		"declared": `<?xml version="1.0" encoding="UTF-8"?><response><returncode>SUCCESS</returncode><recordings></recordings></response>`,
	} {
		c, _ := scripted(t, answer(200, body))
		found, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}})
		if len(found) > 0 || err != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

func TestRecordingsFailures(t *testing.T) {
	for name, f := range map[string]struct {
		body string
		want bbb.Reason
	}{
		"refused":        {refusedXML("FAILED", "missingParameters", "no"), bbb.Refused},
		"page":           {"<html><body>404</body></html>", bbb.Unreadable},
		"cut in a list":  {listXML(fmt.Sprintf(recordingXML, "r-1", "m-1"))[:900], bbb.Unreadable},
		"cut in a map":   {"<response><recordings><recording><metadata><a>", bbb.Unreadable},
		"bad number":     {listXML("<recording><startTime>now</startTime></recording>"), bbb.Unreadable},
		"no return code": {"<response><recordings/></response>", bbb.Unreadable},
	} {
		c, _ := scripted(t, answer(200, f.body))
		found, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}})
		if !hasReason(err, f.want) || found != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// A pool answers in one piece, however large. 64 MB are the limit.
func TestRecordingsLarge(t *testing.T) {
	pad := bytes.Repeat([]byte("<other>                                </other>"), 1<<14)
	list := func(size int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "<response><returncode>SUCCESS</returncode><recordings>")
			for sent := 0; sent < size; sent += len(pad) {
				w.Write(pad)
			}
			fmt.Fprintf(w, recordingXML, "r-1", "m-1")
			io.WriteString(w, "</recordings></response>")
		}
	}
	c, _ := scripted(t, list(3<<20))
	found, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}})
	if err != nil || len(found) != 1 {
		t.Errorf("3 MB: %d found, %v", len(found), err)
	}
	over := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "68157440")
		io.WriteString(w, "<response><x>")
	}
	c, _ = scripted(t, over)
	if _, err := c.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}}); !hasReason(err, bbb.TooLarge) {
		t.Errorf("65 MB: %v", err)
	}
}

func TestManageRecordings(t *testing.T) {
	for _, scalelite := range []bool{false, true} {
		c, fake := newFake(t, bbbtest.Config{Scalelite: scalelite})
		fake.AddRecording(bbbtest.Recording{RecordID: "r-1", MeetingID: "m-1", State: "published", Formats: []string{"presentation"}})
		state := func(want bbb.RecordingState) {
			t.Helper()
			found, err := c.Recordings(t.Context(), bbb.RecordingQuery{RecordIDs: []string{"r-1"}, States: []bbb.RecordingState{bbb.StateAny}})
			if err != nil || len(found) != 1 || found[0].State != want || found[0].Published != (want == bbb.StatePublished) {
				t.Errorf("got %+v, %v; want %s", found, err, want)
			}
		}
		state(bbb.StatePublished)
		for _, step := range []struct {
			act  func() error
			want bbb.RecordingState
		}{
			{func() error { return c.Publish(t.Context(), "r-1", false) }, bbb.StateUnpublished},
			{func() error { return c.Publish(t.Context(), "r-1", true) }, bbb.StatePublished},
			{func() error { return c.Delete(t.Context(), "r-1") }, bbb.StateDeleted},
		} {
			if err := step.act(); err != nil {
				t.Error(err)
			}
			state(step.want)
		}
		if err := c.Delete(t.Context(), "r-1"); !bbb.NotFound(err) {
			t.Errorf("deleting again: %v", err)
		}
	}
}
