package bridge_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

var hostile = []string{
	"@channel", "@all hello", "x @here", "a@channel", "#recording", "#hash x", "~town-square", ":smile:",
	"[click](https://evil.example)", "](https://evil.example)", "![x](https://evil.example/x.png)", "https://evil.example", "http://evil.example",
	"www.evil.example", "WWW2.evil.example", "mailto:x@evil.example", "<https://evil.example>", "**bold** _it_ ~~gone~~ `code`", "| a | b |",
	"line\n# heading\n> quote\n- list", "a\r\n\r\n```\nblock\n```", "\u202edesrever", "\\", "trailing\\", "**", "*", "\x00\x07", "\u2028x",
}

// What people typed does nothing in a post: nobody is called, nothing is tagged,
// the only link is ours.
func TestTypedTextDoesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		reader, me := w.inside(ch)
		base := w.welcomed(reader, ch, me.Id)
		for _, evil := range hostile {
			n := running()
			n.Course, n.Room, n.By = evil, evil+" room", evil
			ended := n
			ended.Kind, ended.Names, ended.Attended = classroom.NoticeEnded, []string{evil, "Ana", evil}, 3
			for _, notice := range []classroom.Notice{n, ended} {
				p := post(ch, w.clock.Now())
				p.Notice = notice
				id, err := w.bridge.Publish(t.Context(), tenant, p)
				w.must(err)
				got, _, err := reader.GetPost(t.Context(), id, "")
				w.must(err)
				if got.Hashtags != "" {
					t.Errorf("%q has hashtags %q", got.Message, got.Hashtags)
				}
				if lines, most := strings.Count(got.Message, "\n"), 4; lines > most {
					t.Errorf("%q has more lines than we gave it", got.Message)
				}
				if strings.Contains(got.Message, "://evil") || strings.Contains(strings.ToLower(got.Message), "www.") {
					t.Errorf("%q holds an address", got.Message)
				}
				if got.Metadata != nil && len(got.Metadata.Embeds) > 0 && got.Metadata.Embeds[0].URL != n.JoinURL {
					t.Errorf("%q shows %s", got.Message, got.Metadata.Embeds[0].URL)
				}
			}
		}
		now, _, err := reader.GetChannelMember(t.Context(), ch.ID, me.Id, "")
		w.must(err)
		if now.MentionCount != base {
			t.Errorf("%d posts called somebody", now.MentionCount-base)
		}
	})
}

// welcomed answers how often the user was called when they came into the channel:
// the real server does that once, after it has answered.
func (w *world) welcomed(c *model.Client4, ch classroom.Channel, userID string) int64 {
	w.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		m, _, err := c.GetChannelMember(w.t.Context(), ch.ID, userID, "")
		w.must(err)
		if w.fake != nil || m.MentionCount > 0 || time.Now().After(deadline) {
			return m.MentionCount
		}
	}
}

func TestLongestPost(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		n := running()
		n.Course, n.Room, n.By = strings.Repeat("_", 5000), strings.Repeat("@", 5000), strings.Repeat("🧬", 5000)
		n.Kind, n.Attended = classroom.NoticeEnded, 500
		n.Names = make([]string, 500)
		for i := range n.Names {
			n.Names[i] = fmt.Sprint(i) + strings.Repeat("#", 500)
		}
		p := post(ch, w.clock.Now())
		p.Notice = n
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		got, _, err := w.bot().GetPost(t.Context(), id, "")
		w.must(err)
		if !regexp.MustCompile(`and \d\d\d more$`).MatchString(got.Message) || len([]rune(got.Message)) > model.PostMessageMaxRunesV2 {
			t.Errorf("the post has %d characters and ends in %q", len([]rune(got.Message)), got.Message[len(got.Message)-30:])
		}
	})
}

func TestNotices(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	for _, test := range []struct {
		name   string
		change func(*classroom.Notice)
		want   string
	}{
		{"no starter, no zone, not recorded", func(n *classroom.Notice) { n.By, n.TimeZone, n.Record = "", "", false },
			"**Biology 101 – Week 3** has started.\nStarted at 13:05 UTC.\n[Join](https://tool.example.org/go/room1)"},
		{"room named as the course", func(n *classroom.Notice) { n.Room, n.JoinURL, n.Record = n.Course, "", false },
			"**Biology 101** has started.\nStarted by Ms. Teacher at 14:05."},
		{"a dangerous link", func(n *classroom.Notice) { n.JoinURL, n.Record = "javascript:alert(1)", false },
			"**Biology 101 – Week 3** has started.\nStarted by Ms. Teacher at 14:05."},
		{"ended with names, without a link", func(n *classroom.Notice) {
			n.Kind, n.EndedAt, n.Duration, n.Attended, n.Names = classroom.NoticeEnded, started().Add(20*time.Second), 20*time.Second, 1, []string{"Ana_B"}
		}, "**Biology 101 – Week 3** has ended.\nMonday, 23 November 2026, 14:05–14:05 (less than a minute)\nStarted by Ms. Teacher.\n1 person attended.\nAttended: Ana\\_B"},
		{"hidden", func(n *classroom.Notice) { n.Kind = classroom.NoticeHidden }, "The recording of **Biology 101 – Week 3** is hidden at the moment."},
		{"deleted", func(n *classroom.Notice) { n.Kind = classroom.NoticeDeleted }, "The recording of **Biology 101 – Week 3** was deleted."},
		{"a warning", func(n *classroom.Notice) {
			n.Kind, n.EndedAt, n.Classes = classroom.NoticeDeleting, started().Add(7*24*time.Hour), []time.Time{started(), started().Add(24 * time.Hour)}
		}, "Recordings of **Biology 101 – Week 3** will be deleted soon.\nOn Monday, 30 November 2026, or soon after.\nRecorded on: Monday, 23 November 2026; Tuesday, 24 November 2026\nWhoever still needs one asks the school's administrators to keep it."},
		{"a warning that holds no more", func(n *classroom.Notice) { n.Kind = classroom.NoticeKept }, "The recordings of **Biology 101 – Week 3** that were to go are kept."},
	} {
		n := running()
		test.change(&n)
		p := post(ch, w.clock.Now())
		p.Notice = n
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		got, _, err := w.bot().GetPost(t.Context(), id, "")
		w.must(err)
		if got.Message != test.want {
			t.Errorf("%s: the post says\n%s\nwant\n%s", test.name, got.Message, test.want)
		}
	}
}
