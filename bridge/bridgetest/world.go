package bridgetest

import (
	"crypto/rand"
	"slices"
	"strings"
)

// User is somebody to add. What is empty gets a value that fits.
type User struct {
	Username string
	Name     string
	Email    string
	Password string
	Admin    bool // of the whole server
}

// Bot is an account of the bot kind, with the token by which it is used.
type Bot struct{ ID, Token string }

// App is an OAuth app.
type App struct{ ID, Secret string }

// Member is somebody in a channel, as the page lists them.
type Member struct {
	Username string
	Name     string
	Bot      bool
}

// AddUser makes an account and returns its id.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, last, _ := strings.Cut(u.Name, " ")
	made := &user{
		ID: newID(), Username: u.Username, FirstName: first, LastName: last,
		Email: u.Email, password: u.Password, Roles: roleUser, CreateAt: s.now(),
	}
	if made.Email == "" {
		made.Email = u.Username + "@example.org"
	}
	if u.Admin {
		made.Roles += " " + roleAdmin
	}
	s.users[made.ID] = made
	return made.ID
}

// Deactivate deactivates an account, or activates it again.
func (s *Server) Deactivate(userID string, yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[userID].DeleteAt = 0
	if yes {
		s.users[userID].DeleteAt = s.now()
	}
}

// AddTeam makes a team and returns its id.
func (s *Server) AddTeam(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &team{ID: newID(), Name: name, DisplayName: name, members: map[string]*teamMember{}}
	s.teams[t.ID] = t
	return t.ID
}

// AddMember adds a user to a team.
func (s *Server) AddMember(teamID, userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.teams[teamID].members[userID] = &teamMember{TeamID: teamID, UserID: userID, SchemeUser: true}
}

// AddBot makes a bot that is an admin of the team, and a token for it.
func (s *Server) AddBot(username, teamID string) Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &user{ID: newID(), Username: username, Roles: roleUser, IsBot: true, CreateAt: s.now()}
	s.users[u.ID] = u
	s.teams[teamID].members[u.ID] = &teamMember{TeamID: teamID, UserID: u.ID, SchemeUser: true, SchemeAdmin: true}
	t := s.newSession(u.ID, "personal")
	return Bot{ID: u.ID, Token: t.token}
}

// AddApp makes a trusted OAuth app with that callback.
func (s *Server) AddApp(callback string) App {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &app{ID: newID(), Secret: newID(), Name: "Classbridge", Callbacks: []string{callback}, IsTrusted: true}
	s.apps[a.ID] = a
	return App{ID: a.ID, Secret: a.Secret}
}

// SignIn makes a session of that user for a browser and returns the value of its
// cookie, MMAUTHTOKEN.
func (s *Server) SignIn(userID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newSession(userID, "login").token
}

// Revoke ends the session, or token, so that whoever uses it gets 401.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, token)
}

// Sessions counts the sessions of a user that OAuth has made and nobody has ended.
func (s *Server) Sessions(userID string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, x := range s.sessions {
		if x.userID == userID && x.kind == "oauth" {
			n++
		}
	}
	return n
}

// Posts lists the posts of a channel that are there, the oldest first. The
// channel is named by its id or its name.
func (s *Server) Posts(channel string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Post
	for _, p := range s.posts {
		ch := s.channels[p.ChannelID]
		if p.DeleteAt == 0 && (ch.ID == channel || ch.Name == channel) {
			list = append(list, *p)
		}
	}
	return list
}

// Members lists who is in a channel, by name.
func (s *Server) Members(channel string) []Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Member
	for _, ch := range s.channels {
		if ch.ID == channel || ch.Name == channel {
			list = s.membersOf(ch)
		}
	}
	return list
}

func (s *Server) membersOf(ch *channel) []Member {
	var list []Member
	for id := range ch.members {
		u := s.users[id]
		list = append(list, Member{Username: u.Username, Name: u.displayName(), Bot: u.IsBot})
	}
	slices.SortFunc(list, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// newID is like Mattermost's: 26 letters and digits.
func newID() string { return strings.ToLower(rand.Text()) }
