package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"classbridge/classroom"
)

// Store keeps what this package knows; package storage implements it. Its errors
// are those of classroom.Store.
type Store interface {
	Queries
	// AdminTx runs fn in one transaction and commits if it answers nil. fn must use
	// only the Queries that it is given.
	AdminTx(ctx context.Context, fn func(Queries) error) error
}

// Queries are the small per-noun parts of a Store.
type Queries interface {
	AccountStore
	SessionStore
	AuditStore
	DoorStore
	TenantStore
	IncidentStore
	DeliveryStore
	AlertWayStore
	AlertRulesStore
	SetupStore
	BrandingStore
	NumbersStore
}

// TenantStore keeps the schools of the installation.
type TenantStore interface {
	Tenant(ctx context.Context, id string) (classroom.Tenant, error)
	// Tenants lists all of them, the oldest first.
	Tenants(ctx context.Context) ([]classroom.Tenant, error)
	CreateTenant(ctx context.Context, t classroom.Tenant) error
	SchoolStore
	SaveTenant(ctx context.Context, t classroom.Tenant) error
}

// Console is the operations of the console's own. All fields must be set.
type Console struct {
	Store  Store
	Signer *classroom.Signer
	URL    string // public base of this program, without a trailing slash
	Now    func() time.Time
	Log    *slog.Logger

	HTTP  func(tenantID string) *http.Client // by which a tenant's single sign-on is asked
	Reach classroom.Reach                    // who may name addresses inside the operator's network

	hashing slots
}

// Visitor is who asks for something in the console, and in which tenant.
type Visitor struct {
	Account Account
	Session Session
	Tenant  classroom.Tenant // that is looked at
	Address string           // from where
}

// May reports whether the visitor has the right in the tenant that is looked at.
func (v Visitor) May(r Right) bool {
	if v.Tenant.ID != v.Account.TenantID && !v.Account.May(ManageTenants) {
		return false
	}
	return v.Account.May(r)
}

// Entered reports whether the visitor looks at another tenant than their own.
func (v Visitor) Entered() bool { return v.Tenant.ID != v.Account.TenantID }

// errSignedOut is a session that is not there, or no longer.
func errSignedOut(cause string) error {
	return &classroom.Error{Code: classroom.Expired, Message: "console.error.signed_out", Err: errors.New(cause)}
}

// Visit finds who holds that token, with the rights of now. It answers Expired
// for whoever has to sign in (again).
func (c *Console) Visit(ctx context.Context, token, address string) (Visitor, error) {
	if token == "" || len(token) > maxToken {
		return Visitor{}, errSignedOut("no session")
	}
	s, a, found, err := c.Store.FindSession(ctx, sessionID(token))
	switch {
	case err != nil:
		return Visitor{}, fmt.Errorf("console session: %w", err)
	case !found:
		return Visitor{}, errSignedOut("unknown session")
	case s.expired(c.Now()):
		return Visitor{}, errSignedOut("the session expired")
	case a.Disabled:
		return Visitor{}, errSignedOut("the account is disabled")
	}
	own, err := c.Store.Tenant(ctx, a.TenantID)
	if err == nil && own.Disabled {
		err = errSignedOut("the school is disabled")
	}
	if err != nil {
		return Visitor{}, err
	}
	v := Visitor{Account: a, Session: s, Address: address}
	if v.Tenant, err = c.tenantOf(ctx, s, a); err != nil {
		return Visitor{}, fmt.Errorf("tenant of the console session: %w", err)
	}
	return v, c.see(ctx, s)
}

// tenantOf is the tenant that is looked at: another than the account's own only
// for whoever runs the installation, now.
func (c *Console) tenantOf(ctx context.Context, s Session, a Account) (classroom.Tenant, error) {
	if s.Entered != "" && a.May(ManageTenants) {
		return c.Store.Tenant(ctx, s.Entered)
	}
	return c.Store.Tenant(ctx, a.TenantID)
}

func (c *Console) see(ctx context.Context, s Session) error {
	if c.Now().Sub(s.SeenAt) < seenEvery {
		return nil
	}
	s.SeenAt = c.Now()
	if err := c.Store.SaveSession(ctx, s); err != nil && !classroom.Is(err, classroom.NotFound) {
		return fmt.Errorf("console session: %w", err)
	}
	return nil
}

// Open signs a browser in. The token is for its cookie alone.
func (c *Console) Open(ctx context.Context, a Account, method, address, browser string) (token string, err error) {
	token, id := newToken()
	now := c.Now()
	s := Session{
		ID: id, TenantID: a.TenantID, AccountID: a.ID, Entered: a.TenantID, Method: method, Address: address, Browser: shorten(browser, 200),
		CreatedAt: now, SeenAt: now, ProvedAt: now,
	}
	if err := c.Store.CreateSession(ctx, s); err != nil {
		return "", fmt.Errorf("open console session: %w", err)
	}
	return token, nil
}

func shorten(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit])
	}
	return s
}
