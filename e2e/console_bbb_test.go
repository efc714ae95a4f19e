//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestBigBlueButtonByKeyboard looks after BigBlueButton in the console without a
// mouse: a server that is refused and one that works, rules, limits, maintenance.
func TestBigBlueButtonByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, at["console"])
	open := func(path string) { parts.Run(t, tab, chromedp.Navigate(at["tool"]+path)) }

	open("/console/bbb")
	visible(t, tab, "#servers")
	usable(t, tab, "console-bbb")
	parts.Press(t, tab, "#servers th a")
	parts.Press(t, tab, "#test")
	visible(t, tab, "#said")
	usable(t, tab, "console-bbb-server")

	open("/console/bbb/servers/new")
	parts.Type(t, tab, "#url", at["bbb"])
	parts.Type(t, tab, "#secret", "wrong")
	parts.Press(t, tab, "#save")
	visible(t, tab, "#try-wrong")
	usable(t, tab, "console-bbb-refused")

	open("/console/bbb/rules")
	usable(t, tab, "console-bbb-rules")
	parts.Run(t, tab,
		chromedp.SetValue("#from", "2040-01-01T08:00", chromedp.ByQuery), chromedp.SetValue("#to", "2040-01-01T12:00", chromedp.ByQuery),
	)
	parts.Press(t, tab, "#save-maintenance")
	visible(t, tab, "#maintenance")
	usable(t, tab, "console-bbb-maintenance")
	parts.Press(t, tab, "#end-maintenance")
	parts.Run(t, tab, chromedp.WaitNotPresent("#maintenance", chromedp.ByQuery))

	for path, name := range map[string]string{
		"/console/bbb/meetings": "console-bbb-live", "/console/bbb/recordings": "console-bbb-recordings", "/console/bbb/usage": "console-bbb-usage",
	} {
		open(path)
		usable(t, tab, name)
	}
}
