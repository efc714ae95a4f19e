package web

import (
	"net/http"
	"strconv"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// showRoom answers GET /rooms/:room, in the LMS's frame. A tab that a ticket
// opened may show the same page.
func (s *Server) showRoom(c *gin.Context) error {
	a, err := s.visitAs(c, s.lookupOf(c, s.Classroom.FirstLook), "", doorFrame, doorTab)
	if err != nil {
		return err
	}
	page, err := s.roomPage(c, a)
	if err != nil {
		return err
	}
	origins, err := s.ancestors(c, a.Person.PlatformID)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, "room", page, headers{ancestors: origins, form: formOutside})
}

// showPanel answers GET /rooms/:room/panel: what changes on the page, drawn anew
// with new tickets; nothing for a page that has seen this version of the room.
func (s *Server) showPanel(c *gin.Context) error {
	a, err := s.visitByQuery(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	if c.Query("seen") == strconv.FormatInt(a.Room.Version, 10) {
		c.Header("Cache-Control", "no-store")
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return nil
	}
	page, err := s.roomPage(c, a)
	if err != nil {
		return err
	}
	return s.renderPart(c, http.StatusOK, "room", "panel", page)
}

// endMeeting answers POST /rooms/:room/end.
func (s *Server) endMeeting(c *gin.Context) error {
	return s.act(c, func(a classroom.Access) error { return s.Classroom.End(c.Request.Context(), a) })
}

// askChannel answers POST /rooms/:room/channel.
func (s *Server) askChannel(c *gin.Context) error {
	return s.act(c, func(a classroom.Access) error { return s.Classroom.AskChannel(c.Request.Context(), a) })
}

// unlinkChat answers POST /rooms/:room/unlink.
func (s *Server) unlinkChat(c *gin.Context) error {
	return s.act(c, func(a classroom.Access) error { return s.Classroom.UnlinkChat(c.Request.Context(), a) })
}

// act does what a button of the room page asks for, and shows the page again.
func (s *Server) act(c *gin.Context, do func(classroom.Access) error) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	page := "/rooms/" + a.Room.ID
	if err := do(a); err != nil {
		return retryAt(err, page)
	}
	return seeOther(c, page)
}

// roomState answers GET /rooms/:room/state: may a waiting tab go on?
func (s *Server) roomState(c *gin.Context) error {
	a, err := s.peekByQuery(c, doorTab, doorFrame)
	if err != nil {
		return err
	}
	m, open, err := s.Classroom.Store.FindOpenMeeting(c.Request.Context(), a.Room.ID)
	if err != nil {
		return err
	}
	return answerState(c, open && m.State == classroom.MeetingRunning)
}

func answerState(c *gin.Context, running bool) error {
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"running": running})
	return nil
}
