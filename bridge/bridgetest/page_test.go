package bridgetest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/bridge/bridgetest"

	"github.com/mattermost/mattermost/server/public/model"
)

// chat is a server with a team, a bot, two people and a channel with one of them.
type chat struct {
	*bridgetest.Server
	t       *testing.T
	url     string
	bot     *model.Client4
	anna    string
	channel *model.Channel
}

func newChat(t *testing.T) *chat {
	c := &chat{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	c.url = server.URL
	c.Server = bridgetest.New(bridgetest.Config{URL: server.URL})
	team := c.AddTeam("school")
	c.anna = c.AddUser(bridgetest.User{Username: "anna", Name: "Anna <Adams>"})
	c.AddUser(bridgetest.User{Username: "ben", Name: "Ben Brown"})
	c.AddMember(team, c.anna)
	bot := c.AddBot("classbridge", team)
	c.bot = model.NewAPIv4Client(server.URL)
	c.bot.SetToken(bot.Token)
	var err error
	c.channel, _, err = c.bot.CreateChannel(t.Context(), &model.Channel{TeamId: team, Name: "bio", DisplayName: "Bio <101>", Type: "P", Header: "[Join the class](https://tool.example/go/r)"})
	c.must(err)
	_, _, err = c.bot.AddChannelMember(t.Context(), c.channel.Id, c.anna)
	c.must(err)
	return c
}

func (c *chat) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// browser is one with cookies, signed in as that user through the page.
func (c *chat) browser(user string) *http.Client {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	c.must(err)
	b := &http.Client{Jar: jar}
	page := c.get(b, "/")
	if !strings.Contains(page, "Who are you?") {
		c.t.Errorf("a stranger sees %s", page)
	}
	if user != "" {
		resp, err := b.PostForm(c.url+"/login", url.Values{"user": {user}, "redirect_to": {"/"}})
		c.must(err)
		resp.Body.Close()
	}
	return b
}

func (c *chat) get(b *http.Client, path string) string {
	c.t.Helper()
	resp, err := b.Get(c.url + path)
	c.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	c.must(err)
	return string(text)
}

func (c *chat) post(root, message string) *model.Post {
	c.t.Helper()
	p, _, err := c.bot.CreatePost(c.t.Context(), &model.Post{ChannelId: c.channel.Id, RootId: root, Message: message})
	c.must(err)
	return p
}

func TestChannelPage(t *testing.T) {
	c := newChat(t)
	anna := c.browser(c.anna)
	root := c.post("", "**Bio \\_1\\_** has started. #recording\n[Join](https://tool.example/go/r?a=1&b=2)")
	c.post(root.Id, "<script>alert(1)</script> [x](javascript:alert(1)) @channel")
	_, _, err := c.bot.PatchPost(t.Context(), c.post("", "old").Id, &model.PostPatch{Message: model.NewPointer("new")})
	c.must(err)
	for _, path := range []string{"/channels/bio", "/school/channels/bio", "/school/channels/bio/posts"} {
		page := c.get(anna, path)
		for _, want := range []string{
			`<strong>Bio _1_</strong> has started. <span class="hashtag">#recording</span><br><a href="https://tool.example/go/r?a=1&amp;b=2" target="_blank" rel="noopener">Join</a>`,
			`<div class="thread"><article`, `&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <span class="mention">@channel</span>`,
			"new", "(edited)",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s:\n%s", path, want, page)
			}
		}
		if strings.Contains(page, "<script>") || strings.Contains(page, ">old<") {
			t.Errorf("%s shows what it must not:\n%s", path, page)
		}
	}
	page := c.get(anna, "/")
	if !strings.Contains(page, `<a href="/channels/bio">Bio &lt;101&gt;</a>`) {
		t.Errorf("the list of channels is %s", page)
	}
	if page := c.get(anna, "/channels/bio"); !strings.Contains(page, "Anna &lt;Adams&gt;") || !strings.Contains(page, `">Join the class</a>`) {
		t.Errorf("members or header are missing: %s", page)
	}
	for _, file := range []string{"chat.js", "chat.css"} {
		if text := c.get(anna, "/assets/"+file); len(text) < 200 {
			t.Errorf("%s is %q", file, text)
		}
	}
}

