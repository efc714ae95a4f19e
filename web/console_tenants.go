package web

import (
	"errors"
	"net/http"
	"net/url"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathTenants = "/console/tenants"

// tenantsPage lists the schools of the installation.
type tenantsPage struct {
	consolePage
	Schools []admin.School
}

// tenantPage is one school, or the form of a new one.
type tenantPage struct {
	consolePage
	Tenant classroom.Tenant
	Form   url.Values // as typed
	Wrong  map[string]string
}

func (s *Server) tenantsRoutes() []consoleRoute {
	one := pathTenants + "/:tenant"
	return []consoleRoute{
		{get, pathTenants, admin.ManageTenants, s.showTenants},
		{get, pathTenants + "/new", admin.ManageTenants, s.afterProof("", s.showNewTenant)},
		{post, pathTenants, admin.ManageTenants, s.afterProof(pathTenants+"/new", s.addTenant)},
		{get, one, admin.ManageTenants, s.afterProof("", s.showTenant)},
		{post, one, admin.ManageTenants, s.afterProof(pathTenants, s.renameTenant)},
		{post, one + "/disable", admin.ManageTenants, s.afterProof(pathTenants, s.disableTenant)},
		{post, one + "/enable", admin.ManageTenants, s.afterProof(pathTenants, s.enableTenant)},
		{post, one + "/enter", admin.ManageTenants, s.enterTenant},
	}
}

// showTenants answers GET /console/tenants.
func (s *Server) showTenants(c *gin.Context, v admin.Visitor) error {
	p := &tenantsPage{consolePage: s.consolePage(c, v, pathTenants, "console.tenants")}
	var err error
	if p.Schools, err = s.Console.Store.Schools(c.Request.Context()); err != nil {
		return err
	}
	return s.renderConsole(c, "console_tenants", p)
}

// showNewTenant answers GET /console/tenants/new.
func (s *Server) showNewTenant(c *gin.Context, v admin.Visitor) error {
	return s.renderNewTenant(c, v, http.StatusOK, url.Values{}, nil)
}

func (s *Server) renderNewTenant(c *gin.Context, v admin.Visitor, status int, form url.Values, wrong map[string]string) error {
	p := &tenantPage{consolePage: s.consolePage(c, v, pathTenants, "console.tenants.new"), Form: form, Wrong: wrong}
	p.Back = pathTenants
	return s.renderConsoleAs(c, status, "console_tenant_new", p)
}

// addTenant answers POST /console/tenants by the page with the first owner's link,
// which is shown once.
func (s *Server) addTenant(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	_, owner, code, err := s.Console.AddTenant(c.Request.Context(), v, form.Get("name"), form.Get("email"), form.Get("person"))
	if wrong := s.wrongTenant(c, err); wrong != nil {
		return s.renderNewTenant(c, v, wrongForm, form, wrong)
	}
	if err != nil {
		return err
	}
	return s.showLinkOnce(c, v, owner, code, false)
}

// wrongTenant are the mistakes of a form by field; nil if err is none.
func (s *Server) wrongTenant(c *gin.Context, err error) map[string]string {
	var input *classroom.InputError
	if errors.As(err, &input) {
		return map[string]string{input.Field: s.printer(c).Text(input.Message)}
	}
	text, _, again := s.mistake(c, err)
	if !again {
		return nil
	}
	field := fieldOf(err)
	if field == "name" { // of the owner: that of the school is an input's
		field = "person"
	}
	return map[string]string{field: text}
}

// showTenant answers GET /console/tenants/:tenant.
func (s *Server) showTenant(c *gin.Context, v admin.Visitor) error {
	t, err := s.Console.Store.Tenant(c.Request.Context(), c.Param("tenant"))
	if err != nil {
		return err
	}
	return s.renderTenant(c, v, http.StatusOK, t, nil)
}

func (s *Server) renderTenant(c *gin.Context, v admin.Visitor, status int, t classroom.Tenant, wrong map[string]string) error {
	p := &tenantPage{consolePage: s.consolePage(c, v, pathTenants, "console.tenants.one", "Name", nameOfTenant(s.base(c), t)), Tenant: t, Wrong: wrong}
	p.Back = pathTenants
	return s.renderConsoleAs(c, status, "console_tenant", p)
}

// nameOfTenant is what to call a school that nobody has named yet.
func nameOfTenant(p basePage, t classroom.Tenant) string {
	if t.Name == "" {
		return p.Text("console.tenants.unnamed")
	}
	return t.Name
}

// NameOf is for templates.
func (p consolePage) NameOf(t classroom.Tenant) string { return nameOfTenant(p.basePage, t) }

// renameTenant answers POST /console/tenants/:tenant.
func (s *Server) renameTenant(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	t, err := s.Console.Store.Tenant(c.Request.Context(), c.Param("tenant"))
	if err != nil {
		return err
	}
	err = s.Console.RenameTenant(c.Request.Context(), v, t.ID, form.Get("name"))
	if wrong := s.wrongTenant(c, err); wrong != nil {
		t.Name = form.Get("name")
		return s.renderTenant(c, v, wrongForm, t, wrong)
	}
	if err != nil {
		return err
	}
	return done(c, pathTenants, "console.said.saved")
}

// disableTenant answers POST /console/tenants/:tenant/disable.
func (s *Server) disableTenant(c *gin.Context, v admin.Visitor) error {
	return s.switchTenant(c, v, true)
}

// enableTenant answers POST /console/tenants/:tenant/enable.
func (s *Server) enableTenant(c *gin.Context, v admin.Visitor) error {
	return s.switchTenant(c, v, false)
}

func (s *Server) switchTenant(c *gin.Context, v admin.Visitor, disabled bool) error {
	if err := s.Console.DisableTenant(c.Request.Context(), v, c.Param("tenant"), disabled); err != nil {
		return err
	}
	return done(c, pathTenants, "console.said.saved")
}

// enterTenant answers POST /console/tenants/:tenant/enter.
func (s *Server) enterTenant(c *gin.Context, v admin.Visitor) error {
	token, err := s.Console.EnterTenant(c.Request.Context(), v, c.Param("tenant"))
	if err != nil {
		return err
	}
	openConsole(c, token)
	return seeOther(c, pathConsole)
}
