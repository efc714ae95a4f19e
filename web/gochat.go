package web

import (
	"net/http"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// goPage is what a member of the channel finds behind the link of a post, when it
// does not lead straight into the class.
type goPage struct {
	basePage
	classroom.GoView
	User     classroom.ChatUser
	Whose    string
	Seconds  int // until the page goes on by itself into a meeting that may be recorded
	StateURL string
}

// readingTime is how long one sees that a meeting may be recorded before the page goes on.
const readingTime = 6 * time.Second

func goPath(roomID string) string { return "/go/" + roomID }

// showGo answers GET /go/:room. The chat's session says who it is, or its OAuth.
// Whatever fetches the link to preview it gets a harmless redirect.
func (s *Server) showGo(c *gin.Context) error {
	room, u, known, err := s.chatVisitor(c)
	if err != nil {
		return err
	}
	path := goPath(room.ID)
	if !known {
		return retryAt(s.askChat(c, oauthState{For: forGo, Tenant: room.TenantID, Room: room.ID}), path)
	}
	v, err := s.Classroom.Go(c.Request.Context(), room.ID, u)
	if err != nil {
		s.noteJoin(c, room, fromChat(u), err)
		return s.refuseChatUser(c, u, room.ID, err)
	}
	if v.Running && !v.Record {
		return s.joinGo(c, room, u)
	}
	return s.renderGo(c, v, u)
}

func (s *Server) renderGo(c *gin.Context, v classroom.GoView, u classroom.ChatUser) error {
	p := goPage{
		basePage: s.base(c), GoView: v, User: u, Whose: s.whose(u.ID),
		StateURL: goPath(v.Room.ID) + "/state", Seconds: int(readingTime / time.Second),
	}
	p.Title, p.Scripts, p.Zone = v.Room.Title, []string{"times.js", "wait.js"}, v.Course.TimeZone
	if !v.Running {
		p.Refresh = 20
	}
	return s.render(c, http.StatusOK, "go", p, headers{form: formOutside})
}

// enterGo answers POST /go/:room: Enter, or the page going on by itself.
func (s *Server) enterGo(c *gin.Context) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	room, u, known, err := s.chatVisitor(c)
	if err != nil {
		return err
	}
	if !known {
		return seeOther(c, goPath(room.ID))
	}
	if !s.isWhose(form.Get("whose"), u.ID) {
		return retryAt(refuse(classroom.Conflict, "error.other_chat_user", "the page is another user's"), goPath(room.ID))
	}
	return s.joinGo(c, room, u)
}

// fromChat is a try of somebody who follows the link of a post.
func fromChat(u classroom.ChatUser) classroom.JoinTry {
	return classroom.JoinTry{ChatUserID: u.ID, ChatName: u.Username, Via: classroom.ViaChat, Act: classroom.TryJoin}
}

func (s *Server) joinGo(c *gin.Context, room classroom.Room, u classroom.ChatUser) error {
	address, err := s.Classroom.JoinFromChat(c.Request.Context(), room.ID, u)
	s.keepJoin(c, room, fromChat(u), err)
	if classroom.Is(err, classroom.NotRunning) {
		return seeOther(c, goPath(room.ID))
	}
	if err != nil {
		return s.refuseChatUser(c, u, room.ID, err)
	}
	return leave(c, address)
}

// playGo answers GET /go/:room/recordings/:recording.
func (s *Server) playGo(c *gin.Context) error {
	room, u, known, err := s.chatVisitor(c)
	if err != nil {
		return err
	}
	recording := c.Param("recording")
	if !known {
		return s.askChat(c, oauthState{For: forRecording, Tenant: room.TenantID, Room: room.ID, Recording: recording})
	}
	address, err := s.Classroom.PlayFromChat(c.Request.Context(), room.ID, recording, u)
	if err != nil {
		return s.refuseChatUser(c, u, room.ID, retryAt(err, c.Request.URL.Path))
	}
	return leave(c, address)
}

// goState answers GET /go/:room/state for a page that waits.
func (s *Server) goState(c *gin.Context) error {
	room, u, known, err := s.chatVisitor(c)
	if err != nil {
		return err
	}
	if !known {
		return refuse(classroom.Expired, "error.chat_session_expired", "no chat session")
	}
	v, err := s.Classroom.Go(c.Request.Context(), room.ID, u)
	if err != nil {
		return err
	}
	return answerState(c, v.Running)
}

// switchChatUser answers POST /go/:room/switch: somebody else used this browser.
func (s *Server) switchChatUser(c *gin.Context) error {
	room, _, err := s.Classroom.RoomForChat(c.Request.Context(), c.Param("room"))
	if err != nil {
		return err
	}
	forget(c, cookieChat)
	return seeOther(c, goPath(room.ID))
}

// chatVisitor finds the room, and the chat user whose session this browser has.
func (s *Server) chatVisitor(c *gin.Context) (classroom.Room, classroom.ChatUser, bool, error) {
	room, course, err := s.Classroom.RoomForChat(c.Request.Context(), c.Param("room"))
	if err != nil {
		return room, classroom.ChatUser{}, false, err
	}
	s.speak(c, course.TenantID, course.Locale)
	u, known := s.chatUserOf(c, room.TenantID)
	c.Set(keyKnown, known)
	return room, u, known, nil
}
