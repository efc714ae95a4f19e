package bbbtest

import (
	"encoding/json"
	"strings"
	"time"
)

// analytics is what is posted when a meeting ends that kept its events.
type analytics struct {
	Version    string        `json:"version"`
	MeetingID  string        `json:"meeting_id"`
	InternalID string        `json:"internal_meeting_id"`
	Data       analyticsData `json:"data"`
}

type analyticsData struct {
	Metadata  map[string]string   `json:"metadata"`
	Duration  int                 `json:"duration"` // seconds
	Start     string              `json:"start"`
	Finish    string              `json:"finish"`
	Attendees []analyticsAttendee `json:"attendees"`
	Files     []string            `json:"files"`
	Polls     []string            `json:"polls"`
}

type analyticsAttendee struct {
	UserID     string         `json:"ext_user_id"`
	Name       string         `json:"name"`
	Moderator  bool           `json:"moderator"`
	Joins      []string       `json:"joins"`
	Leaves     []string       `json:"leaves"`
	Duration   int            `json:"duration"` // seconds
	LastTalk   string         `json:"recent_talking_time"`
	Engagement map[string]int `json:"engagement"`
}

const analyticsURL = "analytics-callback-url"

// reportAnalytics posts once, if the events were kept. A node tells its pool,
// which passes it on.
func (s *Server) reportAnalytics(m *meeting, now time.Time) {
	to := m.meta[analyticsURL]
	if to == "" || !m.settings.record && !m.settings.keepEvents {
		return
	}
	body, err := json.Marshal(m.analytics(now))
	if err != nil {
		s.cfg.Logger.Error("analytics not written", "err", err)
		return
	}
	r := report{to: to, agent: "BigBlueButton Analytics Callback", body: body, secrets: s.cfg.Secrets[:1], signed: now}
	if s.cfg.Scalelite {
		s.outbox.add(r.callback(now))
		return
	}
	s.post(r)
}

func (m *meeting) analytics(now time.Time) analytics {
	a := analytics{Version: "1.0", MeetingID: m.id, InternalID: m.internalID, Data: analyticsData{
		Metadata:  map[string]string{"meeting_name": m.name, "is_breakout": "false"},
		Duration:  int(now.Sub(m.created).Seconds()),
		Start:     stamp(m.created),
		Finish:    stamp(now),
		Attendees: []analyticsAttendee{},
		Files:     []string{},
		Polls:     []string{},
	}}
	for key, value := range m.meta {
		a.Data.Metadata[strings.ReplaceAll(key, "-", "_")] = value
	}
	at := map[string]int{}
	for _, p := range m.people {
		if len(p.joins) == 0 {
			continue
		}
		i, known := at[p.userID]
		if !known {
			i = len(a.Data.Attendees)
			at[p.userID] = i
			a.Data.Attendees = append(a.Data.Attendees, analyticsAttendee{UserID: p.userID, Name: p.name, Engagement: noEngagement()})
		}
		a.Data.Attendees[i].add(p)
	}
	return a
}

// add counts one visit of a person: two tabs are two joins of one attendee.
func (a *analyticsAttendee) add(p *person) {
	a.Moderator = a.Moderator || p.role == moderator
	for i, join := range p.joins {
		a.Joins = append(a.Joins, stamp(join))
		if i < len(p.leaves) {
			a.Leaves = append(a.Leaves, stamp(p.leaves[i]))
			a.Duration += int(p.leaves[i].Sub(join).Seconds())
		}
	}
}

func noEngagement() map[string]int {
	return map[string]int{"chats": 0, "talks": 0, "raisehand": 0, "emojis": 0, "poll_votes": 0, "talk_time": 0}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000-07:00") }
