package classroom_test

import (
	"errors"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// refusedWith demands a refusal of that message.
func refusedWith(t *testing.T, err error, message string) {
	t.Helper()
	if e := (*classroom.Error)(nil); !errors.As(err, &e) || e.Message != message {
		t.Errorf("err = %v, want %s", err, message)
	}
}

func TestPlatformsAreDeletedWhenNothingCanComeIn(t *testing.T) {
	w := newWorld(t)
	teacherVisit := w.enters("teacher", teacher)
	w.enters("learner", learner)
	m := storagetest.Meeting(t, w.db, teacherVisit.Room, classroom.Server{ID: "bbb-1"}, teacherVisit.Person)
	id := w.platform.ID

	refusedWith(t, w.db.DeletePlatform(t.Context(), classroom.DefaultTenant, id), "console.lti.error.enabled")
	_, err := w.SwitchPlatform(t.Context(), classroom.DefaultTenant, id, true)
	must(t, err)
	refusedWith(t, w.db.DeletePlatform(t.Context(), classroom.DefaultTenant, id), "console.lti.error.running")
	weight, err := w.db.WeighPlatform(t.Context(), classroom.DefaultTenant, id)
	must(t, err)
	if want := (classroom.PlatformWeight{Courses: 1, Rooms: 1, Classes: 1, People: 2, Launches: 2, Running: 1}); weight != want {
		t.Errorf("weight = %+v, want %+v", weight, want)
	}

	m.State, m.EndedAt, m.OpenRoomID = classroom.MeetingEnded, w.clock(), nil
	must(t, w.db.SaveMeeting(t.Context(), m))
	if err := w.db.DeletePlatform(t.Context(), "another", id); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant deletes it: %v", err)
	}
	must(t, w.db.DeletePlatform(t.Context(), classroom.DefaultTenant, id))
	if _, err := w.db.Platform(t.Context(), id); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("it is still there: %v", err)
	}
	w.work() // what was enqueued about it has nothing left to do
	weight, err = w.db.WeighPlatform(t.Context(), classroom.DefaultTenant, id)
	must(t, err)
	if weight != (classroom.PlatformWeight{}) {
		t.Errorf("left: %+v", weight)
	}
}

// Courses that went over to another registration keep what the old one's people
// did there.
func TestWhatWasAdoptedStaysWhenItsOldRegistrationGoes(t *testing.T) {
	w := newWorld(t)
	visit := w.enters("teacher", teacher)
	m := storagetest.Meeting(t, w.db, visit.Room, classroom.Server{ID: "bbb-1"}, visit.Person)
	m.State, m.EndedAt, m.OpenRoomID = classroom.MeetingEnded, w.clock(), nil
	must(t, w.db.SaveMeeting(t.Context(), m))
	renewed := storagetest.Platform(t, w.db)
	must(t, w.db.CreateDeployment(t.Context(), classroom.Deployment{
		ID: storagetest.ID(), TenantID: renewed.TenantID, PlatformID: renewed.ID, DeploymentID: "new", State: classroom.DeploymentActive, CreatedAt: w.clock(),
	}))
	_, _, err := w.Adopt(t.Context(), classroom.AdoptionRequest{
		TenantID: classroom.DefaultTenant, FromPlatformID: w.platform.ID, ToPlatformID: renewed.ID, ToDeploymentID: "new", Unlaunched: true, ByWhom: "a test",
	})
	must(t, err)
	_, err = w.SwitchPlatform(t.Context(), classroom.DefaultTenant, w.platform.ID, true)
	must(t, err)
	must(t, w.db.DeletePlatform(t.Context(), classroom.DefaultTenant, w.platform.ID))

	course, err := w.db.Course(t.Context(), visit.Course.ID)
	must(t, err)
	if course.PlatformID != renewed.ID {
		t.Errorf("the course is of %s, want %s", course.PlatformID, renewed.ID)
	}
	kept, err := w.db.Meeting(t.Context(), m.ID)
	must(t, err)
	person, err := w.db.Person(t.Context(), kept.StartedBy)
	must(t, err)
	if person.Name != visit.Person.Name || person.PlatformID != renewed.ID || person.Subject != "" {
		t.Errorf("who started the class is %+v", person)
	}
	e, found, err := w.db.FindEnrolment(t.Context(), person.ID, course.ID)
	if err != nil || !found || e.EndedAt.IsZero() {
		t.Errorf("their enrolment is %+v, %v", e, err)
	}
}

func TestPlatformsAreChangedByTheirTenantAlone(t *testing.T) {
	w := newWorld(t)
	f := classroom.FormOf(w.platform)
	f.Name, f.FrameOrigins, f.RequireName = "New name", []string{"https://portal.example/"}, true
	if _, _, err := w.EditPlatform(t.Context(), "another", w.platform.ID, f); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant edits it: %v", err)
	}
	was, became, err := w.EditPlatform(t.Context(), classroom.DefaultTenant, w.platform.ID, f)
	must(t, err)
	if was.Name != w.platform.Name || became.Name != "New name" || became.FrameOrigins[0] != "https://portal.example" || !became.RequireName || became.Issuer != was.Issuer {
		t.Errorf("became %+v", became)
	}
	for field, spoil := range map[string]func(*classroom.PlatformForm){
		"name":            func(f *classroom.PlatformForm) { f.Name = " " },
		"jwks-url":        func(f *classroom.PlatformForm) { f.JWKSURL = "ftp://keys.example" },
		"token-url":       func(f *classroom.PlatformForm) { f.TokenURL, f.OnPremises = "http://token.example", false },
		"frame-origin":    func(f *classroom.PlatformForm) { f.FrameOrigins = []string{"https://a.example; script-src *"} },
		"new-deployments": func(f *classroom.PlatformForm) { f.NewDeployments = "sometimes" },
	} {
		wrong := f
		spoil(&wrong)
		_, _, err := w.EditPlatform(t.Context(), classroom.DefaultTenant, w.platform.ID, wrong)
		if input := (*classroom.InputError)(nil); !errors.As(err, &input) || input.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestApprovalAndDeployments(t *testing.T) {
	w := newWorld(t)
	p := w.platform
	p.Pending = true
	must(t, w.db.SavePlatform(t.Context(), p))
	d := classroom.Deployment{ID: storagetest.ID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: "waits", State: classroom.DeploymentPending, CreatedAt: w.clock()}
	must(t, w.db.CreateDeployment(t.Context(), d))
	approved, err := w.ApprovePlatform(t.Context(), classroom.DefaultTenant, p.ID)
	must(t, err)
	stands := func() classroom.DeploymentState {
		found, _, err := w.db.FindDeployment(t.Context(), p.ID, "waits")
		must(t, err)
		return found.State
	}
	if approved.Pending || stands() != classroom.DeploymentActive {
		t.Errorf("approved: %+v, deployment %s", approved, stands())
	}
	_, err = w.SetDeployment(t.Context(), classroom.DefaultTenant, p.ID, d.ID, classroom.DeploymentPending)
	must(t, err)
	if stands() != classroom.DeploymentPending {
		t.Error("the deployment is not revoked")
	}
	if _, err := w.SetDeployment(t.Context(), "another", p.ID, d.ID, classroom.DeploymentActive); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("another tenant approves it: %v", err)
	}
}
