package storage_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestPeople(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		add := func(name string, alter func(*classroom.Person, *classroom.Enrolment)) {
			p := storagetest.Person(t, db, s.platform, name)
			e := storagetest.Enrolment(t, db, s.course, p, false)
			alter(&p, &e)
			must(t, db.SavePerson(t.Context(), p))
			must(t, db.SaveEnrolment(t.Context(), e))
			must(t, db.SaveAdmission(t.Context(), classroom.Admission{TenantID: p.TenantID, CourseID: s.course.ID, PersonID: p.ID, State: classroom.AdmissionDone}))
		}
		add("zoe 100%", func(_ *classroom.Person, e *classroom.Enrolment) { e.Moderator = true })
		add("Émile Straße", func(*classroom.Person, *classroom.Enrolment) {})
		add("ann", func(*classroom.Person, *classroom.Enrolment) {})
		add("Bea", func(p *classroom.Person, _ *classroom.Enrolment) { p.Name, p.ChosenName = "", "Chosen Bea" })
		add("Mum", func(_ *classroom.Person, e *classroom.Enrolment) { e.Counted = false })
		add("Gone", func(_ *classroom.Person, e *classroom.Enrolment) { e.EndedAt = storagetest.Now() })
		storagetest.Enrolment(t, db, storagetest.Course(t, db, s.platform), s.teacher, true)

		names := func(q classroom.PeopleQuery) []string {
			t.Helper()
			q.CourseID = s.course.ID
			if q.Limit == 0 {
				q.Limit = 10
			}
			var names []string
			for _, m := range got[[]classroom.Member](t)(db.People(t.Context(), q)) {
				if m.Admission != classroom.AdmissionDone || m.Enrolment.PersonID != m.Person.ID {
					t.Errorf("a row is %+v", m)
				}
				names = append(names, m.DisplayName())
			}
			return names
		}
		diff(t, []string{"zoe 100%", "ann"}, names(classroom.PeopleQuery{Limit: 2}))
		diff(t, []string{"ann", "Chosen Bea"}, names(classroom.PeopleQuery{Limit: 2, Offset: 1}))
		diff(t, []string{"Gone"}, names(classroom.PeopleQuery{Ended: true}))
		for search, want := range map[string][]string{
			"ANN": {"ann"}, "bea": {"Chosen Bea"}, "émile": {"Émile Straße"}, "straße": {"Émile Straße"},
			"100%": {"zoe 100%"}, "%": {"zoe 100%"}, "_": nil, `\`: nil, "gone": nil,
		} {
			diff(t, want, names(classroom.PeopleQuery{Search: search}))
		}
		diff(t, classroom.PeopleCounts{Moderators: 1, Viewers: 3, Uncounted: 1, Ended: 1}, got[classroom.PeopleCounts](t)(db.CountPeople(t.Context(), s.course.ID, "")))
		diff(t, classroom.PeopleCounts{Viewers: 1}, got[classroom.PeopleCounts](t)(db.CountPeople(t.Context(), s.course.ID, "Ann")))
	})
}

func TestGroups(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, people := class(t, db, 3)
		now := storagetest.Now()
		group := func(id, name string) classroom.Group {
			return classroom.Group{TenantID: s.course.TenantID, CourseID: s.course.ID, GroupID: id, Name: name, SetID: "set", UpdatedAt: now}
		}
		replace := func(groups ...classroom.Group) {
			t.Helper()
			must(t, db.Tx(t.Context(), func(tx classroom.Tx) error { return tx.ReplaceGroups(t.Context(), s.course.ID, groups) }))
		}
		replace(group("1", "Red"), group("2", "Blue"), group("2", "Twice"))
		diff(t, []classroom.Group{group("2", "Blue"), group("1", "Red")}, got[[]classroom.Group](t)(db.Groups(t.Context(), s.course.ID)))
		replace(group("3", "Green"))
		diff(t, []classroom.Group{group("3", "Green")}, got[[]classroom.Group](t)(db.Groups(t.Context(), s.course.ID)))
		replace()

		for i, set := range []classroom.GroupSet{"1\n2", "1\n2", "3"} {
			e, _, err := db.FindEnrolment(t.Context(), people[i].ID, s.course.ID)
			must(t, err)
			e.GroupIDs = set
			must(t, db.SaveEnrolment(t.Context(), e))
		}
		diff(t, []classroom.GroupSet{"1\n2", "3"}, got[[]classroom.GroupSet](t)(db.EnrolledGroups(t.Context(), s.course.ID)))
	})
}

func TestRoomsOfGroups(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		child := s.room
		child.ID, child.ParentID, child.GroupID, child.CreatedAt = storagetest.ID(), s.room.ID, "1", storagetest.Now()
		child.ResourceLinkID = child.ID
		must(t, db.CreateRoom(t.Context(), child))
		twice := child
		twice.ID = storagetest.ID()
		twice.ResourceLinkID = twice.ID
		wantCode(t, db.CreateRoom(t.Context(), twice), classroom.Conflict)
		diff(t, []classroom.Room{child}, got[[]classroom.Room](t)(db.ChildRooms(t.Context(), s.room.ID)))
		if none := got[[]classroom.Room](t)(db.ChildRooms(t.Context(), "")); len(none) > 0 {
			t.Error("every room is a part of nothing")
		}
		r, found, err := db.FindGroupRoom(t.Context(), s.room.ID, "1")
		if must(t, err); !found {
			t.Fatal("the room of the group is not found")
		}
		diff(t, child, r)

		storagetest.Meeting(t, db, child, s.server, s.teacher)
		rooms := got[[]classroom.GroupRoom](t)(db.GroupRooms(t.Context(), s.room.ID))
		diff(t, []classroom.GroupRoom{{Room: child, State: classroom.MeetingRunning, Inside: 1}}, rooms)
		first := got[classroom.Room](t)(db.FirstRoom(t.Context(), s.course.ID))
		if first.ID != s.room.ID {
			t.Error("a group's room stands for the course")
		}
		must(t, db.TouchRoom(t.Context(), child.ID))
		versions := got[map[string]int64](t)(db.RoomVersions(t.Context(), []string{child.ID, s.room.ID}))
		diff(t, map[string]int64{child.ID: 2, s.room.ID: 2}, versions)
	})
}
