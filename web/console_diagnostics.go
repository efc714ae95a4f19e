package web

import (
	"bytes"
	"net/http"
	"strings"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/doctor"

	"github.com/gin-gonic/gin"
)

const pathDiagnostics = "/console/diagnostics"

func (s *Server) diagnosticsRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathDiagnostics, admin.Read, s.showDiagnostics},
		{post, pathDiagnostics, admin.Change, s.examine},
		{get, pathDiagnostics + "/report", admin.Read, s.downloadDiagnosis},
	}
}

// diagnosticsPage shows the last examination.
type diagnosticsPage struct {
	consolePage
	Found  bool
	Report doctor.Report
}

// List is for the template.
func (p diagnosticsPage) List(results []doctor.Result) resultList {
	return resultList{p.basePage, results}
}

// showDiagnostics answers GET /console/diagnostics.
func (s *Server) showDiagnostics(c *gin.Context, v admin.Visitor) error {
	p := &diagnosticsPage{consolePage: s.consolePage(c, v, pathDiagnostics, "console.diagnostics")}
	var err error
	if p.Report, p.Found, err = s.Doctor.Last(c.Request.Context(), v.Tenant.ID); err != nil {
		return err
	}
	return s.renderConsole(c, "console_diagnostics", p)
}

// examine answers POST /console/diagnostics. One examination at a time: each calls
// every part of the school.
func (s *Server) examine(c *gin.Context, v admin.Visitor) error {
	if !s.examining.TryLock() {
		return done(c, pathDiagnostics, "console.said.examining")
	}
	defer s.examining.Unlock()
	w := doctor.Wish{
		TenantID: v.Tenant.ID, Rehearse: c.PostForm("rehearse") == "yes", Printer: s.printer(c),
		Channel: strings.TrimSpace(c.PostForm("channel")),
	}
	ctx := c.Request.Context()
	act := admin.Act{Name: "diagnostics.run"}
	if w.Rehearse {
		act.Name = "diagnostics.rehearse"
	}
	if err := s.Console.Record(ctx, v, act, s.Doctor.Keep(ctx, v.Tenant.ID, s.Doctor.Run(ctx, w))); err != nil {
		return err
	}
	return done(c, pathDiagnostics, "console.said.examined")
}

// downloadDiagnosis answers GET /console/diagnostics/report.
func (s *Server) downloadDiagnosis(c *gin.Context, v admin.Visitor) error {
	r, found, err := s.Doctor.Last(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	if !found {
		return refuse(classroom.NotFound, "console.error.no_diagnosis", "nothing was examined yet")
	}
	var b bytes.Buffer
	if err := r.Write(&b, s.printer(c)); err != nil {
		return err
	}
	headers{}.write(c, s)
	c.Header("Content-Disposition", `attachment; filename="classbridge-`+r.At.Format("2006-01-02-1504")+`.txt"`)
	c.Data(http.StatusOK, "text/plain; charset=utf-8", b.Bytes())
	return nil
}
