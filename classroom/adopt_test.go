package classroom_test

import (
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// moved is a school whose LMS was registered a second time.
type moved struct {
	*world
	again classroom.Platform
}

func newMoved(t *testing.T) *moved { return newMovedOn(t, storagetest.New(t)) }

func newMovedOn(t *testing.T, db *storage.DB) *moved {
	m := &moved{world: newWorldOn(t, db)}
	m.again = storagetest.Platform(t, m.db)
	return m
}

// comes launches by a registration, and answers what the visit may do.
func (m *moved) comes(p classroom.Platform, subject, role string, alter func(*lti.Launch)) classroom.Access {
	m.t.Helper()
	l := m.launch(subject, role)
	l.Platform = p.Platform
	if alter != nil {
		alter(l)
	}
	return m.visits(l)
}

func (m *moved) request() classroom.AdoptionRequest {
	return classroom.AdoptionRequest{
		TenantID: classroom.DefaultTenant, FromPlatformID: m.platform.ID, ToPlatformID: m.again.ID, ByWhom: "admin",
	}
}

// held holds a class of an hour in the room.
func (m *moved) held(a classroom.Access) classroom.Meeting {
	m.t.Helper()
	_, err := m.Start(m.t.Context(), a, false)
	must(m.t, err)
	meeting := m.meeting(a)
	must(m.t, m.bbb.EnterAs(meeting.ID, bbbtest.Person{UserID: "p-" + a.Person.ID, Name: a.Person.Name}))
	m.look(meeting)
	must(m.t, m.End(m.t.Context(), a))
	m.look(meeting)
	return meeting
}

func TestAdoptedCoursesGoOnAsTheyWere(t *testing.T) {
	storagetest.Each(t, adoptedCoursesGoOn)
}

func adoptedCoursesGoOn(t *testing.T, db *storage.DB) {
	m := newMovedOn(t, db)
	before := m.comes(m.platform, "terry", teacher, nil)
	m.comes(m.platform, "sam", learner, nil)
	first := m.held(before)
	m.wait(time.Hour)
	renewed := m.comes(m.again, "terry", teacher, nil)
	if renewed.Room.ID == before.Room.ID {
		t.Fatal("a new registration got the room of the old one by itself")
	}
	second := m.held(renewed)

	plan, err := m.PlanAdoption(t.Context(), m.request())
	must(t, err)
	if len(plan.Courses) != 1 || !plan.Courses[0].Move || !plan.SamePeople || len(plan.Courses[0].Rooms) != 1 || plan.Courses[0].Rooms[0].Old.ID != before.Room.ID {
		t.Fatalf("plan: %+v", plan)
	}
	if again := m.comes(m.again, "terry", teacher, nil); again.Room.ID != renewed.Room.ID {
		t.Fatal("a plan changed something")
	}
	adoption, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)

	now := m.comes(m.again, "terry", teacher, nil)
	if now.Room.ID != before.Room.ID || now.Course.ID != before.Course.ID || now.Person.ID != renewed.Person.ID {
		t.Errorf("after the adoption: room %s course %s person %s", now.Room.ID, now.Course.ID, now.Person.ID)
	}
	view, err := m.View(t.Context(), now)
	must(t, err)
	if len(view.History) != 2 {
		t.Errorf("%d meetings in the adopted room, want both", len(view.History))
	}
	for _, meeting := range []classroom.Meeting{first, second} {
		seen, err := m.db.Attended(t.Context(), []string{meeting.ID})
		must(t, err)
		if len(seen) != 1 || seen[0].UserID != "p-"+renewed.Person.ID {
			t.Errorf("attended: %+v", seen)
		}
	}
	if _, err := m.Access(t.Context(), renewed.Launch.ID, renewed.Room.ID); !classroom.Is(err, classroom.Expired) {
		t.Errorf("a session in the course that was replaced goes on: %v", err)
	}

	m.wait(classroom.RevertWithin - time.Hour)
	left, err := m.RevertAdoption(t.Context(), classroom.DefaultTenant, adoption.ID, "admin")
	must(t, err)
	if left != 0 {
		t.Errorf("%d alterations could not be undone", left)
	}
	if back := m.comes(m.again, "terry", teacher, nil); back.Room.ID != renewed.Room.ID {
		t.Error("the new registration still enters the old room")
	}
	if back := m.comes(m.platform, "terry", teacher, nil); back.Room.ID != before.Room.ID || back.Enrolment.ID != before.Enrolment.ID {
		t.Errorf("the old registration does not find its room again: %+v", back)
	}
	if _, err := m.RevertAdoption(t.Context(), classroom.DefaultTenant, adoption.ID, "admin"); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("reverted twice: %v", err)
	}
}

