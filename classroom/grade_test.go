package classroom_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// gradeWorld is a world whose LMS has a gradebook, with a teacher and two learners
// in a room whose attendance is a grade.
type gradeWorld struct {
	*rosterWorld
	ada, bob, cy classroom.Access
}

func allScopes() []string {
	return []string{lti.ScopeLineItem, lti.ScopeLineItemRead, lti.ScopeResultRead, lti.ScopeScore}
}

func newGradeWorld(t testing.TB, profile ltitest.Profile) *gradeWorld {
	t.Helper()
	return newGradeWorldOn(t, storagetest.New(t), profile)
}

func newGradeWorldOn(t testing.TB, db *storage.DB, profile ltitest.Profile) *gradeWorld {
	t.Helper()
	w := &gradeWorld{rosterWorld: newRosterWorldOn(t, db, profile,
		member("ada", ltitest.Instructor), member("bob", ltitest.Learner), member("cy", ltitest.Learner), member("dee", ltitest.Learner))}
	w.platform.Platform = w.lms.Platform(w.platform.ID)
	w.platform.OnPremises = true
	must(t, w.db.SavePlatform(t.Context(), w.platform))
	w.ada, w.bob, w.cy = w.comes("ada", teacher, allScopes()), w.comes("bob", learner, allScopes()), w.comes("cy", learner, allScopes())
	w.set(classroom.RoomSettings{Graded: true})
	return w
}

// comes launches with the offer of the gradebook.
func (w *gradeWorld) comes(sub, role string, scopes []string) classroom.Access {
	w.t.Helper()
	l := w.launch(w.lms.Subject(sub), role)
	l.Name = "Name of " + sub
	l.AGS = &lti.AGS{LineItems: w.lms.LineItemsURL("c1"), Scopes: scopes}
	return w.visits(l)
}

// again is the visit with the room and course of now.
func (w *gradeWorld) again(a classroom.Access) classroom.Access {
	w.t.Helper()
	a, err := w.Access(w.t.Context(), a.Launch.ID, a.Room.ID)
	must(w.t, err)
	return a
}

func (w *gradeWorld) set(s classroom.RoomSettings) {
	w.t.Helper()
	must(w.t, w.ChangeSettings(w.t.Context(), w.again(w.ada), s))
	w.ada = w.again(w.ada)
}

// class is held for 20 minutes, of which bob is there for all and cy for 5.
func (w *gradeWorld) class() classroom.Meeting {
	w.t.Helper()
	w.wait(time.Hour)
	w.ada = w.again(w.ada)
	return w.holds(w.ada, 20, stays{w.bob: 20, w.cy: 5})
}

// sends presses the button, and does the work until it is done.
func (w *gradeWorld) sends() {
	w.t.Helper()
	must(w.t, w.AskForGrades(w.t.Context(), w.ada))
	w.send(classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID})
}

func (w *gradeWorld) send(work classroom.SendGrades) {
	w.t.Helper()
	for range 50 {
		again, err := w.Do(w.t.Context(), work)
		must(w.t, err)
		if again.Again == 0 {
			return
		}
		w.wait(again.Again)
	}
	w.t.Fatal("grades are sent for ever")
}

// gradebook is what the LMS has, by person.
func (w *gradeWorld) gradebook() map[string]float64 {
	got := map[string]float64{}
	for _, g := range w.lms.Grades() {
		if g.Given != nil {
			got[g.Person] = *g.Given / g.Maximum * 100
		}
	}
	return got
}

// states is how grades stand on the teacher's page, by person.
func (w *gradeWorld) states() map[string]string {
	w.t.Helper()
	v, err := w.ViewGrades(w.t.Context(), w.again(w.ada))
	must(w.t, err)
	got := map[string]string{}
	for _, r := range v.Rows {
		got[strings.TrimPrefix(r.Name, "Name of ")] = strings.TrimSpace(fmt.Sprintf("%s %v %s", r.State, r.Want, r.Grade.Problem))
	}
	return got
}

func (w *gradeWorld) problem() classroom.GradeProblem {
	w.t.Helper()
	v, err := w.ViewGrades(w.t.Context(), w.again(w.ada))
	must(w.t, err)
	return v.Problem
}

func (w *gradeWorld) corrects(n classroom.Correction) {
	w.t.Helper()
	must(w.t, w.CorrectGrade(w.t.Context(), w.ada, n))
}

func TestAttendanceBecomesAGrade(t *testing.T) {
	storagetest.Each(t, attendanceBecomesAGrade)
}

