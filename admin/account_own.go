package admin

import (
	"context"
	"errors"
	"fmt"

	"classbridge/classroom"
)

// ChangeOwn gives the visitor's own account another name and language.
func (c *Console) ChangeOwn(ctx context.Context, v Visitor, name, locale string) error {
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	a := v.Account
	act := Act{Name: "account.change", Subject: a.Email, SubjectID: a.ID}
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		now, err := q.Account(ctx, a.TenantID, a.ID)
		if err != nil {
			return err
		}
		act.Detail = Changes(map[string]string{"name": now.Name, "locale": now.Locale}, map[string]string{"name": name, "locale": locale})
		now.Name, now.Locale, now.UpdatedAt = name, locale, c.Now()
		return q.SaveAccount(ctx, now)
	})
	return c.recordOwn(ctx, v, act, err)
}

// recordOwn writes down, where the visitor's account is, what they did to it.
func (c *Console) recordOwn(ctx context.Context, v Visitor, act Act, err error) error {
	v.Tenant.ID = v.Account.TenantID
	return c.Record(ctx, v, act, err)
}

// newPassword checks a password and answers its hash.
func (c *Console) newPassword(ctx context.Context, a Account, password string) (string, error) {
	if err := checkPassword(password, a.Name, a.Email); err != nil {
		return "", err
	}
	return c.hashPassword(ctx, password)
}

// ChangePassword gives the visitor's own account another password. All sessions
// end; the one that asked goes on under a new token.
func (c *Console) ChangePassword(ctx context.Context, v Visitor, password string, from From) (Entry, error) {
	if err := c.mustProve(v); err != nil {
		return Entry{}, err
	}
	hash, err := c.newPassword(ctx, v.Account, password)
	if err != nil {
		return Entry{}, err
	}
	a := v.Account
	err = c.Store.AdminTx(ctx, func(q Queries) error {
		now, err := q.Account(ctx, a.TenantID, a.ID)
		if err != nil {
			return err
		}
		now.Password, now.UpdatedAt = hash, c.Now()
		return errors.Join(q.SaveAccount(ctx, now), q.EndSessions(ctx, a.TenantID, a.ID, v.Session.ID), q.EndSignInLinks(ctx, a.TenantID, a.ID))
	})
	act := Act{Name: "account.password", Subject: a.Email, SubjectID: a.ID}
	if err := c.recordOwn(ctx, v, act, err); err != nil {
		return Entry{}, err
	}
	return c.renewed(ctx, v, from)
}

// renewed gives the session a new token and leaves the rest of it as it is.
func (c *Console) renewed(ctx context.Context, v Visitor, from From) (Entry, error) {
	token, id := newToken()
	became := v.Session
	became.ID = id
	err := c.Store.AdminTx(ctx, func(q Queries) error {
		if err := q.EndSession(ctx, v.Session.TenantID, v.Session.AccountID, v.Session.ID); err != nil {
			return err
		}
		return q.CreateSession(ctx, became)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("renew session: %w", err)
	}
	known, err := c.know(from, v.Account.ID)
	return Entry{v.Account, token, known}, err
}

// EndOwnSession signs another browser of the visitor's own account out.
func (c *Console) EndOwnSession(ctx context.Context, v Visitor, id string) error {
	err := c.Store.EndSession(ctx, v.Account.TenantID, v.Account.ID, id)
	if classroom.Is(err, classroom.NotFound) {
		return nil // it has ended by itself
	}
	return c.recordOwn(ctx, v, Act{Name: "session.end", Subject: v.Account.Email}, err)
}

// EndOtherSessions leaves the visitor signed in here alone.
func (c *Console) EndOtherSessions(ctx context.Context, v Visitor) error {
	err := c.Store.EndSessions(ctx, v.Account.TenantID, v.Account.ID, v.Session.ID)
	return c.recordOwn(ctx, v, Act{Name: "session.end_others", Subject: v.Account.Email}, err)
}

// Tend forgets what has expired: sessions, links, counts of attempts.
func (c *Console) Tend(ctx context.Context) error {
	now := c.Now()
	return errors.Join(
		c.Store.ForgetSessions(ctx, now.Add(-SessionIdle), now.Add(-SessionMax)),
		c.Store.ForgetSignInLinks(ctx, now),
		c.Store.ForgetAttempts(ctx, now.Add(-attemptsKept)),
	)
}
