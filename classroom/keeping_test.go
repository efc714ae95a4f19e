package classroom_test

import (
	"errors"
	"testing"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// kept is how much is stored of a person, and of the audit log.
type kept struct {
	Launches, Seen, Tries, Refusals, Courses, Audit int
	Known                                           bool
}

func (w *world) kept(a classroom.Access) kept {
	w.t.Helper()
	entries, err := w.db.AuditEntries(w.t.Context(), classroom.DefaultTenant, admin.AuditFilter{Limit: 10})
	must(w.t, err)
	f, err := w.PersonFile(w.t.Context(), a.Person.TenantID, a.Person.ID)
	if classroom.Is(err, classroom.NotFound) {
		return kept{Audit: len(entries)}
	}
	must(w.t, err)
	return kept{len(f.Launches), len(f.Seen), len(f.Tries), len(f.Refusals), len(f.Places), len(entries), f.Person.Name != ""}
}

// toHour lets time pass to the next full hour.
func (w *world) toHour() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Truncate(time.Hour).Add(time.Hour)
}

// Each rule takes what it concerns, when its time has come, and nothing else.
func TestDataIsKeptByTheRules(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		w := newWorldOn(t, db)
		w.toHour()
		ada, bob := w.enters("ada", teacher), w.enters("bob", learner)
		w.work()
		w.holds(ada, 3, stays{bob: 2})
		must(t, w.KeepJoin(t.Context(), bob.Room, classroom.JoinTry{PersonID: bob.Person.ID, Via: classroom.ViaLMS, Act: classroom.TryJoin}, nil))
		must(t, w.KeepRefusal(t.Context(), classroom.Refusal{PlatformID: w.platform.ID, Subject: "bob", Reason: "expired", Reference: "R"}))
		must(t, db.CreateAuditEntry(t.Context(), admin.AuditEntry{ID: storagetest.ID(), TenantID: classroom.DefaultTenant, Act: "a.b", Outcome: admin.Done, CreatedAt: w.clock()}))
		all := kept{1, 1, 1, 1, 1, 1, true}
		same(t, all, w.kept(bob))
		for _, step := range []struct {
			name string
			days int // after which it is still there
			gone func(*kept)
		}{
			{"tries and refusals", 29, func(k *kept) { k.Tries, k.Refusals = 0, 0 }},
			{"launches", 179, func(k *kept) { k.Launches = 0 }},
			{"attendance and audit log", 363, func(k *kept) { k.Seen, k.Audit = 0, 0 }},
			{"the person", 545, func(k *kept) { *k = kept{} }},
		} {
			since := ada.Launch.CreatedAt
			w.wait(since.Add(time.Duration(step.days) * day).Sub(w.clock()).Truncate(time.Hour))
			w.toHour()
			w.sweep()
			same(t, all, w.kept(bob))
			w.wait(4 * day)
			w.sweep()
			step.gone(&all)
			if t.Run(step.name, func(t *testing.T) { same(t, all.unknown(), w.kept(bob).unknown()) }); t.Failed() {
				return
			}
		}
		w.wait(3 * day) // the empty row, too
		w.sweep()
		if _, err := db.Person(t.Context(), bob.Person.ID); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("the empty row of somebody to whom nothing refers: %v", err)
		}
		if p, err := db.Person(t.Context(), ada.Person.ID); err != nil || p.Name != "" {
			t.Errorf("who started a class that is still known: %+v, %v", p, err)
		}
	})
}

// unknown leaves out what a person has who is nobody any more.
func (k kept) unknown() kept {
	if !k.Known {
		return kept{Audit: k.Audit}
	}
	return k
}

// A session that was opened lately is as good after the rules were kept to as before.
func TestRulesEndNoSession(t *testing.T) {
	w := newWorld(t)
	w.toHour()
	must(t, w.ChangeKeeping(t.Context(), classroom.Keeping{
		TenantID: classroom.DefaultTenant, LaunchDays: 30, AttendanceDays: 30, TroubleDays: 1, AuditMonths: 3, PersonMonths: 3,
	}))
	old := w.enters("ada", teacher)
	w.wait(60 * day)
	fresh := w.enters("ada", teacher)
	w.sweep()
	if _, err := w.Access(t.Context(), fresh.Launch.ID, fresh.Room.ID); err != nil {
		t.Errorf("a session of now: %v", err)
	}
	if _, found, err := w.db.FindLaunch(t.Context(), old.Launch.ID); err != nil || found {
		t.Errorf("a launch of long ago is still there: %v", err)
	}
	if l := w.launch("ada", teacher); !fresh.MayModerate(w.clock()) || l == nil {
		t.Error("a moderator's proof is gone")
	}
}

func TestRulesHaveLimits(t *testing.T) {
	w := newWorld(t)
	good, err := w.Keeping(t.Context(), classroom.DefaultTenant)
	must(t, err)
	must(t, w.ChangeKeeping(t.Context(), good))
	for _, l := range classroom.KeepingLimits() {
		for _, n := range []int64{l.Low - 1, l.High + 1, -1} {
			k := good
			*l.Value(&k) = n
			var wrong *classroom.InputError
			if err := w.ChangeKeeping(t.Context(), k); !errors.As(err, &wrong) || wrong.Field != l.Field {
				t.Errorf("%s = %d: %v", l.Field, n, err)
			}
		}
	}
	if now, err := w.Keeping(t.Context(), classroom.DefaultTenant); err != nil || now.AuditMonths != 12 {
		t.Errorf("what was refused is in force: %+v, %v", now, err)
	}
}