// What the new registration may do is not shown to the old LMS.
func TestAdoptedCoursesForgetTheOldGradebook(t *testing.T) {
	for name, launched := range map[string]bool{"launched": true, "not launched": false} {
		t.Run(name, func(t *testing.T) {
			m := newMoved(t)
			column := func(url string) func(*lti.Launch) {
				return func(l *lti.Launch) {
					l.AGS = &lti.AGS{LineItems: url, LineItem: url + "/1", Scopes: []string{lti.ScopeScore}}
				}
			}
			old := m.comes(m.platform, "terry", teacher, column("https://old.example/items"))
			other := m.comes(m.platform, "terry", teacher, func(l *lti.Launch) {
				column("https://old.example/items")(l)
				l.ResourceLink = lti.ResourceLink{ID: "link2", Title: "Office hours"}
			})
			if launched {
				m.comes(m.again, "terry", teacher, column("https://new.example/items"))
			}
			r := m.request()
			r.Unlaunched = true
			_, _, err := m.Adopt(t.Context(), r)
			must(t, err)
			want := map[string]string{old.Room.ID: "", other.Room.ID: ""}
			if launched {
				want[old.Room.ID] = "https://new.example/items/1"
			}
			for id, url := range want {
				room, err := m.db.Room(t.Context(), id)
				must(t, err)
				if room.LineItemURL != url {
					t.Errorf("column of %s is %q, want %q", room.Title, room.LineItemURL, url)
				}
			}
			if _, err := m.Access(t.Context(), old.Launch.ID, old.Room.ID); !classroom.Is(err, classroom.Expired) {
				t.Errorf("a session of the old registration goes on: %v", err)
			}
		})
	}
}

// An old link that somebody clicks does not keep an adoption from being taken back.
func TestOldLinksDoNotKeepAnAdoption(t *testing.T) {
	storagetest.Each(t, oldLinksDoNotKeep)
}

func oldLinksDoNotKeep(t *testing.T, db *storage.DB) {
	m := newMovedOn(t, db)
	old := m.comes(m.platform, "terry", teacher, nil)
	renewed := m.comes(m.again, "terry", teacher, nil)
	a, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)
	m.comes(m.platform, "terry", teacher, nil)
	left, err := m.RevertAdoption(t.Context(), classroom.DefaultTenant, a.ID, "admin")
	must(t, err)
	if left != 0 {
		t.Errorf("%d alterations were left", left)
	}
	if back := m.comes(m.platform, "terry", teacher, nil); back.Room.ID != old.Room.ID {
		t.Error("the old registration does not find its room again")
	}
	if back := m.comes(m.again, "terry", teacher, nil); back.Room.ID != renewed.Room.ID {
		t.Error("the new registration does not find its own room again")
	}
}

// Where it cannot be taken back, all of the course stays as it is.
func TestAClassInTheOldPlaceKeepsTheCourseMoved(t *testing.T) {
	m := newMoved(t)
	old := m.comes(m.platform, "terry", teacher, nil)
	m.comes(m.again, "terry", teacher, nil)
	a, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)
	m.held(m.comes(m.platform, "terry", teacher, nil))
	left, err := m.RevertAdoption(t.Context(), classroom.DefaultTenant, a.ID, "admin")
	must(t, err)
	alterations, err := m.db.Alterations(t.Context(), a.ID)
	must(t, err)
	if left != len(alterations) {
		t.Errorf("%d of %d alterations were left", left, len(alterations))
	}
	if now := m.comes(m.again, "terry", teacher, nil); now.Room.ID != old.Room.ID || now.Enrolment.ID == "" {
		t.Error("the course is half where it was")
	}
}

// Who moved with the course is measured by the classes from before, too.
func TestAdoptedPeopleWereThereBefore(t *testing.T) {
	m := newMoved(t)
	before := m.comes(m.platform, "sam", learner, nil)
	m.wait(24 * time.Hour)
	m.comes(m.again, "sam", learner, nil)
	_, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)
	now := m.comes(m.again, "sam", learner, nil)
	if !now.Enrolment.CreatedAt.Equal(before.Enrolment.CreatedAt) {
		t.Errorf("enrolled since %s, was since %s", now.Enrolment.CreatedAt, before.Enrolment.CreatedAt)
	}
}

