package web

import (
	"cmp"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// timelineLine is a happening in words.
type timelineLine struct {
	classroom.Happening
	Says string
	Do   string // what to do about it; empty: nothing
	Edge string // class that colours the line
}

// linesOf puts happenings into words, but for what the visitor may not know of.
func (s *Server) linesOf(c *gin.Context, v admin.Visitor, all []classroom.Happening) []timelineLine {
	var lines []timelineLine
	for _, h := range all {
		if h.Kind == classroom.HappenedPost && h.Key != "" && !v.May(admin.ReadRecordings) {
			continue // of a recording
		}
		lines = append(lines, s.lineText(c, h))
	}
	return lines
}

func (s *Server) lineText(c *gin.Context, h classroom.Happening) timelineLine {
	p := s.printer(c)
	l := timelineLine{Happening: h}
	say := func(id string, args ...any) string {
		return p.Text("console.find."+id, append([]any{"Room", h.Room, "Course", h.Course}, args...)...)
	}
	switch h.Kind {
	case classroom.HappenedLaunch, classroom.HappenedEnrol:
		l.Says, l.Edge = say("did."+string(h.Kind), "As", say(asWhat(h.Moderator))), "good"
	case classroom.HappenedRefusal:
		kind := "console.lti.reason." + refusalKind(h.Result)
		l.Says, l.Do, l.Edge = say("did.refusal", "Reason", p.Text(kind)), p.Text(kind+".do"), "bad"
	case classroom.HappenedTry:
		s.tryText(&l, say, p.Text)
	case classroom.HappenedSeen:
		l.Says, l.Edge = say("did.seen", "Count", (h.Count+30)/60), "good"
	case classroom.HappenedClass:
		l.Says = say("did.class."+h.State, "Count", h.Count)
		if h.State == string(classroom.MeetingFailed) {
			l.Edge = "bad"
		}
	case classroom.HappenedAdmit:
		l.Says = say("did.admit." + h.State)
	case classroom.HappenedRoster:
		l.Says = say("did.roster." + cmp.Or(h.State, "read"))
		if h.State != "" {
			l.Edge = "bad"
		}
	case classroom.HappenedPost:
		l.Says = say("did.post." + h.State)
	default:
		l.Says = say("did."+string(h.Kind), "Account", h.Detail)
	}
	return l
}

// tryText puts a try to get in into words: what the person read, and what an admin
// does about it.
func (s *Server) tryText(l *timelineLine, say, text func(string, ...any) string) {
	switch {
	case l.Act == classroom.TryEnter:
		l.Says, l.Do, l.Edge = say("did.try.enter", "Key", l.Key), say("do.bbb"), "bad"
	case l.Result == "":
		l.Says, l.Edge = say("did.try.sent"), "good"
	case l.Result == "error.not_running" || l.Result == "error.already_ended":
		l.Says = say("did.try.waits")
	default:
		l.Says, l.Edge = say("did.try.failed", "Reason", text(l.Result)), "bad"
		l.Do = say("do.join")
		if l.Key != "" {
			l.Do = say("do.bbb")
		}
	}
}

func asWhat(moderator bool) string {
	if moderator {
		return "as.moderator"
	}
	return "as.viewer"
}

// placeText says as what somebody is in a course, by which rule, and where that
// is changed.
func (s *Server) placeText(c *gin.Context, place classroom.PersonPlace) shownPlace {
	p, e := s.printer(c), place.Enrolment
	rule := "console.find.rule." + e.Why
	if !s.Texts.Has(rule) {
		rule = "console.find.rule.course"
	}
	where := "console.find.where.lms"
	if classroom.SwitchOf(e.Why) != "" {
		where = "console.find.where.switch"
	}
	shown := shownPlace{
		PersonPlace: place,
		Role:        p.Text(rule, "As", p.Text("console.find."+asWhat(e.Moderator)), "Role", cmp.Or(e.RoleName, "?")),
		Where:       p.Text(where),
	}
	if place.Admission != "" {
		shown.Channel = p.Text("console.find.channel." + string(place.Admission))
	}
	return shown
}

// shownVerdict is a verdict in words.
type shownVerdict struct {
	Says, Do string
	Class    string
}

func (s *Server) verdictText(c *gin.Context, v classroom.Verdict) shownVerdict {
	if v.Code == "" {
		return shownVerdict{}
	}
	p := s.printer(c)
	course := cmp.Or(v.About.Course, v.Place.Course.Name())
	id := "console.find.verdict." + string(v.Code)
	shown := shownVerdict{
		Says:  p.Text(id, "Room", v.About.Room, "Course", course, "Role", cmp.Or(v.Place.Enrolment.RoleName, "?")),
		Do:    p.Text(id + ".do"),
		Class: v.Grave(),
	}
	if v.Code == classroom.VerdictRefused || v.Code == classroom.VerdictNotIn || v.Code == classroom.VerdictNoStart {
		if l := s.lineText(c, v.About); l.Do != "" {
			shown.Says, shown.Do = shown.Says+" "+l.Says, l.Do
		}
	}
	return shown
}
