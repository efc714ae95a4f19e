package admin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// SignInLink is an address that lets one person in once, to choose how they sign
// in from then on. Its code is in the address alone.
type SignInLink struct {
	ID        string // digest of the code
	TenantID  string
	AccountID string // empty: makes the first account of the installation
	ExpiresAt time.Time
	CreatedAt time.Time
}

// LinkStore keeps links. One that was used is deleted.
type LinkStore interface {
	CreateSignInLink(ctx context.Context, l SignInLink) error
	FindSignInLink(ctx context.Context, id string) (SignInLink, bool, error)
	// UseSignInLink deletes it; NotFound if somebody was faster.
	UseSignInLink(ctx context.Context, id string) error
	// EndSignInLinks deletes those of an account.
	EndSignInLinks(ctx context.Context, tenantID, accountID string) error
	ForgetSignInLinks(ctx context.Context, expiredBefore time.Time) error
	// AnyAccount reports whether the installation has an account.
	AnyAccount(ctx context.Context) (bool, error)
}

// How long links are good for: the first one stands on a terminal, others
// travel to their person.
const (
	FirstLinkFor = time.Hour
	LinkFor      = 7 * 24 * time.Hour
)

func linkID(code string) string { return digest("sign-in link", code) }

// makeLink answers the code of a new link; any other of the account ends.
func (c *Console) makeLink(ctx context.Context, q Queries, a Account) (code string, err error) {
	code = rand.Text() + rand.Text()
	l := SignInLink{ID: linkID(code), TenantID: a.TenantID, AccountID: a.ID, CreatedAt: c.Now(), ExpiresAt: c.Now().Add(LinkFor)}
	if a.ID == "" {
		l.ExpiresAt = c.Now().Add(FirstLinkFor)
	} else if err := q.EndSignInLinks(ctx, a.TenantID, a.ID); err != nil {
		return "", fmt.Errorf("end links: %w", err)
	}
	if err := q.CreateSignInLink(ctx, l); err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return code, nil
}

// Address is where a link leads.
func (c *Console) Address(code string) string { return c.URL + "/console/welcome/" + code }

// FirstLink is the address that makes the first account; empty if there is one.
// Each replica, and each start, has its own: all end with the first account.
func (c *Console) FirstLink(ctx context.Context) (string, error) {
	any, err := c.Store.AnyAccount(ctx)
	if err != nil || any {
		return "", err
	}
	code, err := c.makeLink(ctx, c.Store, Account{TenantID: classroom.DefaultTenant})
	if err != nil {
		return "", err
	}
	return c.Address(code), nil
}

// Welcome is what the page of a link shows.
type Welcome struct {
	Link    SignInLink
	Account Account // whose link it is; without ID: the first account is made
}

func errLink(cause string) error {
	return &classroom.Error{Code: classroom.Expired, Message: "console.error.link", Err: errors.New(cause)}
}

// Welcome answers whose link that is: Expired if it is of no use any more.
func (c *Console) Welcome(ctx context.Context, code string) (Welcome, error) {
	if len(code) > maxToken {
		return Welcome{}, errLink("no link")
	}
	l, found, err := c.Store.FindSignInLink(ctx, linkID(code))
	switch {
	case err != nil:
		return Welcome{}, fmt.Errorf("link: %w", err)
	case !found:
		return Welcome{}, errLink("unknown or used link")
	case !c.Now().Before(l.ExpiresAt):
		return Welcome{}, errLink("the link expired")
	}
	if l.AccountID == "" {
		return c.welcomeFirst(ctx, l)
	}
	a, err := c.Store.Account(ctx, l.TenantID, l.AccountID)
	if err != nil {
		return Welcome{}, fmt.Errorf("account of the link: %w", err)
	}
	if a.Disabled {
		return Welcome{}, errLink("the account is disabled")
	}
	return Welcome{l, a}, nil
}

func (c *Console) welcomeFirst(ctx context.Context, l SignInLink) (Welcome, error) {
	any, err := c.Store.AnyAccount(ctx)
	if err == nil && any {
		err = errLink("there is an account already")
	}
	return Welcome{Link: l, Account: Account{TenantID: l.TenantID, Role: Owner}}, err
}

// Arrival is what somebody fills in who follows a link.
type Arrival struct {
	Name     string
	Email    string // of the first account; others have theirs
	Password string // empty: Passkey
	Passkey  string // what the browser answered
	State    string // what it was asked
}

// Arrive uses the link up and signs its person in.
func (c *Console) Arrive(ctx context.Context, code string, arrival Arrival, from From) (Entry, error) {
	w, err := c.Welcome(ctx, code)
	if err != nil {
		return Entry{}, err
	}
	a, err := c.arriving(w, arrival)
	if err != nil {
		return Entry{}, err
	}
	var key *Passkey
	if arrival.Password != "" || arrival.Passkey == "" {
		a.Password, err = c.newPassword(ctx, a, arrival.Password)
	} else {
		key, a.ID, err = c.readPasskey(ctx, w.Account.ID, arrival.State, arrival.Passkey)
	}
	if err != nil {
		return Entry{}, err
	}
	if a, err = c.settle(ctx, w, a, key); err != nil {
		return Entry{}, err
	}
	return c.enter(ctx, a, MethodLink, from)
}

// arriving is the account as its person wants it.
func (c *Console) arriving(w Welcome, arrival Arrival) (a Account, err error) {
	a = w.Account
	if a.Name, err = cleanName(arrival.Name); err != nil {
		return a, err
	}
	if a.ID == "" {
		a.Email, err = cleanEmail(arrival.Email)
		a.CreatedAt = c.Now()
	}
	a.UpdatedAt = c.Now()
	return a, err
}

// settle makes or changes the account, if nobody was faster with the link.
func (c *Console) settle(ctx context.Context, w Welcome, a Account, key *Passkey) (Account, error) {
	if a.ID == "" {
		a.ID = uuid.Must(uuid.NewV7()).String()
	}
	err := c.Store.AdminTx(ctx, func(q Queries) error {
		err := q.UseSignInLink(ctx, w.Link.ID)
		if classroom.Is(err, classroom.NotFound) {
			return errLink("somebody was faster")
		}
		if err != nil {
			return err
		}
		if err := c.keep(ctx, q, w, a); err != nil || key == nil {
			return err
		}
		key.TenantID, key.AccountID = a.TenantID, a.ID
		return keepPasskey(ctx, q, *key)
	})
	return a, err
}

func (c *Console) keep(ctx context.Context, q Queries, w Welcome, a Account) error {
	if w.Account.ID == "" {
		return c.createFirst(ctx, q, a)
	}
	now, err := q.Account(ctx, a.TenantID, a.ID)
	switch {
	case err != nil:
		return err
	case now.Disabled:
		return errLink("the account is disabled")
	}
	now.Name, now.Password, now.UpdatedAt = a.Name, a.Password, a.UpdatedAt
	return q.SaveAccount(ctx, now)
}

// createFirst sees to it that of two first accounts only one is made: both would
// take the same mark.
func (c *Console) createFirst(ctx context.Context, q Queries, a Account) error {
	any, err := q.AnyAccount(ctx)
	if err != nil {
		return err
	}
	if any {
		return errLink("there is an account already")
	}
	if err := q.Consume(ctx, digest("first account", a.TenantID), c.Now().Add(FirstLinkFor)); err != nil {
		if classroom.Is(err, classroom.Conflict) {
			return errLink("somebody makes the first account just now")
		}
		return err
	}
	return q.CreateAccount(ctx, a)
}
