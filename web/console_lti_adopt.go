package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathAdopt = pathLTI + "/adopt"

func (s *Server) adoptRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathAdopt, admin.Read, s.showAdopt},
		{post, pathAdopt, admin.Change, s.adopt},
		{post, pathAdopt + "/:adoption/revert", admin.Change, s.revertAdoption},
	}
}

// adoptPage is the form of an adoption, what it would do, and those that were.
type adoptPage struct {
	consolePage
	Platforms   []classroom.Platform
	Request     classroom.AdoptionRequest
	Plan        *classroom.AdoptionPlan // nil: nothing was asked for
	Problem     string
	Adoptions   []classroom.Adoption
	Resembling  []classroom.Resemblance
	Deployments []classroom.Deployment // of all registrations
	Now         time.Time
}

// NameOf is what a registration is called.
func (p *adoptPage) NameOf(id string) string {
	i := slices.IndexFunc(p.Platforms, func(one classroom.Platform) bool { return one.ID == id })
	if i < 0 {
		return id
	}
	return p.Platforms[i].Name
}

// Revertable reports whether the adoption can still be taken back.
func (p *adoptPage) Revertable(a classroom.Adoption) bool {
	return a.RevertedAt.IsZero() && p.Now.Sub(a.CreatedAt) <= classroom.RevertWithin
}

// Until is when that ends.
func (p *adoptPage) Until(a classroom.Adoption) time.Time {
	return a.CreatedAt.Add(classroom.RevertWithin)
}

// Matched counts the new course's rooms that stand for one of the old.
func (p *adoptPage) Matched(m classroom.CourseMatch) int {
	n := 0
	for _, r := range m.Rooms {
		if r.Old != nil {
			n++
		}
	}
	return n
}

func adoptionRequest(v admin.Visitor, form url.Values) classroom.AdoptionRequest {
	return classroom.AdoptionRequest{
		TenantID: v.Tenant.ID, FromPlatformID: form.Get("from"), FromDeploymentID: form.Get("from-deployment"),
		ToPlatformID: form.Get("to"), ToDeploymentID: form.Get("to-deployment"),
		SamePeople: form.Get("same-people") != "", Unlaunched: form.Get("unlaunched") != "",
		CourseIDs: form["course"], ByWhom: v.Account.Email,
	}
}

// showAdopt answers GET /console/lti/adopt: with two registrations in its address
// it says what would move. It changes nothing.
func (s *Server) showAdopt(c *gin.Context, v admin.Visitor) error {
	r := adoptionRequest(v, c.Request.URL.Query())
	r.CourseIDs = nil // the plan proposes; ticks are for the form that does it
	p := &adoptPage{Request: r}
	if r.FromPlatformID != "" || r.ToPlatformID != "" {
		plan, err := s.Classroom.PlanAdoption(c.Request.Context(), r)
		if p.Problem = s.adoptionProblem(c, err); p.Problem == "" && err != nil {
			return err
		}
		if err == nil {
			p.Plan = &plan
		}
	}
	return s.renderAdopt(c, v, http.StatusOK, p)
}

func (s *Server) renderAdopt(c *gin.Context, v admin.Visitor, status int, p *adoptPage) (err error) {
	p.consolePage = s.consolePage(c, v, pathLTI, "console.lti.adopt")
	p.Back, p.Now = pathLTI, s.Now()
	ctx, store := c.Request.Context(), s.Classroom.Store
	if p.Platforms, err = store.ListPlatforms(ctx, v.Tenant.ID); err != nil {
		return err
	}
	if p.Deployments, err = store.TenantDeployments(ctx, v.Tenant.ID); err != nil {
		return err
	}
	if p.Adoptions, err = store.Adoptions(ctx, v.Tenant.ID); err != nil {
		return err
	}
	if p.Resembling, err = store.ResemblingCourses(ctx, v.Tenant.ID, resemblancesShown); err != nil {
		return err
	}
	return s.renderConsoleAs(c, status, "console_lti_adopt", p)
}

// adoptionProblem is why an adoption cannot be, in words; empty: err is none of that.
func (s *Server) adoptionProblem(c *gin.Context, err error) string {
	if classroom.Is(err, classroom.NotFound) && s.wordsOf(c, err, "console.lti.wrong.") == "" {
		return s.printer(c).Text("console.lti.wrong.adoption.platform_unknown")
	}
	return s.wordsOf(c, err, "console.lti.wrong.")
}

// adopt answers POST /console/lti/adopt: the courses that were ticked move.
func (s *Server) adopt(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxPlacement)
	if err != nil {
		return err
	}
	r := adoptionRequest(v, form)
	if len(r.CourseIDs) == 0 {
		return s.renderAdopt(c, v, wrongForm, &adoptPage{Request: r, Problem: s.printer(c).Text("console.lti.wrong.adoption.nothing")})
	}
	ctx := c.Request.Context()
	a, plan, err := s.Classroom.Adopt(ctx, r)
	act := admin.Act{Name: "adoption.apply", Subject: plan.From.Name + " > " + plan.To.Name, SubjectID: a.ID}
	recorded := s.Console.Record(ctx, v, act, err)
	if problem := s.adoptionProblem(c, err); err != nil && problem != "" {
		return s.renderAdopt(c, v, wrongForm, &adoptPage{Request: r, Problem: problem})
	}
	if recorded != nil {
		return recorded
	}
	return done(c, pathAdopt, "console.said.lti_adopted")
}

// revertAdoption answers POST /console/lti/adopt/:adoption/revert.
func (s *Server) revertAdoption(c *gin.Context, v admin.Visitor) error {
	ctx, id := c.Request.Context(), c.Param("adoption")
	left, err := s.Classroom.RevertAdoption(ctx, v.Tenant.ID, id, v.Account.Email)
	recorded := s.Console.Record(ctx, v, admin.Act{Name: "adoption.revert", SubjectID: id}, err)
	if problem := s.adoptionProblem(c, err); err != nil && problem != "" && !classroom.Is(err, classroom.NotFound) {
		return s.renderAdopt(c, v, wrongForm, &adoptPage{Problem: problem})
	}
	if recorded != nil {
		return recorded
	}
	if left > 0 {
		return done(c, pathAdopt, "console.said.lti_reverted_partly")
	}
	return done(c, pathAdopt, "console.said.lti_reverted")
}
