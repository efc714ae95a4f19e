package bridge_test

import (
	"strings"
	"testing"

	"classbridge/classroom"
)

// The school's own sentence ends a post, and does nothing but be read: neither
// what was written in it nor what its values hold.
func TestOwnSentence(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		reader, me := w.inside(ch)
		base := w.welcomed(reader, ch, me.Id)
		read := func(n classroom.Notice) string {
			t.Helper()
			p := post(ch, w.clock.Now())
			p.Notice = n
			id, err := w.bridge.Publish(t.Context(), tenant, p)
			w.must(err)
			got, _, err := reader.GetPost(t.Context(), id, "")
			w.must(err)
			if got.Hashtags != "" {
				t.Errorf("%q has hashtags %q", got.Message, got.Hashtags)
			}
			return got.Message
		}
		n := running()
		n.Phrase, n.School = "Be kind in {course}, says {teacher} of {school}.", "Greenfield"
		if got := read(n); !strings.HasSuffix(got, "\n\u2060Be kind in Biology 101, says Ms. Teacher of Greenfield.") {
			t.Errorf("the post reads %q", got)
		}
		for _, evil := range append([]string{"- list", "# heading", "> quote", "===", "---", "1. one", "    code", "{course}"}, hostile...) {
			n.Phrase, n.Course = evil+" {course}", evil
			got := read(n)
			last := got[strings.LastIndex(got, "\n")+1:]
			if !strings.HasPrefix(last, "\u2060") && !strings.HasPrefix(last, "[Join](https://tool.") || strings.Contains(got, "://evil") {
				t.Errorf("%q makes %q", evil, got)
			}
			if lines := strings.Count(got, "\n"); lines > 4 {
				t.Errorf("%q makes %d lines", evil, lines)
			}
		}
		now, _, err := reader.GetChannelMember(t.Context(), ch.ID, me.Id, "")
		w.must(err)
		if now.MentionCount != base {
			t.Errorf("%d posts called somebody", now.MentionCount-base)
		}
	})
}
