package bridgetest

import (
	"net/http"
	"strings"
)

const (
	roleUser  = "system_user"
	roleAdmin = "system_admin"
)

type user struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Roles     string `json:"roles"`
	IsBot     bool   `json:"is_bot,omitempty"`
	CreateAt  int64  `json:"create_at"`
	DeleteAt  int64  `json:"delete_at"`

	password string
	ownerID  string // of a bot
}

func (u *user) isAdmin() bool { return strings.Contains(u.Roles, roleAdmin) }

func (u *user) displayName() string {
	if name := strings.TrimSpace(u.FirstName + " " + u.LastName); name != "" {
		return name
	}
	return u.Username
}

// session is what a token stands for.
type session struct {
	id, token   string
	userID      string
	kind        string // login, personal, oauth
	description string
}

func (s *Server) newSession(userID, kind string) *session {
	x := &session{id: newID(), token: newID(), userID: userID, kind: kind}
	s.sessions[x.token] = x
	return x
}

func login(c *call) (any, error) {
	in, err := body[struct {
		Login    string `json:"login_id"`
		Password string `json:"password"`
	}](c)
	if err != nil {
		return nil, err
	}
	for _, u := range c.users {
		if (u.Username == in.Login || u.Email == in.Login) && u.password != "" && u.password == in.Password && u.DeleteAt == 0 {
			c.w.Header().Set("Token", c.newSession(u.ID, "login").token)
			return u, nil
		}
	}
	return nil, refuse(http.StatusUnauthorized, "api.user.login.invalid_credentials_email_username")
}

func logout(c *call) (any, error) {
	delete(c.sessions, c.session.token)
	return ok, nil
}

func getMe(c *call) (any, error) { return c.user, nil }

func countUsers(c *call) (any, error) {
	n := 0
	for _, u := range c.users {
		if !u.IsBot && u.DeleteAt == 0 {
			n++
		}
	}
	return map[string]int{"total_users_count": n}, nil
}

func getUser(c *call) (any, error) {
	if u := c.users[c.r.PathValue("id")]; u != nil {
		return u, nil
	}
	return nil, refuse(http.StatusNotFound, "app.user.missing_account.const")
}

// findUser is /users/email/{email}, /users/username/{name} and /users/{id}/tokens.
func findUser(c *call) (any, error) {
	by, value := c.r.PathValue("by"), c.r.PathValue("value")
	if value == "tokens" {
		return listTokens(c, by)
	}
	if by == "email" && c.config["PrivacySettings"]["ShowEmailAddress"] == false && !c.isAdmin() {
		return nil, errForbidden
	}
	for _, u := range c.users {
		if by == "email" && u.Email == value || by == "username" && u.Username == value {
			return u, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "app.user.missing_account.const")
}
