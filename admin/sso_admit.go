package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"classbridge/classroom"

	"github.com/google/uuid"
)

func errStranger(cause string) error {
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.sso.unknown", Err: errors.New(cause)}
}

// admit finds out whose account somebody has whom the provider vouches for. Who
// was here before is known by the provider's subject. Who comes first must have an
// address that the provider has verified, and an account of that address, or a
// group that makes one.
func (c *Console) admit(ctx context.Context, p SSOProvider, who claims) (a Account, err error) {
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		all, err := q.LockAccounts(ctx, p.TenantID)
		if err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
		i, found, err := q.FindIdentity(ctx, p.TenantID, who.Issuer, who.Subject)
		switch {
		case err != nil:
			return fmt.Errorf("identity: %w", err)
		case found:
			a, err = c.admitAgain(ctx, q, p, who, i, all)
		default:
			a, err = c.admitFirst(ctx, q, p, who, all)
		}
		return err
	})
	return a, err
}

func (c *Console) admitAgain(ctx context.Context, q Queries, p SSOProvider, who claims, i Identity, all []Account) (Account, error) {
	n := slices.IndexFunc(all, func(a Account) bool { return a.ID == i.AccountID })
	if n < 0 {
		return Account{}, errStranger("the account is gone")
	}
	i.UsedAt = c.Now()
	if err := q.SaveIdentity(ctx, i); err != nil {
		return Account{}, err
	}
	if !i.ByGroup {
		return all[n], nil
	}
	role, in := p.roleOf(who.Groups)
	if !in {
		return Account{}, errStranger("no group of theirs comes in any more")
	}
	return c.follow(ctx, q, all, n, role)
}

// follow gives an account the role that its group has now; but somebody always
// stays who manages accounts.
func (c *Console) follow(ctx context.Context, q Queries, all []Account, n int, role Role) (Account, error) {
	was := all[n]
	if was.Role == role {
		return was, nil
	}
	all[n].Role, all[n].UpdatedAt = role, c.Now()
	if was.manages() && !slices.ContainsFunc(all, Account.manages) {
		return was, nil
	}
	err := errors.Join(q.EndSessions(ctx, was.TenantID, was.ID, ""), q.SaveAccount(ctx, all[n]), c.recordRole(ctx, q, was, all[n]))
	return all[n], err
}

func (c *Console) recordRole(ctx context.Context, q Queries, was, became Account) error {
	e := c.entry(was.TenantID, Act{Name: "account.change", Subject: was.Email, SubjectID: was.ID, Detail: Changes(was.facts(), became.facts())})
	e.Actor, e.Outcome = "single sign-on", Done
	return q.CreateAuditEntry(ctx, e)
}

func (c *Console) admitFirst(ctx context.Context, q Queries, p SSOProvider, who claims, all []Account) (Account, error) {
	email, err := cleanEmail(who.Email)
	if err != nil || !who.Verified {
		return Account{}, errStranger("no verified address")
	}
	if !p.believes(email) {
		return Account{}, errStranger("an address of another domain")
	}
	i := Identity{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: p.TenantID, Issuer: who.Issuer, Subject: who.Subject, CreatedAt: c.Now(), UsedAt: c.Now(),
	}
	if n := slices.IndexFunc(all, func(a Account) bool { return a.Email == email }); n >= 0 {
		i.AccountID = all[n].ID
		return all[n], q.CreateIdentity(ctx, i)
	}
	role, in := p.roleOf(who.Groups)
	if !in {
		return Account{}, errStranger("neither listed nor in a group that comes in")
	}
	a, err := c.createByGroup(ctx, q, p, who, email, role)
	if err != nil {
		return a, err
	}
	i.AccountID, i.ByGroup = a.ID, true
	return a, q.CreateIdentity(ctx, i)
}

func (c *Console) createByGroup(ctx context.Context, q Queries, p SSOProvider, who claims, email string, role Role) (Account, error) {
	_, taken, err := q.FindAccountByEmail(ctx, email)
	if err == nil && taken {
		err = errStranger("the address is another school's")
	}
	if err != nil {
		return Account{}, err
	}
	name, err := cleanName(who.Name)
	if err != nil {
		name = email
	}
	a := Account{
		ID: uuid.Must(uuid.NewV7()).String(), TenantID: p.TenantID, Email: email, Name: name, Role: role, CreatedAt: c.Now(), UpdatedAt: c.Now(),
	}
	return a, errors.Join(q.CreateAccount(ctx, a), c.recordRole(ctx, q, Account{TenantID: a.TenantID, ID: a.ID, Email: email}, a))
}

// believes reports whether an address is of a domain that may come in.
func (p SSOProvider) believes(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return len(p.Domains) == 0 || slices.Contains(p.Domains, domain)
}

// linkIdentity makes the provider's person the visitor's own: they are signed in
// here and there, so no address has to be believed.
func (c *Console) linkIdentity(ctx context.Context, v Visitor, who claims) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	a := v.Account
	err := c.Store.AdminTx(ctx, func(q Queries) error {
		i, found, err := q.FindIdentity(ctx, a.TenantID, who.Issuer, who.Subject)
		switch {
		case err != nil:
			return fmt.Errorf("identity: %w", err)
		case found && i.AccountID == a.ID:
			return nil
		case found:
			return &classroom.Error{Code: classroom.Conflict, Message: "console.sso.linked", Err: errors.New("linked with another account")}
		}
		return q.CreateIdentity(ctx, Identity{
			ID: uuid.Must(uuid.NewV7()).String(), TenantID: a.TenantID, AccountID: a.ID,
			Issuer: who.Issuer, Subject: who.Subject, CreatedAt: c.Now(), UsedAt: c.Now(),
		})
	})
	return c.recordOwn(ctx, v, Act{Name: "account.link", Subject: a.Email, SubjectID: a.ID}, err)
}