func TestOldAdoptionsStay(t *testing.T) {
	m := newMoved(t)
	m.comes(m.platform, "terry", teacher, nil)
	m.comes(m.again, "terry", teacher, nil)
	a, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)
	if _, err := m.RevertAdoption(t.Context(), "another", a.ID, "admin"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant reverted it: %v", err)
	}
	m.wait(classroom.RevertWithin + time.Minute)
	if _, err := m.RevertAdoption(t.Context(), classroom.DefaultTenant, a.ID, "admin"); !classroom.Is(err, classroom.Expired) {
		t.Errorf("reverted after a month: %v", err)
	}
}

func TestCoursesInDoubtStay(t *testing.T) {
	for name, test := range map[string]struct {
		again   func(*moved) // what the new registration does
		request func(*classroom.AdoptionRequest)
		doubt   classroom.AdoptionDoubt
		moves   int
	}{
		"another course with the same number": {
			again: func(m *moved) {
				m.comes(m.again, "terry", teacher, func(l *lti.Launch) { l.Context.Title, l.Context.Label = "Chemistry", "CHE" })
			},
			doubt: classroom.DoubtTitle,
		},
		"not launched yet": {again: func(*moved) {}, doubt: classroom.DoubtUnlaunched},
		"not launched yet, wanted": {
			again:   func(*moved) {},
			request: func(r *classroom.AdoptionRequest) { r.Unlaunched = true },
			moves:   1,
		},
		"a class runs": {
			again: func(m *moved) {
				_, err := m.Start(m.t.Context(), m.comes(m.again, "terry", teacher, nil), false)
				must(m.t, err)
			},
			doubt: classroom.DoubtRunning,
		},
		"others are named": {
			again:   func(m *moved) { m.comes(m.again, "terry", teacher, nil) },
			request: func(r *classroom.AdoptionRequest) { r.CourseIDs = []string{"another"} },
			doubt:   classroom.DoubtNotNamed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMoved(t)
			before := m.comes(m.platform, "terry", teacher, nil)
			test.again(m)
			r := m.request()
			if test.request != nil {
				test.request(&r)
			}
			plan, err := m.PlanAdoption(t.Context(), r)
			must(t, err)
			if len(plan.Courses) != 1 || plan.Courses[0].Doubt != test.doubt || plan.Moves() != test.moves {
				t.Fatalf("plan: %+v", plan.Courses)
			}
			_, _, err = m.Adopt(t.Context(), r)
			if (err == nil) != (test.moves > 0) {
				t.Errorf("adopted: %v", err)
			}
			if test.moves > 0 {
				if now := m.comes(m.again, "terry", teacher, nil); now.Room.ID != before.Room.ID {
					t.Error("the first launch of the new registration does not enter the old room")
				}
			}
		})
	}
}

// Who has the same number at another LMS is not who has it here.
func TestStrangersWithTheSameSubjectStayStrangers(t *testing.T) {
	m := newMoved(t)
	old := m.comes(m.platform, "5", teacher, func(l *lti.Launch) { l.Email = "ana@school.example" })
	meeting := m.held(old)
	m.comes(m.again, "5", teacher, func(l *lti.Launch) { l.Email = "bob@school.example" })
	_, _, err := m.Adopt(t.Context(), m.request())
	must(t, err)
	seen, err := m.db.Attended(t.Context(), []string{meeting.ID})
	must(t, err)
	if len(seen) != 1 || seen[0].UserID != "p-"+old.Person.ID {
		t.Errorf("what one attended is another's: %+v", seen)
	}
}

func TestFirstLaunchesHintAtOrphanedCourses(t *testing.T) {
	m := newMoved(t)
	before := m.comes(m.platform, "terry", teacher, nil)
	if before.Course.Resembles != "" {
		t.Errorf("a course resembles %s, and there is no other", before.Course.Resembles)
	}
	if renewed := m.comes(m.again, "terry", teacher, nil); renewed.Course.Resembles != before.Course.ID {
		t.Errorf("the course resembles %q, want the one of the old registration", renewed.Course.Resembles)
	}
	placed := newMoved(t)
	before = placed.comes(placed.platform, "terry", teacher, nil)
	l := placed.launch("terry", teacher)
	l.Platform, l.MessageType, l.ResourceLink = placed.again.Platform, lti.DeepLinkingRequest, lti.ResourceLink{}
	l.DeepLinking = &lti.DeepLinking{ReturnURL: "https://lms.example/return", AcceptTypes: []string{"ltiResourceLink"}}
	v, err := placed.Place(t.Context(), l)
	must(t, err)
	if v.Course.Resembles != before.Course.ID {
		t.Errorf("the course of a deep linking request resembles %q", v.Course.Resembles)
	}
	other := m.comes(m.again, "terry", teacher, func(l *lti.Launch) { l.Context.ID = "c2" })
	if other.Course.Resembles != "" {
		t.Error("a course of another id is called alike")
	}
}
