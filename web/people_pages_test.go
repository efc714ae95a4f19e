package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func samplePerson(name string, alter func(*classroom.Member)) classroom.Member {
	m := classroom.Member{
		Person:    classroom.Person{ID: "p", Name: name},
		Enrolment: classroom.Enrolment{Counted: true, RoleName: "Learner", LaunchedAt: sampleTime, RosterAt: sampleTime},
		Admission: classroom.AdmissionDone,
	}
	if alter != nil {
		alter(&m)
	}
	return m
}

func samplePeople(base basePage) []samplePage {
	var people []classroom.Member
	for _, state := range []classroom.AdmissionState{
		classroom.AdmissionDone, classroom.AdmissionWanted, classroom.AdmissionNoAccount, classroom.AdmissionFull,
		classroom.AdmissionLeaving, classroom.AdmissionEnded, "",
	} {
		people = append(people, samplePerson(oddName, func(m *classroom.Member) { m.Admission = state }))
	}
	people = append(people,
		samplePerson("Teacher", func(m *classroom.Member) { m.Enrolment.Moderator, m.Enrolment.ProvedAt = true, sampleTime }),
		samplePerson("Stale", func(m *classroom.Member) { m.Enrolment.Moderator, m.Enrolment.RoleName = true, "Instructor" }),
		samplePerson("", func(m *classroom.Member) { m.Enrolment.LaunchedAt = time.Time{} }),
		samplePerson("Observer", func(m *classroom.Member) { m.Enrolment.Counted, m.Enrolment.RosterAt = false, time.Time{} }))
	view := classroom.PeopleView{
		Room: classroom.Room{ID: "room-1"}, Course: classroom.Course{Title: oddName}, Platform: oddName,
		Counts: classroom.PeopleCounts{Moderators: 1, Viewers: 180, Uncounted: 1, Ended: 60}, People: people, Page: 2, Pages: 2, Chat: true,
		Ended:  []classroom.Member{samplePerson("Gone", func(m *classroom.Member) { m.Enrolment.EndedAt = sampleTime })},
		Roster: classroom.RosterView{Offered: true, MayAsk: true},
	}
	view.Roster.ReadAt, view.Roster.FullAt, view.Roster.Members = sampleTime, sampleTime, 181
	page := func(name string, change func(*peoplePage)) samplePage {
		p := &peoplePage{basePage: base, View: view, Whose: "w", Now: sampleTime}
		change(p)
		return samplePage{"people" + name, "people", p}
	}
	pages := []samplePage{
		page("", func(*peoplePage) {}),
		page("-found", func(p *peoplePage) { p.View.Search = oddName }),
		page("-asked", func(p *peoplePage) { p.View.Roster.MayAsk, p.Asked = false, true }),
		page("-reading", func(p *peoplePage) {
			p.View.Roster = classroom.RosterView{Offered: true, Reading: true}
		}),
		page("-none", func(p *peoplePage) {
			p.View = classroom.PeopleView{Room: p.View.Room, Platform: "LMS", Search: "nobody", Pages: 1, Page: 1}
		}),
	}
	for _, problem := range []classroom.RosterProblem{
		classroom.RosterRefused, classroom.RosterUnavailable, classroom.RosterUnreadable, classroom.RosterImplausible,
	} {
		pages = append(pages, page("-"+string(problem), func(p *peoplePage) { p.View.Roster.Problem = problem }))
	}
	return pages
}

func sampleGroups(base basePage) []samplePage {
	teacher := sampleView()
	teacher.InGroups, teacher.Moderator = true, true
	teacher.Groups = []classroom.GroupView{{GroupID: "1", Name: oddName, RoomID: "r", Running: true, Inside: 3}, {GroupID: "2", Name: "Group 2"}}
	none := sampleView()
	none.InGroups = true
	own := none
	own.Groups = teacher.Groups[:1]
	child := sampleView()
	child.Room.ParentID = "room-0"
	page := func(name string, v classroom.RoomView) samplePage {
		return samplePage{"groups-" + name, "room", &roomPage{basePage: base, View: v, Whose: "w", State: "idle"}}
	}
	return []samplePage{page("teacher", teacher), page("own", own), page("none", none), page("room", child)}
}

// people makes a course of so many people who have never come, a teacher, and one learner.
func (w *world) people(n int) (room string, teacher, learner *browser) {
	w.Helper()
	teacher, learner = w.browser(), w.browser()
	_, room = teacher.enter("teacher", "room-1")
	learner.enter("learner", "room-1")
	a := w.access(teacher, room)
	var persons []classroom.Person
	var enrolments []classroom.Enrolment
	for i := range n {
		p := classroom.Person{
			ID: fmt.Sprintf("01990000-0000-7000-9000-%012d", i), TenantID: a.Room.TenantID, PlatformID: a.Person.PlatformID,
			Subject: fmt.Sprintf("s-%d", i), Name: fmt.Sprintf("Person %04d", i),
		}
		persons = append(persons, p)
		enrolments = append(enrolments, classroom.Enrolment{ID: p.ID, TenantID: p.TenantID, CourseID: a.Room.CourseID, PersonID: p.ID, Counted: true, RoleName: "Learner"})
	}
	w.must(w.db.CreatePersons(w.Context(), persons))
	w.must(w.db.CreateEnrolments(w.Context(), enrolments))
	return room, teacher, learner
}

