package bridge_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/bridge"
	"classbridge/bridge/bridgetest"
	"classbridge/classroom"
	"classbridge/locales"
)

const (
	toolURL     = "https://tool.example.org"
	adminName   = "admin"
	tenant      = "tenant"
	userAccount = "Correct-Horse-9-Battery"
)

// world is a Mattermost server with a team and our bot in it, connected by
// Setup.Connect as an admin would do it. The server is the stand-in or the real
// one: what is done around the bridge is done through the API of either.
type world struct {
	t      *testing.T
	url    string
	admin  *model.Client4
	team   *model.Team
	bridge *bridge.Bridge
	conn   classroom.ChatConnection
	fake   *bridgetest.Server // nil: the real one
	clock  *clock

	// what only the makers of the servers know
	newUser func(t *testing.T, name string) *model.Client4 // logged in
	restart func(t testing.TB)
}

// clock can be moved forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// eachWorld runs the test on the stand-in, and on the real server in a build
// with the tag e2e.
func eachWorld(t *testing.T, f func(*testing.T, *world)) {
	t.Run("stand-in", func(t *testing.T) { f(t, standIn(t)) })
	if realWorld != nil {
		t.Run("real", func(t *testing.T) { f(t, realWorld(t)) })
	}
}

func standIn(t *testing.T) *world {
	w := freshServer(t)
	w.connect()
	return w
}

// freshServer is a stand-in that nobody has connected.
func freshServer(t *testing.T) *world {
	c := &clock{}
	var s *bridgetest.Server
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s = bridgetest.New(bridgetest.Config{URL: server.URL, Now: c.Now})
	s.AddUser(bridgetest.User{Username: adminName, Password: userAccount, Admin: true})
	teamName := "t" + strings.ToLower(rand.Text()[:8])
	teamID := s.AddTeam(teamName)
	return &world{
		t: t, url: server.URL, fake: s, clock: c, team: &model.Team{Id: teamID, Name: teamName},
		admin: login(t, server.URL, adminName, userAccount),
		newUser: func(t *testing.T, name string) *model.Client4 {
			s.AddUser(bridgetest.User{Username: name, Email: name + "@example.org", Name: "Person " + name, Password: userAccount})
			return login(t, server.URL, name, userAccount)
		},
		restart: func(testing.TB) { s.Restart() },
	}
}

func login(t *testing.T, url, name, password string) *model.Client4 {
	t.Helper()
	c := model.NewAPIv4Client(url)
	if _, _, err := c.Login(t.Context(), name, password); err != nil {
		t.Fatalf("log in as %s: %v", name, err)
	}
	return c
}

// setup is what connect uses, for tests to change.
func (w *world) setup() *bridge.Setup {
	return &bridge.Setup{
		URL: w.url, Team: w.team.Name, Login: adminName, Password: userAccount, ToolURL: toolURL,
		BotName: "bot" + w.team.Name,
		Texts:   catalogue(w.t).For("en"), Now: w.clock.Now,
		Confirm: func(bridge.Change) (bool, error) { return true, nil },
		Save:    func(context.Context, classroom.ChatConnection) error { return nil },
	}
}

func (w *world) connect() {
	w.t.Helper()
	report, err := w.setup().Connect(w.t.Context())
	if err != nil {
		w.t.Fatalf("connect: %v", err)
	}
	for _, line := range append(report.Done, report.Warnings...) {
		if strings.HasPrefix(line, "chat.") {
			w.t.Errorf("a line of the report has no text: %s", line)
		}
	}
	w.conn = report.Connection
	w.bridge = w.newBridge()
}

// newBridge is a bridge that remembers nothing, as after a restart of ours.
func (w *world) newBridge() *bridge.Bridge {
	return &bridge.Bridge{Connections: connections{w}, HTTP: func(string) *http.Client { return http.DefaultClient }, Texts: catalogue(w.t), Now: w.clock.Now, Log: slog.New(slog.DiscardHandler)}
}

type connections struct{ w *world }

func (c connections) FindChatConnection(_ context.Context, tenantID string) (classroom.ChatConnection, bool, error) {
	return c.w.conn, tenantID == tenant, nil
}

func catalogue(t *testing.T) *locales.Catalogue {
	t.Helper()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// unique is a name that no other test has taken.
func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:10]) }

// member makes a user who is in the team.
func (w *world) member() (*model.Client4, *model.User) {
	w.t.Helper()
	c := w.newUser(w.t, unique("u"))
	me, _, err := c.GetMe(w.t.Context(), "")
	w.must(err)
	_, _, err = w.admin.AddTeamMember(w.t.Context(), w.team.Id, me.Id)
	w.must(err)
	return c, me
}

// channel opens the channel of a course of its own.
func (w *world) channel() classroom.Channel {
	w.t.Helper()
	ch, err := w.bridge.OpenChannel(w.t.Context(), tenant, spec(unique("course-")))
	w.must(err)
	return ch
}

// inside makes a user who is in the channel.
func (w *world) inside(ch classroom.Channel) (*model.Client4, *model.User) {
	w.t.Helper()
	c, me := w.member()
	w.must(w.bridge.Admit(w.t.Context(), tenant, ch.ID, me.Id))
	return c, me
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// ours lists the living posts of the bot in the channel, without system
// messages, the oldest first.
func (w *world) ours(ch classroom.Channel) []*model.Post {
	w.t.Helper()
	list, _, err := w.bot().GetPostsForChannel(w.t.Context(), ch.ID, 0, 200, "", false, false)
	w.must(err)
	var posts []*model.Post
	for i := len(list.Order) - 1; i >= 0; i-- {
		if p := list.Posts[list.Order[i]]; p.Type == "" && p.UserId == w.conn.BotID {
			posts = append(posts, p)
		}
	}
	return posts
}

// bot is a client of the test's own with the bot's token.
func (w *world) bot() *model.Client4 {
	c := model.NewAPIv4Client(w.url)
	c.SetToken(w.conn.Token)
	return c
}

func spec(course string) classroom.ChannelSpec {
	return classroom.ChannelSpec{CourseID: course, Title: "Biology 101", Label: "BIO", Locale: "en", RoomURL: toolURL + "/go/room1"}
}

func started() time.Time { return time.Date(2026, 11, 23, 13, 5, 0, 0, time.UTC) }

func running() classroom.Notice {
	return classroom.Notice{
		Kind: classroom.NoticeRunning, Locale: "en", TimeZone: "Europe/Berlin", Course: "Biology 101", Room: "Week 3",
		By: "Ms. Teacher", JoinURL: toolURL + "/go/room1", Record: true, StartedAt: started(),
	}
}

func post(ch classroom.Channel, now time.Time) classroom.Post {
	return classroom.Post{Key: unique("key-"), PendingID: unique("pending-"), ChannelID: ch.ID, FirstTry: now, Notice: running()}
}
