package bbbtest_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

func (w *world) joinURL(r bbb.JoinRequest) string {
	w.t.Helper()
	r.MeetingID = "abc123"
	if r.Role == "" {
		r.Role = bbb.Viewer
	}
	at, err := w.client.JoinURL(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// press submits the form around a button, as a browser does.
func (w *world) press(page, button string) (status int, text string, at string) {
	w.t.Helper()
	forms := regexp.MustCompile(`(?s)<form.*?</form>`).FindAllString(page, -1)
	for _, form := range forms {
		if strings.Contains(form, ">"+button+"</button>") {
			action := regexp.MustCompile(`action="([^"]*)"`).FindStringSubmatch(form)[1]
			values := url.Values{}
			for _, m := range regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
				values.Set(m[1], m[2])
			}
			return w.read(http.PostForm(w.url+action, values))
		}
	}
	w.t.Fatalf("no button %q in\n%s", button, page)
	return 0, "", ""
}

func TestMeetingPages(t *testing.T) {
	for _, scalelite := range []bool{false, true} {
		w := newWorld(t, bbbtest.Config{Scalelite: scalelite})
		after := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("afterwards")) }))
		defer after.Close()
		made := w.create(bbb.CreateRequest{Record: true})
		_, teacher, teacherAt := w.get(w.joinURL(bbb.JoinRequest{FullName: "Ada <i>", Role: bbb.Moderator, CreateTime: made.CreateTime}))
		wants(t, teacher, "Algebra", "Ada &lt;i&gt;", "Moderator", "People (1)", "Leave", "Start recording", "End meeting", "Not recording")
		_, learner, learnerAt := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob", UserID: "u-2", LogoutURL: after.URL}))
		wants(t, learner, "People (2)", "Bob (you)", "Viewer", "Leave")
		wantsNone(t, learner, "Start recording", "End meeting", "Admit", "Remove")

		_, teacher, _ = w.press(teacher, "Start recording")
		wants(t, teacher, "Stop recording", ">Recording<")
		_, teacher, _ = w.press(teacher, "Stop recording")
		wants(t, teacher, "Start recording")
		if _, text, at := w.press(learner, "Leave"); text != "afterwards" || !strings.HasSuffix(at, "&reasonCode=user_logged_out_reason") {
			t.Errorf("leaving leads to %s: %s", at, text)
		}
		_, gone, _ := w.get(learnerAt)
		wants(t, gone, "You have left")
		_, teacher, _ = w.get(teacherAt)
		wants(t, teacher, "People (1)")
		_, ended, _ := w.press(teacher, "End meeting")
		wants(t, ended, "The meeting has ended", `href="/"`)
		w.Tick()
		if len(w.recordings()) != 1 {
			t.Error("no recording was made")
		}
	}
}

// A viewer who makes up a moderator's form gets nowhere.
func TestViewerMayNotModerate(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{Record: true})
	_, _, at := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob"}))
	for _, act := range []string{"/end", "/start-recording", "/admit", "/remove", "/nonsense"} {
		w.read(http.PostForm(at+act, nil))
	}
	m := w.Meetings()
	if len(m) != 1 || m[0].Recording || m[0].Ended || len(m[0].People) != 1 {
		t.Errorf("got %+v", m)
	}
	if status, text, _ := w.get(w.url + "/meeting/made-up"); status != http.StatusNotFound || !strings.Contains(text, "No such meeting") {
		t.Errorf("a made-up session: %d", status)
	}
}

func TestLobby(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{GuestPolicy: bbb.AskModerator})
	_, known, _ := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob"}))
	wants(t, known, "People (1)")
	_, guest, guestAt := w.get(w.joinURL(bbb.JoinRequest{FullName: "Gast", Guest: true}))
	wants(t, guest, "Please wait")
	if info, err := w.client.Info(t.Context(), "abc123"); err != nil || info.Participants != 1 {
		t.Errorf("who waits is not inside: %+v, %v", info, err)
	}
	_, teacher, _ := w.get(w.joinURL(bbb.JoinRequest{FullName: "Ada", Role: bbb.Moderator}))
	wants(t, teacher, "(guest waiting)", `aria-label="Admit Gast"`)
	w.press(teacher, "Admit")
	_, guest, _ = w.get(guestAt)
	wants(t, guest, "People (3)", "Gast (you)")
}

