//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
	"classbridge/lti/ltitest"
)

// TestRegistersItself: the LMS's admin opens the address of an invitation in the
// LMS, reads what is offered, agrees by keyboard alone and lets the LMS close the
// page. A class can be opened then, and the invitation is of no use to anybody.
func TestRegistersItself(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]signingUp{
		"Moodle, in a frame": {profile: ltitest.Moodle(), open: inFrame},
		"Sakai, in a window": {profile: ltitest.Sakai(), open: inWindow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := program.Open(t, program.Options{Binary: plain, NoChat: true, LMS: way.profile, SignsUp: true})
			address := invited(t, s)
			tab := parts.Chromium(t, blocking)
			console := parts.WatchConsole(tab)
			way.open(t, s, tab, address)
			firstLaunch(t, s, tab)
			usedUp(t, s, tab, address)
			for _, p := range console.Problems() {
				if !strings.Contains(p, "409 (Conflict)") { // another LMS's admin is to be refused
					t.Errorf("the browser complains: %s", p)
				}
			}
			checkInvitation(t, s, address)
			checkAccess(t, s)
		})
	}
}

type signingUp struct {
	profile ltitest.Profile
	open    func(t *testing.T, s *program.School, tab context.Context, address string)
}

// invited is the address that the tool's operator sends to the LMS's admin.
func invited(t *testing.T, s *program.School) string {
	t.Helper()
	printed := s.Processes[0].Command(t, "", "platform", "invite", "--name", "Example LMS", "--on-premises", "--json")
	var invitation struct{ Address string }
	if err := json.Unmarshal([]byte(printed), &invitation); err != nil {
		t.Fatal(err)
	}
	return invitation.Address
}

// inFrame is how Moodle lets a tool register.
func inFrame(t *testing.T, s *program.School, tab context.Context, address string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/admin?tool="+url.QueryEscape(address)))
	frame := parts.Frame(t, tab, "/lti/register/")
	readsOffer(t, s, frame)
	parts.Screenshot(t, tab, "register-offer")
	pressKeys(t, tab, frame, "register")
	visible(t, frame, "#close")
	parts.Screenshot(t, tab, "register-done")
	pressKeys(t, tab, frame, "close")
	lmsHears(t, s, tab)
}

// inWindow is how others do.
func inWindow(t *testing.T, s *program.School, tab context.Context, address string) {
	t.Helper()
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/admin?window=yes&tool="+url.QueryEscape(address)))
	window := parts.NewTab(t, tab, chromedp.Click("#open", chromedp.ByQuery))
	readsOffer(t, s, window)
	pressKeys(t, window, window, "register")
	visible(t, window, "#close")
	pressKeys(t, window, window, "close")
	lmsHears(t, s, tab)
	id := chromedp.FromContext(window).Target.TargetID
	eventually(t, patience, func() error {
		targets, err := chromedp.Targets(tab)
		for _, other := range targets {
			if other.TargetID == id {
				return fmt.Errorf("the window is still open at %s", other.URL)
			}
		}
		return err
	})
}

// readsOffer: the page says what would be registered, and nothing has been yet.
func readsOffer(t *testing.T, s *program.School, page context.Context) {
	t.Helper()
	visible(t, page, "#register")
	var text string
	parts.Run(t, page, chromedp.Text("main", &text, chromedp.ByQuery))
	for _, want := range []string{strings.TrimPrefix(s.LMSURL, "http://"), s.URL + "/lti/jwks", "grade"} {
		if !strings.Contains(text, want) {
			t.Errorf("the offer does not say %q:\n%s", want, text)
		}
	}
	if s.LMS.Signup() != nil {
		t.Error("it was registered before anybody has agreed")
	}
}

// pressKeys walks to a button by the tabulator's key and presses it by Enter. Keys go
// where the browser's focus is: tab is the whole page, frame the one with the button.
func pressKeys(t *testing.T, tab, frame context.Context, id string) {
	t.Helper()
	var focus string
	for range 40 {
		parts.Run(t, tab, chromedp.KeyEvent(kb.Tab))
		parts.Run(t, frame, chromedp.Evaluate(`document.hasFocus() && document.activeElement ? document.activeElement.id : ""`, &focus))
		if focus == id {
			pressEnter(tab)
			return
		}
	}
	t.Fatalf("the key never came to #%s", id)
}

// pressEnter does not wait for an answer that may never come: the key can close the
// window that it was pressed in. What it does, the caller sees.
func pressEnter(tab context.Context) {
	ctx, cancel := context.WithTimeout(tab, 5*time.Second)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.KeyEvent(kb.Enter))
}

// lmsHears the message that the page may be closed, from our page.
func lmsHears(t *testing.T, s *program.School, tab context.Context) {
	t.Helper()
	eventually(t, patience, func() error {
		var from string
		if err := chromedp.Run(tab, chromedp.Evaluate(`document.body.dataset.closed || ""`, &from)); err != nil || from == s.URL {
			return err
		}
		return fmt.Errorf("the LMS was told to close by %q", from)
	})
}

// firstLaunch opens a class at once, as soon as the LMS's admin has switched it on.
func firstLaunch(t *testing.T, s *program.School, tab context.Context) {
	t.Helper()
	s.LMS.Activate()
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/course?person="+program.Terry+"&link="+program.CourseLink(0)))
	visible(t, parts.Frame(t, tab, "/rooms/"), "#start")
}

// usedUp: the same address tells the LMS that used it how far things are, and any
// other, in its frame too, that it is of no use. Neither is registered by it.
func usedUp(t *testing.T, s *program.School, tab context.Context, address string) {
	t.Helper()
	registered := s.LMS.Requests("register")
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/admin?tool="+url.QueryEscape(address)))
	visible(t, parts.Frame(t, tab, "/lti/register/"), "#progress")
	other := s.OtherLMS(t)
	parts.Run(t, tab, chromedp.Navigate(other.URL+"/admin?tool="+url.QueryEscape(address)))
	refused := parts.Frame(t, tab, "/lti/register/")
	visible(t, refused, ".message")
	var text string
	parts.Run(t, refused, chromedp.Text("main", &text, chromedp.ByQuery))
	if !strings.Contains(text, "invitation") || !strings.Contains(text, "used") {
		t.Errorf("another LMS's admin reads:\n%s", text)
	}
	parts.Screenshot(t, tab, "register-used")
	sentAgain(t, s)
	if s.LMS.Requests("register") != registered || other.Requests("register") != 0 {
		t.Error("one invitation has registered twice")
	}
}

// sentAgain posts what the admin has agreed to once more, as a browser does that goes
// back: it says what has become of it.
func sentAgain(t *testing.T, s *program.School) {
	t.Helper()
	for _, e := range s.Tape.Exchanges() {
		if e.Where != "tool" || e.Method != http.MethodPost || !strings.HasPrefix(e.URL, "/lti/register/") {
			continue
		}
		r, err := http.NewRequestWithContext(within(t, patience), e.Method, s.URL+e.URL, strings.NewReader(e.Request.Body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = e.Request.Header.Clone()
		answer := must((&http.Client{Transport: program.Transport()}).Do(r))
		answer.Body.Close()
		if answer.StatusCode >= http.StatusInternalServerError {
			t.Errorf("the form sent again is answered by %s", answer.Status)
		}
		return
	}
	t.Fatal("no form was sent")
}
