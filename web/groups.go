package web

import "github.com/gin-gonic/gin"

// openGroup answers POST /rooms/:room/group: the room of a group, made when it is
// first opened.
func (s *Server) openGroup(c *gin.Context) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	room, err := s.Classroom.OpenGroup(c.Request.Context(), a, c.Request.PostForm.Get("group"))
	if err != nil {
		return retryAt(err, roomPath(a))
	}
	return seeOther(c, "/rooms/"+room.ID)
}
