package classroom_test

import (
	"testing"
	"time"

	"classbridge/classroom"
)

// records holds a class that is recorded until its recording is published.
func (w *world) records(a classroom.Access) classroom.Meeting {
	w.t.Helper()
	m := w.starts(a)
	must(w.t, w.bbb.Record(m.ID, true))
	w.wait(10 * time.Minute)
	must(w.t, w.End(w.t.Context(), a))
	w.work()
	w.wait(time.Hour)
	w.bbb.Tick()
	return m
}

func (w *world) sweep() {
	w.t.Helper()
	_, err := w.Do(w.t.Context(), classroom.Sweep{})
	must(w.t, err)
	w.work()
}

func TestARecordingIsFoundByPollingAndAnnouncedOnce(t *testing.T) {
	w := newWorld(t)
	w.bbb.DropCallbacks(true)
	a := w.enters("ada", teacher)
	w.work()
	m := w.records(a)
	if got := w.view(a).History[0].Outcome(w.clock()); got != classroom.RecordingProcessing {
		t.Errorf("before it is found the page says %q", got)
	}
	for range 3 {
		w.sweep()
		w.wait(time.Hour)
	}
	history := w.view(a).History
	if len(history) != 1 || len(history[0].Recordings) != 1 || history[0].Recordings[0].State != classroom.RecordingPublished {
		t.Fatalf("history = %+v", history)
	}
	if len(w.chat.sent) != 2 {
		t.Fatalf("%d posts, want the class and its recording", len(w.chat.sent))
	}
	reply := w.chat.sent[1]
	if reply.RootID != "post-"+m.AnnouncementID || reply.Notice.Kind != classroom.NoticeRecording {
		t.Errorf("reply = %+v", reply)
	}
	if want := "https://class.example/go/" + a.Room.ID + "/recordings/" + history[0].Recordings[0].ID; reply.Notice.Recording.URL != want {
		t.Errorf("its link = %s, want %s", reply.Notice.Recording.URL, want)
	}

	id := history[0].Recordings[0]
	if u, err := w.Play(t.Context(), a, id.ID); err != nil || u == "" {
		t.Errorf("play = %q, %v", u, err)
	}
	must(t, w.bbb.Unpublish(id.RecordID))
	w.wait(2 * time.Hour)
	w.sweep()
	if got := w.chat.kinds(); got[classroom.NoticeHidden] != 1 || got[classroom.NoticeRecording] != 0 {
		t.Errorf("after it was hidden the posts show %v", got)
	}
	if _, err := w.Play(t.Context(), a, id.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("play a hidden one = %v", err)
	}
}

func TestWhatBecameOfTheRecording(t *testing.T) {
	tests := []struct {
		name string
		hold func(*world, classroom.Access)
		want classroom.RecordingOutcome
	}{
		{"nobody came", func(w *world, a classroom.Access) {
			_, err := w.Start(t.Context(), a, true)
			must(t, err)
			must(t, w.End(t.Context(), a))
			w.work()
		}, ""},
		{"nobody pressed record", func(w *world, a classroom.Access) {
			m := w.starts(a)
			must(t, w.MeetingEnded(t.Context(), m.ID+"."+w.Signer.Code("bbb ended", m.ID), "false"))
			w.bbb.Forget()
			w.work()
		}, classroom.RecordingNone},
		{"processing", func(w *world, a classroom.Access) {
			w.starts(a)
			must(t, w.End(t.Context(), a))
			w.work()
		}, classroom.RecordingProcessing},
		{"overdue", func(w *world, a classroom.Access) {
			w.starts(a)
			must(t, w.End(t.Context(), a))
			w.work()
			w.wait(classroom.OverdueAfter + time.Minute)
		}, classroom.RecordingOverdue},
		{"off", func(w *world, a classroom.Access) {
			a.Room.Record = false
			w.starts(a)
			must(t, w.End(t.Context(), a))
			w.work()
		}, classroom.RecordingOff},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			a := w.enters("ada", teacher)
			test.hold(w, a)
			history := w.view(a).History
			if test.want == "" {
				if len(history) != 0 {
					t.Errorf("history = %+v, want none", history)
				}
				return
			}
			if len(history) != 1 || history[0].Outcome(w.clock()) != test.want {
				t.Errorf("history = %+v, want %s", history, test.want)
			}
		})
	}
}

func TestRecordingReadyIsBelievedAsFarAsItsSignature(t *testing.T) {
	w := newWorld(t)
	m := w.starts(w.enters("ada", teacher))
	if err := w.RecordingReady(t.Context(), m.ID, "not.a.token"); !classroom.Is(err, classroom.Invalid) {
		t.Errorf("a bad signature = %v", err)
	}
	if err := w.RecordingReady(t.Context(), "unknown", "not.a.token"); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("an unknown meeting = %v", err)
	}
}

func TestAPlayedRecordingMustBeOfTheRoom(t *testing.T) {
	w := newWorld(t)
	a := w.enters("ada", teacher)
	w.work()
	w.records(a)
	w.sweep()
	recording := w.view(a).History[0].Recordings[0]
	other := a
	other.Room.ID = "another-room"
	if _, err := w.Play(t.Context(), other, recording.ID); !classroom.Is(err, classroom.NotFound) {
		t.Errorf("play from another room = %v", err)
	}
}
