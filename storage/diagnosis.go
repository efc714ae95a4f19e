package storage

import (
	"context"
	"time"
)

// diagnosis is a tenant's last examination.
type diagnosis struct {
	TenantID string `gorm:"primaryKey"`
	Report   string
	MadeAt   time.Time
}

func (diagnosis) TableName() string { return "diagnoses" }

// SaveDiagnosis keeps a report in place of the tenant's last one.
func (db *DB) SaveDiagnosis(ctx context.Context, tenantID, report string, at time.Time) error {
	const op = "save diagnosis"
	return db.tx(ctx, func(t *tx) error {
		if err := t.on(ctx).Exec("DELETE FROM diagnoses WHERE tenant_id = ?", tenantID).Error; err != nil {
			return wrap(op, err)
		}
		return create(ctx, t.queries, op, diagnosis{tenantID, report, at.UTC()})
	})
}

// FindDiagnosis reads the tenant's last report.
func (db *DB) FindDiagnosis(ctx context.Context, tenantID string) (report string, found bool, err error) {
	d, found, err := find[diagnosis](ctx, db.queries, "diagnosis", "tenant_id = ?", tenantID)
	return d.Report, found, err
}
