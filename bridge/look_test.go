package bridge_test

import (
	"errors"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

func TestFindChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		w.inside(ch)
		look, err := w.bridge.FindChannel(t.Context(), tenant, ch.Name)
		w.must(err)
		if look.ID != ch.ID || !look.Private || !look.Inside || look.Archived || look.Members != 2 {
			t.Errorf("found %+v", look)
		}
		again, err := w.bridge.LookAtChannel(t.Context(), tenant, ch.ID)
		w.must(err)
		if again != look {
			t.Errorf("by its id %+v", again)
		}
		if _, err := w.bridge.FindChannel(t.Context(), tenant, unique("none")); !errors.Is(err, classroom.ErrChannelGone) {
			t.Errorf("one that there is not: %v", err)
		}
		user, _ := w.member()
		open, _, err := user.CreateChannel(t.Context(), &model.Channel{TeamId: w.team.Id, Type: model.ChannelTypeOpen, Name: unique("open"), DisplayName: "Open"})
		w.must(err)
		look, err = w.bridge.FindChannel(t.Context(), tenant, open.Name)
		w.must(err)
		if look.Private || look.Inside {
			t.Errorf("a public one of others: %+v", look)
		}
	})
}

func TestArchiveChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		for range 2 {
			w.must(w.bridge.ArchiveChannel(t.Context(), tenant, ch.ID))
		}
		look, err := w.bridge.FindChannel(t.Context(), tenant, ch.Name)
		if err == nil && !look.Archived {
			t.Errorf("after archiving it: %+v", look)
		}
	})
}

func TestCountPeople(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.member()
		n, err := w.bridge.CountPeople(t.Context(), tenant)
		w.must(err)
		if n.Members < 2 || n.Users < n.Members || n.UserLimit != 250 || n.TeamLimit != 5000 {
			t.Errorf("counted %+v", n)
		}
	})
}

func TestVerifyFindsAFullTeam(t *testing.T) {
	w := standIn(t)
	conn := w.conn
	conn.TeamLimit = 1
	if list := w.broken(conn); len(list) != 1 || list[0].ID != "chat.check_members" {
		t.Errorf("found %+v", list)
	}
}

func TestFailuresAreSeen(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	w.fake.FailNext("POST /api/v4/posts", 500)
	w.fake.FailNext("POST /api/v4/posts", 500)
	for range 2 {
		if _, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now())); err == nil {
			t.Fatal("published")
		}
	}
	if seen := w.bridge.Seen(tenant); len(seen.Failures) != 1 || seen.Failures[0].Call != "create post" || seen.Failures[0].Times != 2 {
		t.Errorf("seen %+v", seen)
	}
	w.fake.RateLimit(10, 100)
	_, err := w.bridge.CountPeople(t.Context(), tenant)
	w.must(err)
	if seen := w.bridge.Seen(tenant); seen.Limit != 101 || seen.Remaining == 0 || !seen.BusyAt.IsZero() {
		t.Errorf("seen %+v", seen)
	}
	w.fake.FailNext("GET /api/v4/users/stats", 429)
	_, _ = w.bridge.CountPeople(t.Context(), tenant)
	if seen := w.bridge.Seen(tenant); seen.BusyAt.IsZero() || len(seen.Failures) != 1 {
		t.Errorf("seen %+v", seen)
	}
	if seen := w.bridge.Seen("another"); seen.Limit != 0 || len(seen.Failures) != 0 {
		t.Errorf("of another tenant: %+v", seen)
	}
}
