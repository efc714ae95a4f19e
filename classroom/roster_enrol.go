package classroom

import (
	"context"
	"slices"
	"time"

	"classbridge/lti"
)

// enrol brings persons and enrolments of a batch of members up to date. What is
// known already costs two queries and one mark for all of them.
func (s *pass) enrol(ctx context.Context, batch []lti.Member) error {
	members := s.distinct(batch)
	people, err := s.people(ctx, members)
	if err != nil || len(people) == 0 {
		return err
	}
	c, err := s.changes(ctx, s.Store, s.Store.Enrolments, members, people)
	if err != nil {
		return err
	}
	if c.none() {
		return s.mark(ctx, s.Store, c)
	}
	return s.Store.Tx(ctx, func(tx Tx) error {
		if s.course, err = tx.ShareCourse(ctx, s.course.ID); err != nil { // its channel is that of now
			return err
		}
		// Launches may have been faster: what has changed is found out again.
		if c, err = s.changes(ctx, tx, tx.LockEnrolments, members, people); err != nil {
			return err
		}
		return s.write(ctx, tx, c)
	})
}

// distinct is the batch with each subject once: a platform may list somebody for
// each section or role.
func (s *pass) distinct(batch []lti.Member) map[string]lti.Member {
	members := make(map[string]lti.Member, len(batch))
	for _, m := range batch {
		if other, twice := members[m.Subject]; twice {
			m.Roles, m.Groups = slices.Concat(other.Roles, m.Roles), slices.Concat(other.Groups, m.Groups)
			if other.Status == lti.MemberActive {
				m.Status = lti.MemberActive
			}
		}
		members[m.Subject] = m
		if len(m.Groups) > 0 {
			s.roster.TellsGroups = true
		}
	}
	return members
}

// changes is what a batch makes of the enrolments in the course.
type changes struct {
	create []Enrolment
	save   []Enrolment
	listed []string // persons to be marked
	leave  []string
	admit  []string
}

func (c changes) none() bool { return len(c.create)+len(c.save)+len(c.leave)+len(c.admit) == 0 }

func (s *pass) changes(
	ctx context.Context, q Queries, read func(context.Context, string, []string) ([]Enrolment, error),
	members map[string]lti.Member, people map[string]Person,
) (changes, error) {
	ids := make([]string, 0, len(people))
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	stored, err := read(ctx, s.course.ID, ids)
	if err != nil {
		return changes{}, err
	}
	known := make(map[string]Enrolment, len(stored))
	for _, e := range stored {
		known[e.PersonID] = e
	}
	keep, err := s.untouchable(ctx, q, members, people, known)
	if err != nil {
		return changes{}, err
	}
	var c changes
	for subject, p := range people {
		e, found := known[p.ID]
		switch {
		case found && !e.RosterAt.Before(s.roster.PassAt): // listed before, by this pass or a newer one
		case members[subject].Status == lti.MemberActive:
			s.present(&c, e, p, members[subject], keep[p.ID])
		case found && e.EndedAt.IsZero() && !keep[p.ID]:
			c.leave = append(c.leave, p.ID)
		}
	}
	return c, nil
}

// untouchable are those whom their launches put above the roster: moderators of
// the last seven days are not demoted by it (an LMS may list as learners whom it
// launches as instructors, as Moodle does non-editing teachers), and whoever has
// launched since the pass began has not left.
func (s *pass) untouchable(
	ctx context.Context, q Queries, members map[string]lti.Member, people map[string]Person, known map[string]Enrolment,
) (map[string]bool, error) {
	var demoted, gone []string
	for subject, p := range people {
		e, found := known[p.ID]
		m := members[subject]
		switch {
		case !found:
		case m.Status != lti.MemberActive:
			gone = append(gone, p.ID)
		case e.Moderator && !e.LaunchedAt.IsZero() && !s.platform.Roles.Decide(m.Roles).Moderator:
			demoted = append(demoted, p.ID)
		}
	}
	keep := map[string]bool{}
	for _, l := range []LaunchQuery{
		{CourseID: s.course.ID, PersonIDs: demoted, Since: s.Now().Add(-ProofAge), Moderators: true},
		{CourseID: s.course.ID, PersonIDs: gone, Since: s.roster.PassAt},
	} {
		if len(l.PersonIDs) == 0 {
			continue
		}
		ids, err := q.LaunchedSince(ctx, l)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			keep[id] = true
		}
	}
	return keep, nil
}