func attendanceBecomesAGrade(t *testing.T, db *storage.DB) {
	w := newGradeWorldOn(t, db, ltitest.Reference())
	same(t, map[string]string{"bob": "none -1", "cy": "none -1"}, w.states())
	w.class()
	same(t, map[string]string{"bob": "new 100", "cy": "new 25"}, w.states())
	same(t, 0, len(w.lms.LineItems("c1")))
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
	same(t, map[string]string{"bob": "sent 100", "cy": "sent 25"}, w.states())
	want := []ltitest.LineItem{{Label: "Lessons", ResourceID: w.ada.Room.ID, Tag: "attendance", ScoreMaximum: 100}}
	same(t, want, w.lms.LineItems("c1"))

	// Only what has changed is sent.
	before := w.lms.Requests("scores")
	w.sends()
	same(t, before, w.lms.Requests("scores"))
	w.class()
	w.holds(w.ada, 40, stays{w.bob: 40, w.cy: 30})
	w.sends()
	same(t, before+1, w.lms.Requests("scores"))
	same(t, map[string]float64{"bob": 100, "cy": 50}, w.gradebook())
	same(t, 1, len(w.lms.LineItems("c1")))
}

func TestEveryLMSTakesGrades(t *testing.T) {
	for _, profile := range ltitest.Profiles() {
		if profile.Grades == nil || profile.Grades.Fixed {
			continue // its items are made by teachers: see below
		}
		t.Run(profile.Name, func(t *testing.T) {
			w := newGradeWorld(t, profile)
			w.class()
			w.sends()
			same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
			w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Percent: new(50.0)})
			w.sends()
			same(t, map[string]float64{"bob": 100, "cy": 50}, w.gradebook())
			same(t, 1, len(w.lms.LineItems("c1")))
		})
	}
}

func TestAbsentMembersGetNothing(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	dee := w.comes("dee", learner, allScopes())
	w.class()
	gone := w.comes("dee", learner, allScopes())
	same(t, dee.Person.ID, gone.Person.ID)
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25, "dee": 0}, w.gradebook())
	e, _, err := w.db.FindEnrolment(t.Context(), dee.Person.ID, dee.Course.ID)
	must(t, err)
	e.EndedAt = w.clock()
	must(t, w.db.SaveEnrolment(t.Context(), e))
	same(t, map[string]string{"bob": "sent 100", "cy": "sent 25"}, w.states())
}

func TestWhoIsNeverGraded(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.comes("eye", "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor", allScopes())
	anonymous := w.launch("", learner)
	anonymous.Anonymous = true
	_, err := w.Enter(t.Context(), anonymous, "192.0.2.1")
	must(t, err)
	w.class()
	same(t, map[string]string{"bob": "new 100", "cy": "new 25"}, w.states())
}

func TestCorrections(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	bob, cy := w.bob.Person.ID, w.cy.Person.ID
	w.corrects(classroom.Correction{PersonID: cy, Percent: new(62.55)})
	w.corrects(classroom.Correction{PersonID: bob, Exclude: true})
	same(t, map[string]string{"bob": "excluded 100", "cy": "new 62.6"}, w.states())
	w.sends()
	same(t, map[string]float64{"cy": 62.6}, w.gradebook())
	w.corrects(classroom.Correction{PersonID: cy, Undo: true})
	w.corrects(classroom.Correction{PersonID: bob, Undo: true})
	same(t, map[string]string{"bob": "new 100", "cy": "changed 25"}, w.states())
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())

	for name, n := range map[string]classroom.Correction{
		"more than all": {PersonID: cy, Percent: new(100.1)}, "less than nothing": {PersonID: cy, Percent: new(-1.0)},
		"a teacher": {PersonID: w.ada.Person.ID, Exclude: true}, "nobody": {PersonID: storagetest.ID(), Exclude: true},
	} {
		if err := w.CorrectGrade(t.Context(), w.ada, n); err == nil {
			t.Errorf("%s was corrected", name)
		}
	}
	if err := w.CorrectGrade(t.Context(), w.bob, classroom.Correction{PersonID: bob, Percent: new(100.0)}); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner corrects: %v", err)
	}
	if err := w.AskForGrades(t.Context(), w.bob); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner sends: %v", err)
	}
}

