package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/sheet"
)

// auditCommands are about who did what. None changes it.
type auditCommands struct {
	Export auditExport `cmd:"" help:"Write the audit log, the newest first."`
}

type auditExport struct {
	As      string `name:"as" enum:"csv,json" default:"csv" placeholder:"FORM" help:"csv (default): a table in which nothing is a formula; json: an object a line."`
	Since   string `name:"since" placeholder:"DAY" help:"Entries of that day (2026-01-31, UTC) and later ones."`
	Until   string `name:"until" placeholder:"DAY" help:"Entries of that day and earlier ones."`
	Actor   string `name:"actor" placeholder:"TEXT" help:"Part of who did it."`
	Act     string `name:"act" placeholder:"ACT" help:"What was done, such as server.add, or its noun: server."`
	Subject string `name:"subject" placeholder:"TEXT" help:"Part of what it was done to, or its id."`
	Outcome string `name:"outcome" enum:",done,refused,failed" default:"" placeholder:"OUTCOME" help:"done, refused or failed."`
	Tenant  string `name:"tenant" placeholder:"ID" help:"Whose log; the first tenant's if not said."`
}

// Run implements the command.
func (c auditExport) Run(ctx context.Context, p *program) error {
	f, err := c.filter()
	if err != nil {
		return usageError{err}
	}
	return p.onStore(ctx, func(s *store) error {
		tenant, err := s.Tenant(ctx, cmp.Or(c.Tenant, classroom.DefaultTenant))
		if classroom.Is(err, classroom.NotFound) {
			return fmt.Errorf("there is no tenant %q", c.Tenant)
		}
		if err != nil {
			return err
		}
		out := bufio.NewWriter(p.out)
		if c.As == "csv" {
			if _, err := out.Write(sheet.Append(nil, admin.AuditHead())); err != nil {
				return err
			}
		}
		console := &admin.Console{Store: s, Now: p.now}
		err = console.EachAuditEntry(ctx, tenant.ID, f, func(e admin.AuditEntry) error { return c.write(out, e) })
		return errors.Join(err, out.Flush())
	})
}

func (c auditExport) write(out *bufio.Writer, e admin.AuditEntry) error {
	if c.As == "csv" {
		_, err := out.Write(sheet.Append(nil, e.Cells()))
		return err
	}
	b, err := e.JSON()
	if err == nil {
		_, err = out.Write(append(b, '\n'))
	}
	return err
}

func (c auditExport) filter() (admin.AuditFilter, error) {
	f := admin.AuditFilter{Actor: c.Actor, Act: c.Act, Subject: c.Subject, Outcome: admin.Outcome(c.Outcome)}
	for _, limit := range []struct {
		flag, day string
		after     int // days
		to        *time.Time
	}{{"since", c.Since, 0, &f.From}, {"until", c.Until, 1, &f.To}} {
		if limit.day == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, limit.day)
		if err != nil {
			return f, fmt.Errorf("--%s: %q is no day such as 2026-01-31", limit.flag, limit.day)
		}
		*limit.to = day.AddDate(0, 0, limit.after)
	}
	return f, nil
}
