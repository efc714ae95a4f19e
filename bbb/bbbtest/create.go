package bbbtest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// create makes a meeting. The same id with the same passwords is the same
// meeting, and then nothing of the request is applied; with others it is refused.
func (s *Server) create(r *http.Request, q url.Values) answer {
	if s.cfg.Scalelite && q.Get("meetingID") == "" {
		return failed("missingParamMeetingID", "You must specify a meeting ID for the meeting.")
	}
	if message := invalidCreate(q); message != "" {
		return failed("validationError", message)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.meetings[q.Get("meetingID")]; m != nil {
		if m.attendeePW != q.Get("attendeePW") || m.moderatorPW != q.Get("moderatorPW") {
			return failed("idNotUnique", "A meeting already exists with that meeting ID.  Please use a different meeting ID.")
		}
		return m.creation(note("duplicateWarning", "This conference was already in existence and may currently be in progress.")...)
	}
	m := s.newMeeting(q, s.cfg.Now())
	if s.cfg.Scalelite {
		s.keepReadyURL(m)
		s.keepAnalyticsURL(m, s.base(r))
	}
	s.meetings[m.id] = m
	return m.creation(leaf("messageKey", ""), leaf("message", ""))
}

func (s *Server) newMeeting(q url.Values, now time.Time) *meeting {
	m := &meeting{
		id:          q.Get("meetingID"),
		name:        q.Get("name"),
		attendeePW:  otherwise(q.Get("attendeePW"), newToken()),
		moderatorPW: otherwise(q.Get("moderatorPW"), newToken()),
		created:     now,
		createTime:  s.unusedTime(q.Get("meetingID"), now.UnixMilli()),
		settings:    newSettings(q),
		meta:        metadata(q),
	}
	m.internalID = internalID(m.id, m.createTime)
	return m
}

// unusedTime keeps two meetings of one id apart even if the clock stands still.
func (s *Server) unusedTime(id string, at int64) int64 {
	for s.recorded(internalID(id, at)) {
		at++
	}
	return at
}

// keepReadyURL does as Scalelite does: the address is taken out of the metadata,
// kept by the external id (so a later meeting overwrites it), and called by
// Scalelite itself when it has imported the recording.
func (s *Server) keepReadyURL(m *meeting) {
	for key, value := range m.meta {
		if strings.HasSuffix(key, readySuffix) {
			s.ready[m.id] = value
			delete(m.meta, key)
		}
	}
}

func (m *meeting) creation(notes ...el) answer {
	return ok(append([]el{
		leaf("meetingID", m.id),
		leaf("internalMeetingID", m.internalID),
		leaf("parentMeetingID", "bbb-none"),
		leaf("attendeePW", m.attendeePW),
		leaf("moderatorPW", m.moderatorPW),
		leaf("createTime", m.createTime),
		leaf("voiceBridge", 70000+m.createTime%10000),
		leaf("dialNumber", "613-555-1234"),
		leaf("createDate", m.created.UTC().Format(time.UnixDate)),
		leaf("hasUserJoined", !m.started.IsZero()),
		leaf("duration", int(m.settings.duration.Minutes())),
		leaf("hasBeenForciblyEnded", m.forcibly),
	}, notes...)...)
}

func otherwise(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
