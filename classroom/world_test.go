package classroom_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// world is a school in a test: a real database, a BigBlueButton in memory, a
// chat that remembers, and a clock that the test moves.
type world struct {
	*classroom.Classroom
	t        testing.TB
	db       *storage.DB
	bbb      *bbbtest.Server
	chat     *chat
	server   *chatServer
	platform classroom.Platform
	worked   int

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOn(t, storagetest.New(t))
}

func newWorldOn(t testing.TB, db *storage.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, chat: &chat{posts: map[string]classroom.Notice{}, members: map[string]bool{}}, server: newChatServer(), now: storagetest.Now()}
	w.bbb = bbbtest.New(bbbtest.Config{Secrets: []string{"s3cret"}, Now: w.clock})
	server := httptest.NewServer(w.bbb)
	t.Cleanup(server.Close)
	w.platform = storagetest.Platform(t, w.db)
	must(t, w.db.CreateServer(t.Context(), classroom.Server{
		ID: "bbb-1", TenantID: classroom.DefaultTenant, Name: "BBB", URL: server.URL + "/bigbluebutton/",
		Secrets: []string{"s3cret"}, CreatedAt: w.now, UpdatedAt: w.now,
	}))
	must(t, w.db.SaveChatConnection(t.Context(), classroom.ChatConnection{
		TenantID: classroom.DefaultTenant, URL: "https://chat.example", Token: "t", TeamName: "school", UpdatedAt: w.now,
	}))
	client := &bbb.Client{URL: server.URL + "/bigbluebutton/", Secrets: []string{"s3cret"}}
	keys := &classroom.Keyring{Store: w.db, Now: w.clock}
	for _, k := range sharedKeys() {
		must(t, w.db.CreateToolKey(t.Context(), k))
	}
	w.Classroom = &classroom.Classroom{
		Store: w.db, Chat: w.chat, ChatAdmin: w.server, Channels: w.server, URL: "https://class.example",
		Keys:      keys,
		Tool:      &lti.Tool{URL: "https://class.example", Platforms: w.db, Secret: []byte(strings.Repeat("s", 32)), Now: w.clock},
		Services:  &lti.Services{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Key: keys.Signing, Now: w.clock, Logger: slog.New(slog.DiscardHandler)},
		Registrar: &lti.Registrar{HTTP: http.DefaultClient, OnPremisesHTTP: http.DefaultClient, Logger: slog.New(slog.DiscardHandler)},
		Signer:    &classroom.Signer{Master: []byte(strings.Repeat("k", 32)), Now: w.clock},
		BBB:       func(classroom.Server) *bbb.Client { return client },
		Word:      func(_, id string) string { return "[" + id + "]" },
		Now:       w.clock, Log: slog.New(slog.DiscardHandler),
	}
	return w
}

// sharedKeys are the tool's keys in all worlds: making one takes a while.
var sharedKeys = sync.OnceValue(func() []classroom.ToolKey {
	var keys []classroom.ToolKey
	for _, s := range []classroom.ToolKeyState{classroom.KeyCurrent, classroom.KeyNext} {
		k, err := lti.GenerateToolKey()
		if err != nil {
			panic(err)
		}
		private, err := k.MarshalPEM()
		if err != nil {
			panic(err)
		}
		keys = append(keys, classroom.ToolKey{
			ID: k.KID, TenantID: classroom.DefaultTenant, State: s, Private: private, CreatedAt: storagetest.Now(), UpdatedAt: storagetest.Now(),
		})
	}
	return keys
})

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

const (
	teacher = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
	learner = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
)

// launch is what lti hands over for a person of the course.
func (w *world) launch(subject, role string) *lti.Launch {
	return &lti.Launch{
		Platform: w.platform.Platform, Nonce: storagetest.ID(), MessageType: lti.ResourceLinkRequest, DeploymentID: "1",
		Subject: subject, Name: "Name of " + subject, Email: subject + "@school.example", Locale: "en",
		Roles: lti.ParseRoles([]string{role}), Context: &lti.Context{ID: "c1", Label: "ALG", Title: "Algebra"},
		ResourceLink: lti.ResourceLink{ID: "link1", Title: "Lessons"},
	}
}

// enters launches and answers what the visit may do.
func (w *world) enters(subject, role string) classroom.Access {
	w.t.Helper()
	return w.visits(w.launch(subject, role))
}

// visits enters by that launch and answers what the visit may do.
func (w *world) visits(l *lti.Launch) classroom.Access {
	w.t.Helper()
	v, err := w.Enter(w.t.Context(), l, "192.0.2.1")
	must(w.t, err)
	a, err := w.Access(w.t.Context(), v.LaunchID, v.RoomID)
	must(w.t, err)
	return a
}

