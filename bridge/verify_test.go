package bridge_test

import (
	"strings"
	"testing"

	"classbridge/bridge"
	"classbridge/bridge/bridgetest"
	"classbridge/classroom"

	"github.com/mattermost/mattermost/server/public/model"
)

// broken lists the names of the checks that are not OK.
func (w *world) broken(conn classroom.ChatConnection) []bridge.Check {
	w.t.Helper()
	var list []bridge.Check
	for _, c := range w.newBridge().Verify(w.t.Context(), conn, catalogue(w.t).For("en")) {
		for _, text := range []string{c.Name, c.Problem, c.Effect, c.Remedy} {
			if strings.HasPrefix(text, "chat.") {
				w.t.Errorf("a text is missing: %s", text)
			}
		}
		if !c.OK {
			list = append(list, c)
		}
	}
	return list
}

func TestVerify(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		before := len(w.channels())
		for _, c := range w.broken(w.conn) {
			t.Errorf("%s: %s", c.Name, c.Problem)
		}
		if n := len(w.channels()); n != before {
			t.Errorf("%d channels are left behind", n-before)
		}
		byNames := w.conn
		byNames.BotID, byNames.TeamID = "", ""
		for _, c := range w.broken(byNames) {
			t.Errorf("configured by names only, %s: %s", c.Name, c.Problem)
		}
	})
}

func (w *world) channels() []*model.Channel {
	w.t.Helper()
	if w.fake != nil {
		return nil
	}
	list, _, err := w.bot().GetChannelsForTeamForUser(w.t.Context(), w.team.Id, "me", true, "")
	w.must(err)
	return list
}

func TestVerifyFinds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		finds := func(problem string, change func(*classroom.ChatConnection)) {
			t.Helper()
			conn := w.conn
			change(&conn)
			list := w.broken(conn)
			if len(list) != 1 || !strings.Contains(list[0].Problem, problem) || list[0].Effect == "" || list[0].Remedy == "" {
				t.Errorf("found %+v, want: %s", list, problem)
			}
		}
		none := func(*classroom.ChatConnection) {}
		finds("No answer", func(c *classroom.ChatConnection) { c.URL = "http://127.0.0.1:1" })
		finds("The token is refused", func(c *classroom.ChatConnection) { c.Token = model.NewId() })
		finds("not in the team", func(c *classroom.ChatConnection) { c.TeamID = model.NewId() })
		finds("The OAuth app does not work", func(c *classroom.ChatConnection) { c.OAuthSecret = "wrong" })
		finds("The OAuth app does not work", func(c *classroom.ChatConnection) { c.OAuthID = model.NewId() })
		finds("The OAuth app does not work", func(c *classroom.ChatConnection) { c.OAuthID = "" })
		_, err := w.admin.UpdateTeamMemberSchemeRoles(t.Context(), w.team.Id, w.conn.BotID, &model.SchemeRoles{SchemeUser: true})
		w.must(err)
		finds("an ordinary member", none)
		_, err = w.admin.UpdateTeamMemberSchemeRoles(t.Context(), w.team.Id, w.conn.BotID, &model.SchemeRoles{SchemeUser: true, SchemeAdmin: true})
		w.must(err)
		w.showEmail(false)
		finds("E-mail addresses are hidden", none)
		w.showEmail(true)
	})
}

func (w *world) showEmail(yes bool) {
	w.t.Helper()
	patch := &model.Config{}
	patch.PrivacySettings.ShowEmailAddress = &yes
	_, _, err := w.admin.PatchConfig(w.t.Context(), patch)
	w.must(err)
}

func TestVerifyFindsAPersonsToken(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		user, me := w.member()
		conn := w.conn
		conn.Token, conn.BotID = user.AuthToken, me.Id
		var all []string
		for _, c := range w.broken(conn) {
			all = append(all, c.Problem)
		}
		if !strings.Contains(strings.Join(all, "\n"), "belongs to "+me.Username) {
			t.Errorf("found only %q", all)
		}
	})
}

func TestVerifyFindsMissingRights(t *testing.T) {
	w := standIn(t)
	role, _, err := w.admin.GetRoleByName(t.Context(), "team_user")
	w.must(err)
	_, _, err = w.admin.PatchRole(t.Context(), role.Id, &model.RolePatch{Permissions: &[]string{"add_user_to_team"}})
	w.must(err)
	list := w.broken(w.conn)
	if len(list) != 1 || !strings.Contains(list[0].Problem, "create_private_channel") {
		t.Errorf("found %+v", list)
	}
}

func TestVerifyFindsTheUserLimit(t *testing.T) {
	w := standIn(t)
	for range 200 {
		w.fake.AddUser(bridgetest.User{Username: unique("u")})
	}
	list := w.broken(w.conn)
	if len(list) != 1 || !strings.Contains(list[0].Problem, "of the 250 active users") {
		t.Errorf("found %+v", list)
	}
}
