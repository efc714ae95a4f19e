package web

import (
	"net/http"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	cookieLink                    = "__Host-classbridge-link"
	purposeLink classroom.Purpose = "link"
	linkLife                      = 10 * time.Minute
)

// linkWish is who signed in at the chat, on behalf of which launch. The person
// has not yet agreed: somebody else may have been signed in there.
type linkWish struct {
	Launch   string `json:"l"`
	ID       string `json:"i"`
	Username string `json:"u"`
	Name     string `json:"n"`
}

// linkPage names both people and asks; or tells that it is done.
type linkPage struct {
	basePage
	Room   classroom.Room
	Course classroom.Course
	Name   string // in the course
	User   classroom.ChatUser
	Whose  string
	Wish   string // signed; the form sends it back
	Done   bool
}

func (s *Server) keepLinkWish(c *gin.Context, o oauthState, u classroom.ChatUser) error {
	wish, err := s.Classroom.Signer.Sign(purposeLink, linkWish{o.Launch, u.ID, u.Username, u.Name}, linkLife)
	if err != nil {
		return err
	}
	setLax(c, cookieLink, wish, linkLife)
	return nil
}

// showLink answers GET /rooms/:room/link, after the chat has said who is signed
// in there. Nothing is linked by coming here.
func (s *Server) showLink(c *gin.Context) error {
	a, err := s.visit(c, doorTab)
	if err != nil {
		return err
	}
	cookie, err := c.Request.Cookie(cookieLink)
	if err != nil {
		return refuse(classroom.Expired, "error.link_expired", "no wish to link")
	}
	u, err := s.openWish(cookie.Value, a)
	if err != nil {
		return err
	}
	p := s.linkPage(c, a, u)
	p.Wish = cookie.Value
	p.Title = p.Text("link.title")
	return s.render(c, http.StatusOK, "link", p, headers{})
}

// linkChat answers POST /rooms/:room/link: the person agrees that both are they.
func (s *Server) linkChat(c *gin.Context) error {
	a, err := s.visitByForm(c, doorTab)
	if err != nil {
		return err
	}
	u, err := s.openWish(c.Request.PostForm.Get("wish"), a)
	if err != nil {
		return err
	}
	forget(c, cookieLink)
	if err := s.Classroom.LinkChat(c.Request.Context(), a, u); err != nil {
		return err
	}
	p := s.linkPage(c, a, u)
	p.Title, p.Done = p.Text("link.done"), true
	return s.render(c, http.StatusOK, "link", p, headers{})
}

// openWish answers whom this visit may be linked with: the wish must have come
// from the same launch.
func (s *Server) openWish(token string, a classroom.Access) (classroom.ChatUser, error) {
	var w linkWish
	_, _, err := s.Classroom.Signer.Open(purposeLink, token, &w)
	if err != nil || w.Launch != a.Launch.ID {
		return classroom.ChatUser{}, &classroom.Error{Code: classroom.Expired, Message: "error.link_expired", Err: err}
	}
	return classroom.ChatUser{ID: w.ID, Username: w.Username, Name: w.Name}, nil
}

func (s *Server) linkPage(c *gin.Context, a classroom.Access, u classroom.ChatUser) linkPage {
	return linkPage{
		basePage: s.base(c), Room: a.Room, Course: a.Course,
		Name: a.Person.DisplayName(), User: u, Whose: s.whose(a.Person.ID),
	}
}
