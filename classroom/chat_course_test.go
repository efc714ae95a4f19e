package classroom_test

import (
	"errors"
	"testing"
	"time"

	"classbridge/classroom"
)

// course is one with a channel and a learner in it.
func (w *world) course() classroom.Course {
	w.t.Helper()
	a := w.enters("teacher", teacher)
	w.enters("learner", learner)
	w.work()
	return w.reload(a.Course.ID)
}

func (w *world) reload(id string) classroom.Course {
	w.t.Helper()
	c, err := w.db.Course(w.t.Context(), id)
	must(w.t, err)
	return c
}

func TestAnArchivedChannelStaysArchived(t *testing.T) {
	w := newWorld(t)
	c := w.course()
	if c.Channel != classroom.ChannelOpen {
		t.Fatalf("the channel is %q", c.Channel)
	}
	_, err := w.ArchiveChannel(t.Context(), c.TenantID, c.ID)
	must(t, err)
	a := w.enters("teacher", teacher)
	w.work()
	if c = w.reload(c.ID); c.Channel != classroom.ChannelArchived || len(w.server.archived) != 1 {
		t.Errorf("after another launch it is %q; archived: %q", c.Channel, w.server.archived)
	}
	v, err := w.View(t.Context(), a)
	must(t, err)
	if v.Chat.State != classroom.ChatArchived || v.Chat.URL != "" {
		t.Errorf("the page says %+v", v.Chat)
	}
	w.isHeld(a)
	w.work()
	if len(w.chat.posts) != 0 {
		t.Errorf("posted %d times", len(w.chat.posts))
	}
	if _, err := w.ArchiveChannel(t.Context(), c.TenantID, c.ID); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("archived twice: %v", err)
	}
	_, err = w.ReopenChannel(t.Context(), c.TenantID, c.ID)
	must(t, err)
	w.work()
	if c = w.reload(c.ID); c.Channel != classroom.ChannelOpen || c.ChannelID != "channel-1" {
		t.Errorf("reopened: %+v", c)
	}
}

// A platform's courses may be to have no channels; then nobody opens one.
func TestNoChannelWhereThereIsToBeNone(t *testing.T) {
	for want, change := range map[string]func(*world, *classroom.Course){
		"error.channel_never": func(w *world, _ *classroom.Course) {
			w.platform.Channels = classroom.ChannelNever
			must(w.t, w.db.SavePlatform(w.t.Context(), w.platform))
		},
		"error.channel_no_context": func(_ *world, c *classroom.Course) { c.ContextID, c.LinkID = "", "link" },
	} {
		w := newWorld(t)
		c := w.course()
		c.Channel = classroom.ChannelNone
		change(w, &c)
		must(t, w.db.SaveCourse(t.Context(), c))
		for name, err := range map[string]error{
			"reopen": second(w.ReopenChannel(t.Context(), c.TenantID, c.ID)),
			"relink": second(w.RelinkChannel(t.Context(), c.TenantID, c.ID, "old-class")),
		} {
			var said *classroom.Error
			if !errors.As(err, &said) || said.Message != want || w.reload(c.ID).Channel != classroom.ChannelNone {
				t.Errorf("%s = %v, want %s", name, err, want)
			}
		}
	}
}

func second[A any](_ A, err error) error { return err }

// Whoever leaves the course while its channel is archived is not in it afterwards.
func TestAReopenedChannelHasNobodyWhoLeft(t *testing.T) {
	w, a, x := leaver(t)
	_, err := w.ArchiveChannel(t.Context(), a.Course.TenantID, a.Course.ID)
	must(t, err)
	w.work()
	if got := w.admission(x); got.State != classroom.AdmissionEnded || !w.chat.members["user-bob"] {
		t.Fatalf("while it is archived: %+v, in it: %v", got, w.chat.members)
	}
	_, err = w.ReopenChannel(t.Context(), a.Course.TenantID, a.Course.ID)
	must(t, err)
	w.work()
	if w.chat.members["user-bob"] || !w.chat.members["user-ada"] {
		t.Errorf("in the channel: %v", w.chat.members)
	}
}

// The chat being away leaves the course as it is.
func TestAnArchivingThatFails(t *testing.T) {
	w := newWorld(t)
	c := w.course()
	w.server.away = errors.New("away")
	if _, err := w.ArchiveChannel(t.Context(), c.TenantID, c.ID); !errors.Is(err, w.server.away) || w.reload(c.ID).Channel != classroom.ChannelOpen {
		t.Errorf("%v, the channel is %q", err, w.reload(c.ID).Channel)
	}
}

func TestRelinkAndResyncTryEverybody(t *testing.T) {
	for name, change := range map[string]func(*world, classroom.Course) (classroom.Course, error){
		"relink": func(w *world, c classroom.Course) (classroom.Course, error) {
			return w.RelinkChannel(t.Context(), c.TenantID, c.ID, "old-class")
		},
		"resync": func(w *world, c classroom.Course) (classroom.Course, error) {
			return w.ResyncChannel(t.Context(), c.TenantID, c.ID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.course()
			clear(w.chat.members)
			changed, err := change(w, c)
			must(t, err)
			w.work()
			if !w.chat.members["user-learner"] || !w.chat.members["user-teacher"] {
				t.Errorf("in the channel: %v", w.chat.members)
			}
			if name == "relink" && (changed.ChannelID != "channel-9" || w.reload(c.ID).ChannelName != "old-class") {
				t.Errorf("the course has %+v", changed)
			}
		})
	}
}

