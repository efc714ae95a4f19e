package web

import (
	"cmp"
	"net/url"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// roomPage is the page of a room in the LMS. Tickets that are empty mean that
// there is no such button.
type roomPage struct {
	basePage
	View        classroom.RoomView
	Maintenance *maintenanceBanner
	Whose       string
	State       string // idle, starting, running

	StartTicket   string
	JoinTicket    string
	WaitTicket    string
	ConnectTicket string

	Record   bool // whoever goes in can be recorded
	Announce bool // the start may be announced
	MayEnd   bool
	Nameless bool   // the LMS tells no name: whoever goes in is asked for one
	Why      string // as what one is here, and by which role
	BackURL  string
	Past     []pastMeeting
}

// pastMeeting is a meeting that has ended, and what became of its recording.
type pastMeeting struct {
	classroom.MeetingView
	Outcome classroom.RecordingOutcome
	Plays   []play
}

// play is one recording of a past meeting.
type play struct {
	classroom.Recording
	Ticket string           // empty: not to be played, State says why
	Next   classroom.Retire // what the school's rules do to it, for teachers; empty: nothing
	NextAt time.Time
}

func (s *Server) roomPage(c *gin.Context, a classroom.Access) (*roomPage, error) {
	v, err := s.Classroom.View(c.Request.Context(), a)
	if err != nil {
		return nil, err
	}
	p := &roomPage{basePage: s.base(c), View: v, Whose: s.whose(a.Person.ID), State: stateOf(v.Now), BackURL: webAddress(v.ReturnURL)}
	p.Title, p.Refresh, p.Zone = v.Room.Title, 15, v.Course.TimeZone
	p.Why = p.roleText(v)
	p.Maintenance = s.maintenance(c.Request.Context(), a.Room.TenantID)
	p.Record = v.Room.Record
	if v.Now != nil {
		p.Record = v.Now.Record // the room's switch may have been turned since it started
	}
	p.Nameless = a.Nameless()
	p.MayEnd = v.Moderator && v.Now != nil
	p.Announce = v.Course.Channel.Lasts() && v.Room.ParentID == ""
	if err := s.roomTickets(p, a); err != nil {
		return nil, err
	}
	return p, s.pastMeetings(p, a)
}

func stateOf(now *classroom.MeetingView) string {
	switch {
	case now == nil:
		return "idle"
	case now.State == classroom.MeetingStarting:
		return "starting"
	}
	return "running"
}

// roomTickets gives the page the buttons that this person has now.
func (s *Server) roomTickets(p *roomPage, a classroom.Access) error {
	v := p.View
	running := p.State == "running"
	start := v.Now == nil && v.MayStart && v.HasBBB && !v.InGroups && (p.Maintenance == nil || !p.Maintenance.Open)
	for _, b := range []struct {
		ticket *string
		act    classroom.Act
		given  bool
	}{
		{&p.StartTicket, classroom.ActStart, start},
		{&p.JoinTicket, classroom.ActJoin, running || v.Now != nil && v.Moderator},
		{&p.WaitTicket, classroom.ActWait, !running && !v.Moderator && !start && v.HasBBB && !(v.InGroups && v.Now == nil)},
		{&p.ConnectTicket, classroom.ActConnect, mayConnect(v.Chat)},
	} {
		if !b.given {
			continue
		}
		var err error
		if *b.ticket, err = s.Classroom.Ticket(a, b.act, ""); err != nil {
			return err
		}
	}
	return nil
}

// mayConnect is whoever could be in the channel and has not shown which account is theirs.
func mayConnect(v classroom.ChatView) bool {
	switch v.State {
	case classroom.ChatOff, classroom.ChatNotCounted:
		return false
	}
	return !v.Linked
}

func (s *Server) pastMeetings(p *roomPage, a classroom.Access) error {
	now := s.Now()
	for _, m := range p.View.History {
		past := pastMeeting{MeetingView: m, Outcome: m.Outcome(now)}
		for _, r := range m.Recordings {
			one := play{Recording: r}
			if p.View.Moderator {
				one.Next, one.NextAt = p.View.Retention.Next(r)
			}
			if r.State == classroom.RecordingPublished {
				var err error
				if one.Ticket, err = s.Classroom.Ticket(a, classroom.ActPlay, r.ID); err != nil {
					return err
				}
			}
			past.Plays = append(past.Plays, one)
		}
		p.Past = append(p.Past, past)
	}
	return nil
}

// roleText says as what one is here and why, so that a wrong role in the LMS is found.
func (p *roomPage) roleText(v classroom.RoomView) string {
	as := p.Text("room.as_viewer")
	if v.Moderator {
		as = p.Text("room.as_moderator")
	}
	why := "room.why." + v.Standing.Why
	if v.Standing.Moderator && !v.Moderator {
		why = "room.why.proof_too_old"
	}
	return p.Text(why, "As", as, "Role", cmp.Or(v.Standing.RoleName, "?"))
}

// webAddress is the address if browsers may be sent there, else empty.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return address
}
