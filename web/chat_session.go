package web

import (
	"net/http"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	cookieChat                      = "__Host-classbridge-chat"
	purposeChat   classroom.Purpose = "chat session"
	chatSessionOf                   = 12 * time.Hour
)

// chatSession is who the chat's OAuth said it is. Membership is asked at every join.
type chatSession struct {
	Tenant   string `json:"t"`
	ID       string `json:"i"`
	Username string `json:"u"`
	Name     string `json:"n"`
}

func (s *Server) keepChatUser(c *gin.Context, tenantID string, u classroom.ChatUser) error {
	token, err := s.Classroom.Signer.Sign(purposeChat, chatSession{tenantID, u.ID, u.Username, u.Name}, chatSessionOf)
	if err != nil {
		return err
	}
	setLax(c, cookieChat, token, chatSessionOf)
	return nil
}

// chatUserOf answers the chat user of this browser; one of another school's chat is nobody.
func (s *Server) chatUserOf(c *gin.Context, tenantID string) (classroom.ChatUser, bool) {
	cookie, err := c.Request.Cookie(cookieChat)
	if err != nil {
		return classroom.ChatUser{}, false
	}
	var v chatSession
	if _, _, err := s.Classroom.Signer.Open(purposeChat, cookie.Value, &v); err != nil || v.Tenant != tenantID {
		return classroom.ChatUser{}, false
	}
	return classroom.ChatUser{ID: v.ID, Username: v.Username, Name: v.Name}, true
}

func setLax(c *gin.Context, name, value string, life time.Duration) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func forget(c *gin.Context, name string) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
