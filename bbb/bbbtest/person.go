package bbbtest

import (
	"time"
)

const (
	moderator = "MODERATOR"
	viewer    = "VIEWER"
)

// person is one way in: who joins from two tabs is there twice.
type person struct {
	session string // names the page, as good as a key
	id      string // internal, w_...
	userID  string // external; the internal one if none was given
	name    string
	role    string
	guest   bool
	browser bool // has a page that asks for news

	inside    bool
	waiting   bool // in the lobby
	denied    bool
	removed   bool // by a moderator
	logoutURL string
	joins     []time.Time
	leaves    []time.Time
	seen      time.Time
}

func newPerson(name, userID, role string) *person {
	p := &person{session: newToken(), id: "w_" + newToken()[:12], userID: userID, name: name, role: role}
	if p.userID == "" {
		p.userID = p.id
	}
	return p
}

// enter takes a person in, or into the lobby.
func (m *meeting) enter(p *person, now time.Time) {
	p.seen = now
	m.people = append(m.people, p)
	if p.waiting {
		return
	}
	m.admit(p, now)
}

func (m *meeting) admit(p *person, now time.Time) {
	p.waiting, p.inside = false, true
	p.joins = append(p.joins, now)
	if m.started.IsZero() {
		m.started = now
		if m.settings.record && m.settings.autoStart {
			m.recording, m.marked = true, true
		}
	}
	if p.role == moderator {
		m.noMod = time.Time{}
	}
}

// removable by a moderator is every viewer who is inside.
func (p *person) removable() bool { return p.inside && p.role == viewer }

func (m *meeting) leave(p *person, now time.Time) {
	if p.waiting {
		p.waiting, p.denied = false, true
	}
	if !p.inside {
		return
	}
	p.inside = false
	p.leaves = append(p.leaves, now)
	if len(m.inside()) == 0 {
		m.lastLeft = now
	}
	if p.role == moderator && m.moderators() == 0 {
		m.noMod = now
	}
}

// full reports whether one more person is too many. Who is inside already may
// come again.
func (m *meeting) full(userID string) bool {
	if m.settings.maxParticipants <= 0 {
		return false
	}
	distinct := map[string]bool{}
	for _, p := range m.inside() {
		distinct[p.userID] = true
	}
	return !distinct[userID] && len(distinct) >= m.settings.maxParticipants
}

// awayLeave takes out whose browser has gone silent.
func (s *Server) awayLeave(m *meeting, now time.Time) {
	if s.cfg.AwayAfter <= 0 || !m.ended.IsZero() {
		return
	}
	for _, p := range m.people {
		if p.browser && (p.inside || p.waiting) && !now.Before(p.seen.Add(s.cfg.AwayAfter)) {
			m.leave(p, now)
		}
	}
}
