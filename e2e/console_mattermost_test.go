//go:build e2e

package e2e_test

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

var welcomeLink = regexp.MustCompile(`https?://\S+/console/welcome/\S+`)

// TestConsoleMattermost: an admin with a keyboard alone looks after a school's real
// Mattermost: its health, the channel of a course and who is in it, and a new token
// for the bot, after which classes are announced as before.
func TestConsoleMattermost(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, Database: parts.Postgres(t)})
	launched(t, s, program.Terry, 0)
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	firstOwner(t, tab, welcomeLink.FindString(s.Output.String()))
	open := func(path, picture string) {
		t.Helper()
		parts.Run(t, tab, chromedp.Navigate(s.URL+"/console/mattermost"+path))
		visible(t, tab, "#content")
		usable(t, tab, "console-mattermost"+picture)
	}
	press := func(button, shows string) {
		t.Helper()
		parts.Press(t, tab, button)
		parts.RunWithin(t, tab, patience, chromedp.WaitVisible(shows, chromedp.ByQuery))
	}
	open("", "")
	press("#health", "#checks")
	usable(t, tab, "console-mattermost-health")
	open("/posts", "-posts")
	open("/courses", "-courses")
	press("#list tbody a", "#people")
	parts.RunWithin(t, tab, patience, chromedp.WaitVisible("#state.good", chromedp.ByQuery), chromedp.WaitVisible("#look", chromedp.ByQuery))
	usable(t, tab, "console-mattermost-course")
	press("#resync", "#said")
	parts.Type(t, tab, "#channel", "town-square")
	press("#relink", "#channel-wrong")
	usable(t, tab, "console-mattermost-course-wrong")
	press("#people", "#list")
	usable(t, tab, "console-mattermost-people")
	open("/rotate-token", "-rotate")
	parts.Type(t, tab, "#login", s.Chat.Admin.Username)
	parts.Type(t, tab, "#password", parts.Password)
	press("#sign-in", "#apply")
	usable(t, tab, "console-mattermost-rotate-plan")
	press("#apply", "#well")
	press("#health", "#checks")
}
