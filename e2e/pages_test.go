//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
)

// TestPagesOfACourse goes through every page that a teacher and a learner of a
// course see, in the demo: a class is added in the editor, held, and graded; a
// learner is removed. Each page is one that everybody can use.
func TestPagesOfACourse(t *testing.T) {
	t.Parallel()
	at := startDemo(t)
	teacher, learner := parts.Chromium(t, parts.ChromiumOptions{}), parts.Chromium(t, parts.ChromiumOptions{})

	room, link := addClass(t, teacher, at)
	for _, name := range []string{"people", "attendance", "grades", "settings"} {
		parts.Run(t, teacher, chromedp.Navigate(room+"/"+name))
		usable(t, teacher, "new-"+name)
	}
	parts.Run(t, teacher, chromedp.Navigate(room+"/people"), chromedp.Click("#read"))
	visible(t, teacher, ".state .quiet[role=status]")
	meetIn(t, teacher, learner, at, link)

	parts.Run(t, teacher, chromedp.Navigate(room+"/attendance"))
	visible(t, teacher, "tr[data-absent]") // Leo never came
	usable(t, teacher, "attendance")
	parts.Run(t, learner, chromedp.Navigate(room+"/attendance"))
	usable(t, learner, "attendance-own")

	sendGrades(t, teacher, at, room)
	groupClasses(t, teacher, at)
	removeLearner(t, teacher, learner, at, room)
}

// addClass adds a class by the editor and launches it.
func addClass(t *testing.T, tab context.Context, at map[string]string) (room, link string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(at["lms"]+"/add?as=teacher&course=algebra"))
	editor := parts.Frame(t, tab, "/lti/launch")
	usable(t, editor, "choose-rooms")
	parts.Run(t, editor,
		chromedp.SetValue(`input[name=title]`, "Revision"),
		chromedp.Click(`input[name=graded]`),
		chromedp.Click("#place"),
	)
	eventually(t, patience, func() error {
		var answer string
		if err := chromedp.Run(editor, chromedp.Evaluate("document.body.innerText", &answer)); err != nil || answer == "1 added" {
			return err
		}
		return fmt.Errorf("the editor shows %q", answer)
	})
	eventually(t, patience, func() error {
		var found bool
		if err := chromedp.Run(tab, chromedp.Navigate(at["lms"]+"/?as=teacher"),
			chromedp.Evaluate(`[...document.querySelectorAll("nav a")].some(a => a.textContent === "Revision")`, &found)); err != nil || found {
			return err
		}
		return fmt.Errorf("the course has no class of that name")
	})
	parts.Run(t, tab, chromedp.Evaluate(
		`new URL([...document.querySelectorAll("nav a")].find(a => a.textContent === "Revision").href).searchParams.get("link")`, &link))
	return launchInTab(t, tab, at, "teacher", link), link
}

// launchInTab launches without a frame and returns the address of the room.
func launchInTab(t *testing.T, tab context.Context, at map[string]string, person, link string) (room string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(at["lms"]+"/launch?person="+person+"&link="+link))
	visible(t, tab, "#to-attendance")
	parts.Run(t, tab, chromedp.Evaluate("location.origin + location.pathname", &room))
	return room
}

// meetIn has the learner come to a class that begins and ends.
func meetIn(t *testing.T, teacher, learner context.Context, at map[string]string, link string) {
	t.Helper()
	room := launchInTab(t, teacher, at, "teacher", link)
	usable(t, teacher, "room-teacher")
	class := parts.NewTab(t, teacher, chromedp.Click("#start"))
	inClass(t, class)
	launchInTab(t, learner, at, "learner1", link)
	usable(t, learner, "room-learner")
	inClass(t, parts.NewTab(t, learner, chromedp.Click("#join")))
	parts.Run(t, teacher, chromedp.Navigate(room+"/attendance"))
	usable(t, teacher, "attendance-running")
	parts.Run(t, class, chromedp.Click(`form[action$="/end"] button`))
	parts.Run(t, teacher, chromedp.Navigate(room))
	visible(t, teacher, ".state.idle")
}