// Who is removed is told so, and goes on to the logoutURL with the reason.
func TestRemove(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{})
	_, learner, learnerAt := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob", UserID: "u-2", LogoutURL: w.inbox.url + "/left?m=token"}))
	_, teacher, _ := w.get(w.joinURL(bbb.JoinRequest{FullName: "Ada", Role: bbb.Moderator}))
	if n := strings.Count(teacher, ">Remove</button>"); n != 1 {
		t.Fatalf("%d people can be removed, want Bob alone\n%s", n, teacher)
	}
	_, teacher, _ = w.press(teacher, "Remove")
	wants(t, teacher, "People (1)")
	wantsNone(t, teacher, "Remove")
	w.press(learner, "Leave") // too late

	_, learner, _ = w.get(learnerAt)
	wants(t, learner, "You have been removed from the meeting")
	next := html.UnescapeString(regexp.MustCompile(`id="continue" href="([^"]*)"`).FindStringSubmatch(learner)[1])
	if want := w.inbox.url + "/left?m=token&reason=You%20have%20been%20removed%20from%20the%20meeting&reasonCode=user_requested_eject_reason"; next != want {
		t.Errorf("the way on is %s, want %s", next, want)
	}
	_, learner, _ = w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob", UserID: "u-2"}))
	wants(t, learner, "People (2)")
}

// A viewer cannot remove anybody with a form that is made up.
func TestViewerMayNotRemove(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{})
	_, _, at := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob"}))
	_, teacher, _ := w.get(w.joinURL(bbb.JoinRequest{FullName: "Ada", Role: bbb.Moderator}))
	id := regexp.MustCompile(`id="remove-([^"]*)"`).FindStringSubmatch(teacher)[1]
	w.read(http.PostForm(at+"/remove", url.Values{"person": {id}}))
	if m := w.Meetings(); len(m[0].People) != 2 {
		t.Errorf("got %+v", m[0].People)
	}
}

// The parameters are written by hand: the client does not send all of them.
func TestGuestPolicy(t *testing.T) {
	const inside, lobby, out = "People (", "Please wait", "guestDeniedAccess"
	for policy, want := range map[bbb.GuestPolicy]map[string]string{
		"": {
			"role=VIEWER": inside, "role=VIEWER&guest=true": inside,
		},
		bbb.AlwaysAccept: {
			"role=VIEWER": inside, "role=VIEWER&guest=true": inside, "role=VIEWER&guest=false&auth=true": inside,
		},
		bbb.AskModerator: {
			"role=VIEWER": lobby, "role=VIEWER&auth=true": lobby, "role=VIEWER&auth=false": inside,
			"role=VIEWER&guest=true": lobby, "role=VIEWER&guest=TRUE&auth=false": lobby,
			"role=VIEWER&guest=false": inside, "role=VIEWER&guest=false&auth=true": lobby, "role=VIEWER&guest=&auth=": lobby,
			"role=MODERATOR": inside, "role=MODERATOR&guest=true": inside, "role=MODERATOR&auth=true": inside,
		},
		bbb.AlwaysAcceptAuth: {
			"role=VIEWER": inside, "role=VIEWER&auth=true": inside, "role=VIEWER&guest=true": lobby,
			"role=VIEWER&guest=true&auth=true": lobby, "role=VIEWER&guest=false": inside, "role=MODERATOR&guest=true": inside,
		},
		bbb.AlwaysDeny: {
			"role=VIEWER": out, "role=VIEWER&guest=true": out, "role=VIEWER&guest=false": out, "role=MODERATOR": inside,
		},
	} {
		w := newWorld(t, bbbtest.Config{})
		w.create(bbb.CreateRequest{GuestPolicy: policy})
		for params, place := range want {
			q := "meetingID=abc123&fullName=Bob&" + params
			_, text, _ := w.get(w.url + "/bigbluebutton/api/join?" + q + "&checksum=" + bbb.SHA256.Checksum("join", q, secret))
			if !strings.Contains(text, place) {
				t.Errorf("%s with %s: %q is missing in\n%s", policy, params, place, text)
			}
		}
	}
}

func TestJoinRefused(t *testing.T) {
	for name, c := range map[string]struct {
		create bbb.CreateRequest
		join   bbb.JoinRequest
		story  func(*world)
		want   string
	}{
		"no meeting":   {bbb.CreateRequest{}, bbb.JoinRequest{}, func(w *world) { w.Forget() }, bbb.KeyInvalidMeeting},
		"ended":        {bbb.CreateRequest{}, bbb.JoinRequest{}, func(w *world) { w.End("abc123") }, bbb.KeyForciblyEnded},
		"other time":   {bbb.CreateRequest{}, bbb.JoinRequest{CreateTime: 1}, nil, bbb.KeyMismatch},
		"full":         {bbb.CreateRequest{MaxParticipants: 1}, bbb.JoinRequest{UserID: "x"}, func(w *world) { w.enter("Ada", bbb.Viewer) }, bbb.KeyMaxParticipants},
		"guest denied": {bbb.CreateRequest{GuestPolicy: bbb.AlwaysDeny}, bbb.JoinRequest{Guest: true}, nil, bbb.KeyGuestDenied},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, bbbtest.Config{Linger: time.Hour})
			w.create(c.create)
			if c.story != nil {
				c.story(w)
			}
			c.join.FullName, c.join.ErrorRedirectURL = "Bob", w.inbox.url+"/left?lang=de"
			w.get(w.joinURL(c.join))
			got := w.inbox.take()
			if len(got) != 1 {
				t.Fatal("not sent to the error address")
			}
			u, err := url.Parse(got[0].uri)
			if err != nil || u.Query().Get("lang") != "de" {
				t.Errorf("sent to %s, %v", got[0].uri, err)
			}
			if list := bbb.ParseErrors(u.Query()); len(list) != 1 || list[0].Key != c.want || list[0].Message == "" {
				t.Errorf("got %+v, want %s", list, c.want)
			}
			c.join.ErrorRedirectURL = ""
			if _, text, _ := w.get(w.joinURL(c.join)); !strings.Contains(text, "<messageKey>"+c.want) {
				t.Errorf("without an address: %s", text)
			}
		})
	}
}

