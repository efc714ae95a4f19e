package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// tenantCommands are about the schools of one installation. There is one from the
// start, with the id "default".
type tenantCommands struct {
	Add     tenantAdd     `cmd:"" help:"Make a school. Its first owner comes by: classbridge admin create --tenant ID --email ADDRESS."`
	List    tenantList    `cmd:"" help:"List the schools."`
	Rename  tenantRename  `cmd:"" help:"Give a school another name."`
	Disable tenantDisable `cmd:"" help:"Keep everybody of a school out, from now on. Nothing is deleted."`
	Enable  tenantEnable  `cmd:"" help:"Let them in again."`
}

type tenantAdd struct {
	Name string `name:"name" required:"" placeholder:"NAME" help:"What the school is called."`
	JSON bool   `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c tenantAdd) Run(ctx context.Context, p *program) error {
	return p.onConsole(ctx, func(console *admin.Console) error {
		t, err := console.AddTenantByCommand(ctx, p.who(), c.Name)
		if err != nil {
			return inWords(err)
		}
		if c.JSON {
			return p.printJSON(map[string]string{"id": t.ID, "name": t.Name})
		}
		fmt.Fprintf(p.out, "added %s as %s\n", t.Name, t.ID)
		return nil
	})
}

type tenantList struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownTenant is a school for scripts.
type shownTenant struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Disabled  bool      `json:"disabled"`
	Platforms int64     `json:"platforms"`
	Courses   int64     `json:"courses"`
	Accounts  int64     `json:"accounts"`
	Created   time.Time `json:"created"`
}

// Run implements the command.
func (c tenantList) Run(ctx context.Context, p *program) error {
	return p.onConsole(ctx, func(console *admin.Console) error {
		schools, err := console.Store.Schools(ctx)
		if err != nil {
			return err
		}
		shown, rows := []shownTenant{}, [][]string{}
		for _, s := range schools {
			shown = append(shown, shownTenant{s.ID, s.Name, s.Disabled, s.Platforms, s.Courses, s.Accounts, s.CreatedAt})
			rows = append(rows, []string{s.ID, s.Name, yes(!s.Disabled), fmt.Sprint(s.Platforms), fmt.Sprint(s.Courses), fmt.Sprint(s.Accounts)})
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		p.printTable("ID NAME ENABLED PLATFORMS COURSES ACCOUNTS", rows)
		return nil
	})
}

type tenantRename struct {
	ID   string `arg:"" help:"Id of the school, as listed."`
	Name string `arg:"" help:"Its new name."`
}

// Run implements the command.
func (c tenantRename) Run(ctx context.Context, p *program) error {
	return p.onConsole(ctx, func(console *admin.Console) error {
		return inWords(console.ChangeTenantByCommand(ctx, p.who(), c.ID, c.Name, nil))
	})
}

type tenantDisable struct {
	ID string `arg:"" help:"Id of the school, as listed."`
}

// Run implements the command.
func (c tenantDisable) Run(ctx context.Context, p *program) error {
	return p.switchTenant(ctx, c.ID, true)
}

type tenantEnable struct {
	ID string `arg:"" help:"Id of the school, as listed."`
}

// Run implements the command.
func (c tenantEnable) Run(ctx context.Context, p *program) error {
	return p.switchTenant(ctx, c.ID, false)
}

func (p *program) switchTenant(ctx context.Context, id string, disabled bool) error {
	return p.onConsole(ctx, func(console *admin.Console) error {
		return inWords(console.ChangeTenantByCommand(ctx, p.who(), id, "", &disabled))
	})
}

// onConsole is onStore for what the console's own domain does.
func (p *program) onConsole(ctx context.Context, do func(*admin.Console) error) error {
	return p.onStore(ctx, func(s *store) error { return do(&admin.Console{Store: s, Now: p.now}) })
}

// inWords leaves out the id of the text that pages would show.
func inWords(err error) error {
	var refused *classroom.Error
	if errors.As(err, &refused) && refused.Err != nil {
		return refused.Err
	}
	return err
}
