package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

// How often a stream shows that it is alive, how often it is asked again whether
// its session is, and how long a browser may take to read.
const (
	heartbeat   = 10 * time.Second
	recheck     = time.Minute
	writeWithin = 10 * time.Second
)

// padding makes proxies that hold back the first kilobytes let the rest through.
var padding = ":" + strings.Repeat(" ", 2048) + "\n\n"

// streamRoom answers GET /rooms/:room/events: server-sent events "changed", with
// the room's version, and "gone" when the session may see no more. A browser that
// comes back says by Last-Event-ID what it has seen.
func (s *Server) streamRoom(c *gin.Context) error {
	a, err := s.peekByQuery(c, doorFrame, doorTab)
	if err != nil {
		return err
	}
	w := s.hub.watch(a.Launch.ID, a.Room.ID, seenVersion(c, a.Room.Version))
	if w == nil {
		return refuse(classroom.Unavailable, "error.busy", "too many streams")
	}
	defer s.hub.leave(w)
	st := newStream(c)
	if st.open() != nil {
		return nil // the browser is gone; there is nobody to answer
	}
	s.follow(c, w, st)
	return nil
}

// seenVersion is what the page shows already.
func seenVersion(c *gin.Context, now int64) int64 {
	for _, seen := range []string{c.GetHeader("Last-Event-ID"), c.Query("version")} {
		if v, err := strconv.ParseInt(seen, 10, 64); err == nil {
			return v
		}
	}
	return now
}

// follow tells the stream what changes until its end: ours, the browser's, or
// the session's. The rights are those of the moment, at each event.
func (s *Server) follow(c *gin.Context, w *watcher, st *stream) {
	beat, check := time.NewTicker(heartbeat), time.NewTicker(recheck)
	defer beat.Stop()
	defer check.Stop()
	var err error
	for err == nil {
		select {
		case <-s.closing:
			return
		case <-c.Request.Context().Done():
			return
		case <-beat.C:
			err = st.send("event: beat\ndata: \n\n")
		case <-check.C:
			err = s.checkStream(c, st)
		case version := <-w.changed:
			if err = s.checkStream(c, st); err == nil {
				err = st.send(fmt.Sprintf("event: changed\nid: %d\ndata: %d\n\n", version, version))
			}
		}
	}
}

// checkStream says "gone" and answers an error when the session has ended, or
// may no longer see the room.
func (s *Server) checkStream(c *gin.Context, st *stream) error {
	_, err := s.peekByQuery(c, doorFrame, doorTab)
	if classroom.Is(err, classroom.Expired) || classroom.Is(err, classroom.NotFound) {
		_ = st.send("event: gone\ndata: \n\n") // the stream ends either way
	}
	return err
}

// stream writes events to one browser. A browser that does not read is left.
type stream struct {
	w       gin.ResponseWriter
	control *http.ResponseController
}

func newStream(c *gin.Context) *stream {
	return &stream{w: c.Writer, control: http.NewResponseController(c.Writer)}
}

func (st *stream) open() error {
	h := st.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	h.Set("X-Content-Type-Options", "nosniff")
	return st.send("retry: 3000\n" + padding)
}

func (st *stream) send(text string) error {
	// Not every ResponseWriter has deadlines (tests' have none): then writes just block.
	_ = st.control.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := st.w.WriteString(text); err != nil {
		return err
	}
	return st.control.Flush()
}
