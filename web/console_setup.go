package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/doctor"

	"github.com/gin-gonic/gin"
)

const pathSetup = "/console/setup"

// setupPage leads from a new installation to its first class.
type setupPage struct {
	consolePage
	Setup  admin.Setup
	URL    string
	Looked admin.SetupStep // the step that was just looked at
	Found  []doctor.Result
}

// Results is for the template.
func (p *setupPage) Results() resultList { return resultList{p.basePage, p.Found} }

// Chip is the class that colours a step's state.
func (p *setupPage) Chip(state admin.SetupState) string {
	return map[admin.SetupState]string{admin.SetupVerified: "good", admin.SetupEntered: "warn", admin.SetupFailed: "bad"}[state]
}

// setupBar reminds of what is left to do, on the other pages.
type setupBar struct{ Done, All int }

func (s *Server) setupRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathSetup, admin.Read, s.showSetup},
		{post, pathSetup + "/:step/check", admin.Change, s.checkStep},
		{post, pathSetup + "/:step/skip", admin.Change, s.skipStep},
	}
}

// setupOf is how far the tenant has come; the address is the concern of whoever
// runs the installation.
func (s *Server) setupOf(ctx context.Context, v admin.Visitor) (admin.Setup, error) {
	return s.Console.Setup(ctx, v.Tenant.ID, v.Tenant.ID == classroom.DefaultTenant)
}

// showSetup answers GET /console/setup.
func (s *Server) showSetup(c *gin.Context, v admin.Visitor) error {
	return s.renderSetup(c, v, "", nil)
}

func (s *Server) renderSetup(c *gin.Context, v admin.Visitor, looked admin.SetupStep, found []doctor.Result) error {
	p := &setupPage{consolePage: s.consolePage(c, v, pathSetup, "console.setup"), URL: s.URL, Looked: looked, Found: found}
	var err error
	if p.Setup, err = s.setupOf(c.Request.Context(), v); err != nil {
		return err
	}
	return s.renderConsole(c, "console_setup", p)
}

// stepOf is the step that the address names.
func (s *Server) stepOf(c *gin.Context, v admin.Visitor) (admin.SetupStep, error) {
	step := admin.SetupStep(c.Param("step"))
	if !slices.Contains(admin.SetupSteps(), step) || step == admin.SetupAddress && v.Tenant.ID != classroom.DefaultTenant {
		return "", &classroom.Error{Code: classroom.NotFound, Message: "error.page_unknown", Err: errors.New("no such step")}
	}
	return step, nil
}

// groupsOf are the doctor's checks that belong to a step.
func groupsOf(step admin.SetupStep) []doctor.Group {
	switch step {
	case admin.SetupAddress:
		return []doctor.Group{doctor.GroupAddress, doctor.GroupDatabase}
	case admin.SetupBBB:
		return []doctor.Group{doctor.GroupBBB}
	case admin.SetupChat:
		return []doctor.Group{doctor.GroupChat}
	}
	return []doctor.Group{doctor.GroupLMS}
}

// checkStep answers POST /console/setup/:step/check: it looks at the real thing,
// now, and shows what it found.
func (s *Server) checkStep(c *gin.Context, v admin.Visitor) error {
	step, err := s.stepOf(c, v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), answerWithin-time.Second)
	defer cancel()
	report := s.Doctor.Run(ctx, doctor.Wish{TenantID: v.Tenant.ID, Groups: groupsOf(step), Printer: s.printer(c)})
	if err := s.Console.MarkSetup(ctx, v, step, stepState(report.Results)); err != nil {
		return err
	}
	return s.renderSetup(c, v, step, report.Results)
}

// stepState is what the results say of a step. Nothing to look at is nothing done.
func stepState(results []doctor.Result) admin.SetupState {
	looked := false
	for _, r := range results {
		if r.State == doctor.Failed {
			return admin.SetupFailed
		}
		looked = looked || r.State != doctor.Skipped
	}
	if !looked {
		return admin.SetupOpen
	}
	return admin.SetupVerified
}

// skipStep answers POST /console/setup/:step/skip.
func (s *Server) skipStep(c *gin.Context, v admin.Visitor) error {
	step, err := s.stepOf(c, v)
	if err != nil {
		return err
	}
	if err := s.Console.MarkSetup(c.Request.Context(), v, step, admin.SetupSkipped); err != nil {
		return err
	}
	return seeOther(c, pathSetup+"#"+string(step))
}

// WayOf is where a step's part is connected.
func (p *setupPage) WayOf(step admin.SetupStep) string {
	return map[admin.SetupStep]string{
		admin.SetupBBB: "/console/bbb", admin.SetupChat: "/console/mattermost", admin.SetupLMS: "/console/lti",
	}[step]
}

// setupLeft is the reminder for whoever can do something about it; nil once all is
// done or left for later.
func (s *Server) setupLeft(c *gin.Context, v admin.Visitor) *setupBar {
	if !v.May(admin.Change) {
		return nil
	}
	setup, err := s.setupOf(c.Request.Context(), v)
	if err != nil || setup.Over {
		return nil // a page is not refused for want of its reminder
	}
	return &setupBar{setup.Done(), len(setup.Steps)}
}