// sendGrades corrects one grade, sends all, and finds them in the gradebook.
func sendGrades(t *testing.T, tab context.Context, at map[string]string, room string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(room+"/grades"))
	usable(t, tab, "grades-preview")
	parts.Run(t, tab,
		chromedp.Click("details summary"),
		chromedp.SetValue("details[open] input[name=percent]", "75"),
		chromedp.Click("details[open] button[value=set]"),
	)
	visible(t, tab, "button[value=undo]")
	usable(t, tab, "grades-corrected")
	parts.Run(t, tab, chromedp.Click("#send"))
	eventually(t, patience, func() error {
		var text string
		if err := chromedp.Run(tab, chromedp.Navigate(at["lms"]+"/gradebook?as=teacher&course=algebra"),
			chromedp.Evaluate(`document.querySelector("table")?.innerText ?? "nothing"`, &text)); err != nil {
			return err
		}
		var sent bool
		if err := chromedp.Run(tab, chromedp.Evaluate(`[...document.querySelectorAll("td")].some(cell => cell.textContent === "75 / 100")`, &sent)); err != nil || sent {
			return err
		}
		return fmt.Errorf("the gradebook has %q", text)
	})
	usable(t, tab, "lms-gradebook")
	parts.Run(t, tab, chromedp.Navigate(room+"/grades"))
	visible(t, tab, "#last")
	usable(t, tab, "grades-sent")
}

// groupClasses gives each group of the course a class of its own in another room.
func groupClasses(t *testing.T, tab context.Context, at map[string]string) {
	t.Helper()
	room := launchInTab(t, tab, at, "teacher", "office-hours")
	parts.Run(t, tab, chromedp.Navigate(room+"/settings"), chromedp.Click("#grouped"), chromedp.Click("#save"))
	visible(t, tab, "#saved")
	usable(t, tab, "settings-saved")
	eventually(t, patience, func() error { // the groups are read from the LMS
		var groups int
		if err := chromedp.Run(tab, chromedp.Navigate(room),
			chromedp.Evaluate(`document.querySelectorAll("form[action$='/group']").length`, &groups)); err != nil || groups == 2 {
			return err
		}
		return fmt.Errorf("the room shows %d groups", groups)
	})
	usable(t, tab, "groups")
	parts.Run(t, tab, chromedp.Click("form[action$='/group'] button:not(.plain)"))
	visible(t, tab, "#to-groups")
	usable(t, tab, "group")
}

// removeLearner removes the learner at the LMS; when its list is read, the
// learner's open page lets nobody in any more.
func removeLearner(t *testing.T, teacher, learner context.Context, at map[string]string, room string) {
	t.Helper()
	parts.Run(t, teacher, chromedp.Navigate(at["lms"]+"/participants?as=teacher&course=algebra"))
	usable(t, teacher, "lms-participants")
	parts.Run(t, teacher, chromedp.Click("#remove-learner1"))
	visible(t, teacher, "#enrol-learner1")
	parts.Run(t, teacher, chromedp.Navigate(room+"/people"))
	usable(t, teacher, "people")
	eventually(t, 2*time.Minute, func() error { // a list that was just read is not read again
		if err := chromedp.Run(teacher, chromedp.Navigate(room+"/people"),
			chromedp.Evaluate(`document.querySelector("#read")?.click()`, nil)); err != nil {
			return err
		}
		var heading string
		if err := chromedp.Run(learner, chromedp.Navigate(room), chromedp.Text("h1", &heading)); err != nil || heading != "Revision" {
			return err
		}
		return fmt.Errorf("the learner still sees the room")
	})
	usable(t, learner, "removed")
	parts.Run(t, teacher, chromedp.Navigate(room+"/people"))
	usable(t, teacher, "people-ended")
}

// usable fails the test for each barrier that keeps somebody from using the page,
// light or dark, on a desk or on a phone. Pictures are saved where
// CLASSBRIDGE_TEST_SCREENSHOTS says.
func usable(t *testing.T, tab context.Context, name string) {
	t.Helper()
	framed := isFrame(t, tab)
	if !framed {
		parts.Run(t, tab, page.BringToFront()) // another draws no pictures
	}
	for _, scheme := range []string{"light", "dark"} {
		parts.Run(t, tab, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
		for _, width := range []int64{1280, 390} {
			if !framed {
				parts.Run(t, tab, chromedp.EmulateViewport(width, 844))
				parts.Screenshot(t, tab, fmt.Sprintf("%s-%s-%d", name, scheme, width))
			}
			for _, barrier := range parts.Barriers(t, tab) {
				t.Errorf("%s, %s, %d pixels wide: %s", name, scheme, width, barrier)
			}
			var over int
			parts.Run(t, tab, chromedp.Evaluate("document.documentElement.scrollWidth - innerWidth", &over))
			if over > 0 {
				t.Errorf("%s, %d pixels wide: the page is %d wider", name, width, over)
			}
			if framed {
				break // its width is the LMS's
			}
		}
	}
}

// isFrame tells a frame from a tab.
func isFrame(t *testing.T, tab context.Context) (framed bool) {
	t.Helper()
	parts.Run(t, tab, chromedp.Evaluate("self !== top", &framed))
	return framed
}
