package classroom

import (
	"context"
	"fmt"
	"time"
)

const (
	rostersAtOnce = 2   // under way at a time, of one registration
	rostersASweep = 20  // begun by one sweep
	rostersLooked = 200 // looked at by one, and rostersOfOne of one registration
	rostersOfOne  = 10
	rosterLost    = 10 * time.Minute
	rosterActive  = 30 * 24 * time.Hour // a course that was launched since then
	rosterAskStep = time.Minute
)

// wantRoster has the roster of a course read for the first time, in the
// transaction of a message that changes something: the first to offer it, or one
// after the course has come from where there was none.
func (c *Classroom) wantRoster(ctx context.Context, tx Tx, course Course) error {
	if !course.HasRoster() {
		return nil
	}
	if _, found, err := tx.FindRoster(ctx, course.ID); err != nil || found {
		return err
	}
	if err := tx.CreateRoster(ctx, newRoster(course, c.Now())); err != nil {
		return err
	}
	return tx.Enqueue(ctx, SyncRoster{CourseID: course.ID}, time.Time{})
}

func newRoster(course Course, now time.Time) Roster {
	return Roster{
		CourseID: course.ID, TenantID: course.TenantID, WorkingAt: now, DueAt: now, CreatedAt: now, UpdatedAt: now,
	}
}

// ReadRoster is a teacher's wish that the roster is read now. Who asks again
// within a minute gets what the first one asked for.
func (c *Classroom) ReadRoster(ctx context.Context, a Access) error {
	if !a.MayModerate(c.Now()) {
		return refuse(Forbidden, "error.not_moderator")
	}
	return c.AskRoster(ctx, a.Course)
}

// AskRoster has the whole roster of a course read now, unless somebody has asked
// within a minute.
func (c *Classroom) AskRoster(ctx context.Context, course Course) error {
	if !course.HasRoster() {
		return refuse(NotFound, "error.no_roster")
	}
	now := c.Now()
	return c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.CreateRoster(ctx, newRoster(course, now)); err != nil {
			return err
		}
		first, err := tx.AskRoster(ctx, course.ID, now, now.Add(-rosterAskStep))
		if err != nil || !first {
			return err
		}
		return tx.Enqueue(ctx, SyncRoster{CourseID: course.ID}, time.Time{})
	})
}

// readRostersDue has rosters read whose time has come: few at a time, so that a
// school's LMS does not notice.
func (c *Classroom) readRostersDue(ctx context.Context) error {
	now := c.Now()
	due, err := c.Store.RostersDue(ctx, RosterQuery{
		Now: now, WorkedSince: now.Add(-rosterLost), LaunchedSince: now.Add(-rosterActive),
		PerPlatform: rostersOfOne, Limit: rostersLooked,
	})
	if err != nil || len(due) == 0 {
		return err
	}
	busy, err := c.Store.RostersUnderWay(ctx, now.Add(-rosterLost))
	if err != nil {
		return err
	}
	begun := 0
	for _, d := range due {
		switch {
		case !d.Active: // looked at again tomorrow
			err = c.Store.WaitRoster(ctx, d.CourseID, now.Add(spread(d.CourseID, rosterAsleep)))
		case busy[d.PlatformID] < rostersAtOnce && begun < rostersASweep:
			busy[d.PlatformID]++
			begun++
			err = c.readDue(ctx, d, now)
		}
		if err != nil {
			return fmt.Errorf("roster of course %s: %w", d.CourseID, err)
		}
	}
	return nil
}

func (c *Classroom) readDue(ctx context.Context, d DueRoster, now time.Time) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.WorkRoster(ctx, d.CourseID, now); err != nil {
			return err
		}
		return tx.Enqueue(ctx, SyncRoster{CourseID: d.CourseID}, time.Time{})
	})
}
