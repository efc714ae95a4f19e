package web

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// refusalsPage lists launches that were refused, the newest first.
type refusalsPage struct {
	consolePage
	Query    url.Values
	Refusals []classroom.Refusal
	Newest   string
	Older    string
	Keeping  classroom.Keeping
}

// Export is the address of all of them, in that form.
func (p *refusalsPage) Export(as string) string {
	return exportOf(pathAuditLaunches+"/export", p.Query, as)
}

// showRefusals answers GET /console/audit/launches.
func (s *Server) showRefusals(c *gin.Context, v admin.Visitor) error {
	p := &refusalsPage{consolePage: s.consolePage(c, v, pathAudit, "console.audit.launches"), Query: url.Values{"reference": {lineOf(c.Query("reference"))}}}
	p.Back = pathAudit
	f := classroom.RefusalFilter{Reference: p.Query.Get("reference"), Before: lineOf(c.Query("before")), Limit: chatListSize + 1}
	var err error
	if p.Refusals, err = s.refusalsFor(c.Request.Context(), v, f); err != nil {
		return err
	}
	if p.Keeping, err = s.Classroom.Keeping(c.Request.Context(), v.Tenant.ID); err != nil {
		return err
	}
	if len(p.Refusals) > chatListSize {
		p.Refusals = p.Refusals[:chatListSize]
		p.Older = pageFrom(pathAuditLaunches, p.Query, p.Refusals[chatListSize-1].ID)
	}
	if f.Before != "" {
		p.Newest = pageFrom(pathAuditLaunches, p.Query, "")
	}
	return s.renderConsole(c, "console_audit_refusals", p)
}

// refusalsFor are the tenant's, without whose launches they were, and what was
// sent, for visitors who may not know of people.
func (s *Server) refusalsFor(ctx context.Context, v admin.Visitor, f classroom.RefusalFilter) ([]classroom.Refusal, error) {
	refusals, err := s.Classroom.Store.Refusals(ctx, v.Tenant.ID, f)
	if !v.May(admin.ReadPeople) {
		for i := range refusals {
			refusals[i].Subject, refusals[i].Detail = "", ""
		}
	}
	return refusals, err
}

// refusalPage is how many are in memory at a time while all are read.
const refusalPage = 500

// exportRefusals answers GET /console/audit/launches/export.
func (s *Server) exportRefusals(c *gin.Context, v admin.Visitor) error {
	query := url.Values{"reference": {lineOf(c.Query("reference"))}}
	if err := s.recordExport(c, v, "audit.export_launches", chosen(query)); err != nil {
		return err
	}
	return s.export(c, "refused-launches", refusalHead(), func(ctx context.Context, put func(line) error) error {
		f := classroom.RefusalFilter{Reference: query.Get("reference"), Limit: refusalPage}
		for {
			some, err := s.refusalsFor(ctx, v, f)
			if err != nil {
				return err
			}
			for _, r := range some {
				if err := put(refusalLine{r}); err != nil {
					return err
				}
			}
			if len(some) < refusalPage {
				return nil
			}
			f.Before = some[len(some)-1].ID
		}
	})
}

// refusalLine is a refusal in a file.
type refusalLine struct{ classroom.Refusal }

func refusalHead() []string {
	return []string{"time", "reference", "reason", "platform_id", "issuer", "client_id", "deployment_id", "subject", "context_id", "link_id", "address", "detail"}
}

// Cells are in the order of refusalHead.
func (l refusalLine) Cells() []string {
	return []string{
		l.CreatedAt.UTC().Format(time.RFC3339), l.Reference, l.Reason, l.PlatformID, l.Issuer, l.ClientID, l.DeploymentID,
		l.Subject, l.ContextID, l.LinkID, l.Address, l.Detail,
	}
}

// JSON has the names of refusalHead, without what is not known.
func (l refusalLine) JSON() ([]byte, error) {
	fields := map[string]string{}
	cells := l.Cells()
	for i, name := range refusalHead() {
		if cells[i] != "" {
			fields[name] = cells[i]
		}
	}
	return json.Marshal(fields)
}
