package parts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Run does the actions in a tab or frame. It fails the test, saying where the
// browser then was, when they are not done within a minute: chromedp itself
// waits for elements for ever.
func Run(t testing.TB, tab context.Context, actions ...chromedp.Action) {
	t.Helper()
	RunWithin(t, tab, time.Minute, actions...)
}

// RunWithin is Run for what takes longer.
func RunWithin(t testing.TB, tab context.Context, d time.Duration, actions ...chromedp.Action) {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, d)
	defer cancel()
	for _, a := range actions {
		err := chromedp.Run(ctx, a)
		for redrawn(err) && ctx.Err() == nil {
			err = chromedp.Run(ctx, a)
		}
		if err != nil {
			t.Fatalf("%v; the browser is at %s", err, whereabouts(tab))
		}
	}
}

// redrawn tells that the page replaced an element after it was found and before
// anything was done with it, as pages do that show news.
func redrawn(err error) bool {
	var refused *cdproto.Error
	return errors.As(err, &refused) && strings.Contains(strings.ToLower(refused.Message), "node")
}

// whereabouts is the address and the text of the page.
func whereabouts(tab context.Context) string {
	ctx, cancel := context.WithTimeout(tab, 2*time.Second)
	defer cancel()
	var page string
	const look = "location.href + '\\n' + (document.body ? document.body.innerText : '')"
	if err := chromedp.Run(ctx, chromedp.Evaluate(look, &page)); err != nil {
		return "an unknown place: " + err.Error()
	}
	return page
}

// NewTab does what opens a tab (a click, as a rule) and returns that tab.
func NewTab(t testing.TB, tab context.Context, actions ...chromedp.Action) context.Context {
	t.Helper()
	opened := chromedp.WaitNewTarget(tab, func(i *target.Info) bool { return i.Type == "page" })
	Run(t, tab, actions...)
	select {
	case id := <-opened:
		return attach(t, tab, id)
	case <-time.After(time.Minute):
		t.Fatal("no tab was opened within a minute: was it a click, and not blocked as a pop-up?")
		return nil
	}
}

// Frame returns the frame of the tab whose address contains part. A frame of
// another site is a target of its own, in which actions run as in a tab.
func Frame(t testing.TB, tab context.Context, part string) context.Context {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		targets, err := chromedp.Targets(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range targets {
			if i.Type == "iframe" && strings.Contains(i.URL, part) {
				return attach(t, tab, i.TargetID)
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("no frame of another site with %q in its address; the targets are %+v", part, targets)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func attach(t testing.TB, tab context.Context, id target.ID) context.Context {
	t.Helper()
	attached, cancel := chromedp.NewContext(tab, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	if err := chromedp.Run(attached); err != nil {
		t.Fatalf("attach to %s: %v", id, err)
	}
	return attached
}

// Screenshot saves the tab as it is now, if CLASSBRIDGE_TEST_SCREENSHOTS names
// a folder.
func Screenshot(t testing.TB, tab context.Context, name string) {
	t.Helper()
	dir := os.Getenv("CLASSBRIDGE_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	Run(t, tab, chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
