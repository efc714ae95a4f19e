//go:build e2e

package parts_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

var mattermost parts.SharedMattermost

func TestMain(m *testing.M) {
	code := m.Run()
	mattermost.Close()
	os.Exit(code)
}

func TestMattermostKeepsPostsAcrossRestart(t *testing.T) {
	server := parts.Mattermost(t)
	teacher := server.CreateUser(t, "teacher")
	team := server.CreateTeam(t, "school", teacher)
	bot := server.CreateBot(t, "classroom", team)
	channel := &parts.Channel{}
	bot.Do(t, "POST", "/channels", map[string]string{
		"team_id": team.ID, "name": "physics", "display_name": "Physics", "type": "P",
	}, channel)
	bot.AddToChannel(t, channel.ID, teacher)
	first := bot.Post(t, channel.ID, "The class has started")

	server.Restart(t)
	second := bot.Post(t, channel.ID, "The class has ended")

	posts := teacher.Posts(t, channel.ID)
	if len(posts) != 2 || posts[0].ID != first.ID || posts[1].ID != second.ID || posts[1].UserID != bot.ID {
		t.Errorf("the teacher sees %+v, want the bot's two posts", posts)
	}
	if got := teacher.Channels(t, team); !contains(got, "physics") {
		t.Errorf("the teacher's channels are %+v, want physics among them", got)
	}
}

func TestMattermostStopped(t *testing.T) {
	server := parts.Mattermost(t)
	server.Stop(t)
	if resp, err := http.Get(server.URL); err == nil {
		resp.Body.Close()
		t.Error("the stopped server still answers")
	}
}

func TestMattermostIsAsAfterInstallation(t *testing.T) {
	server := mattermost.Get(t)
	var config struct {
		ServiceSettings struct{ EnableBotAccountCreation bool }
		TeamSettings    struct{ MaxUsersPerTeam int }
	}
	server.Admin.Do(t, "GET", "/config", nil, &config)
	if config.ServiceSettings.EnableBotAccountCreation || config.TeamSettings.MaxUsersPerTeam != 50 {
		t.Errorf("settings are %+v, want the defaults of a fresh server", config)
	}
}

func TestMattermostRefusal(t *testing.T) {
	outsider := mattermost.Get(t).CreateUser(t, parts.Unique("outsider"))
	team := mattermost.Get(t).CreateTeam(t, parts.Unique("closed"))
	var refused *parts.MattermostError
	err := outsider.Try(t.Context(), "GET", "/teams/"+team.ID+"/members", nil, nil)
	if !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("got %v, want a refusal with 403", err)
	}
}

func TestMattermostSignIn(t *testing.T) {
	server := mattermost.Get(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	user := server.CreateUser(t, parts.Unique("browsing"))
	user.SignIn(t, tab)
	var me string
	parts.Run(t, tab, chromedp.Navigate(server.URL+"/api/v4/users/me"), chromedp.Text("body", &me))
	if !strings.Contains(me, user.ID) {
		t.Errorf("the browser is %s, want %s", me, user.ID)
	}
}

func contains(channels []parts.Channel, name string) bool {
	for _, c := range channels {
		if c.Name == name {
			return true
		}
	}
	return false
}
