package web

import (
	"net/http"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// platformDeletePage says what goes with a registration, and asks for its name.
type platformDeletePage struct {
	consolePage
	Platform classroom.Platform
	Weight   classroom.PlatformWeight
	Wrong    string
}

// weightLine is one count of what goes.
type weightLine struct {
	Name  string
	Count int64
}

// Lines are the counts, by the names of their texts.
func (p *platformDeletePage) Lines() []weightLine {
	w := p.Weight
	return []weightLine{
		{"courses", w.Courses}, {"rooms", w.Rooms}, {"classes", w.Classes}, {"recordings", w.Recordings}, {"people", w.People},
		{"links", w.Links}, {"launches", w.Launches}, {"grades", w.Grades}, {"adoptions", w.Adoptions},
	}
}

// deletePlatformForm answers GET /console/lti/platforms/:platform/delete.
func (s *Server) deletePlatformForm(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	return s.renderPlatformDelete(c, v, http.StatusOK, &platformDeletePage{Platform: of})
}

func (s *Server) renderPlatformDelete(c *gin.Context, v admin.Visitor, status int, p *platformDeletePage) (err error) {
	p.consolePage = s.consolePage(c, v, pathLTI, "console.lti.delete", "Name", p.Platform.Name)
	p.Back = pathPlatforms + "/" + p.Platform.ID
	if p.Weight, err = s.Classroom.Store.WeighPlatform(c.Request.Context(), v.Tenant.ID, p.Platform.ID); err != nil {
		return err
	}
	return s.renderConsoleAs(c, status, "console_lti_delete", p)
}

// deletePlatform answers POST /console/lti/platforms/:platform/delete.
func (s *Server) deletePlatform(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	if strings.TrimSpace(form.Get("confirm")) != strings.TrimSpace(of.Name) {
		return s.renderPlatformDelete(c, v, wrongForm, &platformDeletePage{Platform: of, Wrong: s.printer(c).Text("console.lti.wrong.confirm")})
	}
	ctx := c.Request.Context()
	err = s.Classroom.Store.DeletePlatform(ctx, v.Tenant.ID, of.ID)
	act := admin.Act{Name: "platform.delete", Subject: of.Name, SubjectID: of.ID, Detail: admin.Changes(platformFacts(of), nil)}
	if err := s.Console.Record(ctx, v, act, err); err != nil {
		return retryAt(err, pathPlatforms+"/"+of.ID+"/delete")
	}
	return done(c, pathLTI, "console.said.removed")
}
