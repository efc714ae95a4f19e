//go:build e2e

package e2e_test

import (
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// TestPagesAtTheDoors goes through the pages of those who have no room yet: the
// LMS's admin who adds the tool, the teacher who chooses rooms, and whoever is
// refused. Each page is one that everybody can use.
func TestPagesAtTheDoors(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, NoChat: true})
	tab := parts.Chromium(t, parts.ChromiumOptions{})
	shows := func(name, address string) {
		t.Helper()
		parts.Run(t, tab, chromedp.Navigate(address))
		usable(t, tab, name)
	}
	shows("index", s.URL+"/")
	shows("nowhere", s.URL+"/none")
	shows("no-session", s.URL+"/rooms/01a204cc-ba2c-7bbb-8af3-df58aecf285b")
	shows("launch-address", s.URL+"/lti/launch")
	shows("login-refused", s.URL+"/lti/login?iss=https%3A%2F%2Fnobody.example&login_hint=1&target_link_uri=x")

	shows("choose-teacher", s.LMSURL+"/deep-link?person="+program.Terry+"&course=course-0")
	parts.Run(t, tab, chromedp.Click("#more"))
	visible(t, tab, "fieldset:nth-of-type(5)")
	parts.Run(t, tab, chromedp.Evaluate(`document.querySelectorAll("input[name=title]").forEach(i => i.value = "")`, nil), chromedp.Click("#place"))
	visible(t, tab, "[role=alert]")
	usable(t, tab, "choose-nothing")
	shows("choose-learner", s.LMSURL+"/deep-link?person="+program.Lee+"&course=course-0")

	shows("register-unknown", s.URL+"/lti/register/"+"00000000000000000000000000000000")
	var invited struct{ Address string }
	out := s.Processes[0].Command(t, "", "platform", "invite", "--name", "Second LMS", "--on-premises", "--json")
	if err := json.Unmarshal([]byte(out), &invited); err != nil {
		t.Fatal(err)
	}
	shows("register-how", invited.Address)
	shows("register-no-lms", invited.Address+"?openid_configuration="+s.LMSURL+"/none")
	shows("register-offer", s.LMS.RegistrationURL(invited.Address))
	parts.Run(t, tab, chromedp.Click("#register"))
	visible(t, tab, "#todo")
	usable(t, tab, "register-done")
}
