package classroom_test

import (
	"slices"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"
	"classbridge/classroom"
)

const day = 24 * time.Hour

// recorded is a recording that was found and announced.
func (w *world) recorded(a classroom.Access) classroom.Recording {
	w.t.Helper()
	m := w.records(a)
	w.sweep()
	found, err := w.db.Recordings(w.t.Context(), []string{m.ID})
	must(w.t, err)
	if len(found) != 1 {
		w.t.Fatalf("%d recordings", len(found))
	}
	return found[0]
}

// stateOf is what BigBlueButton says of a recording.
func (w *world) stateOf(recordID string) string {
	for _, r := range w.bbb.Recordings() {
		if r.RecordID == recordID {
			return r.State
		}
	}
	return "none"
}

// until moves the clock to so long after the recorded class.
func (w *world) until(r classroom.Recording, age time.Duration) {
	w.wait(r.EndedAt.Add(age).Sub(w.clock()))
}

func (w *world) rules(unpublish, remove, warn int64) {
	w.t.Helper()
	must(w.t, w.ChangeRetention(w.t.Context(), classroom.Retention{
		TenantID: classroom.DefaultTenant, UnpublishDays: unpublish, DeleteDays: remove, WarnDays: warn,
	}))
}

func TestRecordingsAreWarnedOfHiddenAndDeleted(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	w.bbb.AddRecording(bbbtest.Recording{RecordID: "foreign", MeetingID: "foreign", State: "published", Start: r.StartedAt, End: r.EndedAt})
	w.rules(30, 60, 7)
	steps := []struct {
		age                     time.Duration
		state                   string
		posts, hiding, deleting int
	}{
		{23*day - time.Hour, "published", 2, 0, 0},
		{23*day + time.Hour, "published", 3, 1, 0},
		{30*day - time.Hour, "published", 3, 1, 0},
		{30*day + time.Hour, "unpublished", 3, 1, 0},
		{53*day - time.Hour, "unpublished", 3, 1, 0},
		{53*day + time.Hour, "unpublished", 4, 1, 1},
		{60*day - time.Hour, "unpublished", 4, 1, 1},
		{60*day + time.Hour, "deleted", 4, 1, 1},
		{90 * day, "deleted", 4, 1, 1},
	}
	for _, step := range steps {
		w.until(r, step.age)
		for range 3 { // exactly once, however often it is looked
			w.sweep()
		}
		kinds := w.chat.kinds()
		if got := w.stateOf(r.RecordID); got != step.state {
			t.Errorf("after %s BigBlueButton has it %s, want %s", step.age, got, step.state)
		}
		if len(w.chat.sent) != step.posts || kinds[classroom.NoticeHiding] != step.hiding || kinds[classroom.NoticeDeleting] != step.deleting {
			t.Errorf("after %s: %d posts, %v", step.age, len(w.chat.sent), kinds)
		}
	}
	if got := w.stateOf("foreign"); got != "published" {
		t.Errorf("a recording that is not ours is %s", got)
	}
	if got := w.chat.kinds()[classroom.NoticeDeleted]; got != 1 {
		t.Errorf("%d posts say that it was deleted", got)
	}
}

func TestRulesThatAreNewWarnBeforeTheyAct(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	w.until(r, 100*day)
	w.rules(0, 30, 7)
	w.sweep()
	notice := w.chat.sent[len(w.chat.sent)-1].Notice
	if notice.Kind != classroom.NoticeDeleting || !notice.EndedAt.Equal(w.clock().Add(7*day)) || !slices.Equal(notice.Classes, []time.Time{r.StartedAt}) {
		t.Errorf("the warning = %+v", notice)
	}
	w.until(r, 106*day)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "published" {
		t.Errorf("before its day it is %s", got)
	}
	w.until(r, 107*day+time.Minute)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "deleted" {
		t.Errorf("in the end it is %s", got)
	}
}

