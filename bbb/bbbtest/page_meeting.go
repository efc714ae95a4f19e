package bbbtest

import (
	"net/http"
	"time"
)

// visit is what the session of a browser stands for.
type visit struct {
	meeting *meeting
	person  *person
}

// meetingPage is the meeting as one person sees it.
type meetingPage struct {
	Title     string
	Live      bool // ask for news
	Session   string
	Name      string
	Welcome   string
	Role      string
	Moderator bool
	CanRecord bool
	Recorded  bool // can be recorded at all
	Recording bool
	People    []meetingPerson
}

type meetingPerson struct {
	ID        string
	Name      string
	Role      string
	Me        bool
	Waiting   bool
	Removable bool // by a moderator
}

// closingPage is what is left after a meeting.
type closingPage struct {
	Title   string
	Live    bool
	Message string
	Next    string // address, may be empty
}

// showMeeting serves GET /meeting/{session}.
func (s *Server) showMeeting(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	name, status, page := s.pageFor(r.PathValue("session"))
	s.mu.Unlock()
	s.render(w, status, name, page)
}

func (s *Server) pageFor(session string) (name string, status int, page any) {
	v, known := s.sessions[session]
	if !known {
		return "closing.html", http.StatusNotFound, closingPage{Title: "No such meeting", Message: "Please join again."}
	}
	v.person.seen = s.cfg.Now()
	switch {
	case v.person.inside:
		return "meeting.html", http.StatusOK, v.page()
	case v.person.waiting:
		return "waiting.html", http.StatusOK, meetingPage{Title: v.meeting.name, Live: true, Session: session, Name: v.person.name}
	}
	return "closing.html", http.StatusOK, v.closing()
}

func (v visit) closing() closingPage {
	how := v.ending()
	return closingPage{Title: how.reason, Message: v.meeting.name, Next: v.next(how)}
}

func (v visit) page() meetingPage {
	m, me := v.meeting, v.person
	page := meetingPage{
		Title: m.name, Live: true, Session: me.session, Name: me.name, Role: roleName(me.role), Welcome: m.settings.welcome,
		Moderator: me.role == moderator,
		CanRecord: me.role == moderator && m.settings.record && !m.settings.fixed,
		Recorded:  m.settings.record,
		Recording: m.recording,
	}
	for _, p := range m.people {
		if p.inside || p.waiting {
			page.People = append(page.People, meetingPerson{
				ID: p.id, Name: p.name, Role: roleName(p.role), Me: p == me, Waiting: p.waiting,
				Removable: p.removable(),
			})
		}
	}
	return page
}

func roleName(role string) string {
	if role == moderator {
		return "Moderator"
	}
	return "Viewer"
}

// act serves POST /meeting/{session}/{act}. The session in the address is known
// to one browser only, so a foreign page cannot make it post here.
func (s *Server) act(w http.ResponseWriter, r *http.Request) {
	person := r.PostFormValue("person")
	s.mu.Lock()
	v, known := s.sessions[r.PathValue("session")]
	known = known && (v.person.inside || v.person.waiting)
	to := "/meeting/" + r.PathValue("session")
	if known {
		to = s.perform(v, r.PathValue("act"), person, to)
	}
	s.mu.Unlock()
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// perform does the act if the person may, and returns the next address.
func (s *Server) perform(v visit, act, person, here string) string {
	now := s.cfg.Now()
	if act == "leave" {
		v.meeting.leave(v.person, now)
		return v.next(v.ending())
	}
	if v.person.role == moderator && v.person.inside {
		s.moderate(v.meeting, act, person, now)
	}
	return here
}

func (s *Server) moderate(m *meeting, act, person string, now time.Time) {
	switch act {
	case "end":
		s.finish(m, endedInside, now)
	case "start-recording", "stop-recording":
		if m.settings.record && !m.settings.fixed {
			m.record(act == "start-recording")
		}
	case "admit":
		for _, p := range m.people {
			if p.id == person && p.waiting {
				m.admit(p, now)
			}
		}
	case "remove":
		for _, p := range m.people {
			if p.id == person && p.removable() {
				p.removed = true
				m.leave(p, now)
			}
		}
	}
}
