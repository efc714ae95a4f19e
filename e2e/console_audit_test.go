//go:build e2e

package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestAuditByKeyboard: an owner without a mouse finds out who made the first
// account and why a launch was refused, and takes both logs along.
func TestAuditByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	parts.Run(t, tab, chromedp.Navigate(at["tool"]+"/lti/login?iss=https://stranger.example"))
	firstOwner(t, tab, at["console"])
	parts.Run(t, tab, chromedp.Navigate(at["tool"]+"/console/audit"))
	visible(t, tab, "#entries")
	usable(t, tab, "console-audit")
	parts.Type(t, tab, "#actor", "nobody at all")
	parts.Press(t, tab, "#search-do")
	visible(t, tab, "#nothing")
	usable(t, tab, "console-audit-nothing")
	parts.Run(t, tab, chromedp.Navigate(at["tool"]+"/console/audit?outcome=done"))
	visible(t, tab, "#entries")
	if file := fileOf(t, tab, "#as-json"); !strings.Contains(file, `"outcome":"done"`) {
		t.Errorf("the log as JSON is %q", file)
	}
	if file := fileOf(t, tab, "#as-csv"); !strings.Contains(file, "time") || !strings.Contains(file, `"audit.export"`) {
		t.Errorf("the log as a table is %q", file)
	}
	parts.Press(t, tab, "#launches")
	visible(t, tab, "#refusals")
	parts.Press(t, tab, "#refusals summary")
	usable(t, tab, "console-audit-launches")
	if file := fileOf(t, tab, "#as-csv"); !strings.Contains(file, "https://stranger.example") {
		t.Errorf("the refused launches are %q", file)
	}
}

// fileOf is what a link to a file gives to this browser.
func fileOf(t *testing.T, tab context.Context, link string) (file string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Evaluate(`fetch(document.querySelector("`+link+`").href).then(r => r.text())`, &file,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return file
}