func TestWhatWeDidNotWriteIsLeftAlone(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	w.sends()
	w.wait(time.Minute)
	w.lms.SetGrade("c1", "Lessons", "cy", 77)
	same(t, map[string]string{"bob": "sent 100", "cy": "foreign 25"}, w.states())
	w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Percent: new(30.0)})
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 77}, w.gradebook())
	same(t, map[string]string{"bob": "sent 100", "cy": "foreign 30"}, w.states())

	w.wait(time.Minute)
	w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Adopt: true})
	same(t, "new 30", strings.Replace(w.states()["cy"], "changed", "new", 1))
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 30}, w.gradebook())
	same(t, map[string]string{"bob": "sent 100", "cy": "sent 30"}, w.states())
	// It was taken over once, not for ever.
	w.wait(time.Minute)
	w.lms.SetGrade("c1", "Lessons", "cy", 88)
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 88}, w.gradebook())
}

// A score without a comment removes the one that stands there.
func TestTheTeachersCommentIsKept(t *testing.T) {
	for name, alone := range map[string]bool{"told of all": false, "told of one": true} {
		t.Run(name, func(t *testing.T) {
			profile := ltitest.Reference()
			grades := *profile.Grades
			grades.SilentResults = alone
			profile.Grades = &grades
			w := newGradeWorld(t, profile)
			w.class()
			w.makeColumn("Lessons", w.ada.Room.ID)
			const said = "Well done.\n\nYet: <b>late</b>"
			w.lms.SetGradeAndComment("c1", "Lessons", "bob", 50, said) // of 50
			w.wait(time.Minute)
			w.sends()
			w.corrects(classroom.Correction{PersonID: w.bob.Person.ID, Percent: new(80.0)})
			w.wait(time.Minute)
			w.corrects(classroom.Correction{PersonID: w.bob.Person.ID, Adopt: true})
			w.sends()
			got := map[string]string{}
			for _, g := range w.lms.Grades() {
				got[g.Person] = g.Comment
			}
			same(t, map[string]string{"bob": said, "cy": ""}, got)
			same(t, map[string]float64{"bob": 80, "cy": 25}, w.gradebook())
		})
	}
}

func TestAGradeThatStoodThereBefore(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	// The column is known from an earlier time, when somebody wrote into it.
	w.sends()
	must(t, w.db.ForgetSent(t.Context(), w.ada.Room.ID))
	w.lms.SetGrade("c1", "Lessons", "bob", 3)
	w.sends()
	same(t, map[string]float64{"bob": 3, "cy": 25}, w.gradebook())
}

func TestAnLMSThatTellsOnePersonsGradeOnly(t *testing.T) {
	profile := ltitest.Reference()
	grades := *profile.Grades
	grades.SilentResults = true
	profile.Grades = &grades
	w := newGradeWorld(t, profile)
	w.class()
	w.makeColumn("Lessons", w.ada.Room.ID)
	w.lms.SetGrade("c1", "Lessons", "bob", 3)
	w.sends()
	same(t, map[string]float64{"bob": 3, "cy": 25}, map[string]float64{"bob": 3, "cy": w.gradebook()["cy"]})
	same(t, 1, w.lms.Requests("scores"))
	same(t, "foreign 100", w.states()["bob"])
	w.wait(time.Minute)
	w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Percent: new(50.0)})
	w.corrects(classroom.Correction{PersonID: w.bob.Person.ID, Adopt: true})
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 50}, w.gradebook())
}

func TestRefusalsAreKeptWithThePerson(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		want   classroom.GradeProblem
	}{
		"older": {http.StatusConflict, classroom.GradeOlder}, "no learner": {http.StatusUnprocessableEntity, classroom.GradeUngraded},
		"not gradable": {http.StatusBadRequest, classroom.GradeUngraded}, "unknown": {http.StatusNotFound, classroom.GradeStranger},
		"forbidden": {http.StatusForbidden, classroom.GradeForbidden}, "odd": {http.StatusTeapot, classroom.GradeBad},
	} {
		t.Run(name, func(t *testing.T) {
			w := newGradeWorld(t, ltitest.Reference())
			w.class()
			w.lms.FailNext("scores", test.status, "[]")
			w.sends()
			same(t, 1, len(w.gradebook()))
			refused := 0
			for _, state := range w.states() {
				if strings.HasPrefix(state, "refused") && strings.HasSuffix(state, string(test.want)) {
					refused++
				}
			}
			same(t, 1, refused)
			v, err := w.ViewGrades(t.Context(), w.again(w.ada))
			must(t, err)
			same(t, 1, v.ToSend)
			// By itself it is not tried again, when asked it is.
			before := w.lms.Requests("scores")
			w.send(classroom.SendGrades{RoomID: w.ada.Room.ID})
			same(t, before, w.lms.Requests("scores"))
			w.sends()
			same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
		})
	}
}