// work does what is queued, once each, until nothing new comes, as a queue with
// one worker would; what asks to be done again is left.
func (w *world) work() {
	w.t.Helper()
	for {
		queued := storagetest.Queued(w.t, w.db)
		if w.worked == len(queued) {
			return
		}
		for _, q := range queued[w.worked:] {
			w.worked++
			_, err := w.Do(w.t.Context(), parseWork(w.t, q))
			must(w.t, err)
		}
	}
}

func parseWork(t testing.TB, queued string) classroom.Work {
	t.Helper()
	kind, args, _ := strings.Cut(queued, " ")
	switch kind {
	case "follow":
		return decode[classroom.Follow](t, args)
	case "watch":
		return decode[classroom.Watch](t, args)
	case "reconcile":
		return decode[classroom.Reconcile](t, args)
	case "announce":
		return decode[classroom.Announce](t, args)
	case "open_channel":
		return decode[classroom.OpenChannel](t, args)
	case "admit":
		return decode[classroom.Admit](t, args)
	case "register_notices":
		return decode[classroom.RegisterNotices](t, args)
	case "admit_waiting":
		return decode[classroom.AdmitWaiting](t, args)
	case "end_chat_visit":
		return decode[classroom.EndChatVisit](t, args)
	case "count_chat":
		return decode[classroom.CountChat](t, args)
	case "expel":
		return decode[classroom.Expel](t, args)
	case "sync_roster":
		return decode[classroom.SyncRoster](t, args)
	case "find_recordings":
		return decode[classroom.FindRecordings](t, args)
	}
	t.Fatalf("unknown work %q", queued)
	return nil
}

func decode[W classroom.Work](t testing.TB, args string) W {
	t.Helper()
	var w W
	must(t, json.Unmarshal([]byte(args), &w))
	return w
}

// meeting is the room's only open meeting at the stand-in.
func (w *world) meeting(a classroom.Access) classroom.Meeting {
	w.t.Helper()
	m, found, err := w.db.FindOpenMeeting(w.t.Context(), a.Room.ID)
	must(w.t, err)
	if !found {
		w.t.Fatal("no open meeting")
	}
	return m
}

// look lets the program look at the meeting.
func (w *world) look(m classroom.Meeting) classroom.Outcome {
	w.t.Helper()
	again, err := w.Do(w.t.Context(), classroom.Follow{MeetingID: m.ID})
	must(w.t, err)
	return again
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// chat is a Mattermost that does what the interface says, and remembers.
type chat struct {
	mu      sync.Mutex
	posts   map[string]classroom.Notice // by post id
	sent    []classroom.Post            // every Publish
	edits   int
	members map[string]bool // user ids in the one channel
	fail    error           // of the next Publish, after the post was stored
	asked   int             // for memberships

	expelling func() error // before somebody is taken out; may be nil
}

func (c *chat) OpenChannel(context.Context, string, classroom.ChannelSpec) (classroom.Channel, error) {
	return classroom.Channel{ID: "channel-1", Name: "bbb-alg"}, nil
}

func (c *chat) Admit(_ context.Context, _, _, userID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members[userID] = true
	return nil
}

func (c *chat) Expel(_ context.Context, _, _, userID string) error {
	if c.expelling != nil {
		if err := c.expelling(); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.members, userID)
	return nil
}

func (c *chat) Member(_ context.Context, _, _, userID string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	return c.members[userID], nil
}

func (c *chat) FindByEmail(_ context.Context, _, email string) (classroom.ChatUser, error) {
	name, _, _ := strings.Cut(email, "@")
	if strings.HasPrefix(name, "nobody") {
		return classroom.ChatUser{}, classroom.ErrNoChatUser
	}
	return classroom.ChatUser{ID: "user-" + name, Username: name}, nil
}

func (c *chat) Publish(_ context.Context, _ string, p classroom.Post) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, p)
	id := "post-" + p.Key
	if _, there := c.posts[id]; !there || !p.Retry {
		c.posts[id] = p.Notice
	}
	err := c.fail
	c.fail = nil
	if err != nil {
		return "", err
	}
	return id, nil
}

func (c *chat) Edit(_ context.Context, _, _, postID string, n classroom.Notice) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.posts[postID]; !there {
		return classroom.ErrPostGone
	}
	c.edits++
	c.posts[postID] = n
	return nil
}

// kinds counts what the posts show.
func (c *chat) kinds() map[classroom.NoticeKind]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := map[classroom.NoticeKind]int{}
	for _, notice := range c.posts {
		n[notice.Kind]++
	}
	return n
}
