package web

import (
	"context"
	"net/http"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/doctor"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

func (s *Server) platformRoutes() []consoleRoute {
	one := pathPlatforms + "/:platform"
	room := s.Classroom
	disable := func(ctx context.Context, tenant, id string) (classroom.Platform, error) {
		return room.SwitchPlatform(ctx, tenant, id, true)
	}
	enable := func(ctx context.Context, tenant, id string) (classroom.Platform, error) {
		return room.SwitchPlatform(ctx, tenant, id, false)
	}
	return []consoleRoute{
		{get, one, admin.Read, s.showPlatform},
		{post, one + "/check", admin.Change, s.checkPlatform},
		{get, one + "/test", admin.Read, s.showTrial},
		{get, one + "/edit", admin.Change, s.editPlatformForm},
		{post, one, admin.Change, s.editPlatform},
		{post, one + "/disable", admin.Change, s.actOnPlatform("platform.disable", disable)},
		{post, one + "/enable", admin.Change, s.actOnPlatform("platform.enable", enable)},
		{post, one + "/approve", admin.Change, s.actOnPlatform("platform.approve", room.ApprovePlatform)},
		{post, one + "/deployments/:deployment/approve", admin.Change, s.setDeployment("deployment.approve", classroom.DeploymentActive)},
		{post, one + "/deployments/:deployment/revoke", admin.Change, s.setDeployment("deployment.revoke", classroom.DeploymentPending)},
		{get, one + "/delete", admin.Change, s.deletePlatformForm},
		{post, one + "/delete", admin.Change, s.deletePlatform},
	}
}

// platformPage is one registration.
type platformPage struct {
	consolePage
	Platform    classroom.Platform
	Form        lti.ToolForm
	Deployments []classroom.Deployment
	Launches    []classroom.ListedLaunch
	Refused     []classroom.Refusal
	Looked      bool
	Found       []doctor.Result
	Mistakable  *classroom.Platform
}

// Results is for the template.
func (p *platformPage) Results() resultList { return resultList{p.basePage, p.Found} }

// Todo are the ids of texts for what is left to do in the LMS.
func (p *platformPage) Todo() []string { return todoOf(p.Platform.Family) }

// launchesShown is how many launches and refusals are listed.
const launchesShown = 50

// showPlatform answers GET /console/lti/platforms/:platform.
func (s *Server) showPlatform(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	return s.renderPlatform(c, v, &platformPage{Platform: of})
}

// checkPlatform answers POST /console/lti/platforms/:platform/check: the LMS's
// addresses are tried now.
func (s *Server) checkPlatform(c *gin.Context, v admin.Visitor) error {
	of, err := s.platformOf(c, v)
	if err != nil {
		return err
	}
	return s.renderPlatform(c, v, &platformPage{Platform: of, Looked: true, Found: s.Doctor.CheckPlatform(c.Request.Context(), of)})
}

func (s *Server) renderPlatform(c *gin.Context, v admin.Visitor, p *platformPage) error {
	p.consolePage = s.consolePage(c, v, pathLTI, "console.lti.platform", "Name", p.Platform.Name)
	p.Back = pathLTI
	p.Form = lti.PlainForm(s.Tool)
	if preset, found := presetOf(p.Platform); found {
		p.Form = preset.Form(s.Tool)
	}
	if err := s.readPlatform(c.Request.Context(), v, p); err != nil {
		return err
	}
	return s.renderConsoleAs(c, http.StatusOK, "console_lti_platform", p)
}

func (s *Server) readPlatform(ctx context.Context, v admin.Visitor, p *platformPage) (err error) {
	store := s.Classroom.Store
	if p.Deployments, err = store.Deployments(ctx, p.Platform.ID); err != nil {
		return err
	}
	if p.Launches, err = store.LaunchesFrom(ctx, v.Tenant.ID, p.Platform.ID, launchesShown); err != nil {
		return err
	}
	if p.Refused, err = store.Refusals(ctx, v.Tenant.ID, classroom.RefusalFilter{PlatformID: p.Platform.ID, Limit: launchesShown}); err != nil {
		return err
	}
	other, found, err := classroom.FindMistakable(ctx, store, p.Platform)
	if found && other.TenantID == v.Tenant.ID {
		p.Mistakable = &other
	}
	return err
}

// actOnPlatform answers a POST below a registration.
func (s *Server) actOnPlatform(name string, do func(ctx context.Context, tenantID, id string) (classroom.Platform, error)) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		ctx, id := c.Request.Context(), c.Param("platform")
		of, err := do(ctx, v.Tenant.ID, id)
		if err := s.Console.Record(ctx, v, admin.Act{Name: name, Subject: of.Name, SubjectID: id}, err); err != nil {
			return err
		}
		return done(c, pathPlatforms+"/"+id, "console.said.saved")
	}
}

// setDeployment answers POST …/deployments/:deployment/approve and …/revoke.
func (s *Server) setDeployment(name string, state classroom.DeploymentState) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		ctx, platform := c.Request.Context(), c.Param("platform")
		d, err := s.Classroom.SetDeployment(ctx, v.Tenant.ID, platform, c.Param("deployment"), state)
		if err := s.Console.Record(ctx, v, admin.Act{Name: name, Subject: d.DeploymentID, SubjectID: c.Param("deployment")}, err); err != nil {
			return err
		}
		return done(c, pathPlatforms+"/"+platform, "console.said.saved")
	}
}
