package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"classbridge/admin"
	"classbridge/sheet"

	"github.com/gin-gonic/gin"
)

// exportTime is how long a file may take to arrive: longer than a page, for what
// has grown for years.
const exportTime = 15 * time.Minute

// exportAudit answers GET /console/audit/export: everything that the form chooses.
func (s *Server) exportAudit(c *gin.Context, v admin.Visitor) error {
	query := auditQuery(c)
	if err := s.recordExport(c, v, "audit.export", chosen(query)); err != nil {
		return err
	}
	return s.export(c, "audit", admin.AuditHead(), func(ctx context.Context, put func(line) error) error {
		return s.Console.EachAuditEntry(ctx, v.Tenant.ID, auditFilter(query, v), func(e admin.AuditEntry) error { return put(e) })
	})
}

// recordExport writes down that the log left the console.
func (s *Server) recordExport(c *gin.Context, v admin.Visitor, act string, chosen []string) error {
	return s.Console.Record(c.Request.Context(), v, admin.Act{Name: act, Detail: append([]string{"as: " + exportAs(c)}, chosen...)}, nil)
}

// chosen is what a form asks for, as the audit log tells it.
func chosen(query map[string][]string) []string {
	var lines []string
	for field, value := range query {
		if value[0] != "" {
			lines = append(lines, fmt.Sprintf("%s: %q", field, value[0]))
		}
	}
	slices.Sort(lines)
	return lines
}

func exportAs(c *gin.Context) string {
	if c.Query("as") == "json" {
		return "json"
	}
	return "csv"
}

// line is one of a file, whatever it is written as.
type line interface {
	Cells() []string
	JSON() ([]byte, error)
}

// export sends a file of lines as they are read: a table, or JSON lines. A file
// that breaks off is not to be taken for a whole one, so its connection breaks too.
func (s *Server) export(c *gin.Context, name string, head []string, each func(context.Context, func(line) error) error) error {
	as := exportAs(c)
	headers{}.write(c, s)
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.%s"`, name, s.Now().UTC().Format(time.DateOnly), as))
	c.Header("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}[as])
	// Whoever hangs up ends it: nothing can be written to them.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), exportTime)
	defer cancel()
	write := jsonLines(c)
	if as == "csv" {
		write = csvLines(c)
		if _, err := c.Writer.Write(sheet.Append([]byte(sheet.Mark), head)); err != nil {
			return err
		}
	}
	err := each(ctx, write)
	if err == nil {
		c.Writer.WriteHeaderNow() // also of an empty file
		return nil
	}
	if !c.Writer.Written() {
		c.Writer.Header().Del("Content-Disposition") // what is answered is a page
		return err
	}
	s.Log.WarnContext(ctx, "a file was not sent to its end", "file", name, "err", err)
	panic(http.ErrAbortHandler)
}

func csvLines(c *gin.Context) func(line) error {
	var b []byte
	return func(l line) error {
		b = sheet.Append(b[:0], l.Cells())
		_, err := c.Writer.Write(b)
		return err
	}
}

func jsonLines(c *gin.Context) func(line) error {
	return func(l line) error {
		b, err := l.JSON()
		if err == nil {
			_, err = c.Writer.Write(append(b, '\n'))
		}
		return err
	}
}
