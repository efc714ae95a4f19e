package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// signOut answers POST /rooms/:room/leave: the session ends here and on the
// server, so that tabs and copies of its cookies end with it.
func (s *Server) signOut(c *gin.Context) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	if err := s.Classroom.SignOut(c.Request.Context(), a); err != nil {
		return err
	}
	origins, err := s.ancestors(c, a.Person.PlatformID)
	if err != nil {
		return err
	}
	closeDoor(c, doorFrame)
	closeDoor(c, doorTab)
	forget(c, cookieChat)
	forget(c, cookieLink)
	p := messagePage{basePage: s.base(c)}
	p.Heading, p.What = p.Text("page.signed_out"), p.Text("page.signed_out.do")
	p.Title = p.Heading
	return s.render(c, http.StatusOK, "message", p, headers{ancestors: origins})
}
