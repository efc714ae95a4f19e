package classroom_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
	"classbridge/lti"
	"classbridge/lti/ltitest"
	"classbridge/storage/storagetest"
)

func TestWhatTheLMSDoesNotOffer(t *testing.T) {
	without := func(scope string) []string {
		return slices.DeleteFunc(allScopes(), func(s string) bool { return s == scope })
	}
	for name, test := range map[string]struct {
		scopes []string
		bare   bool // no gradebook at all
		want   classroom.GradeProblem
		sent   int
	}{
		"nothing":                    {nil, true, classroom.GradesNotOffered, 0},
		"no scores":                  {without(lti.ScopeScore), false, classroom.GradesNoScores, 0},
		"no line items":              {[]string{lti.ScopeScore, lti.ScopeResultRead}, false, classroom.GradesNoColumn, 0},
		"line items to be read only": {without(lti.ScopeLineItem), false, classroom.GradesNoColumn, 0},
		"no results":                 {without(lti.ScopeResultRead), false, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newGradeWorld(t, ltitest.Reference())
			w.class()
			course, err := w.db.Course(t.Context(), w.ada.Course.ID)
			must(t, err)
			course.GradesScopes = strings.Join(test.scopes, " ")
			if test.bare {
				course.GradesURL = ""
			}
			must(t, w.db.SaveCourse(t.Context(), course))
			w.ada = w.again(w.ada)
			w.sends()
			same(t, test.want, w.problem())
			same(t, test.sent, len(w.gradebook()))
		})
	}
}

func TestAPlatformThatRefusesUs(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	w.lms.FailNext("token", http.StatusUnauthorized, `{"error":"invalid_client"}`)
	w.sends()
	same(t, classroom.GradesRefused, w.problem())
	same(t, map[string]float64{}, w.gradebook())
	w.sends()
	same(t, classroom.GradeProblem(""), w.problem())
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
}

func TestAPlatformThatWasSwitchedOff(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	p := w.platform
	p.Disabled = true
	must(t, w.db.SavePlatform(t.Context(), p))
	w.send(classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID})
	same(t, 0, w.lms.Requests("token"))
}

func TestTheLinksOwnColumn(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	// Made by a teacher in the LMS, which tells of it in the launch.
	must(t, w.db.SaveLineItem(t.Context(), w.ada.Room.ID, w.makeColumn("By hand", "")))
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
	same(t, 1, len(w.lms.LineItems("c1")))
}

// The course has moved to another LMS, or a launch tells of another line item.
func TestAnotherColumnHoldsNothingYet(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	w.sends()
	must(t, w.db.SaveLineItem(t.Context(), w.ada.Room.ID, w.makeColumn("Another", "")))
	same(t, map[string]string{"bob": "new 100", "cy": "new 25"}, w.states())
	w.sends()
	same(t, 4, len(w.lms.Grades()))
	same(t, map[string]string{"bob": "sent 100", "cy": "sent 25"}, w.states())
}

func TestAColumnThatIsThereAlready(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.class()
	w.makeColumn("An answer that got lost", w.ada.Room.ID)
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
	same(t, 1, len(w.lms.LineItems("c1")))
}

// A column that is said to be at another place would have our token carried there.
func TestAColumnAtAnotherPlace(t *testing.T) {
	var asked atomic.Int32
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	w := newGradeWorld(t, ltitest.Reference())
	w.Services.HTTP, w.Services.OnPremisesHTTP = elsewhere.Client(), elsewhere.Client()
	w.class()
	item := fmt.Sprintf(`{"id":%q,"label":"x","scoreMaximum":100,"resourceId":%q,"tag":"attendance"}`, elsewhere.URL+"/steal", w.ada.Room.ID)
	w.lms.AnswerNext("lineitems", answers("["+item+"]"))
	w.sends()
	same(t, classroom.GradesRefused, w.problem())
	w.lms.AnswerNext("lineitems", answers("[]"))
	w.lms.AnswerNext("lineitems", answers(item)) // the one that is made then
	w.sends()
	same(t, classroom.GradesNoColumn, w.problem())
	same(t, int32(0), asked.Load())
	w.sends()
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
}

func answers(body string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, body) })
}

// makeColumn makes a line item, and answers its URL.
func (w *gradeWorld) makeColumn(label, resourceID string) string {
	w.t.Helper()
	access := lti.Access{Platform: w.platform.Platform, DeploymentID: "1", Scopes: allScopes()}
	made, err := w.Services.CreateLineItem(w.t.Context(), access, w.lms.LineItemsURL("c1"), lti.LineItem{
		Label: label, ResourceID: resourceID, Tag: "attendance", ScoreMaximum: 50,
	})
	must(w.t, err)
	return made.ID
}

