package storage

import (
	"context"
	"time"
)

// ToolKey is a signing key of the tool's own. Private and Public are opaque
// here: package lti makes and reads them.
type ToolKey struct {
	ID        string // kid
	TenantID  string
	State     ToolKeyState
	Private   []byte // sealed in the database
	Public    []byte
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ToolKeyState says what a key is used for.
type ToolKeyState string

const (
	KeyCurrent ToolKeyState = "current" // signs
	KeyNext    ToolKeyState = "next"    // published, so that platforms know it when it begins to sign
	KeyRetired ToolKeyState = "retired" // published while what it signed is valid
)

// toolKeyRow is a ToolKey with its private part sealed.
type toolKeyRow struct {
	ID        string
	TenantID  string
	State     ToolKeyState
	Private   string
	Public    string
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (toolKeyRow) TableName() string { return "tool_keys" }

func (q queries) newToolKeyRow(k ToolKey) (toolKeyRow, error) {
	sealed, err := q.vault.Seal(k.Private, "tool_keys/"+k.ID+"/private")
	return toolKeyRow{
		ID: k.ID, TenantID: k.TenantID, State: k.State, Private: sealed, Public: string(k.Public),
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt,
	}, err
}

func (q queries) toolKey(r toolKeyRow) (ToolKey, error) {
	private, err := q.vault.Open(r.Private, "tool_keys/"+r.ID+"/private")
	return ToolKey{
		ID: r.ID, TenantID: r.TenantID, State: r.State, Private: private, Public: []byte(r.Public),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}, err
}

// ToolKeys lists the tenant's keys, oldest first.
func (db *DB) ToolKeys(ctx context.Context, tenantID string) ([]ToolKey, error) {
	const op = "tool keys"
	rows, err := list[toolKeyRow](ctx, db.queries, op, 0, "created_at, id", "tenant_id = ?", tenantID)
	if err != nil {
		return nil, err
	}
	keys := make([]ToolKey, len(rows))
	for i, r := range rows {
		if keys[i], err = db.toolKey(r); err != nil {
			return nil, wrap(op, err)
		}
	}
	return keys, nil
}

// CreateToolKey inserts a key.
func (db *DB) CreateToolKey(ctx context.Context, k ToolKey) error {
	r, err := db.newToolKeyRow(k)
	if err != nil {
		return err
	}
	return create(ctx, db.queries, "create tool key "+k.ID, r)
}

// SaveToolKey changes the state of a key.
func (db *DB) SaveToolKey(ctx context.Context, k ToolKey) error {
	return db.exec(ctx, "save tool key "+k.ID, "UPDATE tool_keys SET state = ?, updated_at = ? WHERE tenant_id = ? AND id = ?",
		k.State, k.UpdatedAt, k.TenantID, k.ID)
}
