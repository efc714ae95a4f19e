package bbbtest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// meeting is one meeting, guarded by Server.mu.
type meeting struct {
	id, internalID, name    string
	attendeePW, moderatorPW string
	createTime              int64
	created                 time.Time
	settings                settings
	meta                    map[string]string // keys in lower case

	people    []*person // everybody who was ever here, in the order of coming
	started   time.Time // first person inside
	lastLeft  time.Time
	noMod     time.Time // since when no moderator is inside, after one was
	ended     time.Time
	forcibly  bool
	end       ending
	recording bool // the button is on
	marked    bool // it has been on at least once
}

// settings are the parameters of create that mean something here.
type settings struct {
	logoutURL, endedURL, welcome string
	record, autoStart, fixed     bool
	keepEvents, endWithoutMod    bool
	maxParticipants              int
	duration                     time.Duration
	guestPolicy                  string
	expireEmpty, expireLeft      time.Duration
}

const (
	defaultExpireEmpty = 5 * time.Minute
	defaultExpireLeft  = time.Minute
	noModeratorDelay   = time.Minute
)

func newSettings(q url.Values) settings {
	s := settings{
		logoutURL:     q.Get("logoutURL"),
		endedURL:      q.Get("meetingEndedURL"),
		welcome:       q.Get("welcome"),
		record:        q.Get("record") == "true",
		autoStart:     q.Get("autoStartRecording") == "true",
		fixed:         q.Get("allowStartStopRecording") == "false",
		keepEvents:    q.Get("meetingKeepEvents") == "true",
		endWithoutMod: q.Get("endWhenNoModerator") == "true",
		duration:      minutes(q, "duration", 0),
		guestPolicy:   q.Get("guestPolicy"),
		expireEmpty:   minutes(q, "meetingExpireIfNoUserJoinedInMinutes", defaultExpireEmpty),
		expireLeft:    minutes(q, "meetingExpireWhenLastUserLeftInMinutes", defaultExpireLeft),
	}
	s.maxParticipants, _ = strconv.Atoi(q.Get("maxParticipants"))
	return s
}

func minutes(q url.Values, key string, otherwise time.Duration) time.Duration {
	n, err := strconv.Atoi(q.Get(key))
	if err != nil {
		return otherwise
	}
	return time.Duration(n) * time.Minute
}

func metadata(q url.Values) map[string]string {
	meta := map[string]string{}
	for key := range q {
		if name, ok := strings.CutPrefix(key, "meta_"); ok {
			meta[strings.ToLower(name)] = q.Get(key)
		}
	}
	return meta
}

// inside are those who are in the meeting now.
func (m *meeting) inside() []*person {
	return slices.DeleteFunc(slices.Clone(m.people), func(p *person) bool { return !p.inside })
}

func (m *meeting) moderators() int {
	n := 0
	for _, p := range m.inside() {
		if p.role == moderator {
			n++
		}
	}
	return n
}

// running as isMeetingRunning means it: somebody has joined, and it goes on.
func (m *meeting) running() bool { return !m.started.IsZero() && m.ended.IsZero() }

// expired reports whether one of the meeting's clocks has run out.
func (m *meeting) expired(now time.Time) bool {
	s := m.settings
	due := func(since time.Time, after time.Duration) bool {
		return after > 0 && !since.IsZero() && !now.Before(since.Add(after))
	}
	switch {
	case due(m.created, s.duration):
		return true
	case m.started.IsZero():
		return due(m.created, s.expireEmpty)
	case s.endWithoutMod && due(m.noMod, noModeratorDelay):
		return true
	}
	return len(m.inside()) == 0 && due(m.lastLeft, s.expireLeft)
}

// finish ends a meeting and sets in motion what follows.
func (s *Server) finish(m *meeting, how ending, now time.Time) {
	m.end, m.forcibly = how, how != endedByClock
	for _, p := range m.inside() {
		m.leave(p, now)
	}
	m.ended, m.recording = now, false
	s.announceEnd(m)
	if m.settings.record && m.marked {
		s.process(m, now)
	}
	s.reportAnalytics(m, now)
}
