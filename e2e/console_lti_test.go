//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestLearningPlatformsByKeyboard looks after learning platforms in the console
// without a mouse: a test launch, an invitation, a registration by hand that is
// edited and deleted, the keys, moving courses.
func TestLearningPlatformsByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, at["console"])
	open := func(path string) { parts.Run(t, tab, chromedp.Navigate(at["tool"]+path)) }

	open("/console/lti")
	visible(t, tab, "#platforms")
	usable(t, tab, "console-lti")
	parts.Press(t, tab, "#platforms th a")
	visible(t, tab, "#test")
	parts.Press(t, tab, "#check")
	visible(t, tab, `[data-check="lms.keys"][data-state="ok"]`)
	usable(t, tab, "console-lti-platform")

	// The page that waits shows the launch of another tab by itself.
	parts.Press(t, tab, "#test")
	visible(t, tab, "#live[data-waits]")
	usable(t, tab, "console-lti-test-waits")
	teacher := parts.Chromium(t, parts.ChromiumOptions{})
	_, link := addClass(t, teacher, at)
	launchInTab(t, teacher, at, "teacher", link)
	visible(t, tab, "#well")
	usable(t, tab, "console-lti-test")

	open("/console/lti/invitations/new")
	usable(t, tab, "console-lti-invite")
	parts.Type(t, tab, "#name", "Moodle")
	parts.Press(t, tab, "#invite")
	visible(t, tab, "#address")
	usable(t, tab, "console-lti-invited")

	open("/console/lti/new?preset=moodle")
	usable(t, tab, "console-lti-add")
	parts.Type(t, tab, "#client-id", "client")
	parts.Type(t, tab, "#url", "https://moodle.localhost")
	parts.Press(t, tab, "#save")
	visible(t, tab, "#said")
	parts.Press(t, tab, "#edit")
	visible(t, tab, "#edit-form")
	usable(t, tab, "console-lti-edit")
	parts.Press(t, tab, "#save")
	visible(t, tab, "#said")
	parts.Press(t, tab, "#disable")
	visible(t, tab, "#enable")
	parts.Press(t, tab, "#delete")
	visible(t, tab, "#weight")
	usable(t, tab, "console-lti-delete")
	parts.Type(t, tab, "#confirm", "moodle.localhost")
	parts.Press(t, tab, "#delete")
	visible(t, tab, "#said")

	open("/console/lti/keys")
	visible(t, tab, "#keys")
	usable(t, tab, "console-lti-keys")
	open("/console/lti/adopt")
	usable(t, tab, "console-lti-adopt")
}
