package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Keeping is how long a tenant keeps what it knows of people. How long recordings
// last is their own rule, see Retention.
type Keeping struct {
	TenantID       string
	LaunchDays     int64 // launches: who opened which room when, from which address
	AttendanceDays int64 // who was in a class for how long, from its end on
	TroubleDays    int64 // refused launches, and tries to join
	AuditMonths    int64 // the audit log
	PersonMonths   int64 // people, and enrolments, of which nothing was heard since then
	UpdatedAt      time.Time
}

// defaultKeeping is what holds until a tenant decides.
func defaultKeeping(tenantID string) Keeping {
	return Keeping{TenantID: tenantID, LaunchDays: 180, AttendanceDays: 365, TroubleDays: 30, AuditMonths: 12, PersonMonths: 18}
}

// KeepingLimit is between what and what a number of Keeping may be. Launches are
// needed as long as a session lasts and as the proof of a role may be, with ample
// room; an audit log of less than a quarter is none.
type KeepingLimit struct {
	Field     string
	Value     func(*Keeping) *int64
	Low, High int64
}

// KeepingLimits are those of all numbers, in the order in which to show them.
func KeepingLimits() []KeepingLimit {
	return []KeepingLimit{
		{"launches", func(k *Keeping) *int64 { return &k.LaunchDays }, 30, longestDays},
		{"attendance", func(k *Keeping) *int64 { return &k.AttendanceDays }, 30, longestDays},
		{"trouble", func(k *Keeping) *int64 { return &k.TroubleDays }, 1, int64(refusalKept / day)},
		{"audit", func(k *Keeping) *int64 { return &k.AuditMonths }, 3, 120},
		{"persons", func(k *Keeping) *int64 { return &k.PersonMonths }, 3, 120},
	}
}

// KeepingStore keeps the rules, and deletes what they concern: each Forget… so
// many rows at most, and answers how many there were.
type KeepingStore interface {
	Tenants(ctx context.Context) ([]Tenant, error)
	FindKeeping(ctx context.Context, tenantID string) (Keeping, bool, error)
	SaveKeeping(ctx context.Context, k Keeping) error // inserts or replaces
	ForgetLaunches(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error)
	// ForgetAttendance deletes all that is known of a class at once: half of it
	// would say that people were away who were there.
	ForgetAttendance(ctx context.Context, tenantID string, before time.Time, meetings int) (int64, error)
	ForgetTrouble(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error)
	ForgetAudit(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error)
	// ForgetEnrolments deletes those that ended before then, and those of which
	// neither a launch nor a roster has said anything since.
	ForgetEnrolments(ctx context.Context, tenantID string, before time.Time, limit int) (int64, error)
	// SilentPersons lists people of whom nothing has been known since then: no
	// enrolment, launch, attendance or grade; and who were not erased already.
	SilentPersons(ctx context.Context, tenantID string, before time.Time, limit int) ([]Person, error)
}

// Keeping is what the tenant decided, or what holds until then.
func (c *Classroom) Keeping(ctx context.Context, tenantID string) (Keeping, error) {
	k, found, err := c.Store.FindKeeping(ctx, tenantID)
	if !found {
		k = defaultKeeping(tenantID)
	}
	return k, err
}

// ChangeKeeping changes the rules. *InputErrors say which number makes no sense.
func (c *Classroom) ChangeKeeping(ctx context.Context, k Keeping) error {
	var wrong []error
	for _, l := range KeepingLimits() {
		if n := *l.Value(&k); n < l.Low || n > l.High {
			wrong = append(wrong, &InputError{Field: l.Field, Message: "console.privacy.wrong." + l.Field})
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	k.UpdatedAt = c.Now()
	return c.Store.SaveKeeping(ctx, k)
}

// How much is forgotten at a time: batches that hold no lock for long. What is
// left waits a minute.
const (
	forgetRows     = 1000
	forgetMeetings = 50
	forgetPersons  = 50
)

// keepToRules deletes what tenants do not want kept any longer.
func (c *Classroom) keepToRules(ctx context.Context) error {
	tenants, err := c.Store.Tenants(ctx)
	if err != nil {
		return fmt.Errorf("keep to the rules: %w", err)
	}
	var failed []error
	for _, t := range tenants {
		if err := c.keepToRulesOf(ctx, t.ID); err != nil {
			failed = append(failed, fmt.Errorf("keep to the rules of tenant %s: %w", t.ID, err))
		}
	}
	return errors.Join(append(failed, c.eraseLate(ctx))...)
}

func (c *Classroom) keepToRulesOf(ctx context.Context, tenantID string) error {
	k, err := c.Keeping(ctx, tenantID)
	if err != nil {
		return err
	}
	now := c.Now()
	since := func(days int64) time.Time { return now.Add(-time.Duration(days) * day) }
	for _, rule := range []struct {
		forget func(context.Context, string, time.Time, int) (int64, error)
		before time.Time
		limit  int
	}{
		{c.Store.ForgetLaunches, since(k.LaunchDays), forgetRows},
		{c.Store.ForgetAttendance, since(k.AttendanceDays), forgetMeetings},
		{c.Store.ForgetTrouble, since(k.TroubleDays), forgetRows},
		{c.Store.ForgetAudit, now.AddDate(0, -int(k.AuditMonths), 0), forgetRows},
	} {
		if _, err := rule.forget(ctx, tenantID, rule.before, rule.limit); err != nil {
			return err
		}
	}
	return c.forgetPersons(ctx, tenantID, now.AddDate(0, -int(k.PersonMonths), 0))
}

// forgetPersons erases of whom nothing was heard for long. It asks more of the
// database than the rest, and is in no hurry: once an hour is enough.
func (c *Classroom) forgetPersons(ctx context.Context, tenantID string, before time.Time) error {
	if c.Now().Minute() != 0 {
		return nil
	}
	if _, err := c.Store.ForgetEnrolments(ctx, tenantID, before, forgetRows); err != nil {
		return err
	}
	silent, err := c.Store.SilentPersons(ctx, tenantID, before, forgetPersons)
	if err != nil {
		return err
	}
	for _, p := range silent {
		if _, err := c.erase(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
