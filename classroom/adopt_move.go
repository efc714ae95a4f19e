package classroom

import (
	"context"
	"slices"
	"strings"
	"time"
)

// move is one course on its way from one registration to another.
type move struct {
	tx       Tx
	adoption Adoption
	courseID string
	clock    time.Time
}

// course gives the old course the key of the new one. What the new registration
// has made of it meanwhile goes over to it.
func (mv *move) course(ctx context.Context, m CourseMatch) error {
	if err := mv.forgetColumns(ctx, m); err != nil {
		return err
	}
	if m.New != nil {
		if err := mv.renewed(ctx, m); err != nil {
			return err
		}
	} else if err := mv.forgetServices(ctx, m.Old); err != nil {
		return err
	}
	err := mv.alter(ctx, AdoptedCourse, m.Old.ID, field{
		FieldRegistration,
		rowKey(m.Old.PlatformID, m.Old.DeploymentID), rowKey(mv.adoption.ToPlatformID, mv.adoption.ToDeploymentID),
	})
	if err != nil {
		return err
	}
	// Sessions are of the old registration: whoever is there opens the class again.
	if err := mv.tx.EndLaunchesOf(ctx, m.Old.ID, mv.clock); err != nil {
		return err
	}
	return mv.tx.TouchCourse(ctx, m.Old.ID)
}

// forgetColumns of the old gradebook: what the new registration may do is not
// shown to the LMS, nor sent to the address, of the old one.
func (mv *move) forgetColumns(ctx context.Context, m CourseMatch) error {
	rooms, err := mv.tx.RoomsOf(ctx, m.Old.ID)
	if err != nil {
		return err
	}
	for _, r := range rooms {
		linked := slices.ContainsFunc(m.Rooms, func(n RoomMatch) bool { return n.Old != nil && n.Old.ID == r.ID })
		if linked {
			continue // it gets that of the new link
		}
		if err := mv.alter(ctx, AdoptedRoom, r.ID, field{"line_item_url", r.LineItemURL, ""}); err != nil {
			return err
		}
	}
	return nil
}

// field is one change to a row.
type field struct{ name, was, became string }

// renewed retires the new course: a mark in its key keeps launches from finding
// it, its rooms' content and its people go to the old one, its services too.
func (mv *move) renewed(ctx context.Context, m CourseMatch) error {
	if err := mv.people(ctx, m.Old, *m.New); err != nil {
		return err
	}
	for _, room := range m.Rooms {
		if err := mv.room(ctx, m.Old, room); err != nil {
			return err
		}
	}
	n := *m.New
	err := mv.alterAll(ctx, AdoptedCourse, n.ID, []field{
		{"link_id", n.LinkID, RetiredMark + mv.adoption.ID},
		{"roster_url", n.RosterURL, ""}, {"grades_url", n.GradesURL, ""}, {"groups_url", n.GroupsURL, ""},
	})
	if err != nil {
		return err
	}
	err = mv.alterAll(ctx, AdoptedCourse, m.Old.ID, []field{
		{"roster_url", m.Old.RosterURL, n.RosterURL}, {"grades_url", m.Old.GradesURL, n.GradesURL},
		{"grades_scopes", m.Old.GradesScopes, n.GradesScopes}, {"groups_url", m.Old.GroupsURL, n.GroupsURL},
	})
	if err != nil {
		return err
	}
	return mv.tx.EndLaunchesOf(ctx, n.ID, mv.clock)
}

// forgetServices of the old registration: the next launch tells the new ones.
func (mv *move) forgetServices(ctx context.Context, old Course) error {
	return mv.alterAll(ctx, AdoptedCourse, old.ID, []field{
		{"roster_url", old.RosterURL, ""}, {"grades_url", old.GradesURL, ""}, {"groups_url", old.GroupsURL, ""},
	})
}

// room brings the new room's classes into the old one, which answers the new
// link from now on; a room of its own goes over as it is.
func (mv *move) room(ctx context.Context, old Course, r RoomMatch) error {
	if r.Old == nil {
		return mv.alter(ctx, AdoptedRoom, r.New.ID, field{"course_id", r.New.CourseID, old.ID})
	}
	for _, n := range []AdoptedNoun{AdoptedMeeting, AdoptedRecording} {
		keys, err := mv.tx.RowKeys(ctx, n, r.New.ID)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := mv.alter(ctx, n, k, field{"room_id", r.New.ID, r.Old.ID}); err != nil {
				return err
			}
		}
	}
	return mv.alterAll(ctx, AdoptedRoom, r.Old.ID, []field{
		{"resource_link_id", r.Old.ResourceLinkID, r.New.ResourceLinkID},
		{"line_item_url", r.Old.LineItemURL, r.New.LineItemURL},
	})
}

