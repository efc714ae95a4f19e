package admin

import (
	"context"
	"time"
)

// Numbers are what the overview of a tenant begins with.
type Numbers struct {
	Meetings      int64 // classes that run
	Inside        int64 // people in them, when they were last looked at
	Launches      int64 // since the time that was asked for
	Courses       int64
	Announcements int64 // posts that wait to be sent
}

// NumbersStore counts.
type NumbersStore interface {
	Numbers(ctx context.Context, tenantID string, since time.Time) (Numbers, error)
}
