package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/admin"
	"classbridge/storage/vault"
)

// alertWayRow is an admin.AlertWay with its secret sealed, and the address of a
// webhook: whoever has it can post there.
type alertWayRow admin.AlertWay

func (alertWayRow) TableName() string { return "alert_ways" }

func (q queries) newAlertWayRow(w admin.AlertWay) (alertWayRow, error) {
	var wrong, err error
	if w.Secret != "" {
		w.Secret, wrong = q.vault.Seal([]byte(w.Secret), "alert_ways/"+w.ID+"/secret")
	}
	if w.Kind == admin.ByWebhook && w.Target != "" {
		w.Target, err = q.vault.Seal([]byte(w.Target), "alert_ways/"+w.ID+"/target")
	}
	return alertWayRow(w), errors.Join(wrong, err)
}

func (q queries) alertWay(r alertWayRow) (admin.AlertWay, error) {
	for column, text := range map[string]*string{"secret": &r.Secret, "target": &r.Target} {
		if _, sealed := vault.KeyOf(*text); !sealed {
			continue
		}
		plain, err := q.vault.Open(*text, "alert_ways/"+r.ID+"/"+column)
		if *text = string(plain); err != nil {
			return admin.AlertWay(r), fmt.Errorf("alert way %s: %w", r.ID, err)
		}
	}
	return admin.AlertWay(r), nil
}

// AlertWays lists those of a tenant, the oldest first.
func (q queries) AlertWays(ctx context.Context, tenantID string) ([]admin.AlertWay, error) {
	rows, err := list[alertWayRow](ctx, q, "alert ways", 0, "created_at, id", "tenant_id = ?", tenantID)
	if err != nil {
		return nil, err
	}
	ways := make([]admin.AlertWay, len(rows))
	for i, r := range rows {
		if ways[i], err = q.alertWay(r); err != nil {
			return nil, err
		}
	}
	return ways, nil
}

// AlertWay reads a way of the tenant.
func (q queries) AlertWay(ctx context.Context, tenantID, id string) (admin.AlertWay, error) {
	r, err := get[alertWayRow](ctx, q, "alert way "+id, "tenant_id = ? AND id = ?", tenantID, id)
	if err != nil {
		return admin.AlertWay{}, err
	}
	return q.alertWay(r)
}

// CreateAlertWay inserts a way.
func (q queries) CreateAlertWay(ctx context.Context, w admin.AlertWay) error {
	r, err := q.newAlertWayRow(w)
	if err != nil {
		return err
	}
	return create(ctx, q, "create alert way "+w.ID, r)
}

// SaveAlertWay changes a way.
func (q queries) SaveAlertWay(ctx context.Context, w admin.AlertWay) error {
	r, err := q.newAlertWayRow(w)
	if err != nil {
		return err
	}
	return save(ctx, q, "save alert way "+w.ID, r)
}

// NoteAlertWay notes what came of a try.
func (q queries) NoteAlertWay(ctx context.Context, tenantID, id string, triedAt time.Time, problem string) error {
	return q.exec(ctx, "note alert way "+id, "UPDATE alert_ways SET tried_at = ?, problem = ? WHERE tenant_id = ? AND id = ?", triedAt, problem, tenantID, id)
}

// DeleteAlertWay deletes a way with its deliveries.
func (db *DB) DeleteAlertWay(ctx context.Context, tenantID, id string) error {
	return db.tx(ctx, func(t *tx) error { return t.DeleteAlertWay(ctx, tenantID, id) })
}

// DeleteAlertWay deletes a way with its deliveries.
func (q queries) DeleteAlertWay(ctx context.Context, tenantID, id string) error {
	if err := q.on(ctx).Exec("DELETE FROM deliveries WHERE tenant_id = ? AND way_id = ?", tenantID, id).Error; err != nil {
		return wrap("delete alert way "+id, err)
	}
	return q.exec(ctx, "delete alert way "+id, "DELETE FROM alert_ways WHERE tenant_id = ? AND id = ?", tenantID, id)
}

// FindAlertRules reads what a tenant wants to be told of.
func (q queries) FindAlertRules(ctx context.Context, tenantID string) (admin.AlertRules, bool, error) {
	return find[admin.AlertRules](ctx, q, "alert rules", "tenant_id = ?", tenantID)
}

// SaveAlertRules inserts or replaces them.
func (q queries) SaveAlertRules(ctx context.Context, r admin.AlertRules) error {
	return wrap("save alert rules", q.on(ctx).Exec(`INSERT INTO alert_rules (tenant_id, work_minutes, recording_hours, due_days, muted, updated_at)
		VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET work_minutes = excluded.work_minutes,
		recording_hours = excluded.recording_hours, due_days = excluded.due_days, muted = excluded.muted, updated_at = excluded.updated_at`,
		r.TenantID, r.WorkMinutes, r.RecordingHours, r.DueDays, r.Muted, r.UpdatedAt).Error)
}
