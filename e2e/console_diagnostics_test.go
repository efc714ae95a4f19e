//go:build e2e

package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// examinedWithin is longer than an examination may take.
const examinedWithin = 40 * time.Second

// TestDiagnosticsByKeyboard has the whole installation examined in the console, and
// a class rehearsed, by somebody who has no mouse.
func TestDiagnosticsByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, at["console"])
	parts.Run(t, tab, chromedp.Navigate(at["tool"]+"/console/diagnostics"))
	visible(t, tab, "#nothing")
	usable(t, tab, "console-diagnostics-new")
	parts.Press(t, tab, "#examine button")
	found(t, tab, "address.self", "bbb.call", "lms.keys", "mattermost.token")
	usable(t, tab, "console-diagnostics")
	parts.Press(t, tab, "#rehearsal summary")
	parts.Press(t, tab, "#rehearse button")
	found(t, tab, "rehearsal.meeting", "bbb.callback", "rehearsal.chat")
	var failed []string
	parts.Run(t, tab, chromedp.Evaluate(`[...document.querySelectorAll('[data-state=failed]')].map(e => e.innerText)`, &failed))
	if len(failed) > 0 {
		t.Errorf("failed in the demo: %q", failed)
	}
}

// firstOwner makes the first account by the link that was printed.
func firstOwner(t *testing.T, tab context.Context, link string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(link))
	parts.Type(t, tab, "#name", "Olive Owner")
	parts.Type(t, tab, "#email", "owner@school.example")
	parts.Type(t, tab, "#password", "correct horse battery staple")
	parts.Press(t, tab, "#continue")
	visible(t, tab, "#content")
}

// found waits until the page shows that those checks are in order.
func found(t *testing.T, tab context.Context, checks ...string) {
	t.Helper()
	for _, check := range checks {
		ctx, cancel := context.WithTimeout(tab, examinedWithin)
		err := chromedp.Run(ctx, chromedp.WaitVisible(`[data-check="`+check+`"][data-state=ok]`, chromedp.ByQuery))
		cancel()
		if err != nil {
			t.Errorf("%s is not in order: %v", check, err)
		}
	}
}
