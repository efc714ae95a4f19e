package web

import (
	"context"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// redeem uses up the ticket of a form that left the LMS's frame, and gives the
// tab that it opened a session of its own.
func (s *Server) redeem(c *gin.Context, act classroom.Act) (classroom.Access, string, error) {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return classroom.Access{}, "", err
	}
	a, subject, err := s.Classroom.Redeem(c.Request.Context(), form.Get("ticket"), c.Param("room"), act)
	if err != nil {
		return a, "", s.goOnInTab(c, err)
	}
	s.speak(c, a.Room.TenantID, a.Person.Locale)
	c.Set(keyKnown, true)
	if a, err = s.Classroom.ChooseName(c.Request.Context(), a, form.Get("name")); err != nil {
		return a, "", err
	}
	return a, subject, s.openDoor(c, doorTab, a.Launch.ID)
}

// goOnInTab offers a way on to whoever reloads a tab that a ticket opened.
func (s *Server) goOnInTab(c *gin.Context, err error) error {
	a, visitErr := s.visit(c, doorTab)
	if visitErr != nil {
		return err
	}
	return retryAt(err, waitPath(a.Room.ID))
}

func waitPath(roomID string) string { return "/rooms/" + roomID + "/wait" }

// joinByTicket answers POST /rooms/:room/join.
func (s *Server) joinByTicket(c *gin.Context) error {
	a, _, err := s.redeem(c, classroom.ActJoin)
	if err != nil {
		return err
	}
	return s.enter(c, a, classroom.TryJoin, func(ctx context.Context) (string, error) { return s.Classroom.Join(ctx, a) })
}

// startByTicket answers POST /rooms/:room/start.
func (s *Server) startByTicket(c *gin.Context) error {
	a, _, err := s.redeem(c, classroom.ActStart)
	if err != nil {
		return err
	}
	announce := c.Request.PostForm.Get("announce") != ""
	return s.enter(c, a, classroom.TryStart, func(ctx context.Context) (string, error) { return s.Classroom.Start(ctx, a, announce) })
}

// waitByTicket answers POST /rooms/:room/wait.
func (s *Server) waitByTicket(c *gin.Context) error {
	a, _, err := s.redeem(c, classroom.ActWait)
	if err != nil {
		return err
	}
	return seeOther(c, waitPath(a.Room.ID))
}

// playByTicket answers POST /rooms/:room/recordings/:recording.
func (s *Server) playByTicket(c *gin.Context) error {
	a, recording, err := s.redeem(c, classroom.ActPlay)
	if err != nil {
		return err
	}
	if recording != c.Param("recording") {
		return refuse(classroom.Invalid, "error.ticket_expired", "ticket of another recording")
	}
	address, err := s.Classroom.Play(c.Request.Context(), a, recording)
	if err != nil {
		return err
	}
	return leave(c, address)
}

// connectByTicket answers POST /rooms/:room/connect: the chat says who one is
// there, then the link page asks.
func (s *Server) connectByTicket(c *gin.Context) error {
	a, _, err := s.redeem(c, classroom.ActConnect)
	if err != nil {
		return err
	}
	return s.askChat(c, oauthState{For: forLink, Tenant: a.Room.TenantID, Room: a.Room.ID, Launch: a.Launch.ID})
}

// enter leads this person to BigBlueButton, or to waiting when nothing runs.
func (s *Server) enter(c *gin.Context, a classroom.Access, act string, join func(context.Context) (string, error)) error {
	address, err := join(c.Request.Context())
	s.keepJoin(c, a.Room, classroom.JoinTry{PersonID: a.Person.ID, Via: classroom.ViaLMS, Act: act}, err)
	if classroom.Is(err, classroom.NotRunning) {
		return seeOther(c, waitPath(a.Room.ID))
	}
	if err != nil {
		return retryAt(err, waitPath(a.Room.ID))
	}
	return leave(c, address)
}

func (s *Server) observeJoin(via string, err error) {
	switch {
	case s.Observe.Join == nil:
	case err == nil:
		s.Observe.Join(via, "ok")
	default:
		s.Observe.Join(via, s.failureOf(err).reason)
	}
}
