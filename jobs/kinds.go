package jobs

import (
	"encoding/json"
	"fmt"

	"classbridge/classroom"
)

// Three queues with workers of their own, so that neither a slow chat nor a slow
// LMS keeps anybody from looking after meetings.
const (
	queueBBB  = "bbb"
	queueChat = "chat"
	queueLMS  = "lms" // whatever calls an LMS
)

// kind is how one kind of work is queued.
type kind struct {
	example  classroom.Work
	queue    string
	priority int // 1 is taken first
	decode   func(args []byte) (classroom.Work, error)
	single   bool // one at a time with the same ids: it repeats itself
}

// kinds lists all kinds of work by their name.
func kinds() map[string]kind {
	all := map[string]kind{}
	for _, k := range []kind{
		of[classroom.Reconcile](queueBBB, 1),
		single(of[classroom.Follow](queueBBB, 2)),
		single(of[classroom.Watch](queueBBB, 2)),
		of[classroom.FindRecordings](queueBBB, 3),
		of[classroom.RegisterNotices](queueLMS, 3),
		of[classroom.Sweep](queueBBB, 3),
		of[classroom.Alarm](queueLMS, 3),
		of[classroom.SendGrades](queueLMS, 2),
		of[classroom.Announce](queueChat, 1),
		of[classroom.OpenChannel](queueChat, 2),
		// A class starting is hundreds of these at once: posts go before them.
		of[classroom.Admit](queueChat, 3),
		of[classroom.AdmitWaiting](queueChat, 3),
		of[classroom.Expel](queueChat, 3),
		of[classroom.EndChatVisit](queueChat, 2),
		of[classroom.CountChat](queueChat, 3),
		single(of[classroom.SyncRoster](queueLMS, 2)),
	} {
		all[k.example.WorkKind()] = k
	}
	return all
}

func of[W classroom.Work](queue string, priority int) kind {
	var example W
	return kind{example: example, queue: queue, priority: priority, decode: decode[W]}
}

func single(k kind) kind {
	k.single = true
	return k
}

func decode[W classroom.Work](args []byte) (classroom.Work, error) {
	var w W
	if err := json.Unmarshal(args, &w); err != nil {
		return nil, fmt.Errorf("decode %s: %w", w.WorkKind(), err)
	}
	return w, nil
}

// task is a classroom.Work as River knows it. One type serves all kinds: work is
// encoded from the value and decoded by the kind that its row names.
type task struct{ work classroom.Work }

// Kind is empty of a task that River made from a row: its hooks ask the value,
// of which it knows no more than the type.
func (t task) Kind() string {
	if t.work == nil {
		return ""
	}
	return t.work.WorkKind()
}

func (t task) MarshalJSON() ([]byte, error) { return json.Marshal(t.work) }

// UnmarshalJSON leaves the decoding to the worker, who knows the row's kind.
func (*task) UnmarshalJSON([]byte) error { return nil }
