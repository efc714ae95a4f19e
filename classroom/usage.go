package classroom

import (
	"context"
	"fmt"
	"time"
)

// Usage is what a tenant uses now, and what it may.
type Usage struct {
	Quota        Quota
	Meetings     int64
	Participants int64
	Bytes        int64
}

// Meter is one limit and how far it is used.
type Meter struct {
	Name  string // meetings, participants or bytes
	Used  int64
	Limit int64 // 0: none
}

// nearLimit is the part of a limit, in percent, from which people are warned.
const nearLimit = 80

// Percent is how much of the limit is used; 0 where there is none.
func (m Meter) Percent() int64 {
	if m.Limit <= 0 {
		return 0
	}
	return m.Used * 100 / m.Limit
}

// Near reports whether people have to be warned.
func (m Meter) Near() bool { return m.Percent() >= nearLimit }

// Full reports whether nothing more is let in.
func (m Meter) Full() bool { return m.Limit > 0 && m.Used >= m.Limit }

// Meters are all of them, whether there is a limit or not.
func (u Usage) Meters() []Meter {
	return []Meter{
		{"meetings", u.Meetings, u.Quota.Meetings},
		{"participants", u.Participants, u.Quota.Participants},
		{"bytes", u.Bytes, u.Quota.Bytes},
	}
}

// Near are the limits that people have to be warned of.
func (u Usage) Near() []Meter {
	var near []Meter
	for _, m := range u.Meters() {
		if m.Near() {
			near = append(near, m)
		}
	}
	return near
}

// Usage counts what the tenant uses now.
func (c *Classroom) Usage(ctx context.Context, tenantID string) (Usage, error) {
	q, found, err := c.Store.FindQuota(ctx, tenantID)
	if err != nil {
		return Usage{}, fmt.Errorf("usage: %w", err)
	}
	if !found {
		q = Quota{TenantID: tenantID}
	}
	u, err := c.usage(ctx, c.Store, q)
	if err != nil {
		err = fmt.Errorf("usage: %w", err)
	}
	return u, err
}

func (c *Classroom) usage(ctx context.Context, s QuotaStore, q Quota) (u Usage, err error) {
	u.Quota = q
	if u.Meetings, err = s.CountOpenMeetings(ctx, q.TenantID); err != nil {
		return u, err
	}
	if u.Participants, err = s.CountInside(ctx, q.TenantID, c.Now().Add(-seatFor)); err != nil {
		return u, err
	}
	u.Bytes, err = s.CountBytes(ctx, q.TenantID)
	return u, err
}

// CourseUsage is what one course used in a while.
type CourseUsage struct {
	CourseID     string
	Course       string
	Meetings     int64
	Seconds      int64 // that somebody was inside
	Participants int64 // different people
	Peak         int64 // the most at a time in one meeting
	Recordings   int64
	Bytes        int64 // of those recordings that are not deleted
}

// UsageOf lists what the tenant's courses used between two times, by name.
func (c *Classroom) UsageOf(ctx context.Context, tenantID string, from, to time.Time) ([]CourseUsage, error) {
	return c.Store.CourseUsages(ctx, tenantID, from, to)
}