// A refusal is of the grade that was sent then: that of another one, which an
// interruption keeps from being sent, does not stand for it.
func TestARefusedGradeThatHasChangedIsSentInTheEnd(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	for range 2 {
		w.lms.FailNext("scores", http.StatusUnprocessableEntity, "")
	}
	w.sends()
	same(t, map[string]string{"bob": "refused 100 ungraded", "cy": "refused 25 ungraded"}, w.states())
	w.wait(time.Hour)
	w.holds(w.ada, 20, stays{w.bob: 10, w.cy: 15})
	w.lms.FailNext("scores", http.StatusServiceUnavailable, "")
	byItself := classroom.SendGrades{RoomID: w.ada.Room.ID}
	if _, err := w.Do(t.Context(), byItself); err == nil {
		t.Error("a gradebook that is away is no error")
	}
	same(t, map[string]string{"bob": "new 75", "cy": "new 50"}, w.states())
	w.send(byItself)
	same(t, map[string]float64{"bob": 75, "cy": 50}, w.gradebook())
}

func TestAGradebookThatIsAwayIsTriedAgain(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	must(t, w.AskForGrades(t.Context(), w.ada))
	work := classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID}
	w.lms.AnswerNext("scores", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { // bob's is on its way
		_, _ = io.Copy(io.Discard, r.Body)
		rw.WriteHeader(http.StatusOK)
	}))
	w.lms.FailNext("scores", http.StatusBadGateway, "away")
	if _, err := w.Do(t.Context(), work); err == nil {
		t.Error("a gradebook that is away is no error")
	}
	// What was sent is not sent again.
	before := w.lms.Requests("scores")
	w.send(work)
	same(t, before+1, w.lms.Requests("scores"))

	w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Percent: new(1.0)})
	w.corrects(classroom.Correction{PersonID: w.bob.Person.ID, Percent: new(2.0)})
	w.lms.AnswerNext("scores", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "90")
		rw.WriteHeader(http.StatusTooManyRequests)
	}))
	again, err := w.Do(t.Context(), work)
	must(t, err)
	same(t, 90*time.Second, again.Again)
}

func TestWhoAsksWhileGradesAreSentIsNotForgotten(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	must(t, w.AskForGrades(t.Context(), w.ada))
	w.lms.AnswerNext("scores", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		w.wait(time.Second)
		must(t, w.AskForGrades(t.Context(), w.ada))
	}))
	work := classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID}
	for _, waits := range []bool{true, false} {
		w.send(work)
		v, err := w.ViewGrades(t.Context(), w.again(w.ada))
		must(t, err)
		same(t, waits, v.Gradebook.AskedAt.After(v.Gradebook.SentAt))
	}
}

func TestAProcessThatDiesWhileSending(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	w.sends()
	w.class()
	w.holds(w.ada, 40, stays{w.bob: 10, w.cy: 40})
	// What was on its way has arrived, and nobody could write that down.
	grades, err := w.db.Grades(t.Context(), w.ada.Room.ID)
	must(t, err)
	w.sends()
	arrived := w.gradebook()
	now, err := w.db.Grades(t.Context(), w.ada.Room.ID)
	must(t, err)
	for i := range grades {
		grades[i].TriedPercent, grades[i].TriedAt = now[i].TriedPercent, now[i].TriedAt
	}
	must(t, w.db.SaveGrades(t.Context(), grades))
	for name, state := range w.states() {
		if !strings.HasPrefix(state, "changed") {
			t.Errorf("%s stands as %s: our own grade is taken for another's", name, state)
		}
	}
	w.sends()
	same(t, arrived, w.gradebook())
}

func TestTimestampsGrowAlsoWhenTheClockGoesBack(t *testing.T) {
	w := newGradeWorld(t, ltitest.Moodle())
	w.class()
	w.sends()
	for i, percent := range []float64{10, 20, 30} {
		if i == 1 {
			w.wait(-time.Hour)
		}
		w.corrects(classroom.Correction{PersonID: w.cy.Person.ID, Percent: &percent})
		w.sends()
		same(t, percent, w.gradebook()["cy"])
	}
}

func TestTwoAtATimeMakeOneColumn(t *testing.T) {
	storagetest.Each(t, twoAtATimeMakeOneColumn)
}

func twoAtATimeMakeOneColumn(t *testing.T, db *storage.DB) {
	w := newGradeWorldOn(t, db, ltitest.Reference())
	w.class()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for {
				again, err := w.Do(t.Context(), classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID})
				if err != nil {
					t.Error(err)
				}
				if again.Again == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	same(t, 1, len(w.lms.LineItems("c1")))
	same(t, 2, w.lms.Requests("scores"))
}