func TestChannelPageIsForMembers(t *testing.T) {
	c := newChat(t)
	c.post("", "for members")
	ben := c.browser(c.userID("ben"))
	for _, path := range []string{"/channels/bio", "/school/channels/bio", "/school/channels/bio/posts", "/channels/none"} {
		if page := c.get(ben, path); strings.Contains(page, "for members") || !strings.Contains(page, "no such channel") {
			t.Errorf("%s shows %s", path, page)
		}
	}
	if page := c.get(ben, "/"); !strings.Contains(page, "You are in no channel yet") {
		t.Errorf("the list of channels is %s", page)
	}
}

func (c *chat) userID(name string) string {
	c.t.Helper()
	u, _, err := c.bot.GetUserByUsername(c.t.Context(), name, "")
	c.must(err)
	return u.Id
}

// A sign-in leads back to where it was asked for, and never to another server.
func TestSignInLeadsBack(t *testing.T) {
	c := newChat(t)
	app := c.AddApp("https://tool.example/mattermost/oauth")
	jar, _ := cookiejar.New(nil)
	var hops []string
	b := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		hops = append(hops, r.URL.String())
		if r.URL.Host == "tool.example" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	authorize := "/oauth/authorize?response_type=code&client_id=" + app.ID + "&redirect_uri=" + url.QueryEscape("https://tool.example/mattermost/oauth") + "&state=s"
	page := c.get(b, authorize)
	if !strings.Contains(page, "Who are you?") {
		t.Fatalf("a stranger sees %s", page)
	}
	back, err := url.Parse(hops[0])
	c.must(err)
	resp, err := b.PostForm(c.url+"/login", url.Values{"user": {c.anna}, "redirect_to": {back.Query().Get("redirect_to")}})
	c.must(err)
	resp.Body.Close()
	if last := hops[len(hops)-1]; !strings.HasPrefix(last, "https://tool.example/mattermost/oauth?code=") {
		t.Errorf("the browser ends at %s", last)
	}
	for _, elsewhere := range []string{"https://evil.example", "//evil.example", `/\evil.example`, ""} {
		hops = nil
		resp, err := b.PostForm(c.url+"/login", url.Values{"user": {c.anna}, "redirect_to": {elsewhere}})
		c.must(err)
		resp.Body.Close()
		if hops[0] != c.url+"/" {
			t.Errorf("%q leads to %s", elsewhere, hops[0])
		}
	}
}

func TestFaults(t *testing.T) {
	c := newChat(t)
	c.FailNext("GET /api/v4/users/me", http.StatusTeapot)
	if _, resp, _ := c.bot.GetMe(t.Context(), ""); resp.StatusCode != http.StatusTeapot {
		t.Errorf("the status is %d", resp.StatusCode)
	}
	if _, _, err := c.bot.GetMe(t.Context(), ""); err != nil {
		t.Errorf("the next call fails too: %v", err)
	}
	c.LoseAnswer("POST /api/v4/posts")
	if _, _, err := c.bot.CreatePost(t.Context(), &model.Post{ChannelId: c.channel.Id, Message: "lost"}); err == nil {
		t.Error("the answer is not lost")
	}
	if posts := c.Posts("bio"); posts[len(posts)-1].Message != "lost" {
		t.Error("the post is")
	}
	c.Down(true)
	if _, _, err := c.bot.GetMe(t.Context(), ""); err == nil {
		t.Error("the server answers while it is down")
	}
	c.Down(false)
	c.Slow(200 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := c.bot.GetMe(ctx, ""); err == nil {
		t.Error("the server is not slow")
	}
	c.Slow(0)
	c.RateLimit(1, 2)
	var codes []int
	for range 4 {
		_, resp, _ := c.bot.GetMe(t.Context(), "")
		codes = append(codes, resp.StatusCode)
	}
	if codes[2] != http.StatusOK || codes[3] != http.StatusTooManyRequests {
		t.Errorf("with 2 at once allowed beyond the first, the statuses are %v", codes)
	}
}
