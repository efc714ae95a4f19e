package admin

import (
	"context"
	"time"
)

// maxToken is longer than anything that we hand out to be found by its digest.
const maxToken = 128

// DoorStore is what is kept of the ways in.
type DoorStore interface {
	AttemptStore
	LinkStore
	PasskeyStore
	SSOStore
	// LockAccounts reads all accounts of a tenant and keeps them from others until
	// the end of the transaction.
	LockAccounts(ctx context.Context, tenantID string) ([]Account, error)
	// AccountsFrom lists accounts of a tenant behind that address, by address.
	AccountsFrom(ctx context.Context, tenantID, after string, limit int) ([]Account, error)
	// Consume marks something that is good for one use as used; Conflict if it was.
	Consume(ctx context.Context, id string, expires time.Time) error
}