// present is what the roster makes of a member in force. Test users, observers
// and admins are not enrolled by it; who is already stops to be counted.
func (s *pass) present(c *changes, e Enrolment, p Person, m lti.Member, keepsRole bool) {
	standing := s.platform.Roles.Decide(m.Roles)
	if e.ID == "" {
		if standing.Counted {
			e = s.newcomer(p, m, standing)
			c.create = append(c.create, e)
			c.admit = append(c.admit, p.ID)
		}
		return
	}
	was := e
	if standing.Counted {
		e.EndedAt = time.Time{}
	}
	e.Counted = standing.Counted
	s.decide(&e, was, standing, keepsRole)
	if s.roster.TellsGroups {
		e.GroupIDs = NewGroupSet(m.Groups)
	}
	if e != was {
		e.UpdatedAt, e.RosterAt = s.Now(), s.roster.PassAt
		c.save = append(c.save, e)
	} else {
		c.listed = append(c.listed, p.ID)
	}
	if e.Counted && (!was.EndedAt.IsZero() || !was.Counted) {
		c.admit = append(c.admit, p.ID)
	}
}

// decide gives the enrolment the role by the roster. It proves a moderator's
// right, to the hour. Of two viewers' roles the launch's stays: that one is newer
// at the next launch, and the two would take turns.
func (s *pass) decide(e *Enrolment, was Enrolment, standing Standing, keepsRole bool) {
	if e.Moderator && !standing.Moderator && keepsRole {
		return
	}
	now := s.Now()
	if standing.Moderator && (!e.Moderator || now.Sub(e.ProvedAt) > proofFresh) {
		e.ProvedAt = now
	}
	if e.Moderator != standing.Moderator || e.LaunchedAt.IsZero() || !was.EndedAt.IsZero() {
		e.Moderator, e.Why, e.RoleName = standing.Moderator, standing.Why, standing.RoleName
	}
}

func (s *pass) newcomer(p Person, m lti.Member, standing Standing) Enrolment {
	now := s.Now()
	return Enrolment{
		ID: newID(), TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: p.ID,
		Moderator: standing.Moderator, Counted: true, Why: standing.Why, RoleName: standing.RoleName,
		ProvedAt: now, RosterAt: s.roster.PassAt, GroupIDs: NewGroupSet(m.Groups), CreatedAt: now, UpdatedAt: now,
	}
}

// write stores the changes. New rows come first: they wait for others who change
// the course before they hold anything that those want.
func (s *pass) write(ctx context.Context, tx Tx, c changes) error {
	if err := tx.CreateEnrolments(ctx, c.create); err != nil {
		return err
	}
	for _, e := range c.save {
		if err := tx.SaveEnrolment(ctx, e); err != nil {
			return err
		}
	}
	if err := s.mark(ctx, tx, c); err != nil {
		return err
	}
	if err := s.leave(ctx, tx, c.leave); err != nil {
		return err
	}
	return s.invite(ctx, tx, c.admit)
}

func (s *pass) mark(ctx context.Context, q Queries, c changes) error {
	if len(c.listed) == 0 {
		return nil
	}
	return q.MarkListed(ctx, s.course.ID, c.listed, s.roster.PassAt)
}

// invite lets those persons into the course's channel as their launches would.
// While it has none they wait for it.
func (s *pass) invite(ctx context.Context, tx Tx, personIDs []string) error {
	if s.platform.Channels == ChannelNever || s.course.ContextID == "" || len(personIDs) == 0 {
		return nil
	}
	if _, chat, err := tx.FindChatConnection(ctx, s.course.TenantID); err != nil || !chat {
		return err
	}
	slices.Sort(personIDs)
	waiting, err := tx.WantAdmissions(ctx, s.course, personIDs, s.Now())
	if err != nil || s.course.Channel == ChannelNone {
		return err
	}
	for _, id := range waiting {
		if err := tx.Enqueue(ctx, Admit{CourseID: s.course.ID, PersonID: id}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
