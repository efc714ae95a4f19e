package web

import (
	"context"
	"net/http"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// waitPage waits for the class in a tab of its own and goes on by itself.
type waitPage struct {
	basePage
	Room     classroom.Room
	Course   classroom.Course
	Action   string // where the form goes on
	StateURL string // what the script asks
	Events   string // the stream that the script listens to, if there is one
	Whose    string
	Name     string // whose page it is
	Running  bool
	Record   bool

	RecordNotice string // of the school's own
}

// showWait answers GET /rooms/:room/wait.
func (s *Server) showWait(c *gin.Context) error {
	a, err := s.visit(c, doorTab, doorFrame)
	if err != nil {
		return err
	}
	m, open, err := s.Classroom.Store.FindOpenMeeting(c.Request.Context(), a.Room.ID)
	if err != nil {
		return err
	}
	room, whose := "/rooms/"+a.Room.ID, s.whose(a.Person.ID)
	p := waitPage{
		basePage: s.base(c), Room: a.Room, Course: a.Course, Whose: whose, Name: a.Person.DisplayName(),
		Action: room + "/enter", StateURL: room + "/state?whose=" + whose, Events: room + "/events?whose=" + whose,
		Running: open && m.State == classroom.MeetingRunning, Record: a.Room.Record,
	}
	if open {
		p.Record = m.Record // the room's switch may have been turned since it started
	}
	if p.RecordNotice, err = s.Classroom.RecordNotice(c.Request.Context(), a.Course); err != nil {
		return err
	}
	p.Title, p.Scripts, p.Refresh = a.Room.Title, []string{"wait.js"}, 10
	return s.render(c, http.StatusOK, "wait", p, headers{form: formOutside})
}

// enterRoom answers POST /rooms/:room/enter: from the waiting page, or back from
// BigBlueButton.
func (s *Server) enterRoom(c *gin.Context) error {
	a, err := s.visitByForm(c, doorTab, doorFrame)
	if err != nil {
		return err
	}
	return s.enter(c, a, classroom.TryJoin, func(ctx context.Context) (string, error) { return s.Classroom.Join(ctx, a) })
}
