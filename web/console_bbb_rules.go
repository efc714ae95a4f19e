package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathRules = pathBBB + "/rules"

func (s *Server) rulesRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathRules, admin.Read, s.showRules},
		{post, pathRules + "/retention", admin.Change, s.saveRetention},
		{post, pathRules + "/quota", admin.Change, s.saveQuota},
		{post, pathRules + "/maintenance", admin.Change, s.planMaintenance},
		{post, pathRules + "/maintenance/end", admin.Change, s.endMaintenance},
	}
}

// rulesPage is how long recordings last, how much may be used, and when nothing
// starts.
type rulesPage struct {
	consolePage
	Form     url.Values // as typed, else as it is
	Meters   []classroom.Meter
	Planned  bool
	TimeZone string
	Wrong    map[string]string
}

// numberField is a field of a form that takes a number.
type numberField struct{ Field, Label, Value, Wrong string }

// Number is one of the page's.
func (p *rulesPage) Number(field string) numberField {
	return numberField{field, p.Text("console.bbb.rule." + field), p.Form.Get(field), p.Wrong[field]}
}

const (
	gigabyte  = 1_000_000_000
	localTime = "2006-01-02T15:04" // as browsers send it
)

// showRules answers GET /console/bbb/rules.
func (s *Server) showRules(c *gin.Context, v admin.Visitor) error {
	return s.renderRules(c, v, nil, nil)
}

// renderRules draws the forms with what is in force, but for what was typed.
func (s *Server) renderRules(c *gin.Context, v admin.Visitor, typed url.Values, wrong map[string]string) error {
	ctx := c.Request.Context()
	p := &rulesPage{consolePage: s.consolePage(c, v, pathBBB, "console.bbb.rules"), Form: url.Values{}, TimeZone: zoneOf(v.Tenant.TimeZone).String(), Wrong: wrong}
	p.Back = pathBBB
	rules, err := s.Classroom.Retention(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	used, err := s.Classroom.Usage(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	window, planned, err := s.Classroom.Maintenance(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	p.Meters, p.Planned = used.Meters(), planned
	p.fill(rules, used.Quota, window)
	for field, values := range typed {
		p.Form[field] = values
	}
	status := http.StatusOK
	if wrong != nil {
		status = wrongForm
	}
	return s.renderConsoleAs(c, status, "console_bbb_rules", p)
}

func (p *rulesPage) fill(r classroom.Retention, q classroom.Quota, m classroom.Maintenance) {
	for field, n := range map[string]int64{
		"unpublish": r.UnpublishDays, "delete": r.DeleteDays, "warn": r.WarnDays,
		"meetings": q.Meetings, "participants": q.Participants, "bytes": q.Bytes / gigabyte,
	} {
		p.Form.Set(field, strconv.FormatInt(n, 10))
	}
	if p.Planned {
		zone := zoneOf(p.Visitor.Tenant.TimeZone)
		p.Form.Set("from", m.BeginsAt.In(zone).Format(localTime))
		p.Form.Set("to", m.EndsAt.In(zone).Format(localTime))
		p.Form.Set("words", m.Words)
	}
}

// saveRetention answers POST /console/bbb/rules/retention.
func (s *Server) saveRetention(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	was, err := s.Classroom.Retention(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	r := classroom.Retention{
		TenantID: v.Tenant.ID, UnpublishDays: numberOf(form, "unpublish"), DeleteDays: numberOf(form, "delete"), WarnDays: numberOf(form, "warn"),
	}
	err = s.Classroom.ChangeRetention(c.Request.Context(), r)
	act := admin.Act{Name: "retention.change", Detail: admin.Changes(retentionFacts(was), retentionFacts(r))}
	return s.rulesDone(c, v, form, act, err)
}

func retentionFacts(r classroom.Retention) map[string]string {
	return numbers(map[string]int64{"unpublish, days": r.UnpublishDays, "delete, days": r.DeleteDays, "warn, days": r.WarnDays})
}

func numbers(all map[string]int64) map[string]string {
	facts := map[string]string{}
	for name, n := range all {
		facts[name] = strconv.FormatInt(n, 10)
	}
	return facts
}

// rulesDone ends a POST of one of the page's forms.
func (s *Server) rulesDone(c *gin.Context, v admin.Visitor, form url.Values, act admin.Act, err error) error {
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderRules(c, v, form, wrong)
	}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathRules, "console.said.saved")
}

// saveQuota answers POST /console/bbb/rules/quota.
func (s *Server) saveQuota(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	used, err := s.Classroom.Usage(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	q := classroom.Quota{
		TenantID: v.Tenant.ID, Meetings: numberOf(form, "meetings"), Participants: numberOf(form, "participants"), Bytes: min(numberOf(form, "bytes"), 1_000_000) * gigabyte,
	}
	err = s.Classroom.ChangeQuota(c.Request.Context(), q)
	act := admin.Act{Name: "quota.change", Detail: admin.Changes(quotaFacts(used.Quota), quotaFacts(q))}
	return s.rulesDone(c, v, form, act, err)
}

func quotaFacts(q classroom.Quota) map[string]string {
	return numbers(map[string]int64{"meetings": q.Meetings, "participants": q.Participants, "gigabytes": q.Bytes / gigabyte})
}

// planMaintenance answers POST /console/bbb/rules/maintenance.
func (s *Server) planMaintenance(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	zone := zoneOf(v.Tenant.TimeZone)
	m := classroom.Maintenance{TenantID: v.Tenant.ID, Words: form.Get("words")}
	m.BeginsAt, _ = time.ParseInLocation(localTime, form.Get("from"), zone)
	m.EndsAt, _ = time.ParseInLocation(localTime, form.Get("to"), zone)
	err = s.Classroom.PlanMaintenance(c.Request.Context(), m)
	act := admin.Act{Name: "maintenance.plan", Detail: []string{"from " + m.BeginsAt.UTC().Format(time.RFC3339), "to " + m.EndsAt.UTC().Format(time.RFC3339)}}
	return s.rulesDone(c, v, form, act, err)
}

// endMaintenance answers POST /console/bbb/rules/maintenance/end.
func (s *Server) endMaintenance(c *gin.Context, v admin.Visitor) error {
	err := s.Classroom.EndMaintenance(c.Request.Context(), v.Tenant.ID)
	return s.rulesDone(c, v, nil, admin.Act{Name: "maintenance.end"}, err)
}
