package web

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	hubStep     = time.Second
	hubTimeout  = 5 * time.Second
	maxWatchers = 20_000 // streams of one process; beyond, pages poll
	maxEach     = 20     // streams of one session
)

// hub tells streams which rooms have changed: one query a second for all rooms
// that somebody watches, however many watch.
type hub struct {
	versions func(context.Context, []string) (map[string]int64, error)
	log      *slog.Logger
	step     time.Duration
	limit    int

	mu       sync.Mutex
	rooms    map[string]map[*watcher]struct{}
	sessions map[string]int // streams of each
	count    int
}

// watcher is one stream. changed holds the newest version that it has not been
// told; whoever is slow misses versions in between, never the last.
type watcher struct {
	session string
	room    string
	version int64
	changed chan int64
}

func newHub(versions func(context.Context, []string) (map[string]int64, error), log *slog.Logger) *hub {
	return &hub{versions: versions, log: log, step: hubStep, limit: maxWatchers,
		rooms: map[string]map[*watcher]struct{}{}, sessions: map[string]int{}}
}

// watch tells of versions of the room other than the one that the page shows;
// nil when there are too many streams, or too many of that session.
func (h *hub) watch(session, room string, version int64) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count >= h.limit || h.sessions[session] >= maxEach {
		return nil
	}
	w := &watcher{session: session, room: room, version: version, changed: make(chan int64, 1)}
	if h.rooms[room] == nil {
		h.rooms[room] = map[*watcher]struct{}{}
	}
	h.rooms[room][w] = struct{}{}
	h.sessions[session]++
	h.count++
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms[w.room], w)
	if len(h.rooms[w.room]) == 0 {
		delete(h.rooms, w.room)
	}
	if h.sessions[w.session]--; h.sessions[w.session] == 0 {
		delete(h.sessions, w.session)
	}
	h.count--
}

// run asks until done is closed.
func (h *hub) run(done <-chan struct{}) {
	ticker := time.NewTicker(h.step)
	defer ticker.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			h.look(ctx)
		}
	}
}

func (h *hub) look(ctx context.Context) {
	rooms := h.watched()
	if len(rooms) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, hubTimeout)
	defer cancel()
	versions, err := h.versions(ctx, rooms)
	if err != nil {
		h.log.WarnContext(ctx, "live status: no versions", "rooms", len(rooms), "err", err)
		return
	}
	h.tell(versions)
}

func (h *hub) watched() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	rooms := make([]string, 0, len(h.rooms))
	for room := range h.rooms {
		rooms = append(rooms, room)
	}
	return rooms
}

func (h *hub) tell(versions map[string]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for room, version := range versions {
		for w := range h.rooms[room] {
			if w.version != version {
				w.tell(version)
			}
		}
	}
}

// tell replaces what the stream has not yet read. Only the hub sends.
func (w *watcher) tell(version int64) {
	w.version = version
	select {
	case <-w.changed:
	default:
	}
	w.changed <- version
}