// Who is inside may come again although the meeting is full.
func TestFullAdmitsWhoIsInside(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{MaxParticipants: 1})
	w.enter("Ada", bbb.Viewer)
	_, text, _ := w.get(w.joinURL(bbb.JoinRequest{FullName: "Ada", UserID: "id-Ada"}))
	wants(t, text, "People (2)")
}

func TestJoinByPassword(t *testing.T) {
	w := newWorld(t, bbbtest.Config{})
	w.create(bbb.CreateRequest{})
	for password, want := range map[string]string{"moderator-pw": "Moderator", "viewer-pw": "Viewer", "wrong": "invalidPassword"} {
		q := "meetingID=abc123&fullName=Bob&password=" + password
		_, text, _ := w.get(w.url + "/bigbluebutton/api/join?" + q + "&checksum=" + bbb.SHA256.Checksum("join", q, secret))
		wants(t, text, want)
	}
	_, text, at := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob"}) + "0")
	wants(t, text, "Checksums do not match")
	if !strings.HasPrefix(at, w.url+"/?errors=") {
		t.Errorf("a bad checksum leads to %s", at)
	}
}

func TestAway(t *testing.T) {
	w := newWorld(t, bbbtest.Config{AwayAfter: time.Minute})
	w.create(bbb.CreateRequest{})
	_, _, at := w.get(w.joinURL(bbb.JoinRequest{FullName: "Bob"}))
	w.enter("Ada", bbb.Viewer) // without a browser: stays
	inside := func(want int) {
		t.Helper()
		if m := w.Meetings(); len(m) != 1 || len(m[0].People) != want {
			t.Errorf("got %+v, want %d people", m, want)
		}
	}
	w.pass(50 * time.Second)
	w.get(at)
	w.pass(50 * time.Second)
	inside(2)
	w.pass(10 * time.Second)
	inside(1)
}

func TestPlayback(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Formats: []string{"presentation", "video"}})
	id := w.class(bbb.CreateRequest{}, true).InternalID
	for _, format := range w.recordings()[0].Formats {
		status, text, _ := w.get(format.URL)
		if status != http.StatusOK {
			t.Errorf("%s: HTTP %d", format.URL, status)
		}
		wants(t, text, "Algebra", "Playing", format.Type, "10 min")
	}
	if status, _, _ := w.get(w.url + "/playback/" + id); status != http.StatusOK {
		t.Errorf("without a format: HTTP %d", status)
	}
	if err := w.Unpublish(id); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := w.get(w.url + "/playback/" + id); status != http.StatusNotFound {
		t.Errorf("hidden: HTTP %d", status)
	}
}

func TestProtectedPlayback(t *testing.T) {
	w := newWorld(t, bbbtest.Config{Scalelite: true, Protected: true})
	id := w.class(bbb.CreateRequest{}, true).InternalID
	first, second := w.recordings()[0].Formats[0].URL, w.recordings()[0].Formats[0].URL
	if first == second {
		t.Error("each reply makes an address of its own")
	}
	for _, step := range []struct {
		at   string
		want int
	}{{first, 200}, {first, 404}, {second, 200}, {w.url + "/playback/" + id, 404}} {
		if status, _, _ := w.get(step.at); status != step.want {
			t.Errorf("%s: HTTP %d, want %d", step.at, status, step.want)
		}
	}
}

func TestStatic(t *testing.T) {
	w := newWorld(t, bbbtest.Config{URL: "http://bbb.localhost:8090/"})
	for path, word := range map[string]string{"/static/style.css": "prefers-color-scheme", "/static/meeting.js": "fetch", "/": "stand-in"} {
		if status, text, _ := w.get(w.url + path); status != http.StatusOK || !strings.Contains(text, word) {
			t.Errorf("%s: HTTP %d", path, status)
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(func() *http.Request {
		w.create(bbb.CreateRequest{})
		r, _ := http.NewRequest(http.MethodGet, w.joinURL(bbb.JoinRequest{FullName: "Bob"}), nil)
		return r
	}())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if at := resp.Header.Get("Location"); !strings.HasPrefix(at, "http://bbb.localhost:8090/meeting/") {
		t.Errorf("the public address is not used: %s", at)
	}
}