// access is what the browser's session may do in the room.
func (w *world) access(b *browser, room string) classroom.Access {
	w.Helper()
	session, _ := w.sessionOf(b, room)
	a, err := w.room.Access(w.Context(), session.Launch.ID, strings.TrimPrefix(room, "/rooms/"))
	w.must(err)
	return a
}

func TestPeoplePage(t *testing.T) {
	w := newWorld(t)
	room, teacher, learner := w.people(150)
	page := teacher.get(room + "/people")
	if n := strings.Count(page.body, "<tr>"); n != 101 {
		t.Errorf("%d rows on the first page, want a head and 100 people", n)
	}
	if last := teacher.get(room + "/people?page=2"); !strings.Contains(last.body, "Person 0149") {
		t.Error("the last person is not on the second page")
	}
	if beyond := teacher.get(room + "/people?page=99"); !strings.Contains(beyond.body, "Person 0149") {
		t.Error("a page that is none is not the last")
	}
	if status := learner.get(room + "/people").status; status != 403 {
		t.Errorf("a learner sees the list: %d", status)
	}
	a := w.access(teacher, room)
	found := teacher.post(room+"/people", url.Values{"whose": {w.server.whose(a.Person.ID)}, "search": {"n 0007"}})
	if found.status != 303 || found.header.Get("Location") != room+"/people?search=n+0007" {
		t.Errorf("the search answers %d, %q", found.status, found.header.Get("Location"))
	}
	page = teacher.get(found.header.Get("Location"))
	if !strings.Contains(page.body, "Person 0007") || strings.Contains(page.body, "Person 0008") {
		t.Error("the search finds others")
	}
}

// A teacher asks for the list of members once a minute.
func TestReadRosterButton(t *testing.T) {
	w := newWorld(t)
	room, teacher, _ := w.people(0)
	a := w.access(teacher, room)
	course, offered := a.Course, a.Course.RosterURL
	course.RosterURL = ""
	w.must(w.db.SaveCourse(t.Context(), course))
	if page := teacher.get(room + "/people"); !strings.Contains(page.body, `id="problem"`) || strings.Contains(page.body, `id="read"`) {
		t.Error("where no list is offered the page does not say so")
	}
	course.RosterURL = offered
	w.clock.forward(15 * time.Minute) // the first reading, by the launch, did not come to its end
	w.must(w.db.SaveCourse(t.Context(), course))
	if page := teacher.get(room + "/people"); !strings.Contains(page.body, `id="read"`) {
		t.Error("there is no button to read the list")
	}
	fields := url.Values{"whose": {w.server.whose(a.Person.ID)}}
	for range 2 {
		if answer := teacher.post(room+"/people/read", fields); answer.status != 303 {
			t.Errorf("asking answers %d", answer.status)
		}
	}
	if page := teacher.get(room + "/people"); strings.Contains(page.body, `id="read"`) {
		t.Error("the button is there while the list is being read")
	}
}

func TestGroupsOnTheRoomPage(t *testing.T) {
	w := newWorld(t)
	room, teacher, learner := w.people(0)
	a := w.access(learner, room)
	w.must(w.db.SaveSettings(t.Context(), a.Room.ID, classroom.RoomSettings{Record: a.Room.Record, Grouped: true}, w.clock.Now()))
	a.Enrolment.GroupIDs = classroom.NewGroupSet([]string{"7"})
	w.must(w.db.SaveEnrolment(t.Context(), a.Enrolment))

	if page := learner.get(room); !strings.Contains(page.body, `name="group" value="7"`) || strings.Contains(page.body, `id="wait"`) {
		t.Error("the learner does not see their group")
	}
	opened := learner.post(room+"/group", url.Values{"whose": {w.server.whose(a.Person.ID)}, "group": {"7"}})
	if opened.status != 303 || !strings.HasPrefix(opened.header.Get("Location"), "/rooms/") || opened.header.Get("Location") == room {
		t.Fatalf("the group's room answers %d, %q", opened.status, opened.header.Get("Location"))
	}
	if page := learner.get(opened.header.Get("Location")); page.status != 200 || !strings.Contains(page.body, `href="`+room+`"`) {
		t.Errorf("the room of the group: %d", page.status)
	}
	if page := teacher.get(opened.header.Get("Location")); page.status != 200 || !strings.Contains(page.body, `id="start"`) {
		t.Errorf("the teacher in the room of the group: %d", page.status)
	}
	a.Enrolment.GroupIDs = classroom.NewGroupSet([]string{"8"})
	w.must(w.db.SaveEnrolment(t.Context(), a.Enrolment))
	for _, path := range []string{"", "/panel", "/wait", "/state", "/attendance"} {
		path = opened.header.Get("Location") + path + "?whose=" + w.server.whose(a.Person.ID)
		if status := learner.get(path).status; status != 404 {
			t.Errorf("%s of another group: %d", path, status)
		}
	}
}
