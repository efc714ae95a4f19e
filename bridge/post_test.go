package bridge_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bridge"
	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

func TestPublishAndEdit(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		reader, _ := w.inside(ch)
		id, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
		w.must(err)
		got, _, err := reader.GetPost(t.Context(), id, "")
		w.must(err)
		want := "**Biology 101 – Week 3** has started.\nStarted by Ms. Teacher at 14:05.\nThis class may be recorded.\n[Join](https://tool.example.org/go/room1)"
		if got.Message != want {
			t.Errorf("the post says\n%s\nwant\n%s", got.Message, want)
		}

		reply := post(ch, w.clock.Now())
		reply.RootID = id
		reply.Notice = classroom.Notice{Kind: classroom.NoticeRecording, Locale: "en", TimeZone: "Europe/Berlin", Course: "Biology 101", StartedAt: started(),
			Recording: classroom.RecordingNotice{URL: toolURL + "/go/room1/recordings/r1", Formats: []string{"presentation", "video", "hologram"}, Length: 45 * time.Minute}}
		replyID, err := w.bridge.Publish(t.Context(), tenant, reply)
		w.must(err)
		second, _, err := reader.GetPost(t.Context(), replyID, "")
		w.must(err)
		want = "The recording of **Biology 101** is ready. #recording\nMonday, 23 November 2026, 14:05\nLength: 45 minutes\nFormats: presentation, video, hologram\n[Watch the recording](https://tool.example.org/go/room1/recordings/r1)"
		if second.Message != want || second.RootId != id || second.Hashtags != "#recording" {
			t.Errorf("the reply to %s has tags %q and says\n%s", second.RootId, second.Hashtags, second.Message)
		}

		ended := running()
		ended.Kind, ended.EndedAt, ended.Duration, ended.Attended = classroom.NoticeEnded, started().Add(85*time.Minute), 85*time.Minute, 12
		w.must(w.bridge.Edit(t.Context(), tenant, ch.ID, id, ended))
		got, _, err = reader.GetPost(t.Context(), id, "")
		w.must(err)
		want = "**Biology 101 – Week 3** has ended.\nMonday, 23 November 2026, 14:05–15:30 (1 hour 25 minutes)\nStarted by Ms. Teacher.\n12 people attended."
		if got.Message != want || got.EditAt == 0 || got.GetProp("bbb_key") == nil {
			t.Errorf("the edited post has props %v and says\n%s", got.GetProps(), got.Message)
		}
	})
}

// once fails the test unless the channel has that one post of ours.
func (w *world) once(ch classroom.Channel, id string) {
	w.t.Helper()
	if posts := w.ours(ch); len(posts) != 1 || posts[0].Id != id {
		w.t.Errorf("the channel has %d posts of ours, want one: %s", len(posts), id)
	}
}

func TestPublishTwiceAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		p := post(ch, w.clock.Now())
		ids := make([]string, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				b, try := w.newBridge(), p
				for deadline := time.Now().Add(5 * time.Second); ids[i] == "" && time.Now().Before(deadline); try.Retry = true {
					ids[i], _ = b.Publish(t.Context(), tenant, try) // a 500 "pending" is tried again
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			w.once(ch, id)
		}
	})
}

// The server forgets pending ids when it restarts, and after 30 seconds.
func TestPublishAfterCrash(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		p := post(ch, w.clock.Now())
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		w.must(w.bridge.Edit(t.Context(), tenant, ch.ID, id, running()))
		w.restart(t)
		p.Retry = true
		for range 2 {
			again, err := w.newBridge().Publish(t.Context(), tenant, p)
			w.must(err)
			if again != id {
				t.Errorf("published again as %s, want %s", again, id)
			}
		}
		w.once(ch, id)
	})
}

func TestPublishAfterLostAnswer(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	p := post(ch, w.clock.Now())
	w.fake.LoseAnswer("POST /api/v4/posts")
	if id, err := w.bridge.Publish(t.Context(), tenant, p); err == nil {
		t.Fatalf("published as %s without an answer", id)
	}
	w.clock.advance(10 * time.Minute)
	p.Retry = true
	id, err := w.bridge.Publish(t.Context(), tenant, p)
	w.must(err)
	w.once(ch, id)
}

func TestPublishWhatWasDeleted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		p := post(ch, w.clock.Now())
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		w.must(w.bridge.Edit(t.Context(), tenant, ch.ID, id, running()))
		_, err = w.admin.DeletePost(t.Context(), id)
		w.must(err)
		p.Retry = true
		if again, err := w.bridge.Publish(t.Context(), tenant, p); !errors.Is(err, classroom.ErrPostGone) {
			t.Errorf("published again as %q, %v", again, err)
		}
		if err := w.bridge.Edit(t.Context(), tenant, ch.ID, id, running()); !errors.Is(err, classroom.ErrPostGone) {
			t.Errorf("editing answers %v", err)
		}
		if err := w.bridge.Edit(t.Context(), tenant, ch.ID, model.NewId(), running()); !errors.Is(err, classroom.ErrPostGone) {
			t.Errorf("editing a post that never was answers %v", err)
		}
		if n := len(w.ours(ch)); n != 0 {
			t.Errorf("the channel has %d posts of ours", n)
		}

		reply := post(ch, w.clock.Now())
		reply.RootID = id
		replyID, err := w.bridge.Publish(t.Context(), tenant, reply)
		w.must(err)
		if posts := w.ours(ch); len(posts) != 1 || posts[0].Id != replyID || posts[0].RootId != "" {
			t.Errorf("a reply to a deleted post became %v", posts)
		}
	})
}

func TestPublishInArchivedChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		p := post(ch, w.clock.Now())
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		_, err = w.admin.DeleteChannel(t.Context(), ch.ID)
		w.must(err)
		p.Retry = true
		again, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		if again != id {
			t.Errorf("found as %s, want %s", again, id)
		}
		if _, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now())); !channelGone(err) {
			t.Errorf("publishing answers %v", err)
		}
		if err := w.bridge.Edit(t.Context(), tenant, ch.ID, id, running()); !channelGone(err) {
			t.Errorf("editing answers %v", err)
		}
	})
}

// channelGone and nothing else: the post is another matter.
func channelGone(err error) bool {
	return errors.Is(err, classroom.ErrChannelGone) && !errors.Is(err, classroom.ErrPostGone)
}

// A channel that was deleted for good is to us as one that never was.
func TestPublishInVanishedChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := post(classroom.Channel{ID: model.NewId()}, w.clock.Now())
		for _, retry := range []bool{false, true} {
			p.Retry = retry
			if id, err := w.bridge.Publish(t.Context(), tenant, p); !channelGone(err) {
				t.Errorf("publishing answers %q, %v", id, err)
			}
		}
		if err := w.bridge.Edit(t.Context(), tenant, p.ChannelID, model.NewId(), running()); !channelGone(err) {
			t.Errorf("editing answers %v", err)
		}
	})
}

// otherTeam makes a team that the bot is not in, with the admin in it.
func (w *world) otherTeam() string {
	w.t.Helper()
	name := unique("t")
	if w.fake == nil {
		team, _, err := w.admin.CreateTeam(w.t.Context(), &model.Team{Name: name, DisplayName: name, Type: model.TeamInvite})
		w.must(err)
		return team.Id
	}
	id := w.fake.AddTeam(name)
	me, _, err := w.admin.GetMe(w.t.Context(), "")
	w.must(err)
	_, _, err = w.admin.AddTeamMember(w.t.Context(), id, me.Id)
	w.must(err)
	return id
}

// The channel of others is not gone: we may not write there, that is all.
func TestPublishInForeignChannel(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch, _, err := w.admin.CreateChannel(t.Context(), &model.Channel{TeamId: w.otherTeam(), Name: unique("c"), DisplayName: "Other", Type: model.ChannelTypePrivate})
		w.must(err)
		_, err = w.bridge.Publish(t.Context(), tenant, post(classroom.Channel{ID: ch.Id}, w.clock.Now()))
		if err == nil || errors.Is(err, classroom.ErrChannelGone) || errors.Is(err, classroom.ErrPostGone) {
			t.Errorf("publishing answers %v", err)
		}
		err = w.bridge.Edit(t.Context(), tenant, ch.Id, model.NewId(), running())
		if errors.Is(err, classroom.ErrChannelGone) {
			t.Errorf("editing answers %v", err)
		}
	})
}

// Anybody can set our key on a post, and get a pending id back before us.
func TestPublishIsNotFooled(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		student, _ := w.inside(ch)
		p := post(ch, w.clock.Now())
		forged := &model.Post{ChannelId: ch.ID, Message: "x", PendingPostId: p.PendingID}
		forged.AddProp("bbb_key", p.Key)
		forged.AddProp("from_bot", "true")
		_, _, err := student.CreatePost(t.Context(), forged)
		w.must(err)
		if id, err := w.bridge.Publish(t.Context(), tenant, p); err == nil {
			t.Errorf("the student's post %s was taken for ours", id)
		}
		p.Retry, p.PendingID = true, unique("pending-")
		id, err := w.bridge.Publish(t.Context(), tenant, p)
		w.must(err)
		w.once(ch, id)
	})
}

func TestPublishInBusyChannel(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	student, _ := w.inside(ch)
	chat := func() {
		for range 1100 {
			_, _, err := student.CreatePost(t.Context(), &model.Post{ChannelId: ch.ID, Message: "hello"})
			w.must(err)
		}
	}
	chat()
	p := post(ch, w.clock.Now())
	id, err := w.bridge.Publish(t.Context(), tenant, p)
	w.must(err)
	chat()
	p.Retry = true
	again, err := w.newBridge().Publish(t.Context(), tenant, p)
	w.must(err)
	if again != id {
		t.Errorf("published again as %s, want %s", again, id)
	}
}

func TestDeadToken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ch := w.channel()
		good := w.conn
		w.conn.Token = model.NewId()
		_, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
		if !errors.Is(err, bridge.ErrToken) || strings.Contains(err.Error(), w.conn.Token) {
			t.Errorf("the answer is %v", err)
		}
		w.conn = good // an admin has connected again: used at once
		_, err = w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
		w.must(err)
	})
}

func TestConnectionByNamesOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.conn.BotID, w.conn.TeamID = "", ""
		ch := w.channel()
		_, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now()))
		w.must(err)
	})
}

func TestServerDown(t *testing.T) {
	w := standIn(t)
	ch := w.channel()
	w.fake.Down(true)
	_, err := w.bridge.FindByEmail(t.Context(), tenant, "anna@example.org")
	if err == nil || errors.Is(err, classroom.ErrNoChatUser) || strings.Contains(err.Error(), "anna") {
		t.Errorf("the answer is %v", err)
	}
	w.fake.Down(false)
	w.fake.FailNext("POST /api/v4/posts", 503)
	if _, err := w.bridge.Publish(t.Context(), tenant, post(ch, w.clock.Now())); err == nil {
		t.Error("a 503 is taken for success")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w.fake.Slow(300 * time.Millisecond)
	if _, err := w.bridge.Publish(ctx, tenant, post(ch, w.clock.Now())); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the answer is %v", err)
	}
}
