package bridge_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestAdmit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		user := w.newUser(t, unique("u"))
		me, _, err := user.GetMe(t.Context(), "")
		w.must(err)

		is := func(want bool) {
			t.Helper()
			got, err := w.bridge.Member(t.Context(), tenant, ch.ID, me.Id)
			w.must(err)
			if got != want {
				t.Errorf("a member: %v, want %v", got, want)
			}
		}
		is(false)
		for range 2 {
			w.must(w.bridge.Admit(t.Context(), tenant, ch.ID, me.Id))
			is(true)
		}
		w.saysAdded(ch, 1)

		_, err = w.admin.RemoveUserFromChannel(t.Context(), ch.ID, me.Id)
		w.must(err)
		is(false)
		w.must(w.bridge.Admit(t.Context(), tenant, ch.ID, me.Id))
		is(true)
		w.saysAdded(ch, 2)
		w.deactivate(me.Id)
		is(false)
	})
}

func (w *world) deactivate(userID string) {
	w.t.Helper()
	if w.fake != nil {
		w.fake.Deactivate(userID, true)
		return
	}
	_, err := w.admin.DeleteUser(w.t.Context(), userID)
	w.must(err)
}

// saysAdded waits until so many messages say that somebody was added: the server
// writes them after it has answered.
func (w *world) saysAdded(ch classroom.Channel, want int) {
	w.t.Helper()
	n := w.added(ch)
	for deadline := time.Now().Add(5 * time.Second); n < want && time.Now().Before(deadline); n = w.added(ch) {
		time.Sleep(20 * time.Millisecond)
	}
	if n != want {
		w.t.Errorf("%d messages say that somebody was added, want %d", n, want)
	}
}

func (w *world) added(ch classroom.Channel) int {
	w.t.Helper()
	list, _, err := w.bot().GetPostsForChannel(w.t.Context(), ch.ID, 0, 200, "", false, false)
	w.must(err)
	n := 0
	for _, p := range list.Posts {
		if p.Type == model.PostTypeAddToChannel {
			n++
		}
	}
	return n
}

func TestAdmitToFullTeam(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		user := w.newUser(t, unique("u"))
		me, _, err := user.GetMe(t.Context(), "")
		w.must(err)
		w.teamLimit(1)
		defer w.teamLimit(5000)
		if err := w.bridge.Admit(t.Context(), tenant, ch.ID, me.Id); !errors.Is(err, classroom.ErrChatFull) {
			t.Errorf("the answer is %v, want ErrChatFull", err)
		}
	})
}

func (w *world) teamLimit(n int) {
	w.t.Helper()
	patch := &model.Config{}
	patch.TeamSettings.MaxUsersPerTeam = &n
	_, _, err := w.admin.PatchConfig(w.t.Context(), patch)
	w.must(err)
}

// Any member may remove the bot. As team admin it comes back.
func TestBotIsRemovedFromChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		_, me := w.inside(ch)
		out := func() {
			t.Helper()
			resp, err := w.admin.RemoveUserFromChannel(t.Context(), ch.ID, w.conn.BotID)
			if resp == nil || resp.StatusCode != http.StatusNotFound { // it may have done without coming back
				w.must(err)
			}
		}
		out()
		inside, err := w.bridge.Member(t.Context(), tenant, ch.ID, me.Id)
		w.must(err)
		if !inside {
			t.Error("the member is not found")
		}
		out()
		p := post(ch, w.clock.Now())
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		out()
		p.Retry = true
		again, err := w.newBridge().Publish(t.Context(), tenant, p)
		w.must(err)
		if again != id {
			t.Errorf("published again as %s, want %s", again, id)
		}
		_, newcomer := w.member()
		out()
		w.must(w.bridge.Edit(t.Context(), tenant, ch.ID, id, running())) // it comes back to edit
		out()
		w.must(w.bridge.Admit(t.Context(), tenant, ch.ID, newcomer.Id))
		w.must(w.bridge.Edit(t.Context(), tenant, ch.ID, id, running()))
	})
}

func TestFindByEmail(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, me := w.member()
		for _, email := range []string{me.Email, strings.ToUpper(me.Email)} {
			got, err := w.bridge.FindByEmail(t.Context(), tenant, email)
			w.must(err)
			if got.ID != me.Id || got.Username != me.Username || got.Name == "" {
				t.Errorf("%s is %+v", email, got)
			}
		}
		bot, _, err := w.admin.GetUser(t.Context(), w.conn.BotID, "")
		w.must(err)
		_, gone := w.member()
		w.deactivate(gone.Id)
		for what, email := range map[string]string{
			"nobody": unique("n") + "@example.org", "a part": strings.TrimSuffix(me.Email, ".org"), "nothing": "",
			"a bot": bot.Email, "deactivated": gone.Email, "a path": "../" + me.Username, "a longer path": me.Email + "/../../" + me.Id,
			"a query": me.Email + "?x=1", "a fragment": me.Email + "#x", "an escape": strings.Replace(me.Email, "@", "%40", 1),
		} {
			if got, err := w.bridge.FindByEmail(t.Context(), tenant, email); !errors.Is(err, classroom.ErrNoChatUser) {
				t.Errorf("%s is found as %+v, %v", what, got, err)
			}
		}
	})
}
