//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestStory is the main job in real browsers: from the teacher's click in the
// LMS to the recording's link in the channel.
func TestStory(t *testing.T) {
	t.Parallel()
	for database, open := range databases() {
		for cookies, blocked := range map[string]bool{"third-party cookies blocked": true, "third-party cookies allowed": false} {
			t.Run(database+", "+cookies, func(t *testing.T) {
				t.Parallel()
				s := program.Open(t, program.Options{Binary: racing, Database: open(t)})
				st := &story{T: t, s: s, options: parts.ChromiumOptions{BlockThirdPartyCookies: blocked}}
				st.tell()
				for _, p := range s.Processes {
					p.Stop(t)
				}
				if races := strings.Count(s.Output.String(), "DATA RACE"); races > 0 {
					t.Errorf("%d data races:\n%s", races, s.Output)
				}
				checkSecrets(t, s)
			})
		}
	}
}

// story is one telling of it. Everybody has a browser of their own.
type story struct {
	*testing.T
	s       *program.School
	options parts.ChromiumOptions

	terry, lee, sam *person
	consoles        []*parts.Console
}

// person is somebody at a browser, with a course page in the first tab.
type person struct {
	tab, frame context.Context // frame is the room page inside the LMS's page
}

func (st *story) tell() {
	st.terry = st.arrive(program.Terry)
	st.pictures()
	st.says(st.terry, "you are a moderator", "Moderator")
	st.lee = st.arrive(program.Lee)
	leeWaits := parts.NewTab(st, st.lee.frame, chromedp.Click("#wait"))
	st.watch(leeWaits)
	st.seen(leeWaits, ".waiting .state.idle")

	terryIn := parts.NewTab(st, st.terry.frame, chromedp.Click("#start"))
	st.in(terryIn, "Moderator")
	st.in(leeWaits, "Viewer") // taken in without a click
	st.sam = st.arrive(program.Sam)
	samIn := parts.NewTab(st, st.sam.frame, chromedp.Click("#join"))
	st.in(samIn, "Viewer")

	post := st.posted()
	st.link()
	st.memberComes(terryIn, post)
	st.seen(st.terry.frame, ".state.running")
	st.inside(4)

	parts.Run(st, terryIn, chromedp.Click("#start-recording"), chromedp.WaitVisible("#stop-recording"))
	parts.Run(st, terryIn, chromedp.Click("#end-meeting"), chromedp.WaitVisible("#closed"))
	st.edited(post)
	st.seen(st.terry.frame, ".state.idle")
	st.recordingPlays(st.recordingAnnounced(post))
	st.measured()
	for _, c := range st.consoles {
		for _, p := range c.Problems() {
			st.Errorf("a browser complains: %s", p)
		}
	}
}

// arrive opens the course's page in a new browser and waits for the room in it.
func (st *story) arrive(who string) *person {
	st.Helper()
	p := &person{tab: parts.Chromium(st, st.options)}
	st.watch(p.tab)
	parts.Run(st, p.tab, chromedp.Navigate(st.s.LMSURL+"/course?person="+who+"&link="+program.CourseLink(0)))
	p.frame = parts.Frame(st, p.tab, "/rooms/")
	st.watch(p.frame)
	st.seen(p.frame, "#panel .actions")
	return p
}

func (st *story) watch(tab context.Context) {
	st.consoles = append(st.consoles, parts.WatchConsole(tab))
}

