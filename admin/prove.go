package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
)

// ProofFor is how long a proof of who somebody is stays fresh: what gives or
// takes a way in asks for a fresh one.
const ProofFor = 15 * time.Minute

// Proved reports whether the visitor has shown lately who they are.
func (c *Console) Proved(v Visitor) bool { return c.Now().Sub(v.Session.ProvedAt) < ProofFor }

// ProvePassword is a fresh proof by the password. The session gets a new token.
func (c *Console) ProvePassword(ctx context.Context, v Visitor, password string, from From) (Entry, error) {
	limits := limitsOf(v.Account.Email, from, c.knownAs(from, v.Account.ID))
	if err := c.attempt(ctx, limits); err != nil {
		return Entry{}, err
	}
	if err := c.checkPasswordOf(ctx, v.Account, password); err != nil {
		if classroom.Is(err, classroom.Forbidden) {
			err = c.recordOf(ctx, v.Account, from, Act{Name: "proof", Subject: MethodPassword}, err)
		}
		return Entry{}, err
	}
	if err := c.forgive(ctx, limits); err != nil {
		return Entry{}, err
	}
	return c.proved(ctx, v, MethodPassword, from)
}

// ProvePasskey is a fresh proof by a passkey of the visitor's own account.
func (c *Console) ProvePasskey(ctx context.Context, v Visitor, state, answer string, from From) (Entry, error) {
	a, err := c.verifyPasskey(ctx, state, answer)
	if err == nil && a.ID != v.Account.ID {
		err = errWrong("the passkey of another account")
	}
	if err != nil {
		return Entry{}, c.recordOf(ctx, v.Account, from, Act{Name: "proof", Subject: MethodPasskey}, err)
	}
	return c.proved(ctx, v, MethodPasskey, from)
}

// proved puts a session in the place of the visitor's that knows of the proof.
func (c *Console) proved(ctx context.Context, v Visitor, method string, from From) (Entry, error) {
	token, id := newToken()
	was, now := v.Session, c.Now()
	became := was
	became.ID, became.SeenAt, became.ProvedAt = id, now, now
	err := c.Store.AdminTx(ctx, func(q Queries) error {
		if err := q.EndSession(ctx, was.TenantID, was.AccountID, was.ID); err != nil {
			return err
		}
		return q.CreateSession(ctx, became)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("prove: %w", err)
	}
	known, err := c.know(from, v.Account.ID)
	if err != nil {
		return Entry{}, err
	}
	return Entry{v.Account, token, known}, c.recordOf(ctx, v.Account, from, Act{Name: "proof", Subject: method}, nil)
}

// mustProve is the last fence: the pages have asked for the proof before.
func (c *Console) mustProve(v Visitor) error {
	if c.Proved(v) {
		return nil
	}
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.prove.stale", Err: errors.New("no fresh proof")}
}
