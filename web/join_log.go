package web

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// keyReference is where the reference of a refusal lies that was written down
// before it is answered.
const keyReference = "reference"

// referenceOf joins what is told to the person, logged and written down.
func referenceOf(c *gin.Context) string {
	if c.GetString(keyReference) == "" {
		c.Set(keyReference, rand.Text()[:8])
	}
	return c.GetString(keyReference)
}

// keepJoin counts a try to get into the room, and writes it down.
func (s *Server) keepJoin(c *gin.Context, room classroom.Room, t classroom.JoinTry, err error) {
	s.observeJoin(t.Via, err)
	s.noteJoin(c, room, t, err)
}

// noteJoin writes down what came of a try to get into the room. It never changes
// the answer.
func (s *Server) noteJoin(c *gin.Context, room classroom.Room, t classroom.JoinTry, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody is there any more
	}
	if err != nil {
		t.Result = s.failureOf(err).message
		if !classroom.Is(err, classroom.NotRunning) { // which leads to a page that waits
			t.Reference = referenceOf(c)
		}
	}
	s.writeJoin(c, room, t, err)
}

func (s *Server) writeJoin(c *gin.Context, room classroom.Room, t classroom.JoinTry, cause error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), 5*time.Second)
	defer cancel()
	if err := s.Classroom.KeepJoin(ctx, room, t, cause); err != nil {
		s.Log.WarnContext(ctx, "a try to join was not kept", "room", room.ID, "err", err)
	}
}

// keepRefusedEntry writes down what BigBlueButton said to somebody whom we had
// sent in. Anybody can write such an address: it is kept only of who has a session
// here, and not of a flood.
func (s *Server) keepRefusedEntry(c *gin.Context, a classroom.Access) {
	said := bbb.ParseErrors(c.Request.URL.Query())
	if len(said) == 0 || !s.kept.AllowN(s.Now(), 1) {
		return
	}
	refused := &bbb.Error{Call: "join", Reason: bbb.Refused, Key: said[0].Key, Message: said[0].Message}
	t := classroom.JoinTry{PersonID: a.Person.ID, Via: classroom.ViaLMS, Act: classroom.TryEnter, Result: "left.failed"}
	s.writeJoin(c, a.Room, t, refused)
}
