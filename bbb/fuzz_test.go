package bbb_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/bbb"
)

// canned answers every request with the same body, without a network.
type canned string

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(c))), Request: r}, nil
}

func cannedClient(body string) *bbb.Client {
	return &bbb.Client{URL: "https://bbb.example", Secrets: []string{secret}, HTTP: &http.Client{Transport: canned(body)}}
}

// Whatever comes: no panic, and an answer or an *Error that holds no secret.
func FuzzParseRecordings(f *testing.F) {
	for _, body := range []string{
		listXML(fmt.Sprintf(recordingXML, "r-1", "m-1")),
		listXML(fmt.Sprintf(recordingXML, "r-1", "m-2"), "<other/>"),
		refusedXML("FAILED", "missingParameters", "no"),
		"<response><returncode>SUCCESS</returncode><messageKey>noRecordings</messageKey></response>",
		"<response><recordings><recording><metadata><a>", "<html></html>", "", "<response", "<?xml version='1.0' encoding='x'?><response/>",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		found, err := cannedClient(body).Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{"m-1"}})
		if err != nil {
			sane(t, err)
		}
		for _, r := range found {
			if r.MeetingID != "m-1" || r.RecordID == "" || err != nil {
				t.Errorf("found %+v, %v", r, err)
			}
		}
	})
}

func FuzzInfo(f *testing.F) {
	for _, body := range []string{
		okReply, refusedXML("FAILED", "notFound", "none"), "<html></html>", "",
		"<response><returncode>SUCCESS</returncode><createTime>1531241258036</createTime><attendees><attendee><userID>u</userID><role>VIEWER</role></attendee></attendees><moderatorPW>x</moderatorPW></response>",
		`<response><returncode>FAILED</returncode><errors><error key="a" message="b"/></errors></response>`,
		"<response><returncode>SUCCESS</returncode><createTime>99999999999999999999</createTime></response>",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		info, err := cannedClient(body).Info(t.Context(), "m-1")
		if (info == nil) == (err == nil) {
			t.Errorf("got %v, %v", info, err)
		}
		if err != nil {
			sane(t, err)
		}
	})
}

func sane(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); strings.Contains(text, secret) || strings.ContainsAny(text, "\n\r\x00") || len(text) > 1000 {
		t.Errorf("error %q", text)
	}
}

// Only the secret makes a token good.
func FuzzRecordingReady(f *testing.F) {
	f.Add(readyVector)
	f.Add(hs256(readyPayload, "other"))
	f.Add("a.b.c")
	f.Add("..")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		strange := &bbb.Client{Secrets: []string{"a secret that signed nothing", ""}}
		if got, err := strange.VerifyRecordingReady(token); reasonOf(err) == "" || got != (bbb.RecordingReady{}) {
			t.Errorf("got %+v, %v", got, err)
		}
		signed := hs256(token, secret)
		got, err := (&bbb.Client{Secrets: []string{secret}}).VerifyRecordingReady(signed)
		if (err == nil) != (got.MeetingID != "" && got.RecordID != "") {
			t.Errorf("payload %q: %+v, %v", token, got, err)
		}
	})
}

func FuzzAnalytics(f *testing.F) {
	f.Add(analyticsVector, `{"exp":4102444800}`)
	f.Add("Bearer "+analyticsVector, `{"exp":null}`)
	f.Add("Bearer", `{"exp":1e999}`)
	f.Add("", `[]`)
	now := time.Unix(analyticsExp, 0)
	f.Fuzz(func(t *testing.T, bearer, payload string) {
		if err := (&bbb.Client{Secrets: []string{"a secret that signed nothing", ""}}).VerifyAnalytics(bearer, now); reasonOf(err) == "" {
			t.Errorf("%q is believed: %v", bearer, err)
		}
		err := (&bbb.Client{Secrets: []string{secret}}).VerifyAnalytics(hs512(payload, secret), now)
		if err != nil && reasonOf(err) == "" {
			t.Errorf("%q: %v", payload, err)
		}
		bbb.ParseErrors(url.Values{"errors": {payload}})
	})
}
