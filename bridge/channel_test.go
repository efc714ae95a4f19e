package bridge_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestOpenChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := spec(unique("course-"))
		s.Title = "  Biology\n101 🧬 " + strings.Repeat("ä", 100)
		ch, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		made, _, err := w.bot().GetChannel(t.Context(), ch.ID)
		w.must(err)
		if made.Type != model.ChannelTypePrivate || made.TeamId != w.team.Id {
			t.Errorf("the channel has type %s in team %s", made.Type, made.TeamId)
		}
		if !regexp.MustCompile(`^bbb-[0-9a-f]{16}$`).MatchString(ch.Name) || made.Name != ch.Name {
			t.Errorf("the channel is named %q, told as %q", made.Name, ch.Name)
		}
		if n := len([]rune(made.DisplayName)); n > 64 || !strings.HasPrefix(made.DisplayName, "Biology 101 🧬 ää") {
			t.Errorf("it is shown as %q (%d characters)", made.DisplayName, n)
		}
		if want := "[Join the class](" + toolURL + "/go/room1)"; made.Header != want {
			t.Errorf("the header is %q, want %q", made.Header, want)
		}

		again, err := w.newBridge().OpenChannel(t.Context(), tenant, s)
		w.must(err)
		if again != ch {
			t.Errorf("the second time it is %v, want %v", again, ch)
		}
	})
}

func TestOpenChannelLeavesTheHeaderAlone(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := spec(unique("course-"))
		ch, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		header := func(set string) string {
			if set != "" {
				_, _, err := w.bot().PatchChannel(t.Context(), ch.ID, &model.ChannelPatch{Header: &set})
				w.must(err)
			}
			_, err := w.bridge.OpenChannel(t.Context(), tenant, s)
			w.must(err)
			now, _, err := w.bot().GetChannel(t.Context(), ch.ID)
			w.must(err)
			return now.Header
		}
		if got := header("Bring your books"); got != "Bring your books" {
			t.Errorf("what people wrote became %q", got)
		}
		if got, want := header("Books! [Join](https://old.example.org/x/go/room1) us"), "Books! [Join]("+toolURL+"/go/room1) us"; got != want {
			t.Errorf("after a move the header is %q, want %q", got, want)
		}
		if got := header("[Join](https://old.example.org/go/room12)"); strings.Contains(got, toolURL) {
			t.Errorf("the link of another room became %q", got)
		}
	})
}

func TestOpenChannelWithoutTitle(t *testing.T) {
	w := standIn(t)
	s := spec(unique("course-"))
	s.Title, s.Label = " \n ", ""
	ch, err := w.bridge.OpenChannel(t.Context(), tenant, s)
	w.must(err)
	made, _, err := w.bot().GetChannel(t.Context(), ch.ID)
	w.must(err)
	if made.DisplayName != "Class" {
		t.Errorf("it is shown as %q", made.DisplayName)
	}
}

func TestOpenChannelThatWasArchived(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := spec(unique("course-"))
		ch, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		_, err = w.admin.DeleteChannel(t.Context(), ch.ID)
		w.must(err)
		again, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		if again != ch {
			t.Errorf("a team admin opened %v, want %v restored", again, ch)
		}

		_, err = w.admin.UpdateTeamMemberSchemeRoles(t.Context(), w.team.Id, w.conn.BotID, &model.SchemeRoles{SchemeUser: true})
		w.must(err)
		_, err = w.admin.DeleteChannel(t.Context(), ch.ID)
		w.must(err)
		other, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		if other.ID == ch.ID || other.Name != ch.Name+"-2" {
			t.Errorf("a plain member opened %v, want a second one", other)
		}
	})
}

// Somebody who knows the name first must not get the class's announcements.
func TestOpenChannelTakenByOthers(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := spec(unique("course-"))
		ch, err := w.bridge.OpenChannel(t.Context(), tenant, s)
		w.must(err)
		other := s
		other.CourseID = unique("course-")
		probe, err := w.bridge.OpenChannel(t.Context(), tenant, other)
		w.must(err)
		if probe.Name == ch.Name {
			t.Fatal("two courses have one name")
		}
		student, _ := w.member()
		third := spec(unique("course-"))
		squatted := nameOf(t, third.CourseID)
		_, _, err = student.CreateChannel(t.Context(), &model.Channel{TeamId: w.team.Id, Name: squatted, DisplayName: "x", Type: model.ChannelTypeOpen})
		if w.fake == nil {
			w.must(err)
		}
		made, err := w.bridge.OpenChannel(t.Context(), tenant, third)
		w.must(err)
		if made.Name != squatted+"-2" {
			t.Errorf("the course got %q", made.Name)
		}
	})
}

// nameOf asks a stand-in what the channel of the course is called.
func nameOf(t *testing.T, courseID string) string {
	t.Helper()
	ch, err := standIn(t).bridge.OpenChannel(t.Context(), tenant, spec(courseID))
	if err != nil {
		t.Fatal(err)
	}
	return ch.Name
}

func TestNoChat(t *testing.T) {
	w := standIn(t)
	if _, err := w.bridge.OpenChannel(t.Context(), "another tenant", spec("c")); !errors.Is(err, classroom.ErrNoChat) {
		t.Errorf("the answer is %v", err)
	}
}
