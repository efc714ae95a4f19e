package classroom

import (
	"cmp"
	"context"
	"strings"
	"time"

	"classbridge/lti"
)

// CustomRoom is the custom parameter that deep linking gives to the links that it
// makes: the id of the room that they lead to.
const CustomRoom = "room"

// proofFresh is how old the proof of an enrolment may be before a launch renews
// it: a warm launch writes its own row and nothing else.
const proofFresh = time.Hour

// arrival is what a launch makes of what was known: pure values, and which of
// them are new or changed.
type arrival struct {
	now       time.Time
	course    Course
	room      Room
	person    Person
	enrolment Enrolment

	courseIs, roomIs, personIs, enrolmentIs change
	openChannel, admit                      bool
	moderates                               bool // by this launch alone
}

type change int

const (
	same change = iota
	created
	updated
)

// arriving makes an arrival of what was known and what the message brings.
type arriving func(known Entry, from provenance, p Platform, l *lti.Launch, chat bool, now time.Time) *arrival

// arrive is a launch by a resource link.
func arrive(known Entry, from provenance, p Platform, l *lti.Launch, chat bool, now time.Time) *arrival {
	a := arriveInCourse(known, from, p, l, chat, now)
	a.arriveRoom(known.Room, from, p, l)
	if chat {
		a.arriveChannel(p)
	}
	return a
}

// arriveInCourse is all of a launch but its room.
func arriveInCourse(known Entry, from provenance, p Platform, l *lti.Launch, chat bool, now time.Time) *arrival {
	standing := p.Roles.Decide(l.Roles)
	a := &arrival{now: now, moderates: standing.Moderator}
	a.arriveCourse(known.Course, from, p, l)
	a.arrivePerson(known.Person, p, l)
	a.arriveEnrolment(known.Enrolment, standing, l)
	// Renewed enrolments try again: the account may exist by now.
	a.admit = chat && a.enrolment.Counted && p.Channels != ChannelNever && a.enrolmentIs != same
	return a
}

func (a *arrival) changed() bool {
	return a.courseIs != same || a.roomIs != same || a.personIs != same || a.enrolmentIs != same || a.openChannel || a.admit
}

func (a *arrival) arriveCourse(known *Course, from provenance, p Platform, l *lti.Launch) {
	if known == nil {
		a.courseIs = created
		a.course = Course{
			ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: l.DeploymentID,
			CopiedFrom: from.courseID, CreatedAt: a.now,
		}
		if l.Context == nil {
			a.course.LinkID = l.ResourceLink.ID
		}
	} else {
		a.course = *known
	}
	was := a.course
	if l.Context != nil {
		a.course.ContextID, a.course.Label, a.course.Title = l.Context.ID, l.Context.Label, l.Context.Title
	} else {
		a.course.Title = cmp.Or(l.ResourceLink.Title, a.course.Title)
	}
	a.arriveServices(p, l)
	// The posts' language and time zone are those of the course's first teacher.
	if a.moderates {
		a.course.Locale = cmp.Or(a.course.Locale, l.Locale)
		a.course.TimeZone = cmp.Or(a.course.TimeZone, zone(l.Custom[lti.CustomTimezone]))
	}
	if a.courseIs == same && a.course != was {
		a.courseIs, a.course.UpdatedAt = updated, a.now
	}
}

// arriveServices notes where the LMS keeps the course's roster, grades and groups.
// Learners' launches may hold less and links of one course may differ: a
// moderator's says what is new, others only what was not known.
func (a *arrival) arriveServices(p Platform, l *lti.Launch) {
	learn := func(known *string, told string) {
		if told != "" && (a.moderates || *known == "") {
			*known = told
		}
	}
	// The roster of OpenOlat knows people by other ids than its launches do, and
	// learners alone: it would make second persons and tell of none that is here.
	if l.NRPS != nil && p.Family != lti.FamilyOpenOlat {
		learn(&a.course.RosterURL, l.NRPS.MembershipsURL)
	}
	if l.AGS != nil {
		learn(&a.course.GradesURL, l.AGS.LineItems)
		learn(&a.course.GradesScopes, strings.Join(l.AGS.Scopes, " "))
	}
	if l.Groups != nil {
		learn(&a.course.GroupsURL, l.Groups.GroupsURL)
	}
}

