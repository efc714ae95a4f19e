package bridgetest

import "net/http"

type team struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`

	members map[string]*teamMember
}

type teamMember struct {
	TeamID      string `json:"team_id"`
	UserID      string `json:"user_id"`
	SchemeUser  bool   `json:"scheme_user"`
	SchemeAdmin bool   `json:"scheme_admin"`
	DeleteAt    int64  `json:"delete_at"`
}

var errNoTeam = refuse(http.StatusNotFound, "app.team.get.find.app_error")

// inTeam reports whether the caller may act in the team.
func (c *call) inTeam(t *team) bool { return c.isAdmin() || t.members[c.user.ID] != nil }

func (c *call) isTeamAdmin(t *team) bool {
	m := t.members[c.user.ID]
	return c.isAdmin() || m != nil && m.SchemeAdmin
}

func (c *call) pathTeam() (*team, error) {
	t := c.teams[c.r.PathValue("id")]
	switch {
	case t == nil:
		return nil, errNoTeam
	case !c.inTeam(t):
		return nil, errForbidden
	}
	return t, nil
}

func getTeam(c *call) (any, error) { return c.pathTeam() }

// findTeam is /teams/name/{name} and /teams/{id}/stats.
func findTeam(c *call) (any, error) {
	if c.r.PathValue("value") == "stats" {
		return countTeam(c)
	}
	for _, t := range c.teams {
		if t.Name != c.r.PathValue("value") {
			continue
		}
		if !c.inTeam(t) {
			return nil, errForbidden
		}
		return t, nil
	}
	return nil, errNoTeam
}

func getTeamMember(c *call) (any, error) {
	t, err := c.pathTeam()
	if err != nil {
		return nil, err
	}
	if m := t.members[c.r.PathValue("user")]; m != nil {
		return m, nil
	}
	return nil, refuse(http.StatusNotFound, "app.team.get_member.missing.app_error")
}

func countTeam(c *call) (any, error) {
	t, err := c.pathTeam()
	if err != nil {
		return nil, err
	}
	return map[string]any{"team_id": t.ID, "total_member_count": len(t.members), "active_member_count": len(t.members)}, nil
}

// addTeamMember: bots count towards the limit of the team too.
func addTeamMember(c *call) (any, error) {
	t, err := c.pathTeam()
	if err != nil {
		return nil, err
	}
	in, err := body[struct {
		UserID string `json:"user_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	if c.users[in.UserID] == nil {
		return nil, refuse(http.StatusNotFound, "app.user.missing_account.const")
	}
	if m := t.members[in.UserID]; m != nil {
		return m, nil
	}
	if limit, _ := c.config["TeamSettings"]["MaxUsersPerTeam"].(float64); float64(len(t.members)) >= limit {
		return nil, refuse(http.StatusBadRequest, "app.team.join_user_to_team.save_member.max_accounts.app_error")
	}
	m := &teamMember{TeamID: t.ID, UserID: in.UserID, SchemeUser: true}
	t.members[in.UserID] = m
	return m, nil
}

func setTeamRoles(c *call) (any, error) {
	t, err := c.pathTeam()
	if err != nil {
		return nil, err
	}
	m := t.members[c.r.PathValue("user")]
	if !c.isTeamAdmin(t) || m == nil {
		return nil, errForbidden
	}
	in, err := body[struct {
		Admin bool `json:"scheme_admin"`
	}](c)
	if err != nil {
		return nil, err
	}
	m.SchemeAdmin = in.Admin
	return ok, nil
}
