package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// Invite makes an account of the tenant that is looked at. Its person signs in by
// the link whose code is answered, once, and chooses how from then on.
func (c *Console) Invite(ctx context.Context, v Visitor, email, name string, role Role) (a Account, code string, err error) {
	if err := c.mustProve(v); err != nil {
		return Account{}, "", err
	}
	a, code, err = c.CreateAccount(ctx, v.Tenant.ID, email, name, role)
	act := Act{Name: "account.invite", Subject: a.Email, SubjectID: a.ID, Detail: []string{"role: " + string(role)}}
	return a, code, c.Record(ctx, v, act, err)
}

// CreateAccount makes an account and its first link; commands call it by itself.
func (c *Console) CreateAccount(ctx context.Context, tenantID, email, name string, role Role) (a Account, code string, err error) {
	a = Account{ID: uuid.Must(uuid.NewV7()).String(), TenantID: tenantID, Role: role, CreatedAt: c.Now(), UpdatedAt: c.Now()}
	if a.Email, err = cleanEmail(email); err != nil {
		return a, "", err
	}
	if a.Name, err = cleanName(name); err != nil {
		return a, "", err
	}
	if !slices.Contains(Roles(), role) {
		return a, "", invalid("console.account.role_wrong")
	}
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		if err := q.CreateAccount(ctx, a); err != nil {
			return err
		}
		code, err = c.makeLink(ctx, q, a)
		return err
	})
	if classroom.Is(err, classroom.Conflict) {
		err = &classroom.Error{Code: classroom.Conflict, Message: "console.account.email_taken", Err: err}
	}
	return a, code, err
}

// ChangeAccount gives an account another name or role. Whose rights change has
// to sign in again.
func (c *Console) ChangeAccount(ctx context.Context, v Visitor, id, name string, role Role) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	if !slices.Contains(Roles(), role) {
		return invalid("console.account.role_wrong")
	}
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	return c.changeAccount(ctx, v, id, "account.change", func(q Queries, a *Account) error {
		if a.Role != role {
			if err := q.EndSessions(ctx, a.TenantID, a.ID, ""); err != nil {
				return err
			}
		}
		a.Name, a.Role = name, role
		return nil
	})
}

// DisableAccount keeps somebody out from now on, or lets them in again.
func (c *Console) DisableAccount(ctx context.Context, v Visitor, id string, disabled bool) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	return c.changeAccount(ctx, v, id, "account.disable", func(q Queries, a *Account) error {
		a.Disabled = disabled
		return c.shutOut(ctx, q, *a, disabled)
	})
}

// shutOut ends what an account that is disabled has open.
func (c *Console) shutOut(ctx context.Context, q Queries, a Account, disabled bool) error {
	if !disabled {
		return nil
	}
	return errors.Join(q.EndSessions(ctx, a.TenantID, a.ID, ""), q.EndSignInLinks(ctx, a.TenantID, a.ID))
}

// DisableByCommand is DisableAccount for whoever works on the machine itself.
func (c *Console) DisableByCommand(ctx context.Context, who string, a Account) error {
	act := Act{Name: "account.disable", Subject: a.Email, SubjectID: a.ID}
	err := c.alter(ctx, a.TenantID, a.ID, &act, func(q Queries, a *Account) error {
		a.Disabled = true
		return c.shutOut(ctx, q, *a, true)
	})
	return c.RecordCommand(ctx, a.TenantID, who, act, err)
}

// changeAccount changes an account of the tenant that is looked at, and writes it down.
func (c *Console) changeAccount(ctx context.Context, v Visitor, id, name string, change func(Queries, *Account) error) error {
	act := Act{Name: name, SubjectID: id}
	err := c.alter(ctx, v.Tenant.ID, id, &act, change)
	if classroom.Is(err, classroom.NotFound) {
		return err // of nobody's account nothing is written down
	}
	return c.Record(ctx, v, act, err)
}

