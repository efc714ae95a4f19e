package bridge_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/bridge"
	"classbridge/classroom"
)

// classes replies what a test wants, and notes what was asked.
type classes struct {
	reply classroom.ChatReply
	err   error
	asked classroom.ChatAsk
}

func (c *classes) AnswerInChat(_ context.Context, ask classroom.ChatAsk) (classroom.ChatReply, error) {
	c.asked = ask
	return c.reply, c.err
}

// known is the connection of two tenants.
type known map[string]classroom.ChatConnection

func (k known) FindChatConnection(_ context.Context, tenantID string) (classroom.ChatConnection, bool, error) {
	if tenantID == "broken" {
		return classroom.ChatConnection{}, false, errors.New("no database")
	}
	c, found := k[tenantID]
	return c, found, nil
}

func commandHandler(t *testing.T, c *classes) *bridge.Command {
	return &bridge.Command{
		Connections: known{
			classroom.DefaultTenant: {CommandToken: "right"}, "other": {CommandToken: "others"}, "none": {},
		},
		Classes: c, Texts: catalogue(t), Log: slog.New(slog.DiscardHandler),
	}
}

func ask(h http.Handler, path, authorization, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", authorization)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const formKind = "application/x-www-form-urlencoded"

func TestCommandProvesItself(t *testing.T) {
	c := &classes{}
	h := commandHandler(t, c)
	body := url.Values{"channel_id": {"ch"}, "user_id": {"u"}, "text": {"recordings"}, "token": {"right"}}.Encode()
	for _, test := range []struct {
		name, path, authorization, kind string
		want                            int
		tenant                          string
	}{
		{"right", "/", "Token right", formKind, 200, classroom.DefaultTenant},
		{"another school's", "/?school=other", "Token others", formKind, 200, "other"},
		{"the token of another school", "/?school=other", "Token right", formKind, 401, ""},
		{"wrong", "/", "Token wrong", formKind, 401, ""},
		{"none", "/", "", formKind, 401, ""},
		{"in the form alone", "/", "Bearer right", formKind, 401, ""},
		{"empty, where there is no command", "/?school=none", "Token ", formKind, 401, ""},
		{"a school that is not there", "/?school=nobody", "Token right", formKind, 401, ""},
		{"a school of any length", "/?school=" + strings.Repeat("x", 65), "Token right", formKind, 401, ""},
		{"no form", "/", "Token right", "application/json", 415, ""},
		{"no database", "/?school=broken", "Token right", formKind, 503, ""},
	} {
		c.asked = classroom.ChatAsk{}
		w := ask(h, test.path, test.authorization, test.kind, body)
		if w.Code != test.want || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s, want %d and JSON", test.name, w.Code, w.Body, test.want)
		}
		want := classroom.ChatAsk{}
		if test.tenant != "" {
			want = classroom.ChatAsk{TenantID: test.tenant, ChannelID: "ch", UserID: "u", Recordings: true}
		}
		if d := cmp.Diff(want, c.asked); d != "" {
			t.Errorf("%s: asked for (-want +got):\n%s", test.name, d)
		}
	}
}

