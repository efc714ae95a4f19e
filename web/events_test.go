package web

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listener reads one stream as a browser does.
type listener struct {
	*world
	resp  *http.Response
	lines *bufio.Scanner
}

func (b *browser) listen(address string) *listener {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	b.Cleanup(cancel)
	resp, err := b.Get(ctx, b.url+address)
	b.must(err)
	b.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("the stream answers %d", resp.StatusCode)
	}
	return &listener{b.world, resp, bufio.NewScanner(resp.Body)}
}

// next answers the name and the id of the next event; empty when the stream ends.
func (l *listener) next() (event, id string) {
	l.Helper()
	for l.lines.Scan() {
		line := l.lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			event = strings.TrimPrefix(line, "event: ")
		case strings.HasPrefix(line, "id: "):
			id = strings.TrimPrefix(line, "id: ")
		case line == "" && event != "":
			return event, id
		}
	}
	return "", ""
}

func TestStream(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("learner", "room-1")
	events := page.attr("#panel", "data-events")
	l := b.listen(events)
	for header, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no",
	} {
		if got := l.resp.Header.Get(header); got != want {
			t.Errorf("%s %q, want %q", header, got, want)
		}
	}
	w.must(w.db.TouchRoom(t.Context(), strings.TrimPrefix(path, "/rooms/")))
	event, id := l.next()
	if event != "changed" || id == "" {
		t.Fatalf("the stream says %q %q", event, id)
	}
	// A page that shows an older state is told at once; one that comes back says what it has seen.
	if event, _ := b.listen(events + "&version=0").next(); event != "changed" {
		t.Errorf("an old page is told %q", event)
	}
	panel := b.get(page.attr("#panel", "data-panel")).want(http.StatusOK)
	if got := panel.attr("[data-version]", "data-version"); got != id {
		t.Errorf("the panel shows version %s, want %s", got, id)
	}
	if !panel.has(`form[action$="/wait"] input[name=ticket]`) {
		t.Error("the panel brings no new tickets")
	}
}

func TestStreamEndsWithTheSession(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, path := b.enter("learner", "room-1")
	l := b.listen(page.attr("#panel", "data-events"))
	a, err := w.accessOf(path, "Lee Learner")
	w.must(err)
	w.must(w.db.EndLaunch(t.Context(), a.Launch.ID, w.clock.Now()))
	w.must(w.db.TouchRoom(t.Context(), a.Room.ID))
	if event, _ := l.next(); event != "gone" {
		t.Errorf("the stream says %q", event)
	}
	if event, _ := l.next(); event != "" {
		t.Errorf("after its end the stream says %q", event)
	}
}

func TestStreamEndsAtShutdown(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	page, _ := b.enter("learner", "room-1")
	l := b.listen(page.attr("#panel", "data-events"))
	w.server.Close()
	w.server.Close() // is harmless
	if event, _ := l.next(); event != "" {
		t.Errorf("the stream says %q at shutdown", event)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.server.hub.limit = 1
	b := w.browser()
	page, _ := b.enter("learner", "room-1")
	b.listen(page.attr("#panel", "data-events"))
	b.get(page.attr("#panel", "data-events")).want(http.StatusServiceUnavailable)
	b.get(page.attr("#panel", "data-panel")).want(http.StatusOK) // polling goes on
}
