package classroom_test

import (
	"errors"
	"testing"
	"time"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

// tries writes down a try to join that ended so.
func (w *world) tries(a classroom.Access, act, result string, cause error) {
	w.t.Helper()
	must(w.t, w.KeepJoin(w.t.Context(), a.Room, classroom.JoinTry{PersonID: a.Person.ID, Via: classroom.ViaLMS, Act: act, Result: result}, cause))
}

func TestVerdicts(t *testing.T) {
	refused := &bbb.Error{Call: "create", Reason: bbb.Refused, Key: "checksumError"}
	tests := []struct {
		want classroom.VerdictCode
		let  func(w *world, ada, bob classroom.Access)
	}{
		{classroom.VerdictNoJoin, func(*world, classroom.Access, classroom.Access) {}},
		{classroom.VerdictRefused, func(w *world, _, _ classroom.Access) {
			must(w.t, w.KeepRefusal(w.t.Context(), classroom.Refusal{PlatformID: w.platform.ID, Subject: "bob", Reason: "expired"}))
		}},
		{classroom.VerdictWaits, func(w *world, _, bob classroom.Access) {
			w.tries(bob, classroom.TryJoin, "error.not_running", errors.New("none"))
		}},
		{classroom.VerdictNotIn, func(w *world, _, bob classroom.Access) {
			w.tries(bob, classroom.TryJoin, "error.start_failed", refused)
		}},
		{classroom.VerdictJustSent, func(w *world, _, bob classroom.Access) { w.tries(bob, classroom.TryJoin, "", nil) }},
		{classroom.VerdictNotSeen, func(w *world, _, bob classroom.Access) {
			w.tries(bob, classroom.TryJoin, "", nil)
			w.wait(5 * time.Minute)
		}},
		{classroom.VerdictInside, func(w *world, ada, bob classroom.Access) { w.comesIn(ada, bob) }},
		{classroom.VerdictFine, func(w *world, ada, bob classroom.Access) {
			w.comesIn(ada, bob)
			w.wait(time.Hour)
		}},
		{classroom.VerdictDisabled, func(w *world, _, _ classroom.Access) {
			p := w.platform
			p.Disabled = true
			must(w.t, w.db.SavePlatform(w.t.Context(), p))
		}},
		{classroom.VerdictMaintenance, func(w *world, _, _ classroom.Access) {
			must(w.t, w.PlanMaintenance(w.t.Context(), classroom.Maintenance{TenantID: classroom.DefaultTenant, BeginsAt: w.clock(), EndsAt: w.clock().Add(time.Hour)}))
		}},
		{classroom.VerdictEnded, func(w *world, _, bob classroom.Access) {
			e := bob.Enrolment
			e.EndedAt = w.clock().Add(time.Second)
			must(w.t, w.db.SaveEnrolment(w.t.Context(), e))
		}},
	}
	for _, test := range tests {
		t.Run(string(test.want), func(t *testing.T) {
			w := newWorld(t)
			ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
			w.wait(time.Second)
			test.let(w, ada, bob)
			w.wait(time.Second)
			v, err := w.ViewPerson(t.Context(), bob.Person.TenantID, bob.Person.ID, time.Time{})
			must(t, err)
			if v.Verdict.Code != test.want {
				t.Errorf("the verdict is %q; what happened: %+v", v.Verdict.Code, v.Happenings)
			}
		})
	}
}

// comesIn lets bob join ada's class and be seen there.
func (w *world) comesIn(ada, bob classroom.Access) {
	w.t.Helper()
	m := w.starts(ada)
	w.tries(bob, classroom.TryJoin, "", nil)
	must(w.t, w.bbb.EnterAs(m.ID, bbbtest.Person{UserID: bbbID(bob), Name: bob.Person.Name, Role: "VIEWER"}))
	w.wait(time.Minute)
	w.look(m)
}

func TestRoomVerdicts(t *testing.T) {
	w := newWorld(t)
	ada := w.enters("ada", teacher)
	verdict := func(want classroom.VerdictCode) {
		t.Helper()
		v, err := w.ViewRoomTimeline(t.Context(), ada.Room.TenantID, ada.Room.ID, time.Time{})
		must(t, err)
		if v.Verdict.Code != want {
			t.Errorf("the verdict is %q, want %q", v.Verdict.Code, want)
		}
	}
	verdict(classroom.VerdictNoClass)
	w.wait(time.Second)
	w.tries(ada, classroom.TryStart, "error.start_failed", &bbb.Error{Call: "create", Reason: bbb.Unreachable})
	verdict(classroom.VerdictNoStart)
	w.wait(time.Second)
	m := w.starts(ada)
	verdict(classroom.VerdictRunning)
	must(t, w.End(t.Context(), ada))
	w.look(m)
	verdict(classroom.VerdictNotToday)
}

// A timeline goes on where a page of it ended, and loses nothing in between.
func TestTimelineIsPaged(t *testing.T) {
	w := newWorld(t)
	bob := w.enters("bob", learner)
	for i := range 120 {
		if i%3 != 0 { // three at a time
			w.wait(time.Second)
		}
		w.tries(bob, classroom.TryJoin, "", nil)
	}
	seen, pages := 0, 0
	var before time.Time
	for {
		v, err := w.ViewPerson(t.Context(), bob.Person.TenantID, bob.Person.ID, before)
		must(t, err)
		for _, h := range v.Happenings {
			if h.Kind == classroom.HappenedTry {
				seen++
			}
		}
		pages++
		if before = v.Older; before.IsZero() {
			break
		}
	}
	if seen != 120 || pages < 3 {
		t.Errorf("%d tries on %d pages", seen, pages)
	}
}

func TestReferences(t *testing.T) {
	w := newWorld(t)
	bob := w.enters("bob", learner)
	must(t, w.KeepJoin(t.Context(), bob.Room, classroom.JoinTry{PersonID: bob.Person.ID, Via: classroom.ViaLMS, Act: classroom.TryJoin, Result: "error.start_failed", Reference: "ABCD2345"},
		&bbb.Error{Call: "create", Reason: bbb.Refused, Key: "checksumError"}))
	found, err := w.Find(t.Context(), classroom.DefaultTenant, " abcd2345 ")
	must(t, err)
	if found.Try == nil || found.Try.BBBKey != "checksumError" || found.Try.PersonID != bob.Person.ID {
		t.Errorf("found %+v", found)
	}
	if found, err = w.Find(t.Context(), classroom.DefaultTenant, "ABCD2346"); err != nil || !found.None() {
		t.Errorf("found %+v, %v", found, err)
	}
}
