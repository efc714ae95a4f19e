package bridge_test

import (
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestExpel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		_, leaving := w.inside(ch)
		_, staying := w.inside(ch)
		inside := func(u *model.User, want bool) {
			t.Helper()
			got, err := w.bridge.Member(t.Context(), tenant, ch.ID, u.Id)
			w.must(err)
			if got != want {
				t.Errorf("%s is a member: %v, want %v", u.Username, got, want)
			}
		}
		for range 2 { // safe to repeat
			w.must(w.bridge.Expel(t.Context(), tenant, ch.ID, leaving.Id))
			inside(leaving, false)
			inside(staying, true)
		}
		w.must(w.bridge.Expel(t.Context(), tenant, ch.ID, w.conn.BotID)) // never itself
		inside(staying, true)

		w.must(w.bridge.Admit(t.Context(), tenant, ch.ID, leaving.Id))
		inside(leaving, true)
	})
}

// The bot was taken out of the channel by somebody: as team admin it comes back
// to do its work.
func TestExpelAfterBotWasRemoved(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		_, leaving := w.inside(ch)
		_, err := w.admin.RemoveUserFromChannel(t.Context(), ch.ID, w.conn.BotID)
		w.must(err)
		w.must(w.bridge.Expel(t.Context(), tenant, ch.ID, leaving.Id))
		got, err := w.bridge.Member(t.Context(), tenant, ch.ID, leaving.Id)
		w.must(err)
		if got {
			t.Error("who was to leave is a member")
		}
	})
}