func TestAColumnThatWasDeleted(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	m := w.class()
	w.set(classroom.RoomSettings{Graded: true, GradeAfter: 1})
	w.sends()
	item := w.again(w.ada).Room.LineItemURL
	w.lms.FailNext("results", http.StatusNotFound, "gone")
	w.lms.AnswerNext("lineitems", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/vnd.ims.lis.v2.lineitemcontainer+json")
		_, _ = io.WriteString(rw, "[]")
	}))
	w.wait(2 * time.Hour)
	w.ada = w.comes("ada", teacher, allScopes())
	w.send(classroom.SendGrades{RoomID: m.RoomID, MeetingID: m.ID})
	same(t, classroom.GradesColumnGone, w.problem())
	same(t, 1, len(w.lms.LineItems("c1")))

	w.lms.FailNext("results", http.StatusNotFound, "gone")
	w.sends()
	same(t, 2, len(w.lms.LineItems("c1")))
	same(t, 4, len(w.lms.Grades()))
	if w.again(w.ada).Room.LineItemURL == item {
		t.Error("the room still has the column that was deleted")
	}
}

func TestGradesAreSentByThemselves(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.set(classroom.RoomSettings{Graded: true, GradeAfter: 24})
	m := w.class()
	work := classroom.SendGrades{RoomID: m.RoomID, MeetingID: m.ID}
	queued := fmt.Sprintf(`send_grades {"RoomID":"%s","PersonID":"","MeetingID":"%s"}`, m.RoomID, m.ID)
	if all := storagetest.Queued(t, w.db); !slices.Contains(all, queued) {
		t.Fatalf("nothing is sent by itself: %v", all)
	}
	again, err := w.Do(t.Context(), work)
	must(t, err)
	if again.Again < 23*time.Hour || again.Again > 24*time.Hour {
		t.Errorf("too early, and again in %v", again.Again)
	}
	w.wait(24 * time.Hour)
	w.send(work)
	same(t, map[string]float64{"bob": 100, "cy": 25}, w.gradebook())
	w.ada = w.comes("ada", teacher, allScopes())
	v, err := w.ViewGrades(t.Context(), w.ada)
	must(t, err)
	same(t, "", v.Rows[0].Grade.SentBy)

	// It was called off meanwhile.
	w.set(classroom.RoomSettings{Graded: true, GradeAfter: 1})
	m = w.class()
	w.set(classroom.RoomSettings{Graded: true})
	before := w.lms.Requests("scores")
	w.send(classroom.SendGrades{RoomID: m.RoomID, MeetingID: m.ID})
	same(t, before, w.lms.Requests("scores"))
	w.set(classroom.RoomSettings{})
	w.send(classroom.SendGrades{RoomID: m.RoomID, PersonID: w.ada.Person.ID})
	same(t, before, w.lms.Requests("scores"))
}

func TestALateReportSendsAgain(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.set(classroom.RoomSettings{Graded: true, GradeAfter: 1})
	begin := w.clock().Add(time.Hour)
	m := w.class()
	w.wait(2 * time.Hour)
	w.send(classroom.SendGrades{RoomID: m.RoomID, MeetingID: m.ID})
	before := len(storagetest.Queued(t, w.db))
	must(t, w.reports(m, report(m, begin, 20, attendee{bbbID(w.ada), 0, 20, 0}, attendee{bbbID(w.cy), 0, 10, 0})))
	queued := storagetest.Queued(t, w.db)[before:]
	if !slices.ContainsFunc(queued, func(s string) bool { return strings.HasPrefix(s, "send_grades ") }) {
		t.Errorf("a report sends nothing: %v", queued)
	}
	w.send(classroom.SendGrades{RoomID: m.RoomID, MeetingID: m.ID})
	same(t, map[string]float64{"bob": 100, "cy": 50}, w.gradebook())
}

func TestASlowGradebookIsSentToInSlices(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	for i := range 5 {
		w.comes(fmt.Sprint("more", i), learner, allScopes())
	}
	w.class()
	slow := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.wait(10 * time.Second)
		rw.WriteHeader(http.StatusOK)
	})
	for range 7 {
		w.lms.AnswerNext("scores", slow)
	}
	must(t, w.AskForGrades(t.Context(), w.ada))
	work := classroom.SendGrades{RoomID: w.ada.Room.ID, PersonID: w.ada.Person.ID}
	for slice := 1; ; slice++ {
		before := w.lms.Requests("scores")
		again, err := w.Do(t.Context(), work)
		must(t, err)
		if n := w.lms.Requests("scores") - before; n > 2 {
			t.Errorf("slice %d made %d calls", slice, n)
		}
		if again.Again == 0 {
			break
		}
		if slice > 10 {
			t.Fatal("it never ends")
		}
	}
	same(t, 7, w.lms.Requests("scores"))
}

