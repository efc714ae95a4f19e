package parts

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
)

// Team is a team of a Mattermost server.
type Team struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Channel is a channel of a team.
type Channel struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Header      string `json:"header"`
	Type        string `json:"type"` // P is private, O is open
}

// Post is a post of a channel. System messages have a Type.
type Post struct {
	ID        string         `json:"id"`
	UserID    string         `json:"user_id"`
	ChannelID string         `json:"channel_id"`
	RootID    string         `json:"root_id"`
	Message   string         `json:"message"`
	Type      string         `json:"type"`
	Props     map[string]any `json:"props"`
	CreateAt  int64          `json:"create_at"`
	EditAt    int64          `json:"edit_at"`
}

// Unique is a name of a user, team or channel that no other test has taken on a
// shared server.
func Unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:8]) }

// CreateUser makes an account with the address name@example.org and logs it in.
func (m *MM) CreateUser(t testing.TB, name string) *User {
	t.Helper()
	m.signUp(t, name)
	return m.login(t, name)
}

// CreateTeam makes a team of which the users are members. The name must be new
// to the server, and of lower-case letters and digits.
func (m *MM) CreateTeam(t testing.TB, name string, members ...*User) *Team {
	t.Helper()
	team := &Team{}
	m.Admin.Do(t, "POST", "/teams", map[string]string{"name": name, "display_name": name, "type": "I"}, team)
	for _, u := range members {
		m.AddToTeam(t, team, u)
	}
	return team
}

// AddToTeam makes the user a member of the team.
func (m *MM) AddToTeam(t testing.TB, team *Team, u *User) {
	t.Helper()
	m.Admin.Do(t, "POST", "/teams/"+team.ID+"/members", map[string]string{"team_id": team.ID, "user_id": u.ID}, nil)
}

// CreateBot makes a bot with a token that does not expire, a member of the
// team. Bot accounts, which a fresh server forbids, are allowed from then on.
func (m *MM) CreateBot(t testing.TB, name string, team *Team) *User {
	t.Helper()
	m.PatchConfig(t, map[string]any{"ServiceSettings": map[string]any{"EnableBotAccountCreation": true}})
	var made struct {
		ID string `json:"user_id"`
	}
	m.Admin.Do(t, "POST", "/bots", map[string]string{"username": name}, &made)
	var token struct {
		Token string `json:"token"`
	}
	m.Admin.Do(t, "POST", "/users/"+made.ID+"/tokens", map[string]string{"description": "test"}, &token)
	bot := &User{ID: made.ID, Username: name, Token: token.Token, url: m.URL}
	m.AddToTeam(t, team, bot)
	return bot
}

// PatchConfig changes settings of the server, by section and name.
func (m *MM) PatchConfig(t testing.TB, settings map[string]any) {
	t.Helper()
	m.Admin.Do(t, "PUT", "/config/patch", settings, nil)
}

// Channels lists the channels of the team of which the user is a member.
func (u *User) Channels(t testing.TB, team *Team) []Channel {
	t.Helper()
	var channels []Channel
	u.Do(t, "GET", "/users/me/teams/"+team.ID+"/channels", nil, &channels)
	return channels
}

// AddToChannel makes another user a member of the channel.
func (u *User) AddToChannel(t testing.TB, channelID string, other *User) {
	t.Helper()
	u.Do(t, "POST", "/channels/"+channelID+"/members", map[string]string{"user_id": other.ID}, nil)
}

// Post writes into a channel.
func (u *User) Post(t testing.TB, channelID, message string) *Post {
	t.Helper()
	post := &Post{}
	u.Do(t, "POST", "/posts", map[string]string{"channel_id": channelID, "message": message}, post)
	return post
}

// Posts returns the last 200 posts of a channel, the oldest first, without
// system messages and deleted ones.
func (u *User) Posts(t testing.TB, channelID string) []Post {
	t.Helper()
	posts, err := u.ReadPosts(t.Context(), channelID)
	if err != nil {
		t.Fatal(err)
	}
	return posts
}

// ReadPosts is Posts while the server may be away.
func (u *User) ReadPosts(ctx context.Context, channelID string) ([]Post, error) {
	var page struct {
		Posts map[string]Post `json:"posts"`
	}
	if err := u.Try(ctx, "GET", "/channels/"+channelID+"/posts?per_page=200", nil, &page); err != nil {
		return nil, err
	}
	var posts []Post
	for _, p := range page.Posts {
		if p.Type == "" {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(a, b Post) int {
		return cmp.Or(cmp.Compare(a.CreateAt, b.CreateAt), cmp.Compare(a.ID, b.ID))
	})
	return posts, nil
}

// SignIn gives the browser of the tab the user's session. The server is built
// without its web pages, so that there is no form to fill in.
func (u *User) SignIn(t testing.TB, tab context.Context) {
	t.Helper()
	cookie := &network.CookieParam{Name: "MMAUTHTOKEN", Value: u.Token, URL: u.url, HTTPOnly: true}
	Run(t, tab, storage.SetCookies([]*network.CookieParam{cookie}))
}