func TestAKeptRecordingIsNotTouched(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	w.rules(30, 0, 7)
	w.until(r, 25*day)
	w.sweep()
	if w.chat.kinds()[classroom.NoticeHiding] != 1 {
		t.Fatalf("posts: %v", w.chat.kinds())
	}
	if _, err := w.KeepRecording(t.Context(), "another", r.ID, true); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("kept by another tenant: %v", err)
	}
	_, err := w.KeepRecording(t.Context(), classroom.DefaultTenant, r.ID, true)
	must(t, err)
	w.until(r, 200*day)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "published" || w.chat.kinds()[classroom.NoticeKept] != 1 {
		t.Errorf("kept, it is %s; posts: %v", got, w.chat.kinds())
	}
	_, err = w.KeepRecording(t.Context(), classroom.DefaultTenant, r.ID, false)
	must(t, err)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "published" || w.chat.kinds()[classroom.NoticeHiding] != 1 {
		t.Errorf("given back, it is %s at once; posts: %v", got, w.chat.kinds())
	}
	w.wait(7*day + time.Minute)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "unpublished" {
		t.Errorf("a week after, it is %s", got)
	}
}

// Nothing is hidden before the course could read of it, unless that takes too long.
func TestAWarningThatWaitsHoldsTheRecording(t *testing.T) {
	for _, test := range []struct {
		name   string
		posted bool
		wait   time.Duration
		want   string
	}{
		{"not posted", false, 8 * day, "published"},
		{"posted late", true, 8 * day, "unpublished"},
		{"never posted", false, 15 * day, "unpublished"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a := w.enters("ada", teacher)
			w.work()
			r := w.recorded(a)
			w.rules(30, 0, 7)
			w.until(r, 24*day)
			look := func() {
				_, err := w.Do(t.Context(), classroom.Sweep{})
				must(t, err)
			}
			look()
			w.wait(test.wait)
			if test.posted {
				w.work()
			}
			look()
			if got := w.stateOf(r.RecordID); got != test.want {
				t.Errorf("it is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAServerThatDoesNotAnswerIsAskedAgainLater(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	w.rules(0, 30, 0)
	w.until(r, 31*day)
	w.bbb.FailNext("deleteRecordings", "internalError")
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "published" {
		t.Fatalf("it is %s", got)
	}
	w.wait(61 * time.Minute)
	w.sweep()
	if got := w.stateOf(r.RecordID); got != "deleted" {
		t.Errorf("an hour later it is %s", got)
	}
	if w.chat.kinds()[classroom.NoticeDeleting] != 0 {
		t.Error("there was a warning, though nobody wanted one")
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	w := newWorld(t)
	for _, r := range []classroom.Retention{
		{UnpublishDays: -1}, {DeleteDays: 100_000}, {WarnDays: 91}, {UnpublishDays: 7, WarnDays: 7}, {DeleteDays: 5, WarnDays: 7},
	} {
		r.TenantID = classroom.DefaultTenant
		if err := w.ChangeRetention(t.Context(), r); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
}

func TestRecordingsAreHiddenAndShownByHand(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	r := w.recorded(a)
	for _, step := range []struct {
		do    func() error
		state classroom.RecordingState
		kind  classroom.NoticeKind
	}{
		{func() error { _, err := w.PublishRecording(t.Context(), r.TenantID, r.ID, false); return err }, classroom.RecordingUnpublished, classroom.NoticeHidden},
		{func() error { _, err := w.PublishRecording(t.Context(), r.TenantID, r.ID, true); return err }, classroom.RecordingPublished, classroom.NoticeRecording},
		{func() error { _, err := w.DeleteRecording(t.Context(), r.TenantID, r.ID); return err }, classroom.RecordingDeleted, classroom.NoticeDeleted},
	} {
		must(t, step.do())
		w.work()
		now, err := w.db.Recording(t.Context(), r.ID)
		must(t, err)
		if now.State != step.state || w.stateOf(r.RecordID) != string(step.state) || w.chat.kinds()[step.kind] != 1 {
			t.Errorf("it is %s here and %s there, want %s; posts: %v", now.State, w.stateOf(r.RecordID), step.state, w.chat.kinds())
		}
	}
	if _, err := w.PublishRecording(t.Context(), r.TenantID, r.ID, true); !classroom.Is(err, classroom.Conflict) {
		t.Errorf("a deleted one was published: %v", err)
	}
}