func TestGroupsAreMeasuredByTheirOwnClasses(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.inGroups(w.bob, "g1")
	w.inGroups(w.cy, "g2")
	w.set(classroom.RoomSettings{Graded: true, Grouped: true, Record: true})
	red, err := w.OpenGroup(t.Context(), w.again(w.ada), "g1")
	must(t, err)
	m := w.inRoom(red, 30, stays{w.bob: 15})
	same(t, map[string]string{"ada": "moderator 30/30", "bob": "learner 15/30", "cy": "learner 0/0"}, w.attendance(w.again(w.ada), ""))
	same(t, map[string]string{"bob": "new 50", "cy": "none -1"}, w.states())
	own, err := w.Access(t.Context(), w.ada.Launch.ID, red.ID)
	must(t, err)
	same(t, map[string]string{"ada": "moderator 30/30", "bob": "learner 15/30"}, w.attendance(own, ""))
	if _, err := w.ViewGrades(t.Context(), own); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a group's room has grades of its own: %v", err)
	}
	if err := w.ChangeSettings(t.Context(), own, classroom.RoomSettings{}); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("a group's room has settings of its own: %v", err)
	}
	// By itself means the whole room.
	w.set(classroom.RoomSettings{Graded: true, Grouped: true, GradeAfter: 1})
	m = w.inRoom(red, 30, stays{w.bob: 30})
	queued := fmt.Sprintf(`send_grades {"RoomID":"%s","PersonID":"","MeetingID":"%s"}`, w.ada.Room.ID, m.ID)
	if all := storagetest.Queued(t, w.db); !slices.Contains(all, queued) {
		t.Errorf("nothing is sent by itself: %v", all)
	}
}

func (w *gradeWorld) inGroups(a classroom.Access, groups ...string) {
	w.t.Helper()
	e, _, err := w.db.FindEnrolment(w.t.Context(), a.Person.ID, a.Course.ID)
	must(w.t, err)
	e.GroupIDs = classroom.NewGroupSet(groups)
	must(w.t, w.db.SaveEnrolment(w.t.Context(), e))
}

// inRoom holds a class in that room.
func (w *gradeWorld) inRoom(room classroom.Room, minutes int, others stays) classroom.Meeting {
	w.t.Helper()
	a, err := w.Access(w.t.Context(), w.ada.Launch.ID, room.ID)
	must(w.t, err)
	return w.holds(a, minutes, others)
}

func TestSettings(t *testing.T) {
	w := newGradeWorld(t, ltitest.Reference())
	w.set(classroom.RoomSettings{Record: false, Graded: true, GradeAfter: 168})
	r := w.again(w.ada).Room
	if r.Record || !r.Graded || r.GradeAfter != 168 || r.Version == w.ada.Room.Version-1 {
		t.Errorf("settings were not kept: %+v", r)
	}
	for _, hours := range []int64{-1, 169} {
		err := w.ChangeSettings(t.Context(), w.ada, classroom.RoomSettings{Graded: true, GradeAfter: hours})
		if !classroom.Is(err, classroom.Invalid) {
			t.Errorf("%d hours: %v", hours, err)
		}
	}
	if err := w.ChangeSettings(t.Context(), w.bob, classroom.RoomSettings{}); !classroom.Is(err, classroom.Forbidden) {
		t.Errorf("a learner changes settings: %v", err)
	}
	// Where the LMS tells no groups, none can be asked for.
	w.set(classroom.RoomSettings{Grouped: true, GradeAfter: 5})
	r = w.again(w.ada).Room
	if r.Grouped || r.GradeAfter != 0 {
		t.Errorf("a room without groups is grouped, or one that is not graded sends grades: %+v", r)
	}
	w.inGroups(w.bob, "g1")
	w.set(classroom.RoomSettings{Grouped: true, Record: true})
	red, err := w.OpenGroup(t.Context(), w.ada, "g1")
	must(t, err)
	w.set(classroom.RoomSettings{Grouped: true})
	if red, err = w.db.Room(t.Context(), red.ID); err != nil || red.Record {
		t.Errorf("the rooms of groups record although the room does not: %v %v", red.Record, err)
	}
}

func TestGradesAreOffAtFirst(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	if _, err := w.ViewGrades(t.Context(), ada); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("grades that nobody wanted: %v", err)
	}
	if err := w.AskForGrades(t.Context(), ada); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("grades that nobody wanted are sent: %v", err)
	}
	m := w.begins(ada)
	must(t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: "p-x", Name: "X"}))
	w.look(m)
	w.wait(time.Minute)
	w.look(m)
	must(t, w.End(t.Context(), ada))
	w.look(m)
	for _, q := range storagetest.Queued(t, w.db) {
		if strings.HasPrefix(q, "send_grades") {
			t.Error("grades that nobody wanted are sent by themselves")
		}
	}
}
