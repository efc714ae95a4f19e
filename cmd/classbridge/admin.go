package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
)

// adminCommands are about who may sign in to the console. They work where the
// console does not: for the first account, and when nobody can get in.
type adminCommands struct {
	Create  adminCreate  `cmd:"" help:"Print a link that lets somebody sign in once: to a new account, or anew to one that is there."`
	List    adminList    `cmd:"" help:"List the accounts."`
	Disable adminDisable `cmd:"" help:"Keep somebody out from now on, and end their sessions."`
}

type adminCreate struct {
	Email  string `name:"email" required:"" placeholder:"ADDRESS" help:"Whose account. One that is there loses its password, passkeys and sessions, and is enabled."`
	Name   string `name:"name" placeholder:"NAME" help:"What the person is called; the address if not said."`
	Role   string `name:"role" enum:",owner,admin,helpdesk,auditor" default:"" placeholder:"ROLE" help:"owner, admin, helpdesk or auditor; a new account is an owner's, one that is there keeps its role, if not said."`
	Tenant string `name:"tenant" placeholder:"ID" help:"Whose account it is; the first tenant's if not said."`
}

// Run implements the command.
func (c adminCreate) Run(ctx context.Context, p *program) error {
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	return p.withStore(ctx, cfg, func(s *store) error {
		console := &admin.Console{Store: s, URL: cfg.URL, Now: p.now}
		a, found, err := s.FindAccountByEmail(ctx, strings.TrimSpace(c.Email))
		if err != nil {
			return err
		}
		let, act := c.create, "account.create"
		if found {
			let, act = c.recover, "account.reset"
		}
		a, code, err := let(ctx, console, a)
		done := admin.Act{Name: act, Subject: a.Email, SubjectID: a.ID, Detail: []string{"role: " + string(a.Role)}}
		if a.TenantID != "" {
			err = console.RecordCommand(ctx, a.TenantID, p.who(), done, err)
		}
		if err != nil {
			return plainly(err)
		}
		c.print(p, console.Address(code), a, found)
		return nil
	})
}

func (c adminCreate) create(ctx context.Context, console *admin.Console, _ admin.Account) (admin.Account, string, error) {
	tenant, err := console.Store.Tenant(ctx, cmp.Or(c.Tenant, classroom.DefaultTenant))
	if err != nil {
		return admin.Account{}, "", fmt.Errorf("--tenant %s: %w", c.Tenant, err)
	}
	return console.CreateAccount(ctx, tenant.ID, c.Email, cmp.Or(c.Name, c.Email), admin.Role(cmp.Or(c.Role, string(admin.Owner))))
}

func (c adminCreate) recover(ctx context.Context, console *admin.Console, a admin.Account) (admin.Account, string, error) {
	if c.Tenant != "" && c.Tenant != a.TenantID {
		return admin.Account{}, "", usageError{fmt.Errorf("the account %s belongs to tenant %s", a.Email, a.TenantID)}
	}
	role := admin.Role(cmp.Or(c.Role, string(a.Role)))
	code, err := console.Recover(ctx, a, role)
	a.Role = role
	return a, code, err
}

// print tells the address, once: its code is kept nowhere.
func (c adminCreate) print(p *program, address string, a admin.Account, found bool) {
	fmt.Fprintf(p.out, "%s\n\n", address)
	if found {
		fmt.Fprintf(p.out, "%s can sign in by this link alone now: password, passkeys and sessions have ended.\n", a.Email)
	}
	fmt.Fprintf(p.out, "It lets %s in as %s, works once, until %s UTC, and is shown only now.\n",
		a.Email, a.Role, p.now().UTC().Add(admin.LinkFor).Format(time.DateTime))
}

// plainly says in words of the command line what the console has texts for.
func plainly(err error) error {
	if classroom.Is(err, classroom.Invalid) {
		return usageError{fmt.Errorf("--email or --name cannot be meant: %w", err)}
	}
	return err
}

type adminList struct {
	Tenant string `name:"tenant" placeholder:"ID" help:"Whose accounts; the first tenant's if not said."`
	JSON   bool   `name:"json" help:"For scripts."`
}

// shownAccount is what may be printed of an account.
type shownAccount struct {
	ID       string    `json:"id"`
	TenantID string    `json:"tenant_id"`
	Email    string    `json:"email"`
	Name     string    `json:"name"`
	Role     string    `json:"role"`
	Disabled bool      `json:"disabled"`
	Created  time.Time `json:"created"`
}

// Run implements the command.
func (c adminList) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		accounts, err := s.Accounts(ctx, cmp.Or(c.Tenant, classroom.DefaultTenant))
		if err != nil {
			return err
		}
		shown, rows := []shownAccount{}, [][]string{}
		for _, a := range accounts {
			shown = append(shown, shownAccount{a.ID, a.TenantID, a.Email, a.Name, string(a.Role), a.Disabled, a.CreatedAt})
			rows = append(rows, []string{a.Email, a.Name, string(a.Role), yes(a.Disabled), a.CreatedAt.Format(time.DateTime)})
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		p.printTable("EMAIL NAME ROLE DISABLED CREATED", rows)
		return nil
	})
}

type adminDisable struct {
	Email string `arg:"" help:"Whose account."`
}

// Run implements the command.
func (c adminDisable) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		a, found, err := s.FindAccountByEmail(ctx, c.Email)
		if err == nil && !found {
			err = fmt.Errorf("there is no account %q: classbridge admin list", c.Email)
		}
		if err != nil {
			return err
		}
		err = (&admin.Console{Store: s, Now: p.now}).DisableByCommand(ctx, p.who(), a)
		if classroom.Is(err, classroom.Conflict) {
			return fmt.Errorf("%s is the last owner: make another one first (classbridge admin create --email ADDRESS)", a.Email)
		}
		return err
	})
}
