package web

import (
	"net/url"

	"classbridge/admin"
	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathLive = pathBBB + "/meetings"

func (s *Server) liveRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathLive, admin.Read, s.listLive},
		{get, pathLive + "/:class", admin.Read, s.showLive},
		{post, pathLive + "/:class/end", admin.Change, s.endLive},
	}
}

// livePage lists the meetings of the tenant's rooms that run.
type livePage struct {
	consolePage
	chatPaging
	Total    int64
	Meetings []classroom.LiveMeeting
}

// listLive answers GET /console/bbb/meetings.
func (s *Server) listLive(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &livePage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb.live")}
	p.Back, p.Refresh = pathBBB, 30
	var err error
	if p.Total, err = store.CountOpenMeetings(ctx, v.Tenant.ID); err != nil {
		return err
	}
	p.chatPaging = newChatPaging(c, p.Total, url.Values{})
	if p.Meetings, err = store.LiveMeetings(ctx, v.Tenant.ID, p.offset(), chatListSize); err != nil {
		return err
	}
	return s.renderConsole(c, "console_bbb_live", p)
}

// classPage is one meeting with who is inside now.
type classPage struct {
	consolePage
	Meeting classroom.LiveMeeting
	Info    *bbb.Info // nil: BigBlueButton does not know it (any more)
	Unseen  bool      // BigBlueButton does not answer
}

// showLive answers GET /console/bbb/meetings/:class. Who is inside is for those
// who may know.
func (s *Server) showLive(c *gin.Context, v admin.Visitor) error {
	m, err := s.Classroom.Store.TenantMeeting(c.Request.Context(), v.Tenant.ID, c.Param("class"))
	if err != nil {
		return err
	}
	p := &classPage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb.class", "Room", m.Room), Meeting: m}
	p.Back = pathLive
	p.Info, err = s.Classroom.LookInside(c.Request.Context(), m.Meeting)
	p.Unseen = classroom.Is(err, classroom.Unavailable)
	if err != nil && !p.Unseen {
		return err
	}
	if p.Info != nil && !v.May(admin.ReadPeople) {
		p.Info.Attendees = nil
	}
	return s.renderConsole(c, "console_bbb_class", p)
}

// endLive answers POST /console/bbb/meetings/:class/end.
func (s *Server) endLive(c *gin.Context, v admin.Visitor) error {
	m, err := s.Classroom.EndMeeting(c.Request.Context(), v.Tenant.ID, c.Param("class"))
	act := admin.Act{Name: "meeting.end", Subject: m.Course + ": " + m.Room, SubjectID: m.ID}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return retryAt(err, pathLive)
	}
	return done(c, pathLive, "console.said.bbb_ended")
}
