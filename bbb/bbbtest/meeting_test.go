package bbbtest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

func TestInternalID(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	if got := w.create(bbb.CreateRequest{}).InternalID; got != "6367c48dd193d56ea7b0baad25b19455e529f5ee-1531241258036" {
		t.Errorf("got %s", got)
	}
}

func TestExpiry(t *testing.T) {
	for _, e := range []struct {
		name    string
		request bbb.CreateRequest
		story   func(w *world)
		after   time.Duration // still there just before, gone then
	}{
		{"nobody came", bbb.CreateRequest{}, func(*world) {}, 5 * time.Minute},
		{"nobody came for long", bbb.CreateRequest{ExpireIfNoUserJoined: 20 * time.Minute}, func(*world) {}, 20 * time.Minute},
		{"all left", bbb.CreateRequest{}, come, time.Minute},
		{"all left for long", bbb.CreateRequest{ExpireWhenLastUserLeft: 10 * time.Minute}, come, 10 * time.Minute},
		{"duration", bbb.CreateRequest{Duration: 30 * time.Minute}, func(w *world) { w.enter("Ada", bbb.Viewer) }, 30 * time.Minute},
		{"no moderator", bbb.CreateRequest{EndWithoutModerator: true}, func(w *world) {
			w.enter("Bob", bbb.Viewer)
			come(w)
		}, time.Minute},
	} {
		t.Run(e.name, func(t *testing.T) {
			w := newWorld(t, bbbtest.Config{})
			w.create(e.request)
			e.story(w)
			w.pass(e.after - time.Second)
			if !w.there() {
				t.Error("gone too early")
			}
			w.pass(time.Second)
			if w.there() {
				t.Error("still there")
			}
		})
	}
}

// come is a moderator who enters and leaves.
func come(w *world) {
	w.enter("Ada", bbb.Moderator)
	if err := w.Leave("abc123", "id-Ada"); err != nil {
		w.t.Error(err)
	}
}

func TestNoExpiry(t *testing.T) {
	for name, story := range map[string]func(w *world){
		"somebody inside": func(w *world) { w.enter("Ada", bbb.Viewer) },
		"never":           come,
	} {
		w := newWorld(t, bbbtest.Config{})
		w.create(bbb.CreateRequest{ExpireWhenLastUserLeft: bbb.Never})
		story(w)
		w.pass(24 * time.Hour)
		if !w.there() {
			t.Errorf("%s: gone", name)
		}
	}
}

// A meeting that was ended is shown for a while, and then its id is free again.
func TestLinger(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Linger: 10 * time.Second})
	first := w.create(bbb.CreateRequest{})
	w.enter("Ada", bbb.Moderator)
	if err := w.client.End(t.Context(), "abc123", "moderator-pw"); err != nil {
		t.Fatal(err)
	}
	info, err := w.client.Info(t.Context(), "abc123")
	if err != nil || !info.ForciblyEnded || info.Running || info.End.IsZero() || info.Participants != 0 {
		t.Errorf("got %+v, %v", info, err)
	}
	if made := w.create(bbb.CreateRequest{}); !made.Duplicate || !made.ForciblyEnded || made.CreateTime != first.CreateTime {
		t.Errorf("created %+v", made)
	}
	w.pass(10 * time.Second)
	if made := w.create(bbb.CreateRequest{}); made.Duplicate || made.ForciblyEnded || made.CreateTime == first.CreateTime {
		t.Errorf("created %+v", made)
	}
}

func TestScaleliteForgetsAtOnce(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Scalelite: true, Linger: time.Hour})
	w.create(bbb.CreateRequest{})
	if err := w.client.End(t.Context(), "abc123", "moderator-pw"); err != nil {
		t.Fatal(err)
	}
	if w.there() || w.create(bbb.CreateRequest{}).Duplicate {
		t.Error("it is still known")
	}
}

func TestCreateValidated(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	for _, spoil := range []string{"meetingID=a", "name=x", "attendeePW=x", "record=yes", "maxParticipants=many", "guestPolicy=x", "meta_a_b=1", "meta_1=1", "meetingEndedURL=x"} {
		q := "meetingID=abc123&name=Algebra&attendeePW=viewer&moderatorPW=moderator"
		if key, _, _ := strings.Cut(spoil, "="); strings.Contains(q, key+"=") {
			q = spoil + "&" + q // the first value counts
		} else {
			q += "&" + spoil
		}
		_, text, _ := w.get(w.url + "/bigbluebutton/api/create?" + q + "&checksum=" + bbb.SHA256.Checksum("create", q, secret))
		if !strings.Contains(text, "validationError") {
			t.Errorf("%s: %s", spoil, text)
		}
	}
}

func TestSnapshot(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	made := w.create(bbb.CreateRequest{Record: true, Meta: map[string]string{"Origin": "tool"}})
	w.enter("Ada", bbb.Moderator)
	if err := w.EnterAs("abc123", bbbtest.Person{Name: "Gast", UserID: "g", Role: "VIEWER", Guest: true, Waiting: true}); err != nil {
		t.Fatal(err)
	}
	if err := w.Record("abc123", true); err != nil {
		t.Fatal(err)
	}
	want := []bbbtest.Meeting{{
		MeetingID: "abc123", InternalID: made.InternalID, Name: "Algebra", CreateTime: made.CreateTime,
		Running: true, Record: true, Recording: true, Meta: map[string]string{"origin": "tool"},
		People: []bbbtest.Person{{Name: "Ada", UserID: "id-Ada", Role: "MODERATOR"}, {Name: "Gast", UserID: "g", Role: "VIEWER", Guest: true, Waiting: true}},
	}}
	if diff := cmp.Diff(want, w.Meetings()); diff != "" {
		t.Error(diff)
	}
	info, err := w.client.Info(t.Context(), "abc123")
	if err != nil || info.Participants != 1 || info.Moderators != 1 || len(info.Attendees) != 1 || info.Attendees[0].UserID != "id-Ada" {
		t.Errorf("got %+v, %v", info, err)
	}
	w.Forget()
	if len(w.Meetings()) != 0 || w.there() {
		t.Error("not forgotten")
	}
	for name, err := range map[string]error{"enter": w.EnterAs("abc123", bbbtest.Person{}), "end": w.End("abc123"), "leave": w.Leave("abc123", "x")} {
		if !errors.Is(err, bbbtest.ErrNoMeeting) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	ask := func() error { _, err := w.client.IsRunning(t.Context(), "abc123"); return err }
	w.FailNext("isMeetingRunning", "notFound")
	w.FailNext("isMeetingRunning", "")
	if err := ask(); !bbb.NotFound(err) {
		t.Errorf("first: %v", err)
	}
	if err := ask(); err != nil || w.Requests("isMeetingRunning") != 3 {
		t.Errorf("the client tries again after a 502: %v after %d requests", err, w.Requests("isMeetingRunning"))
	}
	for _, outage := range []bbbtest.Outage{bbbtest.ProxyError, bbbtest.HangUp} {
		w.SetOutage(outage)
		if err := ask(); !bbb.Unavailable(err) {
			t.Errorf("outage %d: %v", outage, err)
		}
	}
	w.SetOutage(bbbtest.Up)
	w.SetDelay(20 * time.Millisecond)
	began := time.Now()
	if err := ask(); err != nil || time.Since(began) < 20*time.Millisecond {
		t.Errorf("delayed: %v after %v", err, time.Since(began))
	}
}