// zone is the name of a time zone, if it is one. An LMS sends it where its admin
// asks it to, as the custom parameter timezone=$Person.address.timezone; Moodle's
// "99" means its own, which it does not name.
func zone(name string) string {
	if name == "" || name == "Local" {
		return ""
	}
	if _, err := time.LoadLocation(name); err != nil {
		return ""
	}
	return name
}

func (a *arrival) arriveRoom(known *Room, from provenance, p Platform, l *lti.Launch) {
	if known == nil || from.byID {
		a.roomIs = created
		a.room = a.newRoom(from, p, l)
	} else {
		a.room = *known
	}
	was := a.room
	a.nameRoom(l)
	if l.AGS != nil {
		a.room.LineItemURL = cmp.Or(a.room.LineItemURL, l.AGS.LineItem)
	}
	if a.roomIs == same && a.room != was {
		a.roomIs, a.room.UpdatedAt = updated, a.now
	}
}

// newRoom is the room of an unknown link: set up as the room that it was in the
// course that this one was copied from, or as the school wants new ones.
func (a *arrival) newRoom(from provenance, p Platform, l *lti.Launch) Room {
	r := Room{Record: p.Record}
	if from.room != nil {
		r = r.like(*from.room)
	}
	r.ID, r.TenantID, r.CourseID, r.ResourceLinkID = newID(), p.TenantID, a.course.ID, l.ResourceLink.ID
	r.Version, r.CreatedAt = 1, a.now
	if from.byID {
		r.ResourceLinkID, r.CopiedFrom = r.ID, roomOf(l)
	}
	return r
}

// nameRoom gives the room what its link is called. Of several links that lead to
// a room without one of its own, the first to be used does: two that differ must
// not rename it in turn.
func (a *arrival) nameRoom(l *lti.Launch) {
	link := l.ResourceLink
	if a.room.ResourceLinkID == link.ID {
		a.room.Title, a.room.Description = cmp.Or(link.Title, a.room.Title, a.course.Name()), link.Description
		return
	}
	if a.room.ResourceLinkID == a.room.ID && !namesCourse(l) {
		a.room.NamedBy = cmp.Or(a.room.NamedBy, link.ID)
	}
	if a.room.NamedBy == link.ID {
		// Few LMSs send the description of a link that deep linking made.
		a.room.Title, a.room.Description = cmp.Or(link.Title, a.room.Title), cmp.Or(link.Description, a.room.Description)
	}
	a.room.Title = cmp.Or(a.room.Title, link.Title, a.course.Name())
}

func (a *arrival) arrivePerson(known *Person, p Platform, l *lti.Launch) {
	if known == nil {
		a.personIs = created
		a.person = Person{ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, Subject: l.Subject, CreatedAt: a.now}
	} else {
		a.person = *known
	}
	was := a.person
	// A name that an LMS withholds today does not erase the one that it gave.
	a.person.Name = cmp.Or(l.Name, a.person.Name)
	a.person.Email = cmp.Or(l.Email, a.person.Email)
	a.person.Locale = cmp.Or(l.Locale, a.person.Locale)
	if a.personIs == same && a.person != was {
		a.personIs, a.person.UpdatedAt = updated, a.now
	}
}

func (a *arrival) arriveEnrolment(known *Enrolment, s Standing, l *lti.Launch) {
	if known == nil {
		a.enrolmentIs = created
		a.enrolment = Enrolment{
			ID: newID(), TenantID: a.person.TenantID, CourseID: a.course.ID, PersonID: a.person.ID,
			ProvedAt: a.now, LaunchedAt: a.now, CreatedAt: a.now,
		}
	} else {
		a.enrolment = *known
	}
	was := a.enrolment
	a.enrolment.Counted = s.Counted && a.person.Subject != ""
	decides := !a.rosterKnows(s)
	if decides {
		a.enrolment.Moderator, a.enrolment.Why, a.enrolment.RoleName = s.Moderator, s.Why, s.RoleName
	}
	a.enrolment.EndedAt = time.Time{}
	if groups, told := l.Custom[lti.CustomGroups]; told {
		a.enrolment.GroupIDs = NewGroupSet(strings.Split(groups, ","))
	}
	if a.now.Sub(a.enrolment.LaunchedAt) > proofFresh {
		a.enrolment.LaunchedAt = a.now
	}
	if a.enrolmentIs == same && a.enrolment != was {
		// What the launch proves counts from now, also when only the role changed.
		a.enrolmentIs, a.enrolment.UpdatedAt, a.enrolment.LaunchedAt = updated, a.now, a.now
		if decides {
			a.enrolment.ProvedAt = a.now
		}
	}
}

