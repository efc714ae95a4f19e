package bridgetest

import (
	"maps"
	"net/http"
	"slices"
)

type role struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
}

// freshRoles are those of a new server: its admins lack manage_oauth.
func freshRoles() map[string]*role {
	roles := map[string]*role{}
	for name, permissions := range map[string][]string{
		roleUser:        {"create_team", "create_direct_channel"},
		roleAdmin:       {"manage_system", "manage_system_wide_oauth"},
		"team_user":     {"create_private_channel", "create_public_channel", "add_user_to_team"},
		"team_admin":    {"manage_team", "manage_team_roles"},
		"channel_user":  {"create_post", "edit_post", "delete_post", "manage_private_channel_members", "manage_private_channel_properties", "delete_private_channel", "read_channel"},
		"channel_admin": {"manage_channel_roles"},
	} {
		roles[name] = &role{ID: newID(), Name: name, Permissions: permissions}
	}
	return roles
}

func freshConfig() map[string]map[string]any {
	return map[string]map[string]any{
		"ServiceSettings": {
			"EnableBotAccountCreation": false, "EnableOAuthServiceProvider": true,
			"DisableBotsWhenOwnerIsDeactivated": true,
		},
		"TeamSettings":    {"MaxUsersPerTeam": float64(50)},
		"PrivacySettings": {"ShowEmailAddress": true},
	}
}

// Configure changes a setting, by section and name.
func (s *Server) Configure(section, name string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config[section][name] = value
}

// Setting reads one.
func (s *Server) Setting(section, name string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config[section][name]
}

func getConfig(c *call) (any, error) {
	if !c.isAdmin() {
		return nil, errForbidden
	}
	return c.config, nil
}

// patchConfig changes the settings that are sent and are known here.
func patchConfig(c *call) (any, error) {
	if !c.isAdmin() {
		return nil, errForbidden
	}
	in, err := body[map[string]any](c)
	if err != nil {
		return nil, err
	}
	for section, values := range in {
		sent, _ := values.(map[string]any)
		for name, value := range sent {
			if _, known := c.config[section][name]; known && value != nil {
				c.config[section][name] = value
			}
		}
	}
	return c.config, nil
}

func clientConfig(c *call) (any, error) {
	yes := func(section, name string) string {
		if c.config[section][name] == true {
			return "true"
		}
		return "false"
	}
	return map[string]string{
		"SiteURL": c.url, "Version": version, "PostEditTimeLimit": "-1",
		"ShowEmailAddress":           yes("PrivacySettings", "ShowEmailAddress"),
		"EnableOAuthServiceProvider": yes("ServiceSettings", "EnableOAuthServiceProvider"),
	}, nil
}

func clientLicence(c *call) (any, error) { return map[string]string{"IsLicensed": "false"}, nil }

func (s *Server) ping(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]string{"status": "OK"}, nil)
}

func getRole(c *call) (any, error) {
	if r := c.roles[c.r.PathValue("name")]; r != nil {
		return r, nil
	}
	return nil, refuse(http.StatusNotFound, "app.role.get_by_name.app_error")
}

func getRoles(c *call) (any, error) {
	names, err := body[[]string](c)
	found := []*role{}
	for _, name := range names {
		if r := c.roles[name]; r != nil {
			found = append(found, r)
		}
	}
	return found, err
}

func patchRole(c *call) (any, error) {
	if !c.isAdmin() {
		return nil, errForbidden
	}
	in, err := body[struct{ Permissions []string }](c)
	if err != nil {
		return nil, err
	}
	for r := range maps.Values(c.roles) {
		if r.ID == c.r.PathValue("id") {
			r.Permissions = in.Permissions
			return r, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "app.role.get.app_error")
}

type botJSON struct {
	UserID   string `json:"user_id"`
	Username string `json:"username"`
	OwnerID  string `json:"owner_id"`
	DeleteAt int64  `json:"delete_at"`
}

func asBot(u *user) botJSON {
	return botJSON{UserID: u.ID, Username: u.Username, OwnerID: u.ownerID, DeleteAt: u.DeleteAt}
}

func createBot(c *call) (any, error) {
	in, err := body[botJSON](c)
	switch {
	case err != nil:
		return nil, err
	case !c.isAdmin():
		return nil, errForbidden
	case c.config["ServiceSettings"]["EnableBotAccountCreation"] != true:
		return nil, refuse(http.StatusForbidden, "api.bot.create_disabled")
	}
	for _, u := range c.users {
		if u.Username == in.Username {
			return nil, refuse(http.StatusBadRequest, "app.user.save.username_exists.app_error")
		}
	}
	u := &user{ID: newID(), Username: in.Username, Roles: roleUser, IsBot: true, ownerID: c.user.ID, CreateAt: c.now()}
	c.users[u.ID] = u
	return asBot(u), nil
}

func (c *call) pathBot() (*user, error) {
	u := c.users[c.r.PathValue("id")]
	switch {
	case !c.isAdmin():
		return nil, errForbidden
	case u == nil || !u.IsBot:
		return nil, refuse(http.StatusNotFound, "store.sql_bot.get.missing.app_error")
	}
	return u, nil
}

func getBot(c *call) (any, error) {
	u, err := c.pathBot()
	if err != nil {
		return nil, err
	}
	return asBot(u), nil
}

func enableBot(c *call) (any, error) {
	u, err := c.pathBot()
	if err != nil {
		return nil, err
	}
	u.DeleteAt = 0
	return asBot(u), nil
}

// assignBot hangs the bot on another account.
func assignBot(c *call) (any, error) {
	u, err := c.pathBot()
	if err != nil {
		return nil, err
	}
	if c.users[c.r.PathValue("user")] == nil {
		return nil, refuse(http.StatusNotFound, "app.user.missing_account.const")
	}
	u.ownerID = c.r.PathValue("user")
	return asBot(u), nil
}

type tokenJSON struct {
	ID          string `json:"id"`
	Token       string `json:"token,omitempty"`
	UserID      string `json:"user_id"`
	Description string `json:"description"`
	IsActive    bool   `json:"is_active"`
}

// createToken shows the token this once.
func createToken(c *call) (any, error) {
	in, err := body[tokenJSON](c)
	switch {
	case err != nil:
		return nil, err
	case !c.isAdmin() || c.users[c.r.PathValue("id")] == nil:
		return nil, errForbidden
	}
	t := c.newSession(c.r.PathValue("id"), "personal")
	t.description = in.Description
	return tokenJSON{ID: t.id, Token: t.token, UserID: t.userID, Description: t.description, IsActive: true}, nil
}

func listTokens(c *call, userID string) (any, error) {
	if !c.isAdmin() {
		return nil, errForbidden
	}
	list := []tokenJSON{}
	for _, t := range c.sessions {
		if t.userID == userID && t.kind == "personal" {
			list = append(list, tokenJSON{ID: t.id, UserID: userID, Description: t.description, IsActive: true})
		}
	}
	return list, nil
}

func revokeToken(c *call) (any, error) {
	in, err := body[struct {
		ID string `json:"token_id"`
	}](c)
	if err != nil || !c.isAdmin() {
		return nil, errForbidden
	}
	maps.DeleteFunc(c.sessions, func(_ string, t *session) bool { return t.id == in.ID })
	return ok, nil
}

func (c *call) mayManageApps() bool {
	return c.isAdmin() && slices.Contains(c.roles[roleAdmin].Permissions, "manage_oauth")
}
