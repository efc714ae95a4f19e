//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestHelpByKeyboard finds out why a student cannot get in, then shows and erases
// what is stored about them, without a mouse.
func TestHelpByKeyboard(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, at["console"])
	pupil := parts.Chromium(t, parts.ChromiumOptions{})
	parts.Run(t, pupil, chromedp.Navigate(at["lms"]+"/launch?person=learner1&link=weekly"))
	visible(t, pupil, "main")

	open := func(path string) { parts.Run(t, tab, chromedp.Navigate(at["tool"]+path)) }
	search := func(path string) {
		open(path)
		parts.Type(t, tab, "#search", "learner1")
		parts.Press(t, tab, "#search-do")
		visible(t, tab, "#people")
	}
	open("/console/find")
	usable(t, tab, "console-find")
	search("/console/find")
	usable(t, tab, "console-find-results")
	parts.Press(t, tab, "#people th a")
	visible(t, tab, "#verdict")
	usable(t, tab, "console-find-person")
	parts.Press(t, tab, "#timeline a[href*=rooms]")
	visible(t, tab, "#verdict")
	usable(t, tab, "console-find-room")

	open("/console/privacy")
	usable(t, tab, "console-privacy")
	parts.Run(t, tab, chromedp.SetValue("#launches", "1", chromedp.ByQuery))
	parts.Press(t, tab, "#save-keeping")
	visible(t, tab, "#launches-wrong")
	usable(t, tab, "console-privacy-wrong")
	search("/console/privacy/people")
	usable(t, tab, "console-privacy-people")
	parts.Press(t, tab, "#people th a")
	visible(t, tab, "#erase")
	usable(t, tab, "console-privacy-file")
	var name string
	parts.Run(t, tab, chromedp.Evaluate(`document.querySelector("dl.facts dd").textContent`, &name))
	parts.Type(t, tab, "#name", name)
	parts.Press(t, tab, "#erase")
	visible(t, tab, "#erased")
	usable(t, tab, "console-privacy-erased")
}