// rosterKnows reports whether the launch says nothing of the course and the roster
// has proved a moderator lately: Open edX tells in launches what somebody is in the
// institution, and in rosters alone what they are in the course.
func (a *arrival) rosterKnows(s Standing) bool {
	e := a.enrolment
	return !s.Moderator && (s.Role.Scope == lti.InstitutionScope || s.Role.Scope == lti.SystemScope) && !e.RosterAt.IsZero() && e.MayModerate(a.now)
}

// arriveChannel opens the course's channel at a teacher's first launch, where
// the platform says so. It leads to a room, so that choosing one opens none yet.
func (a *arrival) arriveChannel(p Platform) {
	if !a.enrolment.Counted || !a.enrolment.Moderator || a.course.ContextID == "" {
		return
	}
	if a.course.Channel == ChannelNone && p.Channels == ChannelAtFirstLaunch {
		a.course.Channel, a.openChannel = ChannelWanted, true
		if a.courseIs == same {
			a.courseIs = updated
		}
	}
}

func (a *arrival) save(ctx context.Context, tx Tx) error {
	steps := []struct {
		change         change
		create, update func() error
	}{
		{a.courseIs, func() error { return tx.CreateCourse(ctx, a.course) }, func() error { return a.saveCourse(ctx, tx) }},
		{a.roomIs, func() error { return tx.CreateRoom(ctx, a.room) }, func() error { return tx.SaveRoom(ctx, a.room) }},
		{a.personIs, func() error { return tx.CreatePerson(ctx, a.person) }, func() error { return tx.SavePerson(ctx, a.person) }},
		{a.enrolmentIs, func() error { return tx.CreateEnrolment(ctx, a.enrolment) }, func() error { return tx.SaveEnrolment(ctx, a.enrolment) }},
	}
	for _, s := range steps {
		var err error
		switch s.change {
		case created:
			err = s.create()
		case updated:
			err = s.update()
		}
		if err != nil {
			return err
		}
	}
	return a.enqueue(ctx, tx)
}

// saveCourse changes what the launch knows of the course and nothing else: the
// channel may have been opened since the course was read.
func (a *arrival) saveCourse(ctx context.Context, tx Tx) error {
	stored, err := tx.LockCourse(ctx, a.course.ID)
	if err != nil {
		return err
	}
	stored.Label, stored.Title, stored.UpdatedAt = a.course.Label, a.course.Title, a.now
	stored.Locale = cmp.Or(stored.Locale, a.course.Locale)
	stored.TimeZone = cmp.Or(stored.TimeZone, a.course.TimeZone)
	stored.RosterURL, stored.GroupsURL = a.course.RosterURL, a.course.GroupsURL
	stored.GradesURL, stored.GradesScopes = a.course.GradesURL, a.course.GradesScopes
	a.openChannel = a.openChannel && stored.Channel == ChannelNone
	if a.openChannel {
		stored.Channel = ChannelWanted
	}
	return tx.SaveCourse(ctx, stored)
}

func (a *arrival) enqueue(ctx context.Context, tx Tx) error {
	if a.openChannel {
		if err := tx.Enqueue(ctx, OpenChannel{CourseID: a.course.ID}, time.Time{}); err != nil {
			return err
		}
	}
	if !a.admit {
		return nil
	}
	// Who is in the channel, or was and has left it, is not put there again.
	known, found, err := tx.FindAdmission(ctx, a.course.ID, a.person.ID)
	if err != nil || found && known.State == AdmissionDone {
		return err
	}
	err = tx.SaveAdmission(ctx, Admission{
		TenantID: a.course.TenantID, CourseID: a.course.ID, PersonID: a.person.ID,
		State: AdmissionWanted, UpdatedAt: a.now,
	})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, Admit{CourseID: a.course.ID, PersonID: a.person.ID}, time.Time{})
}
