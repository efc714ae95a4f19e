package web

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
)

// versionsOf answers what the test sets.
type versionsOf struct {
	now   map[string]int64
	err   error
	asked atomic.Int32
	rooms []string
}

func (v *versionsOf) ask(_ context.Context, rooms []string) (map[string]int64, error) {
	v.asked.Add(1)
	slices.Sort(rooms)
	v.rooms = rooms
	return v.now, v.err
}

func TestHub(t *testing.T) {
	v := &versionsOf{now: map[string]int64{"a": 1, "b": 5}}
	h := newHub(v.ask, slog.New(slog.DiscardHandler))
	h.look(t.Context())
	if v.asked.Load() != 0 {
		t.Error("the hub asks though nobody watches")
	}
	first, second, late, other := h.watch("session", "a", 1), h.watch("session", "a", 1), h.watch("session", "a", 0), h.watch("session", "b", 5)
	h.look(t.Context())
	if got := v.asked.Load(); got != 1 || !slices.Equal(v.rooms, []string{"a", "b"}) {
		t.Errorf("%d queries, the last for %q; want one for all rooms", got, v.rooms)
	}
	told(t, "shows the newest", first, 0)
	told(t, "shows an older one", late, 1)

	v.now["a"] = 2
	h.look(t.Context())
	v.now["a"] = 3
	h.look(t.Context())
	told(t, "slow", first, 3)
	told(t, "another of the room", second, 3)
	told(t, "of another room", other, 0)

	v.err = errors.New("the database is away")
	h.look(t.Context())
	v.err = nil
	h.leave(first)
	v.now["a"] = 4
	h.look(t.Context())
	told(t, "gone", first, 0)
	told(t, "still there", second, 4)
}

func TestHubIsBounded(t *testing.T) {
	h := newHub((&versionsOf{}).ask, slog.New(slog.DiscardHandler))
	h.limit = 2
	a, b := h.watch("session", "a", 0), h.watch("session", "b", 0)
	if a == nil || b == nil || h.watch("session", "c", 0) != nil {
		t.Error("the limit of streams does not hold")
	}
	h.leave(a)
	if h.watch("session", "c", 0) == nil {
		t.Error("a stream that ended makes no room")
	}
}

func TestStreamsOfASessionAreBounded(t *testing.T) {
	h := newHub((&versionsOf{}).ask, slog.New(slog.DiscardHandler))
	var one *watcher
	for range maxEach {
		if one = h.watch("session", "a", 0); one == nil {
			t.Fatal("a session may have fewer streams than it should")
		}
	}
	if h.watch("session", "b", 0) != nil {
		t.Error("one session may have all streams")
	}
	if h.watch("another", "a", 0) == nil {
		t.Error("one session takes the streams of another")
	}
	h.leave(one)
	if h.watch("session", "b", 0) == nil {
		t.Error("a stream that ended makes no room")
	}
	if len(h.sessions) != 2 {
		t.Errorf("%d sessions are remembered", len(h.sessions))
	}
}

// told fails unless the watcher is told that version; 0: nothing.
func told(t *testing.T, who string, w *watcher, want int64) {
	t.Helper()
	var got int64
	select {
	case got = <-w.changed:
	default:
	}
	if got != want {
		t.Errorf("%s: told %d, want %d", who, got, want)
	}
}
