package storage

import (
	"context"
	"time"

	"classbridge/classroom"
)

// toolKeyRow is a ToolKey with its private part sealed.
type toolKeyRow struct {
	ID        string
	TenantID  string
	State     classroom.ToolKeyState
	Private   string
	Public    string // empty: the private half says it
	CreatedAt time.Time
	UpdatedAt time.Time
}

func (toolKeyRow) TableName() string { return "tool_keys" }

func (q queries) newToolKeyRow(k classroom.ToolKey) (toolKeyRow, error) {
	sealed, err := q.vault.Seal(k.Private, "tool_keys/"+k.ID+"/private")
	return toolKeyRow{
		ID: k.ID, TenantID: k.TenantID, State: k.State, Private: sealed,
		CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt,
	}, err
}

func (q queries) toolKey(r toolKeyRow) (classroom.ToolKey, error) {
	private, err := q.vault.Open(r.Private, "tool_keys/"+r.ID+"/private")
	return classroom.ToolKey{
		ID: r.ID, TenantID: r.TenantID, State: r.State, Private: private,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}, err
}

// ToolKeys lists the tenant's keys, oldest first.
func (q queries) ToolKeys(ctx context.Context, tenantID string) ([]classroom.ToolKey, error) {
	const op = "tool keys"
	rows, err := list[toolKeyRow](ctx, q, op, 0, "created_at, id", "tenant_id = ?", tenantID)
	if err != nil {
		return nil, err
	}
	keys := make([]classroom.ToolKey, len(rows))
	for i, r := range rows {
		if keys[i], err = q.toolKey(r); err != nil {
			return nil, wrap(op, err)
		}
	}
	return keys, nil
}

// LockToolKeys locks the tenant's row, and with it keys that are not there yet.
func (q queries) LockToolKeys(ctx context.Context, tenantID string) ([]classroom.ToolKey, error) {
	if _, err := lock[classroom.Tenant](ctx, q, "lock tool keys", tenantID); err != nil {
		return nil, err
	}
	return q.ToolKeys(ctx, tenantID)
}

// CreateToolKey inserts a key.
func (q queries) CreateToolKey(ctx context.Context, k classroom.ToolKey) error {
	r, err := q.newToolKeyRow(k)
	if err != nil {
		return err
	}
	return create(ctx, q, "create tool key "+k.ID, r)
}

// SaveToolKey changes the state of a key.
func (q queries) SaveToolKey(ctx context.Context, k classroom.ToolKey) error {
	return q.exec(ctx, "save tool key "+k.ID, "UPDATE tool_keys SET state = ?, updated_at = ? WHERE tenant_id = ? AND id = ?",
		k.State, k.UpdatedAt, k.TenantID, k.ID)
}

// DeleteToolKey forgets a key.
func (q queries) DeleteToolKey(ctx context.Context, tenantID, id string) error {
	return q.exec(ctx, "delete tool key "+id, "DELETE FROM tool_keys WHERE tenant_id = ? AND id = ?", tenantID, id)
}
