package classroom

import (
	"context"
	"fmt"
	"time"
)

const (
	peoplePage   = 100 // people that the page lists at a time
	peopleEnded  = 50  // of those whose enrolment has ended
	rosterStarts = 30 * time.Second
)

// PeopleView is the page of a course's people, for its moderators.
type PeopleView struct {
	Room     Room
	Course   Course
	Platform string // what the registration is called
	Search   string
	Counts   PeopleCounts // of whom the search finds
	People   []Member
	Page     int // from 1 on
	Pages    int
	Ended    []Member // some of them, on the first page
	Chat     bool     // the course has a channel, or will have one
	Roster   RosterView
}

// RosterView is what the page says of the roster.
type RosterView struct {
	Roster
	Offered bool // the LMS gives one
	Reading bool
	MayAsk  bool // nobody has asked for it within a minute
}

// Lists reports whether the roster listed the enrolled when it was last read.
func (v RosterView) Lists(e Enrolment) bool {
	return !e.RosterAt.IsZero() && !e.RosterAt.Before(v.FullAt)
}

// ViewPeople lists the people of the room's course to a moderator.
func (c *Classroom) ViewPeople(ctx context.Context, a Access, search string, page int) (PeopleView, error) {
	if !a.MayModerate(c.Now()) {
		return PeopleView{}, refuse(Forbidden, "error.not_moderator")
	}
	v := PeopleView{Room: a.Room, Course: a.Course, Search: readable(search), Page: max(page, 1)}
	if err := c.listPeople(ctx, &v); err != nil {
		return v, fmt.Errorf("people of course %s: %w", a.Course.ID, err)
	}
	p, err := c.Store.Platform(ctx, a.Course.PlatformID)
	if err != nil {
		return v, fmt.Errorf("people of course %s: %w", a.Course.ID, err)
	}
	_, connected, err := c.Store.FindChatConnection(ctx, a.Course.TenantID)
	if err != nil {
		return v, fmt.Errorf("people of course %s: %w", a.Course.ID, err)
	}
	v.Platform, v.Chat = p.Name, connected && p.Channels != ChannelNever && a.Course.Channel.Lasts()
	v.Roster, err = c.viewRoster(ctx, a.Course)
	return v, err
}

func (c *Classroom) listPeople(ctx context.Context, v *PeopleView) (err error) {
	if v.Counts, err = c.Store.CountPeople(ctx, v.Course.ID, v.Search); err != nil {
		return err
	}
	v.Pages = max(1, (int(v.Counts.Present())+peoplePage-1)/peoplePage)
	v.Page = min(v.Page, v.Pages)
	q := PeopleQuery{CourseID: v.Course.ID, Search: v.Search, Offset: (v.Page - 1) * peoplePage, Limit: peoplePage}
	if v.People, err = c.Store.People(ctx, q); err != nil || v.Page > 1 || v.Counts.Ended == 0 {
		return err
	}
	q.Ended, q.Offset, q.Limit = true, 0, peopleEnded
	v.Ended, err = c.Store.People(ctx, q)
	return err
}

func (c *Classroom) viewRoster(ctx context.Context, course Course) (RosterView, error) {
	r, found, err := c.Store.FindRoster(ctx, course.ID)
	if err != nil {
		return RosterView{}, fmt.Errorf("people of course %s: %w", course.ID, err)
	}
	now := c.Now()
	v := RosterView{Roster: r, Offered: course.HasRoster(), MayAsk: now.Sub(r.AskedAt) >= rosterAskStep}
	if found {
		v.Reading = now.Sub(r.WorkingAt) < rosterLost || r.AskedAt.After(r.UpdatedAt) && now.Sub(r.AskedAt) < rosterStarts
	}
	return v, nil
}
