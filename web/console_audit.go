package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const (
	pathAudit         = "/console/audit"
	pathAuditExport   = pathAudit + "/export"
	pathAuditLaunches = pathAudit + "/launches"
)

func (s *Server) auditRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathAudit, admin.ReadAudit, s.showAudit},
		{get, pathAuditExport, admin.ReadAudit, s.exportAudit},
		{get, pathAuditLaunches, admin.ReadAudit, s.showRefusals},
		{get, pathAuditLaunches + "/export", admin.ReadAudit, s.exportRefusals},
	}
}

// auditPage lists what was done, the newest first.
type auditPage struct {
	consolePage
	Query   url.Values // what was asked for, as typed
	Acts    []actChoice
	Entries []admin.AuditEntry
	Newest  string // address of the first page; empty: this is it
	Older   string // of the next; empty: this is the last
	Keeping classroom.Keeping
}

// actChoice is an act that one can look for.
type actChoice struct{ Name, Words string }

// Outcomes are the choices of the form.
func (p *auditPage) Outcomes() []admin.Outcome { return admin.Outcomes() }

// Act is what an act is called; acts of a program that was newer have no words here.
func (p *auditPage) Act(name string) string {
	id := actText + name
	if words := p.Text(id); words != id {
		return words
	}
	return name
}

// Export is the address of everything that the form chooses, in that form.
func (p *auditPage) Export(as string) string { return exportOf(pathAuditExport, p.Query, as) }

func exportOf(path string, query url.Values, as string) string {
	q := url.Values{"as": {as}}
	for k, v := range query {
		if v[0] != "" {
			q[k] = v
		}
	}
	return path + "?" + q.Encode()
}

// actText begins the ids of what acts are called.
const actText = "console.act."

// showAudit answers GET /console/audit.
func (s *Server) showAudit(c *gin.Context, v admin.Visitor) error {
	p := &auditPage{consolePage: s.consolePage(c, v, pathAudit, "console.audit"), Query: auditQuery(c), Acts: s.acts(c)}
	f := auditFilter(p.Query, v)
	f.Before, f.Limit = lineOf(c.Query("before")), chatListSize+1
	var err error
	if p.Entries, err = s.Console.Store.AuditEntries(c.Request.Context(), v.Tenant.ID, f); err != nil {
		return err
	}
	if p.Keeping, err = s.Classroom.Keeping(c.Request.Context(), v.Tenant.ID); err != nil {
		return err
	}
	if len(p.Entries) > chatListSize {
		p.Entries = p.Entries[:chatListSize]
		p.Older = pageFrom(pathAudit, p.Query, p.Entries[chatListSize-1].ID)
	}
	if f.Before != "" {
		p.Newest = pageFrom(pathAudit, p.Query, "")
	}
	return s.renderConsole(c, "console_audit", p)
}

// pageFrom is the address of the list from there on.
func pageFrom(path string, query url.Values, before string) string {
	q := url.Values{}
	for k, v := range query {
		if v[0] != "" {
			q[k] = v
		}
	}
	if before != "" {
		q.Set("before", before)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// auditQuery is what the form asks for: a line each.
func auditQuery(c *gin.Context) url.Values {
	q := url.Values{}
	for _, field := range []string{"actor", "act", "subject", "outcome", "from", "to"} {
		q.Set(field, lineOf(c.Query(field)))
	}
	return q
}

// auditFilter makes a filter of it; what cannot be meant is left out.
func auditFilter(q url.Values, v admin.Visitor) admin.AuditFilter {
	f := admin.AuditFilter{Actor: q.Get("actor"), Act: q.Get("act"), Subject: q.Get("subject")}
	if outcome := admin.Outcome(q.Get("outcome")); slices.Contains(admin.Outcomes(), outcome) {
		f.Outcome = outcome
	}
	zone := zoneOf(v.Tenant.TimeZone)
	f.From, _ = time.ParseInLocation(time.DateOnly, q.Get("from"), zone)
	if to, err := time.ParseInLocation(time.DateOnly, q.Get("to"), zone); err == nil {
		f.To = to.AddDate(0, 0, 1) // that day included
	}
	return f
}

// acts are those that have words, by their words.
func (s *Server) acts(c *gin.Context) []actChoice {
	printer, acts := s.printer(c), []actChoice{}
	for _, id := range s.Texts.IDs() {
		if name, is := strings.CutPrefix(id, actText); is {
			acts = append(acts, actChoice{name, printer.Text(id)})
		}
	}
	slices.SortFunc(acts, func(a, b actChoice) int { return cmp.Compare(strings.ToLower(a.Words), strings.ToLower(b.Words)) })
	return acts
}
