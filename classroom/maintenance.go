package classroom

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"
)

// Maintenance is a window in which no class of a tenant starts. Those that run
// then finish, and may be joined.
type Maintenance struct {
	TenantID  string
	Words     string // of whoever planned it; may be empty
	BeginsAt  time.Time
	EndsAt    time.Time
	UpdatedAt time.Time
}

// MaintenanceStore keeps one window a tenant.
type MaintenanceStore interface {
	FindMaintenance(ctx context.Context, tenantID string) (Maintenance, bool, error)
	SaveMaintenance(ctx context.Context, m Maintenance) error // inserts or replaces
	DeleteMaintenance(ctx context.Context, tenantID string) error
}

// Now reports whether the window is open.
func (m Maintenance) Now(now time.Time) bool {
	return !now.Before(m.BeginsAt) && now.Before(m.EndsAt)
}

// Ahead reports whether the window is still to come.
func (m Maintenance) Ahead(now time.Time) bool { return now.Before(m.BeginsAt) }

// Maintenance is the tenant's window that is open or to come; false: there is none.
func (c *Classroom) Maintenance(ctx context.Context, tenantID string) (Maintenance, bool, error) {
	m, found, err := c.Store.FindMaintenance(ctx, tenantID)
	return m, found && c.Now().Before(m.EndsAt), err
}

const (
	maintenanceWords = 300
	maintenanceLimit = 31 * day
)

// PlanMaintenance sets the tenant's window, in place of another. *InputErrors say
// what cannot be meant.
func (c *Classroom) PlanMaintenance(ctx context.Context, m Maintenance) error {
	switch {
	case m.BeginsAt.IsZero():
		return &InputError{Field: "from", Message: "console.bbb.wrong.time", Err: errors.New("the beginning is no time")}
	case m.EndsAt.IsZero():
		return &InputError{Field: "to", Message: "console.bbb.wrong.time", Err: errors.New("the end is no time")}
	case !m.EndsAt.After(m.BeginsAt), !m.EndsAt.After(c.Now()):
		return &InputError{Field: "to", Message: "console.bbb.wrong.window", Err: errors.New("the end must be after the beginning, and not be past")}
	case m.EndsAt.Sub(m.BeginsAt) > maintenanceLimit:
		return &InputError{Field: "to", Message: "console.bbb.wrong.long", Err: errors.New("a window lasts 31 days at most")}
	case utf8.RuneCountInString(m.Words) > maintenanceWords:
		return &InputError{Field: "words", Message: "console.bbb.wrong.words", Err: errors.New("the text has 300 characters at most")}
	}
	m.UpdatedAt = c.Now()
	return c.Store.SaveMaintenance(ctx, m)
}

// EndMaintenance takes the window back; classes start again at once.
func (c *Classroom) EndMaintenance(ctx context.Context, tenantID string) error {
	return c.Store.DeleteMaintenance(ctx, tenantID)
}
