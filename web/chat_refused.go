package web

import (
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// chatUserError is a refusal of somebody who is signed in at the chat: perhaps as
// somebody else, in a browser that several people use.
type chatUserError struct {
	error
	user classroom.ChatUser
	room string
}

func (e *chatUserError) Unwrap() error { return e.error }

// refuseChatUser lets the page say as whom one is signed in, and offer another
// account; when the chat is busy, to try again by itself.
func (s *Server) refuseChatUser(c *gin.Context, u classroom.ChatUser, roomID string, err error) error {
	if classroom.Is(err, classroom.Forbidden) {
		return &chatUserError{err, u, roomID}
	}
	return retryAt(err, c.Request.URL.Path)
}