// alter changes an account unless nobody would be left who manages accounts. All
// accounts of the tenant are locked: two owners cannot shut each other out at once.
func (c *Console) alter(ctx context.Context, tenantID, id string, act *Act, change func(Queries, *Account) error) error {
	return c.Store.AdminTx(ctx, func(q Queries) error {
		all, err := q.LockAccounts(ctx, tenantID)
		if err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
		i := slices.IndexFunc(all, func(a Account) bool { return a.ID == id })
		if i < 0 {
			return &classroom.Error{Code: classroom.NotFound, Message: "not_found", Err: errors.New("no such account")}
		}
		was := all[i]
		act.Subject = was.Email
		if err := change(q, &all[i]); err != nil {
			return err
		}
		act.Detail = Changes(was.facts(), all[i].facts())
		if was.manages() && !slices.ContainsFunc(all, Account.manages) {
			return &classroom.Error{Code: classroom.Conflict, Message: "console.account.last_owner", Err: errors.New("nobody would manage accounts")}
		}
		all[i].UpdatedAt = c.Now()
		return q.SaveAccount(ctx, all[i])
	})
}

// manages reports whether the account can manage accounts of its tenant.
func (a Account) manages() bool { return !a.Disabled && a.May(ManageAccounts) }

// facts is what may be written down of an account.
func (a Account) facts() map[string]string {
	return map[string]string{"name": a.Name, "role": string(a.Role), "disabled": fmt.Sprint(a.Disabled)}
}

// EndSessionsOf signs an account out everywhere.
func (c *Console) EndSessionsOf(ctx context.Context, v Visitor, id string) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	a, err := c.Store.Account(ctx, v.Tenant.ID, id)
	if err != nil {
		return err
	}
	err = c.Store.EndSessions(ctx, a.TenantID, a.ID, "")
	return c.Record(ctx, v, Act{Name: "account.sign_out", Subject: a.Email, SubjectID: a.ID}, err)
}

// ResetSignIn takes all ways in from an account and answers the code of a link,
// by which its person chooses new ones.
func (c *Console) ResetSignIn(ctx context.Context, v Visitor, id string) (a Account, code string, err error) {
	if err := c.mustProve(v); err != nil {
		return Account{}, "", err
	}
	a, err = c.Store.Account(ctx, v.Tenant.ID, id)
	if err != nil {
		return a, "", err
	}
	if a.Disabled {
		return a, "", &classroom.Error{Code: classroom.Conflict, Message: "console.account.disabled", Err: errors.New("the account is disabled")}
	}
	code, err = c.reset(ctx, a, func(*Account) {})
	return a, code, c.Record(ctx, v, Act{Name: "account.reset", Subject: a.Email, SubjectID: a.ID}, err)
}

// reset is at once what it is for: who stole a way in must not use it meanwhile.
func (c *Console) reset(ctx context.Context, of Account, change func(*Account)) (code string, err error) {
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		a, err := q.Account(ctx, of.TenantID, of.ID) // as it is now
		if err != nil {
			return err
		}
		change(&a)
		a.Password, a.UpdatedAt = "", c.Now()
		err = errors.Join(
			q.SaveAccount(ctx, a),
			q.EndSessions(ctx, a.TenantID, a.ID, ""),
			q.ForgetPasskeys(ctx, a.TenantID, a.ID),
			q.ForgetIdentities(ctx, a.TenantID, a.ID),
		)
		if err != nil {
			return err
		}
		code, err = c.makeLink(ctx, q, a)
		return err
	})
	return code, err
}

// Recover is what a command does for an account that is there: it is enabled,
// may get another role, and comes in by a new link alone.
func (c *Console) Recover(ctx context.Context, a Account, role Role) (code string, err error) {
	return c.reset(ctx, a, func(a *Account) {
		a.Disabled = false
		if role != "" {
			a.Role = role
		}
	})
}
