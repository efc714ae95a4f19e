package classroom

import (
	"context"
	"time"
)

// Retire is what happens to a recording that has grown old.
type Retire string

const (
	RetireHide   Retire = "unpublish"
	RetireDelete Retire = "delete"
)

// Retention is how long a tenant's recordings last. Days count from the end of
// the class; 0 means for ever, and of WarnDays that nobody is warned.
type Retention struct {
	TenantID      string
	UnpublishDays int64
	DeleteDays    int64
	WarnDays      int64 // that the course's channel is told before
	UpdatedAt     time.Time
}

// RetentionStore keeps the rules, and finds the recordings that they concern.
type RetentionStore interface {
	FindRetention(ctx context.Context, tenantID string) (Retention, bool, error)
	SaveRetention(ctx context.Context, r Retention) error // inserts or replaces
	// Retentions lists the rules of all tenants.
	Retentions(ctx context.Context) ([]Retention, error)
	// RecordingsToWarnOf lists recordings in those states that ended by then, that
	// nobody keeps and whose course was not told of the act; those of a room stand
	// together.
	RecordingsToWarnOf(ctx context.Context, tenantID string, act Retire, states []RecordingState, ended time.Time, limit int) ([]Recording, error)
	// RecordingsToRetire lists those of them whose time has come by now, and whose
	// warning is no longer waiting to be posted, or has waited since then.
	RecordingsToRetire(ctx context.Context, tenantID string, act Retire, states []RecordingState, ended, now, since time.Time, limit int) ([]Recording, error)
	// RecordingsWarnedOf lists those that a warning names, the oldest first.
	RecordingsWarnedOf(ctx context.Context, announcementID string) ([]Recording, error)
}

const day = 24 * time.Hour

// days is after how many days the act is due; 0: never. What is to be deleted by
// the same day needs no hiding before.
func (r Retention) days(act Retire) int64 {
	switch {
	case act == RetireDelete:
		return r.DeleteDays
	case r.DeleteDays > 0 && r.DeleteDays <= r.UnpublishDays:
		return 0
	}
	return r.UnpublishDays
}

// Next is what the rules do to a recording, and when; empty: nothing.
func (r Retention) Next(rec Recording) (Retire, time.Time) {
	if rec.Kept || rec.State == RecordingDeleted {
		return "", time.Time{}
	}
	act := RetireDelete
	if rec.State == RecordingPublished && r.days(RetireHide) > 0 {
		act = RetireHide
	}
	if r.days(act) == 0 {
		return "", time.Time{}
	}
	at := rec.EndedAt.Add(time.Duration(r.days(act)) * day)
	if rec.Retire == act && rec.RetireAt.After(at) { // what the course was told holds
		at = rec.RetireAt
	}
	return act, at
}

// Retention is what the tenant decided; the zero rules keep everything.
func (c *Classroom) Retention(ctx context.Context, tenantID string) (Retention, error) {
	r, found, err := c.Store.FindRetention(ctx, tenantID)
	if !found {
		r = Retention{TenantID: tenantID}
	}
	return r, err
}

// longestDays is as far as rules look ahead: ten years.
const longestDays = 3653

// ChangeRetention changes the rules. *InputErrors say which number makes no sense.
func (c *Classroom) ChangeRetention(ctx context.Context, r Retention) error {
	for _, n := range []struct {
		field      string
		value, max int64
	}{{"unpublish", r.UnpublishDays, longestDays}, {"delete", r.DeleteDays, longestDays}, {"warn", r.WarnDays, 90}} {
		if n.value < 0 || n.value > n.max {
			return wrongNumber(n.field)
		}
	}
	for _, days := range []int64{r.days(RetireHide), r.days(RetireDelete)} {
		if days > 0 && r.WarnDays >= days {
			return &InputError{Field: "warn", Message: "console.bbb.wrong.warn"}
		}
	}
	r.UpdatedAt = c.Now()
	return c.Store.SaveRetention(ctx, r)
}
