//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestSettingsByKeyboard decides what a school decides without a mouse: itself,
// its posts, its look, and a platform's policies after trying them out.
func TestSettingsByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, at["console"])
	open := func(path string) { parts.Run(t, tab, chromedp.Navigate(at["tool"]+path)) }

	open("/console/settings")
	usable(t, tab, "console-settings")
	parts.Run(t, tab, chromedp.SetValue("#time-zone", "Mars/Base", chromedp.ByQuery))
	parts.Press(t, tab, "#save-settings")
	visible(t, tab, "#zone-wrong")
	usable(t, tab, "console-settings-wrong")
	parts.Run(t, tab, chromedp.SetValue("#time-zone", "Europe/Berlin", chromedp.ByQuery))
	parts.Press(t, tab, "#save-settings")
	visible(t, tab, "#said")

	parts.Type(t, tab, "#started", "Welcome to {course}.")
	parts.Press(t, tab, "#look-phrases")
	visible(t, tab, "#started-reads")
	parts.Press(t, tab, "#save-phrases")
	visible(t, tab, "#said")

	parts.Press(t, tab, "#to-branding")
	parts.Type(t, tab, "#accent", "#ffcc00")
	parts.Press(t, tab, "#save-branding")
	visible(t, tab, "#said")
	usable(t, tab, "console-branding") // bright yellow, and it can be read

	open("/console/settings")
	parts.Press(t, tab, ".cards h3 a")
	visible(t, tab, "#policies")
	usable(t, tab, "console-policies")
	parts.Type(t, tab, "#roles", "Mentor")
	parts.Press(t, tab, "#try")
	visible(t, tab, "#verdict")
	usable(t, tab, "console-policies-tried")
	parts.Press(t, tab, "#save-policies")
	visible(t, tab, "#said")
}