// people moves the new registration's enrolments to the old course. Where a
// subject is the same person on both sides, what the old person did is theirs.
func (mv *move) people(ctx context.Context, old, renewed Course) error {
	before, err := mv.tx.Enrolled(ctx, old.ID)
	if err != nil {
		return err
	}
	bySubject := map[string]EnrolledPerson{}
	for _, e := range before {
		if e.Person.Subject != "" && e.Person.PlatformID == mv.adoption.FromPlatformID {
			bySubject[e.Person.Subject] = e
		}
	}
	now, err := mv.tx.Enrolled(ctx, renewed.ID)
	if err != nil {
		return err
	}
	for _, e := range now {
		was, known := bySubject[e.Person.Subject]
		if known && was.Person.ID == e.Person.ID {
			continue // enrolled in both: two deployments of one registration
		}
		if known && mv.same(was.Person, e.Person) {
			if err := mv.person(ctx, old, renewed, was, e); err != nil {
				return err
			}
		}
		if err := mv.enrolment(ctx, e.Enrolment, old.ID); err != nil {
			return err
		}
	}
	return nil
}

func (mv *move) enrolment(ctx context.Context, e Enrolment, courseID string) error {
	return mv.alter(ctx, AdoptedEnrolment, e.ID, field{"course_id", e.CourseID, courseID})
}

// same reports whether two persons with one subject are one human being: the
// admin says that subjects mean the same, and the LMS does not tell another
// address or, where it tells none, another name.
func (mv *move) same(a, b Person) bool {
	switch {
	case !mv.adoption.SamePeople:
		return false
	case a.Email != "" && b.Email != "":
		return strings.EqualFold(a.Email, b.Email)
	case a.Name != "" && b.Name != "":
		return strings.EqualFold(a.Name, b.Name)
	}
	return true
}

// person gives the new person what the old one did in the course, and the proved
// link to the chat; the old enrolment changes places with the new one.
func (mv *move) person(ctx context.Context, old, renewed Course, was, is EnrolledPerson) error {
	before, after := userID(was.Person.ID, true), userID(is.Person.ID, true)
	steps := []struct {
		noun                  AdoptedNoun
		owner, name, from, to string
	}{
		{AdoptedAttendance, rowKey(old.ID, before), "user_id", before, after},
		{AdoptedGrade, rowKey(old.ID, was.Person.ID), "person_id", was.Person.ID, is.Person.ID},
		{AdoptedChatLink, rowKey(was.Person.ID, is.Person.PlatformID), "person_id", was.Person.ID, is.Person.ID},
		{AdoptedChatLink, rowKey(is.Person.ID, is.Person.PlatformID), "platform_id", was.Person.PlatformID, is.Person.PlatformID},
	}
	for _, s := range steps {
		keys, err := mv.tx.RowKeys(ctx, s.noun, s.owner)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := mv.alter(ctx, s.noun, k, field{s.name, s.from, s.to}); err != nil {
				return err
			}
		}
	}
	// Who was there before is measured by all classes since then.
	err := mv.alter(ctx, AdoptedEnrolment, is.Enrolment.ID, field{
		FieldCreated, is.Enrolment.CreatedAt.Format(time.RFC3339Nano), was.Enrolment.CreatedAt.Format(time.RFC3339Nano),
	})
	if err != nil {
		return err
	}
	return mv.enrolment(ctx, was.Enrolment, renewed.ID)
}

func (mv *move) alterAll(ctx context.Context, n AdoptedNoun, row string, fields []field) error {
	for _, f := range fields {
		if err := mv.alter(ctx, n, row, f); err != nil {
			return err
		}
	}
	return nil
}

func (mv *move) alter(ctx context.Context, n AdoptedNoun, row string, f field) error {
	if f.was == f.became {
		return nil
	}
	_, err := mv.tx.Alter(ctx, Alteration{
		ID: newID(), TenantID: mv.adoption.TenantID, AdoptionID: mv.adoption.ID, CourseID: mv.courseID,
		Noun: n, RowKey: row, Field: f.name, Was: f.was, Became: f.became,
	})
	return err
}