func TestCommandSays(t *testing.T) {
	course := classroom.Course{Title: "Bio @all *101*"}
	served := func(r classroom.ChatReply) classroom.ChatReply {
		r.Standing, r.Course, r.Locale = classroom.ChannelServed, course, "en"
		return r
	}
	room := func(title string) classroom.RoomLink {
		return classroom.RoomLink{Title: title, URL: toolURL + "/go/" + strings.ToLower(title)}
	}
	one, two := []classroom.RoomLink{room("One")}, []classroom.RoomLink{room("One"), room("Two")}
	recorded := []classroom.RecordingLink{{Room: "One", StartedAt: started(), URL: toolURL + "/go/one/recordings/r1"}}
	for _, test := range []struct {
		name, text string
		reply      classroom.ChatReply
		err        error
		want, to   string
	}{
		{"one runs", "", served(classroom.ChatReply{Rooms: one, Running: true}), nil, "A class of **Bio @\u2060all \\*101\\*** is running:\n- **One**: [join](" + toolURL + "/go/one)", toolURL + "/go/one"},
		{"two run", "join", served(classroom.ChatReply{Rooms: two, Running: true}), nil, "2 classes of **Bio @\u2060all \\*101\\*** are running", ""},
		{"none runs", " JOIN ", served(classroom.ChatReply{Rooms: one}), nil, "**One**: [wait here](" + toolURL + "/go/one) until", toolURL + "/go/one"},
		{"nowhere", "", served(classroom.ChatReply{}), nil, "A teacher starts one from the course", ""},
		{"recordings", "recordings", served(classroom.ChatReply{TimeZone: "Europe/Berlin", Recordings: recorded}), nil, "**One**, Monday, 23 November 2026, 14:05: [watch](" + toolURL + "/go/one/recordings/r1)", ""},
		{"no recordings", "recordings", served(classroom.ChatReply{}), nil, "There are no recordings", ""},
		{"help", "help", served(classroom.ChatReply{Rooms: one, Running: true}), nil, "`/bbb recordings`", ""},
		{"anything else", "<start> @all", served(classroom.ChatReply{Rooms: one}), nil, "`/bbb help`", ""},
		{"elsewhere", "", classroom.ChatReply{Standing: classroom.ChannelForeign}, nil, "Classes belong to courses", ""},
		{"switched off", "", classroom.ChatReply{Standing: classroom.ChannelClosed}, nil, "switched off", ""},
		{"who has left", "", classroom.ChatReply{Standing: classroom.ChannelLeft}, nil, "no longer in this course", ""},
		{"a failure", "", classroom.ChatReply{}, errors.New("secret reason"), "That did not work", ""},
	} {
		h := commandHandler(t, &classes{reply: test.reply, err: test.err})
		w := ask(h, "/", "Token right", formKind, url.Values{"text": {test.text}}.Encode())
		var got struct {
			Type  string `json:"response_type"`
			Text  string `json:"text"`
			Plain bool   `json:"skip_slack_parsing"`
			Goto  string `json:"goto_location"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", test.name, w.Code, w.Body)
		}
		if got.Type != "ephemeral" || !got.Plain || !strings.Contains(got.Text, test.want) || got.Goto != test.to || strings.Contains(got.Text, "secret") {
			t.Errorf("%s: %+v, want %q and %q", test.name, got, test.want, test.to)
		}
	}
}

// What is too long, or no form, is answered as anything unknown is.
func TestCommandTooLong(t *testing.T) {
	h := commandHandler(t, &classes{reply: classroom.ChatReply{Standing: classroom.ChannelForeign}})
	for _, body := range []string{"text=" + strings.Repeat("x", 70<<10), "%zz=;"} {
		if w := ask(h, "/", "Token right", formKind, body); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Classes belong") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

// trusted lets the server's integrations call this machine.
func (w *world) trusted() {
	w.t.Helper()
	if w.fake != nil {
		return
	}
	patch := &model.Config{}
	patch.ServiceSettings.AllowedUntrustedInternalConnections = model.NewPointer("127.0.0.1")
	_, _, err := w.admin.PatchConfig(w.t.Context(), patch)
	w.must(err)
}

// A member types the command, and their server brings back what we say.
func TestCommandFromTheServer(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.trusted()
		c := &classes{reply: classroom.ChatReply{
			Standing: classroom.ChannelServed, Locale: "en", Running: true, Course: classroom.Course{Title: "Biology <b>"},
			Rooms: []classroom.RoomLink{{Title: "Week 3", URL: toolURL + "/go/room1"}},
		}}
		h := &bridge.Command{Connections: connections{w}, Classes: c, Texts: catalogue(t), Log: slog.New(slog.DiscardHandler)}
		ours := serveOn(t, h)
		s := w.setup()
		s.ToolURL, s.Tenant, s.Current = ours, tenant, w.conn
		report, err := s.Connect(t.Context())
		w.must(err)
		w.conn = report.Connection
		w.bridge = w.newBridge()
		ch := w.channel()
		user, me := w.inside(ch)
		said, _, err := user.ExecuteCommand(t.Context(), ch.ID, "/bbb join")
		w.must(err)
		if said.ResponseType != "ephemeral" || !strings.Contains(said.Text, "Biology <b>") || !strings.Contains(said.Text, "[join]("+toolURL+"/go/room1)") || said.GotoLocation != toolURL+"/go/room1" {
			t.Errorf("the server brings back %+v", said)
		}
		if d := cmp.Diff(classroom.ChatAsk{TenantID: tenant, ChannelID: ch.ID, UserID: me.Id}, c.asked); d != "" {
			t.Errorf("asked for (-want +got):\n%s", d)
		}
		outside, _ := w.member()
		if _, _, err := outside.ExecuteCommand(t.Context(), ch.ID, "/bbb"); err == nil {
			t.Error("somebody outside the channel was answered")
		}
	})
}

// serveOn serves h below our path on the loopback address that the server may call.
func serveOn(t *testing.T, h http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /mattermost/command", h)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String()
}
