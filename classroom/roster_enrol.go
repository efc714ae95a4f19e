package classroom

import (
	"context"
	"slices"
	"time"

	"classbridge/lti"
)

// enrol brings persons and enrolments of a batch of members up to date. What is
// known already costs two queries and one mark for all of them. Who comes and who
// goes is marked only: that is done when the whole roster is known.
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
	s.progress = s.progress || !c.none()
	if len(c.create)+len(c.save) == 0 {
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
	gone   []string
	admit  []string // who were here already, and count from now on
}

func (c changes) none() bool {
	return len(c.create)+len(c.save)+len(c.listed)+len(c.gone) == 0
}

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
	keep, err := s.keepRoles(ctx, q, members, people, known)
	if err != nil {
		return changes{}, err
	}
	var c changes
	for subject, p := range people {
		e, found := known[p.ID]
		m := members[subject]
		switch {
		case found && e.RosterAt.After(s.roster.PassAt): // listed by a newer pass
		case m.Status != lti.MemberActive:
			if found && e.EndedAt.IsZero() && e.RosterAt.Before(s.roster.goneMark()) {
				c.gone = append(c.gone, p.ID)
			}
		case found && e.RosterAt.Equal(s.roster.PassAt):
			s.repeat(&c, e, m)
		default:
			s.present(&c, e, p, m, keep[p.ID])
		}
	}
	return c, nil
}

// keepRoles finds those whom the roster does not demote: whose newest launch is of
// the last seven days and was as a moderator. An LMS may list as learners whom it
// launches as instructors, as Moodle does non-editing teachers.
func (s *pass) keepRoles(
	ctx context.Context, q Queries, members map[string]lti.Member, people map[string]Person, known map[string]Enrolment,
) (map[string]bool, error) {
	var demoted []string
	for subject, p := range people {
		e, m := known[p.ID], members[subject]
		if e.Moderator && !e.LaunchedAt.IsZero() && m.Status == lti.MemberActive && !s.platform.Roles.Decide(m.Roles).Moderator {
			demoted = append(demoted, p.ID)
		}
	}
	if len(demoted) == 0 {
		return nil, nil
	}
	ids, err := q.LaunchedAsModerators(ctx, s.course.ID, demoted, s.Now().Add(-ProofAge))
	keep := make(map[string]bool, len(ids))
	for _, id := range ids {
		keep[id] = true
	}
	return keep, err
}

// present is what the roster makes of a member in force. Test users, observers
// and admins are not enrolled by it; who is already stops to be counted.
func (s *pass) present(c *changes, e Enrolment, p Person, m lti.Member, keepsRole bool) {
	standing := s.platform.Roles.Decide(m.Roles)
	if e.ID == "" {
		if standing.Counted {
			c.create = append(c.create, s.newcomer(p, m, standing))
		}
		return
	}
	was := e
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
	if e.Counted && !was.Counted && e.EndedAt.IsZero() {
		c.admit = append(c.admit, p.ID)
	}
}

// repeat is what the roster makes of somebody whom the pass has listed before, as
// for another section: the role that allows most decides, wherever it stands.
func (s *pass) repeat(c *changes, e Enrolment, m lti.Member) {
	standing, was := s.platform.Roles.Decide(m.Roles), e
	if standing.Moderator && !e.Moderator {
		s.decide(&e, was, standing, false)
	}
	e.Counted = e.Counted || standing.Counted
	e.GroupIDs = NewGroupSet(slices.Concat(e.GroupIDs.IDs(), m.Groups))
	if e == was {
		return
	}
	e.UpdatedAt = s.Now()
	c.save = append(c.save, e)
	if !was.Counted && e.EndedAt.IsZero() {
		c.admit = append(c.admit, e.PersonID)
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

// newcomer is an enrolment that has ended as it was made: it begins when the whole
// roster is known, and plausible.
func (s *pass) newcomer(p Person, m lti.Member, standing Standing) Enrolment {
	now := s.Now()
	return Enrolment{
		ID: newID(), TenantID: s.course.TenantID, CourseID: s.course.ID, PersonID: p.ID,
		Moderator: standing.Moderator, Counted: true, Why: standing.Why, RoleName: standing.RoleName,
		ProvedAt: now, RosterAt: s.roster.PassAt, GroupIDs: NewGroupSet(m.Groups), EndedAt: now, CreatedAt: now, UpdatedAt: now,
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
	return s.invite(ctx, tx, c.admit)
}

func (s *pass) mark(ctx context.Context, q Queries, c changes) error {
	if len(c.listed) > 0 {
		if err := q.MarkListed(ctx, s.course.ID, c.listed, s.roster.PassAt); err != nil {
			return err
		}
	}
	if len(c.gone) == 0 {
		return nil
	}
	return q.MarkListed(ctx, s.course.ID, c.gone, s.roster.goneMark())
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
	if err != nil || !s.course.Channel.Lasts() {
		return err
	}
	for _, id := range waiting {
		if err := tx.Enqueue(ctx, Admit{CourseID: s.course.ID, PersonID: id}, time.Time{}); err != nil {
			return err
		}
	}
	return nil
}