func TestRelinkRefuses(t *testing.T) {
	tests := map[string]func(*world){
		"error.channel_unknown":     func(w *world) { w.server.gone = true },
		"error.channel_archived":    func(w *world) { w.server.look.Archived = true },
		"error.channel_public":      func(w *world) { w.server.look.Private = false },
		"error.channel_without_bot": func(w *world) { w.server.look.Inside = false },
		"error.channel_taken": func(w *world) {
			l := w.launch("other", teacher)
			l.Context.ID = "c2"
			a := w.visits(l)
			_, err := w.RelinkChannel(w.t.Context(), a.Course.TenantID, a.Course.ID, "old-class")
			must(w.t, err)
		},
	}
	for want, change := range tests {
		t.Run(want, func(t *testing.T) {
			w := newWorld(t)
			c := w.course()
			change(w)
			_, err := w.RelinkChannel(t.Context(), c.TenantID, c.ID, "old-class")
			var said *classroom.Error
			if !errors.As(err, &said) || said.Message != want || w.reload(c.ID).ChannelID != c.ChannelID {
				t.Errorf("relink = %v", err)
			}
		})
	}
	w := newWorld(t)
	c := w.course()
	for _, name := range []string{"", "Town Square", "../x", "a/b", "-x"} {
		if _, err := w.RelinkChannel(t.Context(), c.TenantID, c.ID, name); !classroom.Is(err, classroom.Invalid) {
			t.Errorf("relink to %q = %v", name, err)
		}
	}
	if _, err := w.RelinkChannel(t.Context(), "another tenant", c.ID, "old-class"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("relink by another tenant = %v", err)
	}
}

// What keeps a post from being sent is kept for the admin to see, until it works.
func TestWhyAnAnnouncementFailsIsKept(t *testing.T) {
	w := newWorld(t)
	a := w.enters("teacher", teacher)
	w.work()
	w.chat.fail = errors.New("mattermost: create post: 403 api.context.permissions.app_error")
	m := w.isHeld(a)
	_, err := w.Do(t.Context(), classroom.Announce{AnnouncementID: m.AnnouncementID})
	if err == nil {
		t.Fatal("the post was sent")
	}
	open, err := w.db.OpenAnnouncements(t.Context(), classroom.DefaultTenant, 0, 10)
	must(t, err)
	if len(open) != 1 || !open[0].Failed() || open[0].Problem != "mattermost: create post: 403 api.context.permissions.app_error" || open[0].Failures != 1 || open[0].Course != "Algebra" {
		t.Fatalf("open: %+v", open)
	}
	if _, err := w.RetryAnnouncement(t.Context(), "another tenant", open[0].ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("retried by another tenant: %v", err)
	}
	_, err = w.RetryAnnouncement(t.Context(), classroom.DefaultTenant, open[0].ID)
	must(t, err)
	w.work()
	if waiting, failed, err := w.db.CountOpenAnnouncements(t.Context(), classroom.DefaultTenant); err != nil || waiting+failed != 0 || len(w.chat.posts) != 1 {
		t.Errorf("%d wait, %d fail, %d posts, %v", waiting, failed, len(w.chat.posts), err)
	}
	if _, err := w.GiveUpAnnouncement(t.Context(), classroom.DefaultTenant, open[0].ID); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("a post that is well was given up: %v", err)
	}
}

func TestAnAnnouncementThatWasGivenUpIsNotSent(t *testing.T) {
	w := newWorld(t)
	a := w.enters("teacher", teacher)
	w.work()
	w.chat.fail = errors.New("no")
	m := w.isHeld(a)
	_, _ = w.Do(t.Context(), classroom.Announce{AnnouncementID: m.AnnouncementID})
	clear(w.chat.posts)
	_, err := w.GiveUpAnnouncement(t.Context(), classroom.DefaultTenant, m.AnnouncementID)
	must(t, err)
	w.work()
	if n, err := w.db.OpenAnnouncements(t.Context(), classroom.DefaultTenant, 0, 10); err != nil || len(n) != 0 || len(w.chat.posts) != 0 {
		t.Errorf("open: %v, posts: %v, %v", n, w.chat.posts, err)
	}
}

func TestWhenTheLimitsWillBeReached(t *testing.T) {
	w := newWorld(t)
	now := w.clock().UTC()
	must(t, w.db.SaveChatCounts(t.Context(), classroom.ChatCounts{TenantID: classroom.DefaultTenant, Day: now.AddDate(0, 0, -15).Format(time.DateOnly)}))
	must(t, w.db.SaveChatCounts(t.Context(), classroom.ChatCounts{TenantID: classroom.DefaultTenant, Day: now.AddDate(0, 0, -10).Format(time.DateOnly), Users: 100, Members: 30}))
	o, err := w.ViewChatOutlook(t.Context(), classroom.DefaultTenant)
	must(t, err)
	if days := o.Members.Full.Sub(now).Hours() / 24; days < 9 || days > 12 {
		t.Errorf("the team is full in %.1f days, want about 10", days)
	}
	if !o.Users.Full.IsZero() || o.Members.Tight() || o.Users.Limit != 250 {
		t.Errorf("outlook %+v", o)
	}
}

func TestPeopleAreCountedOnceADay(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		_, err := w.Do(t.Context(), classroom.Sweep{})
		must(t, err)
		w.work()
	}
	day := w.clock().UTC().Format(time.DateOnly)
	counts, err := w.db.ChatCountsSince(t.Context(), classroom.DefaultTenant, day)
	must(t, err)
	if len(counts) != 1 || counts[0].Users != 100 || counts[0].Members != 40 {
		t.Errorf("counted %+v", counts)
	}
	w.wait(24 * time.Hour)
	_, err = w.Do(t.Context(), classroom.Sweep{})
	must(t, err)
	w.work()
	if counts, err = w.db.ChatCountsSince(t.Context(), classroom.DefaultTenant, day); err != nil || len(counts) != 2 {
		t.Errorf("a day later: %+v, %v", counts, err)
	}
}
