package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AlertRules are what a tenant wants to be told of.
type AlertRules struct {
	TenantID       string
	WorkMinutes    int64  // jobs that wait longer are an incident
	RecordingHours int64  // recordings that are processed for longer are one
	DueDays        int64  // certificates that end within as many days are one
	Muted          string // kinds that nobody is told of, separated by blanks
	UpdatedAt      time.Time
}

// NewAlertRules are those of a tenant that has not chosen.
func NewAlertRules(tenantID string) AlertRules {
	return AlertRules{TenantID: tenantID, WorkMinutes: 10, RecordingHours: 24, DueDays: 14}
}

// AlertRulesStore keeps them.
type AlertRulesStore interface {
	FindAlertRules(ctx context.Context, tenantID string) (AlertRules, bool, error)
	SaveAlertRules(ctx context.Context, r AlertRules) error // inserts or replaces
}

// Mutes reports whether nobody is told of that kind.
func (r AlertRules) Mutes(k IncidentKind) bool {
	return slices.Contains(strings.Fields(r.Muted), string(k))
}

// AlertRules are those in force for the tenant.
func (c *Console) AlertRules(ctx context.Context, tenantID string) (AlertRules, error) {
	r, found, err := c.Store.FindAlertRules(ctx, tenantID)
	if err != nil || !found {
		return NewAlertRules(tenantID), err
	}
	return r, nil
}

// SaveAlertRules changes them. It answers a *FieldError for numbers that make no
// sense.
func (c *Console) SaveAlertRules(ctx context.Context, v Visitor, r AlertRules) error {
	for _, n := range []struct {
		field      string
		value, max int64
	}{{"work", r.WorkMinutes, 1440}, {"recording", r.RecordingHours, 720}, {"due", r.DueDays, 90}} {
		if n.value < 1 || n.value > n.max {
			return &FieldError{n.field, "console.alerts.wrong.number"}
		}
	}
	was, err := c.AlertRules(ctx, v.Tenant.ID)
	if err != nil {
		return err
	}
	r.TenantID, r.UpdatedAt = v.Tenant.ID, c.Now()
	return c.Record(ctx, v, Act{Name: "alert_rules.change", Detail: Changes(was.facts(), r.facts())}, c.Store.SaveAlertRules(ctx, r))
}

func (r AlertRules) facts() map[string]string {
	return map[string]string{
		"jobs, minutes": fmt.Sprint(r.WorkMinutes), "recordings, hours": fmt.Sprint(r.RecordingHours),
		"due, days": fmt.Sprint(r.DueDays), "muted": r.Muted,
	}
}
