package classroom_test

import (
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/lti/ltitest"
	"classbridge/storage/storagetest"
)

// BenchmarkGrades300 sends the grades of a class of 300: the first time, when the
// column is made and all are new, and again, when one has changed. calls are
// requests of the LMS. Much of the time and B/op is the stand-in LMS's.
func BenchmarkGrades300(b *testing.B) {
	for _, again := range []bool{false, true} {
		name := "first"
		if again {
			name = "again"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			calls := 0
			for b.Loop() {
				b.StopTimer()
				w := newGradesOf(b, 300)
				if again {
					w.sends()
					w.corrects(classroom.Correction{PersonID: w.bob.Person.ID, Percent: new(1.0)})
				}
				before := w.gradeCalls()
				b.StartTimer()
				w.sends()
				b.StopTimer()
				calls += w.gradeCalls() - before
				if n := len(w.gradebook()); n != 300 {
					b.Fatalf("%d grades", n)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
		})
	}
}

func (w *rosterWorld) gradeCalls() int {
	calls := 0
	for _, endpoint := range []string{"token", "lineitems", "lineitem", "results", "scores"} {
		calls += w.lms.Requests(endpoint)
	}
	return calls
}

// newGradesOf is a class of so many learners, known by the roster, which was held
// for an hour and reported by BigBlueButton.
func newGradesOf(b *testing.B, learners int) *gradeWorld {
	b.Helper()
	w := &gradeWorld{rosterWorld: newRosterWorld(b, ltitest.Reference(), ltitest.Large(learners)...)}
	w.read(w.arrives("teacher", teacher))
	w.ada = w.comes("teacher", teacher, allScopes())
	w.set(classroom.RoomSettings{Graded: true})
	people, err := w.db.EnrolledIn(b.Context(), w.ada.Course.ID)
	must(b, err)
	server, err := w.db.Server(b.Context(), "bbb-1")
	must(b, err)
	m := storagetest.NewMeeting(w.ada.Room, server, w.ada.Person)
	m.OpenRoomID, m.State, m.EndedAt, m.HeldSeconds = nil, classroom.MeetingEnded, w.clock().Add(time.Hour), 3600
	must(b, w.db.CreateMeeting(b.Context(), m))
	var inside []classroom.Attendance
	for i, p := range people {
		if p.Person.ID != w.ada.Person.ID {
			w.bob = classroom.Access{Person: p.Person, Course: w.ada.Course, Enrolment: p.Enrolment}
		}
		inside = append(inside, classroom.Attendance{
			MeetingID: m.ID, UserID: "p-" + p.Person.ID, TenantID: m.TenantID, Name: p.Person.Name, Counted: true,
			FirstSeen: m.CreatedAt, LastSeen: m.EndedAt, Seconds: int64(i) * 12, Reported: true,
		})
	}
	must(b, w.db.ReportInside(b.Context(), inside))
	return w
}
