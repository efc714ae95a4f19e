package bbbtest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// isMeetingRunning is false, not an error, for a meeting that nobody knows.
func (s *Server) isMeetingRunning(_ *http.Request, q url.Values) answer {
	if !validID(q.Get("meetingID")) {
		return failed("validationError", "Invalid meeting ID")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meetings[q.Get("meetingID")]
	return ok(leaf("running", m != nil && m.running()))
}

func (s *Server) getMeetingInfo(_ *http.Request, q url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meetings[q.Get("meetingID")]
	if m == nil {
		return notFound()
	}
	return ok(m.details()...)
}

func notFound() answer {
	return failed("notFound", "A meeting with that ID does not exist")
}

func (s *Server) getMeetings(_ *http.Request, _ url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.meetings) == 0 {
		return ok(append([]el{node("meetings")}, note("noMeetings", "no meetings were found on this server")...)...)
	}
	var list []el
	for _, id := range slices.Sorted(maps.Keys(s.meetings)) {
		list = append(list, node("meeting", s.meetings[id].details()...))
	}
	return ok(node("meetings", list...))
}

// details hold passwords and metadata, as the real ones do.
func (m *meeting) details() []el {
	return []el{
		leaf("meetingName", m.name),
		leaf("meetingID", m.id),
		leaf("internalMeetingID", m.internalID),
		leaf("createTime", m.createTime),
		leaf("createDate", m.created.UTC().Format(time.UnixDate)),
		leaf("attendeePW", m.attendeePW),
		leaf("moderatorPW", m.moderatorPW),
		leaf("running", m.running()),
		leaf("duration", int(m.settings.duration.Minutes())),
		leaf("hasUserJoined", !m.started.IsZero()),
		leaf("recording", m.settings.record),
		leaf("hasBeenForciblyEnded", m.forcibly),
		leaf("startTime", m.createTime),
		leaf("endTime", millis(m.ended)),
		leaf("participantCount", len(m.inside())),
		leaf("moderatorCount", m.moderators()),
		leaf("maxUsers", m.settings.maxParticipants),
		node("attendees", m.attendees()...),
		node("metadata", pairs(m.meta)...),
		leaf("isBreakout", false),
	}
}

func (m *meeting) attendees() []el {
	var list []el
	for _, p := range m.inside() {
		list = append(list, node("attendee",
			leaf("userID", p.userID),
			leaf("fullName", p.name),
			leaf("role", p.role),
			leaf("isPresenter", p.role == moderator),
			leaf("isListeningOnly", false),
			leaf("hasJoinedVoice", true),
			leaf("hasVideo", false),
			leaf("clientType", "HTML5"),
			node("customdata"),
		))
	}
	return list
}

func pairs(m map[string]string) []el {
	var list []el
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, leaf(key, m[key]))
	}
	return list
}

// end takes the moderators' password where it is given, as old clients do.
func (s *Server) end(_ *http.Request, q url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meetings[q.Get("meetingID")]
	if m == nil || !m.ended.IsZero() {
		return notFound()
	}
	if q.Has("password") && q.Get("password") != m.moderatorPW {
		return failed("invalidPassword", "The supplied moderator password is incorrect.")
	}
	s.finish(m, endedByAPI, s.cfg.Now())
	return ok(note("sentEndMeetingRequest", "A request to end the meeting was sent.")...)
}
