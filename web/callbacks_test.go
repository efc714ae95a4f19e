package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

func TestMeetingEndedCallback(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.running(path)
	address := mustURL(t, w.bbb.Meetings()[0].Meta["endcallbackurl"])
	bbb := w.browser()
	bbb.get(address.Path + "?recordingmarks=false&meetingID=x").want(http.StatusOK)
	if work := storagetest.Queued(t, w.db); !strings.Contains(strings.Join(work, "\n"), "reconcile") {
		t.Errorf("nothing is looked at: %q", work)
	}
	a := bbb.get("/bbb/ended/" + noThing + ".forged").want(http.StatusNotFound)
	if strings.Contains(a.body, "<") {
		t.Error("BigBlueButton is answered with a page")
	}
	bbb.post(address.Path, nil).want(http.StatusMethodNotAllowed)
}

func TestRecordingReadyCallback(t *testing.T) {
	w := newWorld(t)
	m := w.meeting(w.newRoom(), w.ended(classroom.RecordingProcessing))
	bbb := w.browser()
	path := "/bbb/recording/" + m.ID
	sign := func(secret string) url.Values {
		text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"meeting_id":"`+m.ID+`","record_id":"rec-1"}`))
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(text))
		return url.Values{"signed_parameters": {text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))}}
	}
	bbb.post(path, sign("bbb-secret")).want(http.StatusOK)
	if work := storagetest.Queued(t, w.db); !strings.Contains(strings.Join(work, "\n"), "find_recordings") {
		t.Errorf("nothing is looked at: %q", work)
	}
	bbb.post(path, sign("another")).want(http.StatusUnauthorized)
	bbb.post(path, nil).want(http.StatusUnauthorized)
	bbb.post("/bbb/recording/"+noThing, sign("bbb-secret")).want(http.StatusGone)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	bbb.send("POST", path, "signed_parameters="+strings.Repeat("x", maxCallback), form).want(http.StatusRequestEntityTooLarge)
	// BigBlueButton is another site by design.
	form["Origin"] = "https://bbb.example"
	bbb.send("POST", path, sign("bbb-secret").Encode(), form).want(http.StatusOK)
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.get("/healthz").want(http.StatusOK)
	b.get("/readyz").want(http.StatusOK)
	b.get("/").want(http.StatusOK).says("page.what")
	if a := b.get("/robots.txt").want(http.StatusOK); !strings.Contains(a.body, "Disallow: /") {
		t.Errorf("robots.txt: %s", a.body)
	}
	for err, want := range map[error]string{
		errors.New("dial 10.0.0.1 as secret-user"):    "internal\n",
		context.DeadlineExceeded:                      "timeout\n",
		&classroom.Error{Code: classroom.Unavailable}: "unavailable\n",
	} {
		w.server.Ready = func(context.Context) error { return err }
		if a := b.get("/readyz").want(http.StatusServiceUnavailable); a.body != want {
			t.Errorf("not ready because of %v: %q, want %q", err, a.body, want)
		}
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	for name, test := range map[string]struct {
		authorization string
		status        int
	}{
		"none": {"", 404}, "wrong": {"Bearer wrong", 404}, "basic": {"Basic metrics-token", 404}, "bare": {"metrics-token", 404},
		"right": {"Bearer metrics-token", 200},
	} {
		a := w.browser().send("GET", "/metrics", "", map[string]string{"Authorization": test.authorization})
		if a.status != test.status {
			t.Errorf("%s: status %d, want %d", name, a.status, test.status)
		}
	}
	w.server.MetricsToken = ""
	w.browser().send("GET", "/metrics", "", map[string]string{"Authorization": "Bearer "}).want(http.StatusNotFound)
}
