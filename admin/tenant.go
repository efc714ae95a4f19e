package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// School is a tenant with what it has, for the list of them.
type School struct {
	classroom.Tenant
	Accounts  int64
	Platforms int64
	Courses   int64
}

// SchoolStore counts what tenants have.
type SchoolStore interface {
	Schools(ctx context.Context) ([]School, error) // the oldest first
}

// NewTenant is a school that does not exist yet, as commands and the console make it.
func (c *Console) NewTenant(name string) (classroom.Tenant, error) {
	name, err := cleanTenantName(name)
	return classroom.Tenant{
		ID: uuid.Must(uuid.NewV7()).String(), Name: name, Locale: "en", TimeZone: "UTC", ChatGuests: classroom.GuestsWait, MatchEmail: true, CreatedAt: c.Now(),
	}, err
}

func cleanTenantName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > 100 {
		return name, &classroom.InputError{Field: "name", Message: "console.tenants.wrong.name", Err: errors.New("a school needs a name of at most 100 characters")}
	}
	return name, nil
}

// mayManage is the last fence: the pages have asked before.
func mayManage(v Visitor) error {
	if v.Account.May(ManageTenants) {
		return nil
	}
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.error.right", Err: errors.New("not the owner of the installation")}
}

// AddTenant makes a school with its first owner, whose one-time link has the code
// that is answered.
func (c *Console) AddTenant(ctx context.Context, v Visitor, name, email, person string) (t classroom.Tenant, owner Account, code string, err error) {
	if err := errors.Join(mayManage(v), c.mustProve(v)); err != nil {
		return t, owner, "", err
	}
	if t, err = c.NewTenant(name); err != nil {
		return t, owner, "", err
	}
	if err := c.free(ctx, email, person); err != nil {
		return t, owner, "", err
	}
	act := Act{Name: "tenant.add", Subject: t.Name, SubjectID: t.ID}
	if err := c.Record(ctx, v, act, c.Store.CreateTenant(ctx, t)); err != nil {
		return t, owner, "", fmt.Errorf("make tenant: %w", err)
	}
	owner, code, err = c.CreateAccount(ctx, t.ID, email, person, Owner)
	there := v
	there.Tenant = t
	act = Act{Name: "account.invite", Subject: owner.Email, SubjectID: owner.ID, Detail: []string{"role: owner"}}
	return t, owner, code, c.Record(ctx, there, act, err)
}

// free looks, before anything is made, whether an account of that address can be.
func (c *Console) free(ctx context.Context, email, person string) error {
	email, err := cleanEmail(email)
	if err != nil {
		return err
	}
	if _, err := cleanName(person); err != nil {
		return err
	}
	_, taken, err := c.Store.FindAccountByEmail(ctx, email)
	if err == nil && taken {
		err = &classroom.Error{Code: classroom.Conflict, Message: "console.account.email_taken", Err: errors.New("the address is taken")}
	}
	return err
}

// RenameTenant gives a school another name.
func (c *Console) RenameTenant(ctx context.Context, v Visitor, id, name string) error {
	name, err := cleanTenantName(name)
	if err != nil {
		return err
	}
	return c.changeTenant(ctx, v, id, "tenant.rename", func(t *classroom.Tenant) { t.Name = name })
}

// DisableTenant keeps everybody of a school out, or lets them in again. Nothing of
// it is lost. The default tenant is the installation's own.
func (c *Console) DisableTenant(ctx context.Context, v Visitor, id string, disabled bool) error {
	if err := mayDisable(id); err != nil {
		return err
	}
	act := "tenant.enable"
	if disabled {
		act = "tenant.disable"
	}
	return c.changeTenant(ctx, v, id, act, func(t *classroom.Tenant) { t.Disabled = disabled })
}

func mayDisable(id string) error {
	if id != classroom.DefaultTenant {
		return nil
	}
	return &classroom.Error{Code: classroom.Conflict, Message: "console.tenants.default", Err: errors.New("the first school is the installation's own: disable its platforms instead")}
}

func (c *Console) changeTenant(ctx context.Context, v Visitor, id, act string, change func(*classroom.Tenant)) error {
	if err := errors.Join(mayManage(v), c.mustProve(v)); err != nil {
		return err
	}
	t, err := c.Store.Tenant(ctx, id)
	if err != nil {
		return err
	}
	done := changed(act, &t, change)
	return c.Record(ctx, v, done, c.Store.SaveTenant(ctx, t))
}

// changed changes the tenant and says what has changed.
func changed(act string, t *classroom.Tenant, change func(*classroom.Tenant)) Act {
	was := *t
	change(t)
	return Act{Name: act, Subject: t.Name, SubjectID: t.ID, Detail: Changes(tenantFacts(was), tenantFacts(*t))}
}

func tenantFacts(t classroom.Tenant) map[string]string {
	return map[string]string{"name": t.Name, "disabled": fmt.Sprint(t.Disabled)}
}

// EnterTenant looks at another school from now on, or leaves it by the account's
// own. The session gets a new token; both schools' logs tell of it.
func (c *Console) EnterTenant(ctx context.Context, v Visitor, id string) (token string, err error) {
	if err := mayManage(v); err != nil {
		return "", err
	}
	t, err := c.Store.Tenant(ctx, id)
	if err != nil {
		return "", err
	}
	token, sessionID := newToken()
	was, became := v.Session, v.Session
	became.ID, became.Entered = sessionID, t.ID
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		if err := q.EndSession(ctx, was.TenantID, was.AccountID, was.ID); err != nil {
			return err
		}
		return q.CreateSession(ctx, became)
	})
	act := Act{Name: "tenant.enter", Subject: t.Name, SubjectID: t.ID}
	there := v
	there.Tenant = t
	return token, c.Record(ctx, there, act, c.Record(ctx, v, act, err))
}

// By command: whoever works on the machine itself.

// AddTenantByCommand makes a school; its first owner comes by `admin create`.
func (c *Console) AddTenantByCommand(ctx context.Context, who, name string) (classroom.Tenant, error) {
	t, err := c.NewTenant(name)
	if err != nil {
		return t, err
	}
	return t, c.RecordCommand(ctx, classroom.DefaultTenant, who, Act{Name: "tenant.add", Subject: t.Name, SubjectID: t.ID}, c.Store.CreateTenant(ctx, t))
}

// ChangeTenantByCommand renames a school, or disables it; empty and nil leave what is.
func (c *Console) ChangeTenantByCommand(ctx context.Context, who, id, name string, disabled *bool) error {
	t, err := c.Store.Tenant(ctx, id)
	if err != nil {
		return err
	}
	act := "tenant.rename"
	if disabled != nil {
		act = map[bool]string{true: "tenant.disable", false: "tenant.enable"}[*disabled]
		err = mayDisable(id)
	} else {
		name, err = cleanTenantName(name)
	}
	if err != nil {
		return err
	}
	done := changed(act, &t, func(t *classroom.Tenant) {
		if disabled != nil {
			t.Disabled = *disabled
		} else {
			t.Name = name
		}
	})
	return c.RecordCommand(ctx, classroom.DefaultTenant, who, done, c.Store.SaveTenant(ctx, t))
}
