package classroom_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// inRoom is a teacher's visit to a room of the course.
func (w *world) inRoom(link string) classroom.Access {
	w.t.Helper()
	l := w.launch("teacher-of-"+link, teacher)
	l.ResourceLink.ID = link
	return w.visits(l)
}

func (w *world) limit(q classroom.Quota) {
	w.t.Helper()
	q.TenantID = classroom.DefaultTenant
	must(w.t, w.ChangeQuota(w.t.Context(), q))
}

// wantMessage says that it was refused, and how people read it.
func wantMessage(t *testing.T, err error, message string) {
	t.Helper()
	var e *classroom.Error
	if !errors.As(err, &e) || e.Message != message || e.Code != classroom.Unavailable {
		t.Errorf("got %v, want %s", err, message)
	}
}

func TestNoMoreMeetingsThanTheLimit(t *testing.T) {
	w := newWorld(t)
	w.limit(classroom.Quota{Meetings: 1})
	first, second := w.inRoom("one"), w.inRoom("two")
	w.starts(first)
	_, err := w.Start(t.Context(), second, true)
	wantMessage(t, err, "error.quota_meetings")
	if _, err := w.Start(t.Context(), first, true); err != nil {
		t.Errorf("the one that runs is not entered: %v", err)
	}
	must(t, w.End(t.Context(), first))
	w.work()
	if _, err := w.Start(t.Context(), second, true); err != nil {
		t.Errorf("after the end of the other: %v", err)
	}
}

// Two who start at a time do not both find the last place.
func TestTheLastPlaceIsGivenOnce(t *testing.T) {
	w := newWorld(t)
	w.limit(classroom.Quota{Meetings: 1})
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i, link := range []string{"one", "two", "three", "four"} {
		a := w.inRoom(link)
		wg.Go(func() { _, errs[i] = w.Start(t.Context(), a, true) })
	}
	wg.Wait()
	started := 0
	for _, err := range errs {
		if err == nil {
			started++
		} else {
			wantMessage(t, err, "error.quota_meetings")
		}
	}
	if started != 1 {
		t.Errorf("%d classes started", started)
	}
}

func TestNoMorePeopleThanTheLimit(t *testing.T) {
	w := newWorld(t)
	w.limit(classroom.Quota{Participants: 2})
	a := w.enters("ada", teacher)
	m := w.starts(a)
	bob, eve := w.enters("bob", learner), w.enters("eve", learner)
	joins := func(who classroom.Access) error {
		_, err := w.Join(t.Context(), who)
		return err
	}
	must(t, joins(bob))
	wantMessage(t, joins(eve), "error.quota_participants")
	for name, who := range map[string]classroom.Access{"who is on the way": bob, "who is inside": a} {
		if err := joins(who); err != nil {
			t.Errorf("%s does not get in again: %v", name, err)
		}
	}
	w.wait(3 * time.Minute) // bob never came
	w.look(m)
	if err := joins(eve); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
	w.limit(classroom.Quota{Participants: 1})
	if err := joins(a); err != nil {
		t.Errorf("a lower limit shuts out who is inside: %v", err)
	}
}

func TestNoRecordedClassWhenTheSpaceIsFull(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	used, err := w.Usage(t.Context(), classroom.DefaultTenant)
	must(t, err)
	if used.Bytes != r.Size || r.Size == 0 {
		t.Fatalf("%d bytes are used, the recording has %d", used.Bytes, r.Size)
	}
	w.limit(classroom.Quota{Bytes: r.Size})
	_, err = w.Start(t.Context(), a, true)
	wantMessage(t, err, "error.quota_bytes")
	a.Room.Record = false
	if _, err := w.Start(t.Context(), a, true); err != nil {
		t.Errorf("without recording: %v", err)
	}
}

func TestALimitOfOneTenantIsNoneOfAnother(t *testing.T) {
	w := newWorld(t)
	other := storagetest.Tenant(t, w.db)
	must(t, w.ChangeQuota(t.Context(), classroom.Quota{TenantID: other.ID, Meetings: 1, Participants: 1}))
	w.starts(w.enters("ada", teacher))
	for tenant, want := range map[string]int64{classroom.DefaultTenant: 1, other.ID: 0} {
		used, err := w.Usage(t.Context(), tenant)
		must(t, err)
		if used.Meetings != want || used.Participants != want {
			t.Errorf("%s uses %+v, want %d", tenant, used, want)
		}
	}
	if _, err := w.Start(t.Context(), w.inRoom("two"), true); err != nil {
		t.Error(err)
	}
}

func TestNearLimits(t *testing.T) {
	u := classroom.Usage{Quota: classroom.Quota{Meetings: 10, Participants: 100}, Meetings: 8, Participants: 79, Bytes: 1 << 40}
	near := u.Near()
	if len(near) != 1 || near[0].Name != "meetings" || near[0].Percent() != 80 || near[0].Full() {
		t.Errorf("near = %+v", near)
	}
}

func TestNoClassStartsDuringMaintenance(t *testing.T) {
	w := newWorld(t)
	running, other := w.inRoom("one"), w.inRoom("two")
	must(t, w.PlanMaintenance(t.Context(), classroom.Maintenance{
		TenantID: classroom.DefaultTenant, Words: "New servers", BeginsAt: w.clock().Add(time.Hour), EndsAt: w.clock().Add(2 * time.Hour),
	}))
	w.starts(running) // it is only planned
	w.wait(90 * time.Minute)
	_, err := w.Start(t.Context(), other, true)
	wantMessage(t, err, "error.maintenance")
	if _, err := w.Join(t.Context(), running); err != nil {
		t.Errorf("the class that runs is not entered: %v", err)
	}
	w.wait(31 * time.Minute)
	if _, found, err := w.Maintenance(t.Context(), classroom.DefaultTenant); found || err != nil {
		t.Errorf("afterwards it is %v, %v", found, err)
	}
	if _, err := w.Start(t.Context(), other, true); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestMaintenanceThatMakesNoSense(t *testing.T) {
	w := newWorld(t)
	now := w.clock()
	for name, m := range map[string]classroom.Maintenance{
		"no beginning": {EndsAt: now.Add(time.Hour)},
		"no end":       {BeginsAt: now},
		"backwards":    {BeginsAt: now.Add(2 * time.Hour), EndsAt: now.Add(time.Hour)},
		"past":         {BeginsAt: now.Add(-2 * time.Hour), EndsAt: now.Add(-time.Hour)},
		"for ever":     {BeginsAt: now, EndsAt: now.AddDate(1, 0, 0)},
	} {
		m.TenantID = classroom.DefaultTenant
		var wrong *classroom.InputError
		if err := w.PlanMaintenance(t.Context(), m); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
