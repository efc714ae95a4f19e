package bbbtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// join enters a meeting by an address that was signed for one person. Through
// Scalelite it is a redirect to the node that holds the meeting.
func (s *Server) join(w http.ResponseWriter, r *http.Request) {
	if !s.signed("join", r.URL.RawQuery) {
		http.Redirect(w, r, s.base(r)+"/?"+errorQuery("checksumError", "Checksums do not match"), http.StatusFound)
		return
	}
	q := r.URL.Query()
	if !s.cfg.Scalelite {
		s.enter(w, r, q)
		return
	}
	if !s.exists(q.Get("meetingID")) {
		notFound().write(w)
		return
	}
	http.Redirect(w, r, s.base(r)+"/node/api/join?"+s.resign(q), http.StatusFound)
}

// resign signs the parameters anew, as a pool does for its node.
func (s *Server) resign(q url.Values) string {
	q.Del("checksum")
	query := q.Encode()
	_, fresh := kind(strings.Repeat("0", 64))
	return query + "&checksum=" + digest(fresh, "join"+query+s.cfg.Secrets[0])
}

func (s *Server) nodeJoin(w http.ResponseWriter, r *http.Request) {
	if !s.cfg.Scalelite || !s.signed("join", r.URL.RawQuery) {
		checksumError().write(w)
		return
	}
	s.enter(w, r, r.URL.Query())
}

func (s *Server) exists(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.meetings[id] != nil
}

func (s *Server) enter(w http.ResponseWriter, r *http.Request, q url.Values) {
	session, refused := s.admitted(q)
	if refused != nil {
		refuseJoin(w, r, q, refused)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.base(r)+"/meeting/"+session, http.StatusFound)
}

// refusal is why somebody does not get in.
type refusal struct {
	Key     string `json:"key"`
	Message string `json:"message"`
}

func refuseJoin(w http.ResponseWriter, r *http.Request, q url.Values, f *refusal) {
	to := otherwise(q.Get("errorRedirectUrl"), q.Get("logoutURL"))
	if !validURL(to) {
		failed(f.Key, f.Message).write(w)
		return
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	http.Redirect(w, r, to+separator+errorQuery(f.Key, f.Message), http.StatusFound)
}

func errorQuery(key, message string) string {
	list, _ := json.Marshal([]refusal{{key, message}}) // two strings always marshal
	return "errors=" + url.QueryEscape(string(list))
}

// admitted lets a person in and returns the session, or says why not.
func (s *Server) admitted(q url.Values) (session string, f *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.meetings[q.Get("meetingID")]
	role, f := mayJoin(m, q)
	if f != nil {
		return "", f
	}
	p := newPerson(q.Get("fullName"), q.Get("userID"), role)
	p.guest = isTrue(q.Get("guest"))
	p.logoutURL = q.Get("logoutURL")
	p.browser = true
	if f := m.place(p, authenticated(q), s.cfg.Now()); f != nil {
		return "", f
	}
	s.sessions[p.session] = visit{m, p}
	return p.session, nil
}

func mayJoin(m *meeting, q url.Values) (role string, f *refusal) {
	switch {
	case m == nil:
		return "", &refusal{"invalidMeetingIdentifier", "The meeting ID that you supplied did not match any existing meetings"}
	case !m.ended.IsZero():
		return "", &refusal{"meetingForciblyEnded", "You can not join a meeting that has already been forcibly ended."}
	case strings.TrimSpace(q.Get("fullName")) == "":
		return "", &refusal{"validationError", "You must provide your name"}
	case q.Has("createTime") && q.Get("createTime") != decimal(m.createTime):
		return "", &refusal{"mismatchCreateTimeParam", "The createTime parameter submitted mismatches with the current meeting."}
	}
	return m.roleOf(q)
}

// roleOf reads role, which wins, or the old way, the password.
func (m *meeting) roleOf(q url.Values) (string, *refusal) {
	switch strings.ToUpper(q.Get("role")) {
	case moderator:
		return moderator, nil
	case viewer:
		return viewer, nil
	}
	switch q.Get("password") {
	case m.moderatorPW:
		return moderator, nil
	case m.attendeePW:
		return viewer, nil
	}
	return "", &refusal{"invalidPassword", "You either did not supply a password or the password supplied is neither the attendee or moderator password for this conference."}
}

// place finds a person's place by the guest policy and the limit.
func (m *meeting) place(p *person, auth bool, now time.Time) *refusal {
	if m.full(p.userID) {
		return &refusal{"maxParticipantsReached", "The number of participants allowed for this meeting has been reached."}
	}
	if p.role != moderator {
		switch m.settings.guestPolicy {
		case "ALWAYS_DENY":
			return &refusal{"guestDeniedAccess", "You have been denied access to this meeting based on the meeting's guest policy."}
		case "ASK_MODERATOR":
			p.waiting = p.guest || auth
		case "ALWAYS_ACCEPT_AUTH":
			p.waiting = p.guest
		}
	}
	m.enter(p, now)
	return nil
}

// authenticated reads auth; who says nothing about guest either is taken for
// authenticated, and so has to wait under ASK_MODERATOR. The newest servers let in
// whoever comes with guest=false under any policy; this one does as those before.
func authenticated(q url.Values) bool {
	if auth := q.Get("auth"); auth != "" {
		return isTrue(auth)
	}
	return q.Get("guest") == ""
}

func isTrue(s string) bool { return strings.EqualFold(s, "true") }
