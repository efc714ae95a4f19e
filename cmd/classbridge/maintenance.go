package main

import (
	"context"
	"fmt"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// windowCommands are about the window in which no class starts.
type windowCommands struct {
	Set   maintenanceSet   `cmd:"" help:"Plan it: room pages and the console say so from now on, classes that run then finish."`
	Show  maintenanceShow  `cmd:"" help:"Show what is planned."`
	Clear maintenanceClear `cmd:"" help:"Take it back: classes may start."`
}

type maintenanceSet struct {
	From string `name:"from" placeholder:"TIME" help:"When it begins, such as 2026-11-30T18:00; now if not given."`
	To   string `name:"to" required:"" placeholder:"TIME" help:"When it ends."`
	Text string `name:"text" placeholder:"TEXT" help:"What people read beside the dates."`
}

// Run implements the command.
func (c maintenanceSet) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		t, err := s.Tenant(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		m := classroom.Maintenance{TenantID: t.ID, Words: c.Text, BeginsAt: p.now()}
		if c.From != "" {
			if m.BeginsAt, err = moment(c.From, t.TimeZone); err != nil {
				return usageError{fmt.Errorf("--from: %w", err)}
			}
		}
		if m.EndsAt, err = moment(c.To, t.TimeZone); err != nil {
			return usageError{fmt.Errorf("--to: %w", err)}
		}
		err = p.serversOf(s).PlanMaintenance(ctx, m)
		return p.record(ctx, s, admin.Act{Name: "maintenance.plan", Detail: []string{"from " + stampOf(m.BeginsAt), "to " + stampOf(m.EndsAt)}}, err)
	})
}

func stampOf(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// moment reads a time with its zone, or one of the school's.
func moment(text, zone string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	in, err := time.LoadLocation(zone)
	if err != nil {
		in = time.UTC
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, in); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time such as 2026-11-30T18:00 (of the school's time zone, %s)", text, in)
}

type maintenanceShow struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownMaintenance is the window for scripts.
type shownMaintenance struct {
	Planned bool       `json:"planned"`
	Now     bool       `json:"now"`
	From    *time.Time `json:"from"`
	To      *time.Time `json:"to"`
	Text    string     `json:"text"`
}

// Run implements the command.
func (c maintenanceShow) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		m, planned, err := p.serversOf(s).Maintenance(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		shown := shownMaintenance{Planned: planned}
		if planned {
			shown = shownMaintenance{true, m.Now(p.now()), &m.BeginsAt, &m.EndsAt, m.Words}
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		if !planned {
			fmt.Fprintln(p.out, "no maintenance is planned")
			return nil
		}
		fmt.Fprintf(p.out, "from %s to %s\n%s\n", stampOf(m.BeginsAt), stampOf(m.EndsAt), m.Words)
		return nil
	})
}

type maintenanceClear struct{}

// Run implements the command.
func (maintenanceClear) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		err := p.serversOf(s).EndMaintenance(ctx, classroom.DefaultTenant)
		return p.record(ctx, s, admin.Act{Name: "maintenance.end"}, err)
	})
}
