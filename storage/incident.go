package storage

import (
	"context"
	"time"

	"classbridge/admin"
)

// OpenIncidents lists those of a tenant that last, the oldest first.
func (q queries) OpenIncidents(ctx context.Context, tenantID string) ([]admin.Incident, error) {
	return list[admin.Incident](ctx, q, "open incidents", 0, "first_seen, id", "tenant_id = ? AND open_key IS NOT NULL", tenantID)
}

// Incidents lists those that people were told of, the newest first.
func (q queries) Incidents(ctx context.Context, tenantID string, limit int) ([]admin.Incident, error) {
	return list[admin.Incident](ctx, q, "incidents", limit, "raised_at DESC, id", "tenant_id = ? AND raised_at > ?", tenantID, time.Unix(0, 0).UTC())
}

// Incident reads one of the tenant.
func (q queries) Incident(ctx context.Context, tenantID, id string) (admin.Incident, error) {
	return get[admin.Incident](ctx, q, "incident "+id, "tenant_id = ? AND id = ?", tenantID, id)
}

// CreateIncident inserts an incident; Conflict if one of that key is open.
func (q queries) CreateIncident(ctx context.Context, i admin.Incident) error {
	return create(ctx, q, "create incident", i)
}

// SaveIncident changes an incident.
func (q queries) SaveIncident(ctx context.Context, i admin.Incident) error {
	return save(ctx, q, "save incident "+i.ID, i)
}

// DeleteIncident deletes one that nobody was told of.
func (q queries) DeleteIncident(ctx context.Context, id string) error {
	return q.exec(ctx, "delete incident "+id, "DELETE FROM incidents WHERE id = ?", id)
}

// ForgetIncidents deletes those that were over before then, with their deliveries.
func (q queries) ForgetIncidents(ctx context.Context, before time.Time) error {
	err := q.on(ctx).Exec(`DELETE FROM deliveries WHERE incident_id IN
		(SELECT id FROM incidents WHERE open_key IS NULL AND cleared_at < ?)`, before).Error
	if err != nil {
		return wrap("forget deliveries", err)
	}
	return wrap("forget incidents", q.on(ctx).Exec("DELETE FROM incidents WHERE open_key IS NULL AND cleared_at < ?", before).Error)
}

// CreateDelivery inserts a delivery, if there is none of that incident, way and phase.
func (q queries) CreateDelivery(ctx context.Context, d admin.Delivery) error {
	return wrap("create delivery", q.on(ctx).Exec(`INSERT INTO deliveries
		(id, tenant_id, incident_id, way_id, phase, state, tries, next_at, problem, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (incident_id, way_id, phase) DO NOTHING`,
		d.ID, d.TenantID, d.IncidentID, d.WayID, d.Phase, d.State, d.Tries, d.NextAt, d.Problem, d.CreatedAt).Error)
}

// DeliveriesDue lists what is to be tried now, the oldest first.
func (q queries) DeliveriesDue(ctx context.Context, now time.Time, limit int) ([]admin.Delivery, error) {
	return list[admin.Delivery](ctx, q, "deliveries due", limit, "next_at, id", "state = 'waiting' AND next_at <= ?", now)
}

// ClaimDelivery sets a delivery aside: one statement, so that of many who try, one
// gets it.
func (q queries) ClaimDelivery(ctx context.Context, id string, was, until time.Time) (bool, error) {
	done := q.on(ctx).Exec("UPDATE deliveries SET next_at = ? WHERE id = ? AND state = 'waiting' AND next_at = ?", until, id, was)
	return done.RowsAffected == 1, wrap("claim delivery "+id, done.Error)
}

// SaveDelivery changes a delivery.
func (q queries) SaveDelivery(ctx context.Context, d admin.Delivery) error {
	return save(ctx, q, "save delivery "+d.ID, d)
}

// Deliveries lists those of an incident.
func (q queries) Deliveries(ctx context.Context, incidentID string) ([]admin.Delivery, error) {
	return list[admin.Delivery](ctx, q, "deliveries", 0, "created_at, id", "incident_id = ?", incidentID)
}
