//go:build e2e

package bridge_test

import (
	"os"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/e2e/parts"
)

var mattermost parts.SharedMattermost

func TestMain(m *testing.M) {
	code := m.Run()
	mattermost.Close()
	os.Exit(code)
}

var realWorld = func(t *testing.T) *world { return worldOf(t, mattermost.Get(t)) }

// worldOf makes a team and a bot of the test's own on the server.
func worldOf(t *testing.T, server *parts.MM) *world {
	admin := model.NewAPIv4Client(server.URL)
	admin.SetToken(server.Admin.Token)
	team := server.CreateTeam(t, parts.Unique("t"))
	w := &world{
		t: t, url: server.URL, clock: &clock{}, admin: admin, team: &model.Team{Id: team.ID, Name: team.Name},
		newUser: func(t *testing.T, name string) *model.Client4 {
			c := model.NewAPIv4Client(server.URL)
			c.SetToken(server.CreateUser(t, name).Token)
			return c
		},
		restart: server.Restart,
	}
	w.connect()
	return w
}
