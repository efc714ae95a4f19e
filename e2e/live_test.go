//go:build e2e

package e2e_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// watching is a teacher's room page in a browser, at rest.
func watching(t *testing.T, s *program.School) *story {
	t.Helper()
	st := &story{T: t, s: s, options: parts.ChromiumOptions{BlockThirdPartyCookies: true}}
	st.terry = st.arrive(program.Terry)
	st.seen(st.terry.frame, ".state.idle")
	// Whether the page is loaded anew is seen by what it was marked with.
	parts.Run(t, st.terry.frame, chromedp.Evaluate("window.marked = true", nil))
	return st
}

// running waits until the page, which nobody touches, says that the class runs.
func (st *story) running(within time.Duration) {
	st.Helper()
	parts.RunWithin(st, st.terry.frame, within, chromedp.WaitVisible(".state.running", chromedp.ByQuery))
	var marked bool
	parts.Run(st, st.terry.frame, chromedp.Evaluate("window.marked === true", &marked))
	if !marked {
		st.Error("the page was loaded anew: it should have followed by itself")
	}
}

// TestProxyThatBuffers: behind a proxy that never lets a stream through, the
// page asks by itself after 20 seconds of silence.
func TestProxyThatBuffers(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain})
	s.Front.Buffer()
	st := watching(t, s)
	st.seen(st.terry.frame, "[data-chat=member]") // until then the page looks again by itself
	eventually(t, patience, func() error { return launched(t, s, program.Terry, 0).Start(t.Context()) })
	st.running(time.Minute)
}

// TestRestartUnderAnOpenPage: the program is stopped and started under an open
// page, whose session and stream survive. That a session which has expired says
// what to do is tested in package web, where the clock can be moved.
func TestRestartUnderAnOpenPage(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain})
	st := watching(t, s)
	for _, p := range s.Processes {
		p.Stop(t)
		p.Start(t)
	}
	streamed := streams(s)
	eventually(t, patience, func() error { return sees(t, launched(t, s, program.Sam, 0), "No class is running") })
	joined := parts.NewTab(t, st.terry.frame, chromedp.Click("#start"))
	st.in(joined, "Moderator")
	st.running(40 * time.Second)
	if streamed != 1 {
		t.Errorf("%d streams had ended with the program, want 1", streamed)
	}
}

// streams counts those that have ended: a stream is on tape when it is over.
func streams(s *program.School) int {
	n := 0
	for _, e := range s.Tape.Exchanges() {
		if e.Where == "tool" && e.Status == 200 && e.Answer.Header.Get("Content-Type") == "text/event-stream" {
			n++
		}
	}
	return n
}

// TestPageRests: however often something calls for it, an open page fetches its
// panel at most every five seconds.
func TestPageRests(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain})
	st := watching(t, s)
	before := panels(s)
	const often = `new Promise(done => {
		let left = 120;
		const calls = setInterval(() => {
			document.dispatchEvent(new Event("visibilitychange"));
			if (--left === 0) { clearInterval(calls); done(); }
		}, 100);
	})`
	parts.RunWithin(t, st.terry.frame, time.Minute, chromedp.Evaluate(often, nil, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
	if got := panels(s) - before; got < 2 || got > 3 {
		t.Errorf("%d fetches in 12 seconds, want 2 or 3", got)
	}
}

// TestWaitingGoesInOnce: whoever waits is taken in once, however much news comes of
// the class meanwhile.
func TestWaitingGoesInOnce(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, NoChat: true})
	st := &story{T: t, s: s}
	waits := parts.NewTab(t, st.arrive(program.Lee).frame, chromedp.Click("#wait"))
	st.seen(waits, ".waiting .state.idle")
	parts.Run(t, waits, chromedp.Evaluate(`window.sent = 0; HTMLFormElement.prototype.requestSubmit = () => { window.sent++; };`, nil))
	teacher := launched(t, s, program.Terry, 0)
	eventually(t, patience, func() error { return teacher.Start(t.Context()) })
	sent := func() (times int) {
		parts.Run(t, waits, chromedp.Evaluate(`document.dispatchEvent(new Event("visibilitychange")); window.sent`, &times))
		return times
	}
	eventually(t, patience, func() error {
		if sent() == 0 {
			return errors.New("the form was not sent")
		}
		return nil
	})
	for range 70 { // each piece of news is acted upon within five seconds
		time.Sleep(100 * time.Millisecond)
		if times := sent(); times != 1 {
			t.Fatalf("the form was sent %d times", times)
		}
	}
}

// panels counts the fetches of panels.
func panels(s *program.School) int {
	n := 0
	for _, e := range s.Tape.Exchanges() {
		if e.Where == "tool" && strings.Contains(e.URL, "/panel?") {
			n++
		}
	}
	return n
}
