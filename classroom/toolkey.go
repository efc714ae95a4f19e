package classroom

import (
	"context"
	"time"
)

// ToolKey is a signing key of the tool's own. Private is its PEM, in clear: the
// store seals it.
type ToolKey struct {
	ID        string // kid
	TenantID  string
	State     ToolKeyState
	Private   []byte
	CreatedAt time.Time
	UpdatedAt time.Time // since when it is in its state
}

// ToolKeyState says what a key is used for. Whatever it is, its public half is
// published.
type ToolKeyState string

const (
	KeyNext    ToolKeyState = "next"    // platforms get to know it before it signs
	KeyCurrent ToolKeyState = "current" // signs
	KeyRetired ToolKeyState = "retired" // signs no more; what it signed may still be on its way
)

// ToolKeyStore holds the tool's own signing keys.
type ToolKeyStore interface {
	// ToolKeys lists the tenant's keys, oldest first.
	ToolKeys(ctx context.Context, tenantID string) ([]ToolKey, error)
	// LockToolKeys is ToolKeys, and keeps others from it until the transaction ends.
	LockToolKeys(ctx context.Context, tenantID string) ([]ToolKey, error)
	CreateToolKey(ctx context.Context, k ToolKey) error
	SaveToolKey(ctx context.Context, k ToolKey) error // its state
	// DeleteToolKey forgets a key, private half and all.
	DeleteToolKey(ctx context.Context, tenantID, id string) error
}
