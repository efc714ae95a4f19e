package web

import (
	"net/url"
	"strconv"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// settingsPage is where moderators decide about a room's next meetings.
type settingsPage struct {
	basePage
	View  classroom.SettingsView
	Whose string
	Saved bool
}

// showSettings answers GET /rooms/:room/settings.
func (s *Server) showSettings(c *gin.Context) error {
	a, err := s.visit(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	v, err := s.Classroom.ViewSettings(c.Request.Context(), a)
	if err != nil {
		return retryAt(err, roomPath(a))
	}
	p := &settingsPage{basePage: s.base(c), View: v, Whose: s.whose(a.Person.ID), Saved: c.Query("saved") != ""}
	p.Title = p.Text("settings.title", "Room", a.Room.Title)
	return s.renderFramed(c, a, "settings", p, formSelf)
}

// changeSettings answers POST /rooms/:room/settings.
func (s *Server) changeSettings(c *gin.Context) error {
	a, err := s.visitByForm(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	page := roomPath(a) + "/settings"
	n, err := settingsOf(c.Request.PostForm)
	if err == nil {
		err = s.Classroom.ChangeSettings(c.Request.Context(), a, n)
	}
	if err != nil {
		return retryAt(err, page)
	}
	return seeOther(c, page+"?saved=yes")
}

func settingsOf(form url.Values) (classroom.RoomSettings, error) {
	n := classroom.RoomSettings{Record: form.Get("record") != "", Graded: form.Get("graded") != "", Grouped: form.Get("grouped") != ""}
	if hours := form.Get("hours"); hours != "" && n.Graded {
		var err error
		if n.GradeAfter, err = strconv.ParseInt(hours, 10, 64); err != nil {
			return n, refuse(classroom.Invalid, "error.settings_hours", "no number")
		}
	}
	return n, nil
}
