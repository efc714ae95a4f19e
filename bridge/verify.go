package bridge

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
	"classbridge/locales"
)

// Check is one thing that was looked at.
type Check = classroom.ChatCheck

// Verify looks at everything that the bridge needs and changes nothing. It asks
// with the bot's own rights: what only an admin may see is not looked at.
func (b *Bridge) Verify(ctx context.Context, conn classroom.ChatConnection, p *locales.Printer) []Check {
	v := &verification{bot: b.newBot(conn), p: p}
	for _, step := range []func(context.Context) bool{
		v.checkReach, v.checkToken, v.checkTeam, v.checkRights, v.checkSettings, v.checkLimits, v.checkCommand, v.checkLogin,
	} {
		if !step(ctx) {
			break
		}
	}
	return v.checks
}

type verification struct {
	*bot
	p      *locales.Printer
	admin  bool // of the team
	checks []Check
	client map[string]string // what the server tells every client of its configuration
}

// note adds a check whose texts are the id and id_problem, _effect and _remedy.
func (v *verification) note(ok bool, id string, args ...any) bool {
	c := Check{ID: id, Name: v.p.Text(id), OK: ok}
	if !ok {
		c.Problem, c.Effect, c.Remedy = v.p.Text(id+"_problem", args...), v.p.Text(id+"_effect", args...), v.p.Text(id+"_remedy", args...)
	}
	v.checks = append(v.checks, c)
	return ok
}

// The steps answer whether the next ones make sense.

func (v *verification) checkReach(ctx context.Context) bool {
	_, err := do(ctx, v.server, "ping", v.api.GetPing)
	return v.note(err == nil, "chat.check_reach", "URL", v.conn.URL, "Error", reason(err))
}

func (v *verification) checkToken(ctx context.Context) bool {
	me, err := call(ctx, v.server, "get me", v.api.GetMe, "")
	if !v.note(err == nil, "chat.check_token", "Error", reason(err)) {
		return false
	}
	v.id = me.Id
	v.note(me.IsBot && !me.IsSystemAdmin(), "chat.check_account", "User", me.Username)
	return true
}

func (v *verification) checkTeam(ctx context.Context) bool {
	if v.teamID == "" {
		team, err := call2(ctx, v.server, "get team", v.api.GetTeamByName, v.conn.TeamName, "")
		if err == nil {
			v.teamID = team.Id
		}
	}
	member, err := call3(ctx, v.server, "get team member", v.api.GetTeamMember, firstOf(v.teamID, "-"), v.id, "")
	inside := err == nil && member.DeleteAt == 0
	if !v.note(inside, "chat.check_team", "Team", firstOf(v.conn.TeamName, v.teamID), "Error", reason(err)) {
		return false
	}
	v.admin = member.SchemeAdmin
	v.note(v.admin, "chat.check_team_admin", "Team", firstOf(v.conn.TeamName, v.teamID))
	return true
}

// rightsNeeded are what the bot's roles must allow.
func rightsNeeded() []*model.Permission {
	return []*model.Permission{
		model.PermissionCreatePrivateChannel, model.PermissionAddUserToTeam,
		model.PermissionManagePrivateChannelMembers, model.PermissionManagePrivateChannelProperties, model.PermissionDeletePrivateChannel,
		model.PermissionCreatePost, model.PermissionEditPost,
	}
}

// checkRights reads what the bot's roles allow, in place of trying it out, which
// would leave channels behind. It makes the channels, and so is their admin.
func (v *verification) checkRights(ctx context.Context) bool {
	names := []string{model.SystemUserRoleId, model.TeamUserRoleId, model.ChannelUserRoleId, model.ChannelAdminRoleId}
	if v.admin {
		names = append(names, model.TeamAdminRoleId)
	}
	roles, err := call(ctx, v.server, "get roles", v.api.GetRolesByNames, names)
	if err != nil {
		return v.note(false, "chat.check_rights", "Missing", reason(err))
	}
	var missing []string
	for _, p := range rightsNeeded() {
		if !slices.ContainsFunc(roles, func(r *model.Role) bool { return slices.Contains(r.Permissions, p.Id) }) {
			missing = append(missing, p.Id+" ("+v.p.Text("chat.right_"+p.Id)+")")
		}
	}
	v.note(len(missing) == 0, "chat.check_rights", "Missing", strings.Join(missing, ", "))
	return true
}

func (v *verification) checkSettings(ctx context.Context) bool {
	var err error
	v.client, err = call(ctx, v.server, "get client config", v.api.GetClientConfig, "")
	if !v.note(err == nil, "chat.check_settings", "Error", reason(err)) {
		return true
	}
	v.note(oldestServer <= majorOf(v.client["Version"]), "chat.check_version", "Version", v.client["Version"], "Oldest", oldestServer)
	v.note(v.client["ShowEmailAddress"] != "false", "chat.check_email")
	v.note(v.client["PostEditTimeLimit"] == "" || v.client["PostEditTimeLimit"] == "-1", "chat.check_edit", "Seconds", v.client["PostEditTimeLimit"])
	v.note(sameOrigin(v.client["SiteURL"], v.conn.URL), "chat.check_site", "Site", v.client["SiteURL"], "URL", v.conn.URL)
	return true
}

// Without a licence Mattermost 11 takes 250 active users and warns from 200 on.
const (
	usersWarning = 200
	usersLimit   = 250
)

func (v *verification) checkLimits(ctx context.Context) bool {
	n, err := v.count(ctx)
	if err != nil {
		return true
	}
	if n.UserLimit > 0 {
		v.note(n.Users < usersWarning, "chat.check_users", "Count", n.Users, "Limit", n.UserLimit)
	}
	if n.TeamLimit > 0 {
		v.note(n.Members*10 < n.TeamLimit*9, "chat.check_members", "Count", n.Members, "Limit", n.TeamLimit, "Team", v.conn.TeamName)
	}
	return true
}

// oldestServer is the first major version that has all that is used here.
const oldestServer = 9

func majorOf(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(major)
	return n
}

func sameOrigin(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && strings.EqualFold(x.Host, y.Host) && x.Scheme == y.Scheme
}
