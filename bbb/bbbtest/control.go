package bbbtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Meeting is how a meeting stands.
type Meeting struct {
	MeetingID  string
	InternalID string
	Name       string
	CreateTime int64
	Running    bool
	Record     bool // it can be recorded
	Recording  bool // it is being recorded now
	Ended      bool
	Meta       map[string]string // keys in lower case
	People     []Person          // inside or waiting
}

// Person in a meeting.
type Person struct {
	Name    string
	UserID  string // as in the join address
	Role    string // MODERATOR or VIEWER
	Guest   bool
	Waiting bool // in the lobby
}

// ErrNoMeeting says that there is no such meeting, or that it has ended.
var ErrNoMeeting = errors.New("bbbtest: no such meeting")

// Meetings that are known, by id.
func (s *Server) Meetings() []Meeting {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Meeting
	for _, id := range slices.Sorted(maps.Keys(s.meetings)) {
		list = append(list, s.meetings[id].snapshot())
	}
	return list
}

func (m *meeting) snapshot() Meeting {
	view := Meeting{
		MeetingID: m.id, InternalID: m.internalID, Name: m.name, CreateTime: m.createTime,
		Running: m.running(), Record: m.settings.record, Recording: m.recording,
		Ended: !m.ended.IsZero(), Meta: maps.Clone(m.meta),
	}
	for _, p := range m.people {
		if p.inside || p.waiting {
			view.People = append(view.People, Person{p.name, p.userID, p.role, p.guest, p.waiting})
		}
	}
	return view
}

// EnterAs puts a person into a meeting without a browser.
func (s *Server) EnterAs(meetingID string, who Person) error {
	return s.change(meetingID, func(m *meeting, now time.Time) error {
		p := newPerson(who.Name, who.UserID, otherwise(who.Role, viewer))
		p.guest, p.waiting = who.Guest, who.Waiting
		m.enter(p, now)
		return nil
	})
}

// Leave takes a person out again, whichever way they came.
func (s *Server) Leave(meetingID, userID string) error {
	return s.change(meetingID, func(m *meeting, now time.Time) error {
		gone := false
		for _, p := range m.people {
			if p.userID == userID && (p.inside || p.waiting) {
				m.leave(p, now)
				gone = true
			}
		}
		if !gone {
			return fmt.Errorf("bbbtest: nobody with the user id %q is in the meeting", userID)
		}
		return nil
	})
}

// Record presses the recording button, or releases it.
func (s *Server) Record(meetingID string, on bool) error {
	return s.change(meetingID, func(m *meeting, _ time.Time) error {
		if !m.settings.record {
			return errors.New("bbbtest: the meeting cannot be recorded")
		}
		m.record(on)
		return nil
	})
}

func (m *meeting) record(on bool) {
	m.recording, m.marked = on, m.marked || on
}

// End ends a meeting, as a moderator inside does.
func (s *Server) End(meetingID string) error {
	return s.change(meetingID, func(m *meeting, now time.Time) error {
		s.finish(m, endedInside, now)
		return nil
	})
}

// change runs with a meeting that goes on, and sends what comes of it.
func (s *Server) change(meetingID string, act func(*meeting, time.Time) error) error {
	s.advance()
	defer s.send()
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meetings[meetingID]
	if m == nil || !m.ended.IsZero() {
		return ErrNoMeeting
	}
	return act(m, s.cfg.Now())
}

// Forget loses all meetings without a word, as a crash does.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.meetings)
}
