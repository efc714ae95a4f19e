package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
)

const (
	pathLTI       = "/console/lti"
	pathPlatforms = pathLTI + "/platforms"
)

func (s *Server) ltiRoutes() []consoleRoute {
	routes := []consoleRoute{{get, pathLTI, admin.Read, s.showLTI}}
	routes = append(routes, s.platformAddRoutes()...)
	routes = append(routes, s.invitationRoutes()...)
	routes = append(routes, s.platformRoutes()...)
	routes = append(routes, s.toolKeyRoutes()...)
	return append(routes, s.adoptRoutes()...)
}

// ltiPage lists the registrations, and the invitations that may become some.
type ltiPage struct {
	consolePage
	Platforms   []listedPlatform
	Invitations []classroom.Invitation
	Now         time.Time
	Hints       int // courses that look like one of another registration
}

// listedPlatform is one with what happens there.
type listedPlatform struct {
	classroom.Platform
	Launched time.Time // last; zero: never
	Waiting  int       // deployments to be approved
}

// Reached counts the steps of its set-up that were reached.
func (l listedPlatform) Reached() int {
	n := 0
	for _, r := range l.Progress.Steps() {
		if !r.At.IsZero() {
			n++
		}
	}
	return n
}

// resemblancesShown is how many hints are shown.
const resemblancesShown = 50

// showLTI answers GET /console/lti.
func (s *Server) showLTI(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &ltiPage{consolePage: s.consolePage(c, v, pathLTI, "console.lti"), Now: s.Now()}
	var err error
	if p.Platforms, err = s.listedPlatforms(ctx, v.Tenant.ID); err != nil {
		return err
	}
	if p.Invitations, err = store.Invitations(ctx, v.Tenant.ID); err != nil {
		return err
	}
	slices.Reverse(p.Invitations)
	alike, err := store.ResemblingCourses(ctx, v.Tenant.ID, resemblancesShown)
	if err != nil {
		return err
	}
	p.Hints = len(alike)
	return s.renderConsole(c, "console_lti", p)
}

func (s *Server) listedPlatforms(ctx context.Context, tenantID string) ([]listedPlatform, error) {
	platforms, err := s.Classroom.Store.ListPlatforms(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	deployments, err := s.Classroom.Store.TenantDeployments(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	launched, err := s.Classroom.Store.LastLaunches(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	listed := make([]listedPlatform, len(platforms))
	for i, p := range platforms {
		listed[i] = listedPlatform{Platform: p, Launched: launched[p.ID]}
		for _, d := range deployments {
			if d.PlatformID == p.ID && d.State == classroom.DeploymentPending {
				listed[i].Waiting++
			}
		}
	}
	return listed, nil
}

// ltiState is how a registration stands, in a word.
type ltiState struct{ Look, Words string }

// PlatformState is the registration's, as lists and its page show it.
func (p consolePage) PlatformState(of classroom.Platform) ltiState {
	switch {
	case of.Disabled:
		return ltiState{"", p.Text("console.lti.state.disabled")}
	case of.Pending:
		return ltiState{"warn", p.Text("console.lti.state.pending")}
	}
	return ltiState{"good", p.Text("console.lti.state.active")}
}

// Copied reports whether a value is for copying and not for choosing.
func (p consolePage) Copied(value string) bool { return strings.ContainsAny(value, "/=") }

// PlatformKind is what the LMS is called by people; empty: not known.
func (p consolePage) PlatformKind(of classroom.Platform) string {
	if preset, found := presetOf(of); found {
		return preset.LMS
	}
	return of.Family
}

// presetOf is one of the LMS's kind.
func presetOf(p classroom.Platform) (lti.Preset, bool) {
	all := lti.Presets()
	i := slices.IndexFunc(all, func(one lti.Preset) bool { return p.Family != "" && one.Family == p.Family })
	if i < 0 {
		return lti.Preset{}, false
	}
	return all[i], true
}

// platformOf is the registration that the address names.
func (s *Server) platformOf(c *gin.Context, v admin.Visitor) (classroom.Platform, error) {
	return s.Classroom.Store.TenantPlatform(c.Request.Context(), v.Tenant.ID, c.Param("platform"))
}