func (st *story) seen(tab context.Context, selector string) {
	st.Helper()
	parts.RunWithin(st, tab, patience, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

// says looks for texts in the room page.
func (st *story) says(p *person, what string, texts ...string) {
	st.Helper()
	var page string
	parts.Run(st, p.frame, chromedp.Text("main", &page, chromedp.ByQuery))
	for _, text := range texts {
		if !strings.Contains(strings.ToLower(page), strings.ToLower(text)) {
			st.Errorf("%s: the room page does not say %q:\n%s", what, text, page)
		}
	}
}

// in waits until the tab is in the class, in that role.
func (st *story) in(tab context.Context, role string) {
	st.Helper()
	var name, got string
	parts.RunWithin(st, tab, patience,
		chromedp.Text("#meeting-name", &name, chromedp.ByQuery), chromedp.Text("#role", &got, chromedp.ByQuery))
	if name != program.RoomTitle(0) || got != role {
		st.Errorf("in the meeting %q as %s, want %q as %s", name, got, program.RoomTitle(0), role)
	}
}

// inside waits until the room page counts that many.
func (st *story) inside(count int) {
	st.Helper()
	eventually(st.T, time.Minute, func() error {
		var state string
		parts.Run(st, st.terry.frame, chromedp.Text(".state", &state, chromedp.ByQuery))
		if want := fmt.Sprintf("%d people", count); !strings.Contains(state, want) {
			return fmt.Errorf("the room page says %q, want %q in it", state, want)
		}
		return nil
	})
}

// posted waits for the start's post, which has all that it should.
func (st *story) posted() parts.Post {
	st.Helper()
	var post parts.Post
	eventually(st.T, patience, func() error {
		thread, err := st.s.Thread(st.Context(), program.RoomTitle(0))
		if err != nil {
			return err
		}
		if len(thread.Starts) != 1 {
			return fmt.Errorf("%d posts, want 1", len(thread.Starts))
		}
		post = thread.Starts[0]
		return nil
	})
	for _, want := range []string{program.CourseTitle(0), program.RoomTitle(0), "has started", "Started by Terry Teacher", "[Join](" + st.s.URL + "/go/"} {
		if !strings.Contains(post.Message, want) {
			st.Errorf("the post does not say %q:\n%s", want, post.Message)
		}
	}
	return post
}

// link connects Lee with Lee's account, by Mattermost's OAuth and a yes.
func (st *story) link() {
	st.Helper()
	st.s.Account(st, program.Lee).SignIn(st, st.lee.tab)
	st.seen(st.lee.frame, "#connect")
	tab := parts.NewTab(st, st.lee.frame, chromedp.Click("#connect"))
	st.watch(tab)
	var page string
	parts.RunWithin(st, tab, patience, chromedp.WaitVisible("#link-yes"), chromedp.Text("main", &page, chromedp.ByQuery))
	for _, want := range []string{"Lee Learner", "@lee"} {
		if !strings.Contains(page, want) {
			st.Errorf("the link page does not name %q:\n%s", want, page)
		}
	}
	parts.Run(st, tab, chromedp.Click("#link-yes"), chromedp.WaitVisible("#linked"))
	eventually(st.T, patience, func() error { // without a reload
		var chat string
		parts.Run(st, st.lee.frame, chromedp.Text("[data-chat]", &chat, chromedp.ByQuery))
		if !strings.Contains(chat, "lee") {
			return fmt.Errorf("the room page says %q of the chat", chat)
		}
		return nil
	})
}

// memberComes has Gail, whom no course knows, follow the post's link: by OAuth,
// through the lobby, into the class.
func (st *story) memberComes(terryIn context.Context, post parts.Post) {
	st.Helper()
	guest := map[string]string{"user_id": st.s.Account(st, program.Gail).ID}
	eventually(st.T, patience, func() error { // the teacher can once let in
		return st.s.Account(st, program.Terry).Try(st.Context(), "POST", "/channels/"+post.ChannelID+"/members", guest, nil)
	})
	gail := parts.Chromium(st, st.options)
	st.watch(gail)
	st.s.Account(st, program.Gail).SignIn(st, gail)
	parts.RunWithin(st, gail, patience, chromedp.Navigate(joinLink(st.T, post)), chromedp.Click("#enter"),
		chromedp.WaitVisible("#waiting"))
	var waiting string
	parts.RunWithin(st, terryIn, patience, chromedp.WaitVisible(".admit", chromedp.ByQuery),
		chromedp.Text("#people", &waiting), chromedp.Click(".admit", chromedp.ByQuery))
	if !strings.Contains(waiting, "gail (from chat)") {
		st.Errorf("the lobby says %q, want gail (from chat) in it", waiting)
	}
	st.in(gail, "Viewer")
}

// joinLink is the link in the post.
func joinLink(t *testing.T, post parts.Post) string {
	t.Helper()
	link := regexp.MustCompile(`\]\((http://[^)]*/go/[^)]*)\)`).FindStringSubmatch(post.Message)
	if link == nil {
		t.Fatalf("no link in the post:\n%s", post.Message)
	}
	return link[1]
}

// edited waits until the very same post tells of the end.
func (st *story) edited(before parts.Post) {
	st.Helper()
	eventually(st.T, patience, func() error {
		thread, err := st.s.Thread(st.Context(), program.RoomTitle(0))
		if err != nil {
			return err
		}
		if len(thread.Starts) != 1 || thread.Starts[0].ID != before.ID {
			return fmt.Errorf("the channel holds %+v, want the post %s alone", thread.Starts, before.ID)
		}
		return saysEnded(thread.Starts[0], "4 people attended")
	})
}

// saysEnded reports what a post that tells of an end lacks, or has too much.
func saysEnded(post parts.Post, more ...string) error {
	for _, want := range append(more, "has ended") {
		if !strings.Contains(post.Message, want) {
			return fmt.Errorf("the post does not say %q: %q", want, post.Message)
		}
	}
	if strings.Contains(post.Message, "/go/") {
		return fmt.Errorf("the post of an ended class has a link: %q", post.Message)
	}
	return nil
}

// recordingAnnounced waits for the reply about the recording.
func (st *story) recordingAnnounced(post parts.Post) parts.Post {
	st.Helper()
	var reply parts.Post
	eventually(st.T, patience, func() error {
		thread, err := st.s.Thread(st.Context(), program.RoomTitle(0))
		if err != nil {
			return err
		}
		if len(thread.Replies) != 1 {
			return fmt.Errorf("%d replies, want 1", len(thread.Replies))
		}
		reply = thread.Replies[0]
		return nil
	})
	if reply.RootID != post.ID || !strings.Contains(reply.Message, "#recording") || strings.Contains(reply.Message, "/playback/") {
		st.Errorf("the recording's post is %+v", reply)
	}
	return reply
}

// recordingPlays has Lee, who is linked, follow the link of the post, and Terry
// the button of the room page.
func (st *story) recordingPlays(reply parts.Post) {
	st.Helper()
	parts.RunWithin(st, st.lee.tab, patience, chromedp.Navigate(joinLink(st.T, reply)), chromedp.WaitVisible("#playing"))
	st.seen(st.terry.frame, ".play button")
	played := parts.NewTab(st, st.terry.frame, chromedp.Click(".play button", chromedp.ByQuery))
	parts.Run(st, played, chromedp.WaitVisible("#playing"))
	thread, err := st.s.Thread(st.Context(), program.RoomTitle(0))
	if err == nil && len(thread.Replies) != 1 {
		err = errors.New("the recording was announced again")
	}
	if err != nil {
		st.Error(err)
	}
}

// measured reads the metrics, which must tell of the story and of no secret.
func (st *story) measured() {
	st.Helper()
	page, err := st.s.Metrics(st.Context())
	if err != nil {
		st.Fatal(err)
	}
	for _, want := range []string{"launch", "join", "mattermost", "bbb"} {
		if !strings.Contains(page, want) {
			st.Errorf("the metrics do not tell of %q", want)
		}
	}
}
