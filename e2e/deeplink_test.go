//go:build e2e

package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestRoomsAreChosenInTheEditor: the LMS's editor opens the choice of rooms, and
// gets the answer by the form that submits itself, under a policy that lets it
// lead there and nowhere else.
func TestRoomsAreChosenInTheEditor(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, NoChat: true})
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	console := parts.WatchConsole(tab)
	parts.Run(t, tab,
		chromedp.Navigate(s.LMSURL+"/deep-link?person="+program.Terry+"&course=course-0"),
		chromedp.WaitVisible("#place"),
		chromedp.SetValue(`input[name=title]`, "Lab"), // in place of what the LMS proposes
		chromedp.Click("#more"),
		chromedp.WaitVisible(`fieldset:nth-of-type(5)`),
		chromedp.SetValue(`fieldset:nth-of-type(5) input[name=title]`, "Office hours"),
		chromedp.Click("#place"),
	)
	eventually(t, patience, func() error {
		var page string
		if err := chromedp.Run(tab, chromedp.Evaluate("document.body.innerText", &page)); err != nil || page == "2 added" {
			return err
		}
		return fmt.Errorf("the page shows %q", page)
	})
	picked := s.LMS.Picked("course-0")
	if len(picked) != 2 || picked[0].Title != "Lab" || picked[1].Title != "Office hours" {
		t.Fatalf("the course has %+v", picked)
	}
	parts.Run(t, tab,
		chromedp.Navigate(s.LMSURL+"/launch?person="+program.Terry+"&link="+picked[1].ID),
		chromedp.WaitVisible("#start"),
	)
	var title string
	parts.Run(t, tab, chromedp.Text("h1", &title))
	if title != "Office hours" {
		t.Errorf("the link leads to %q", title)
	}
	for _, p := range console.Problems() {
		if !strings.Contains(p, s.LMSURL+"/favicon.ico") { // the stand-in's last page is plain text
			t.Errorf("the browser complains: %s", p)
		}
	}
	checkChosen(t, s)
	checkAccess(t, s)
	checkEmails(t, s, "terry@example.org", "lee@example.org", "sam@example.org")
}
