package admin

import (
	"context"
	"time"
)

// Account is somebody who may sign in to the console. The e-mail address is its
// name: unique in the installation, in lower case.
type Account struct {
	ID        string
	TenantID  string
	Email     string
	Name      string
	Role      Role
	Password  string // argon2id in PHC form; empty: signs in another way
	Locale    string // empty: the browser's
	Disabled  bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// AccountStore keeps accounts.
type AccountStore interface {
	// Account answers NotFound when the tenant has no such account.
	Account(ctx context.Context, tenantID, id string) (Account, error)
	FindAccountByEmail(ctx context.Context, email string) (Account, bool, error)
	// Accounts lists those of a tenant by e-mail address, disabled ones too.
	Accounts(ctx context.Context, tenantID string) ([]Account, error)
	// CreateAccount answers Conflict when the address is taken.
	CreateAccount(ctx context.Context, a Account) error
	SaveAccount(ctx context.Context, a Account) error
}
