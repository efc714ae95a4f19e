package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
)

// From is the browser that somebody signs in with.
type From struct {
	Address string
	Browser string // as it calls itself
	Known   string // what an earlier sign-in left there; see Entry
	Session string // token of the session that it has and that ends now
}

// Entry is a browser that has been signed in: what its cookies hold from now on.
type Entry struct {
	Account Account
	Token   string // of the session
	Known   string // tells the browser again, whose owner nobody can lock out
}

// How somebody signed in.
const (
	MethodPassword = "password"
	MethodPasskey  = "passkey"
	MethodSSO      = "oidc"
	MethodLink     = "link"
)

const (
	purposeKnown classroom.Purpose = "known browser"
	// KnownFor is how long a browser is known.
	KnownFor = 180 * 24 * time.Hour
)

// knownBrowser is what a browser keeps after a sign-in. It opens nothing.
type knownBrowser struct {
	Account string `json:"a"`
	ID      string `json:"i"`
}

// errWrong is all that somebody learns who may not come in: not whether there is
// such an account. The cause is for the log.
func errWrong(cause string) error {
	return &classroom.Error{Code: classroom.Forbidden, Message: "console.sign_in.wrong", Err: errors.New(cause)}
}

// SignIn lets somebody in who knows the password: WaitError for one attempt too
// many, Forbidden for all else that is wrong.
func (c *Console) SignIn(ctx context.Context, email, password string, from From) (Entry, error) {
	email, err := cleanEmail(email)
	if err != nil {
		return Entry{}, errWrong("no e-mail address")
	}
	a, found, err := c.Store.FindAccountByEmail(ctx, email)
	if err != nil {
		return Entry{}, fmt.Errorf("sign in: %w", err)
	}
	limits := limitsOf(email, from, c.knownAs(from, a.ID))
	if err := c.attempt(ctx, limits); err != nil {
		return Entry{}, err
	}
	if err := c.checkPasswordOf(ctx, a, password); err != nil {
		if found && classroom.Is(err, classroom.Forbidden) {
			err = c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: MethodPassword}, err)
		}
		return Entry{}, err
	}
	if err := c.forgive(ctx, limits); err != nil {
		return Entry{}, err
	}
	if err := c.mayEnterOtherwise(ctx, a); err != nil {
		return Entry{}, c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: MethodPassword}, err)
	}
	return c.enter(ctx, a, MethodPassword, from)
}

// checkPasswordOf also brings the hash up to the cost of today.
func (c *Console) checkPasswordOf(ctx context.Context, a Account, password string) error {
	is, old, err := c.passwordIs(ctx, password, a.Password)
	switch {
	case err != nil:
		return fmt.Errorf("check password: %w", err)
	case a.ID == "":
		return errWrong("unknown account")
	case !is:
		return errWrong("wrong password")
	case old:
		return c.rehash(ctx, a, password)
	}
	return nil
}

func (c *Console) rehash(ctx context.Context, a Account, password string) error {
	hash, err := c.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return c.Store.AdminTx(ctx, func(q Queries) error {
		now, err := q.Account(ctx, a.TenantID, a.ID)
		if err != nil || now.Password != a.Password { // changed meanwhile
			return err
		}
		now.Password = hash
		return q.SaveAccount(ctx, now)
	})
}

// enter signs a browser in as that account, whoever has proved to be it. The
// session is a new one each time, and the browser's old one ends.
func (c *Console) enter(ctx context.Context, a Account, method string, from From) (Entry, error) {
	if a.Disabled {
		return Entry{}, c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: method}, errWrong("the account is disabled"))
	}
	if t, err := c.Store.Tenant(ctx, a.TenantID); err != nil || t.Disabled {
		return Entry{}, errors.Join(err, c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: method}, errWrong("the school is disabled")))
	}
	if err := c.end(ctx, from.Session); err != nil {
		return Entry{}, err
	}
	token, err := c.Open(ctx, a, method, from.Address, from.Browser)
	if err != nil {
		return Entry{}, err
	}
	known, err := c.know(from, a.ID)
	if err != nil {
		return Entry{}, err
	}
	return Entry{a, token, known}, c.recordOf(ctx, a, from, Act{Name: "sign_in", Subject: method}, nil)
}

// end deletes the session of a token, if there is one.
func (c *Console) end(ctx context.Context, token string) error {
	if token == "" || len(token) > maxToken {
		return nil
	}
	s, a, found, err := c.Store.FindSession(ctx, sessionID(token))
	if err != nil || !found {
		return err
	}
	if err := c.Store.EndSession(ctx, a.TenantID, a.ID, s.ID); err != nil && !classroom.Is(err, classroom.NotFound) {
		return fmt.Errorf("end console session: %w", err)
	}
	return nil
}

// SignOut ends the browser's session, or all sessions of its account. It is no
// error to have none.
func (c *Console) SignOut(ctx context.Context, token, address string, everywhere bool) error {
	v, err := c.Visit(ctx, token, address)
	if classroom.Is(err, classroom.Expired) {
		return nil
	}
	if err != nil {
		return err
	}
	v.Tenant.ID = v.Account.TenantID // it is written down where the account is
	if everywhere {
		err := c.Store.EndSessions(ctx, v.Account.TenantID, v.Account.ID, "")
		return c.Record(ctx, v, Act{Name: "sign_out", Detail: []string{"everywhere"}}, err)
	}
	return c.Record(ctx, v, Act{Name: "sign_out"}, c.end(ctx, token))
}

// knownAs is the id of a browser in which that account was signed in before.
func (c *Console) knownAs(from From, accountID string) string {
	var k knownBrowser
	if _, _, err := c.Signer.Open(purposeKnown, from.Known, &k); err != nil || k.Account != accountID {
		return ""
	}
	return k.ID
}

func (c *Console) know(from From, accountID string) (string, error) {
	id := c.knownAs(from, accountID)
	if id == "" {
		id = rand.Text()
	}
	return c.Signer.Sign(purposeKnown, knownBrowser{accountID, id}, KnownFor)
}

// recordOf writes down what became of somebody who is not signed in (yet).
func (c *Console) recordOf(ctx context.Context, a Account, from From, act Act, err error) error {
	e := c.entry(a.TenantID, act)
	e.ActorID, e.Actor, e.Address = a.ID, a.Email, from.Address
	return c.record(ctx, e, err)
}
