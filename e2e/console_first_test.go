//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
	"classbridge/lti/ltitest"
)

const ownPassword = "four brave otters sing"

var firstLink = regexp.MustCompile(`https?://\S+/console/welcome/\S+`)

// console is an admin's browser in the console of a school, driven by the
// keyboard alone.
type console struct {
	*testing.T
	s   *program.School
	tab context.Context
}

// TestFirstRun: an operator who has nothing but the program opens the link that it
// prints, makes an account and connects everything, each step looked at live.
// Mattermost is the real one. Nothing is clicked.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	s := program.Open(t, program.Options{Binary: plain, Database: parts.Postgres(t), Bare: true, LMS: ltitest.Moodle()})
	c := &console{t, s, parts.Chromium(t, blocking)}
	complaints := parts.WatchConsole(c.tab)

	c.welcome()
	c.step("address")
	c.connectBBB()
	c.step("bbb")
	c.connectChat()
	c.step("chat")
	c.connectLMS()
	c.step("lms")
	c.open("/console")
	if text := c.text("main"); strings.Contains(text, "steps are done") {
		t.Errorf("a set-up that is over is still asked for:\n%s", text)
	}
	c.holdClass()
	c.everyPage()
	for _, p := range complaints.Problems() {
		if !strings.Contains(p, "422 (Unprocessable Entity)") { // a secret is wrong on purpose
			t.Errorf("the browser complains: %s", p)
		}
	}
	checkAccess(t, s)
}

// welcome makes the first account, by the link that the program has printed. The
// link is of no use afterwards.
func (c *console) welcome() {
	c.Helper()
	link := firstLink.FindString(c.s.Output.String())
	if link == "" {
		c.Fatalf("no link was printed:\n%s", c.s.Output)
	}
	parts.Run(c, c.tab, chromedp.Navigate(link))
	visible(c.T, c.tab, "#continue")
	usable(c.T, c.tab, "console-welcome")
	parts.Type(c, c.tab, "#name", "Olga Owner")
	parts.Type(c, c.tab, "#email", "olga@example.org")
	parts.Type(c, c.tab, "#password", ownPassword)
	parts.Press(c, c.tab, "#continue")
	visible(c.T, c.tab, "#content")
	other := parts.Chromium(c, blocking)
	parts.Run(c, other, chromedp.Navigate(link))
	if text := textOf(c.T, other, "body"); strings.Contains(text, "Olga") || !strings.Contains(text, "link") {
		c.Errorf("the used link says:\n%s", text)
	}
}

// open goes to a page of the console by its address.
func (c *console) open(path string) {
	c.Helper()
	parts.Run(c, c.tab, chromedp.Navigate(c.s.URL+path))
	visible(c.T, c.tab, "#content")
}

func (c *console) text(selector string) string {
	c.Helper()
	return textOf(c.T, c.tab, selector)
}

func textOf(t *testing.T, tab context.Context, selector string) string {
	t.Helper()
	var text string
	parts.Run(t, tab, chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// step has the set-up look at one step, which must work.
func (c *console) step(name string) {
	c.Helper()
	c.open("/console/setup")
	parts.Press(c, c.tab, "#check-"+name)
	parts.RunWithin(c, c.tab, patience, chromedp.WaitVisible("#found", chromedp.ByQuery))
	card := c.text("#" + name)
	if !strings.Contains(card, "Works\n") {
		c.Errorf("the step %s does not work:\n%s", name, card)
	}
	usable(c.T, c.tab, "console-setup-"+name)
}

// connectBBB types what bbb-conf --secret prints; a wrong secret is told first.
func (c *console) connectBBB() {
	c.Helper()
	c.open("/console/bbb")
	parts.Press(c, c.tab, "#add-server")
	visible(c.T, c.tab, "#secret")
	parts.Type(c, c.tab, "#url", c.s.BBBURL+"/bigbluebutton/")
	parts.Type(c, c.tab, "#secret", "wrong")
	parts.Press(c, c.tab, "#save")
	visible(c.T, c.tab, ".wrong, .grave")
	usable(c.T, c.tab, "console-bbb-wrong")
	parts.Type(c, c.tab, "#secret", c.s.Secrets.BBB)
	parts.Press(c, c.tab, "#save")
	visible(c.T, c.tab, "#said")
}

// connectChat signs in once at the real Mattermost, reads the plan and agrees.
func (c *console) connectChat() {
	c.Helper()
	c.open("/console/mattermost")
	parts.Press(c, c.tab, "#connect")
	visible(c.T, c.tab, "#sign-in")
	usable(c.T, c.tab, "console-mattermost-sign-in")
	parts.Type(c, c.tab, "#url", c.s.ChatURL)
	parts.Type(c, c.tab, "#team", c.s.Team.Name)
	parts.Type(c, c.tab, "#login", c.s.Chat.Admin.Username)
	parts.Type(c, c.tab, "#password", parts.Password)
	parts.Press(c, c.tab, "#sign-in")
	visible(c.T, c.tab, "#apply")
	if text := c.text("#changes"); !strings.Contains(text, "Make the bot") {
		c.Errorf("the plan does not say what will be made:\n%s", text)
	}
	usable(c.T, c.tab, "console-mattermost-plan")
	parts.Press(c, c.tab, "#apply")
	parts.RunWithin(c, c.tab, patience, chromedp.WaitVisible("#well", chromedp.ByQuery))
	usable(c.T, c.tab, "console-mattermost-report")
	eventually(c.T, patience, func() error {
		sessions := []any{}
		if err := c.s.Chat.Admin.Try(c.Context(), "GET", "/users/"+c.s.Chat.Admin.ID+"/sessions", nil, &sessions); err != nil {
			return err
		}
		if len(sessions) > 1 { // that of the test itself
			return fmt.Errorf("the admin has %d sessions at Mattermost: ours was not ended", len(sessions))
		}
		return nil
	})
}

// connectLMS invites the LMS, whose admin then registers it from there.
func (c *console) connectLMS() {
	c.Helper()
	c.open("/console/lti")
	parts.Press(c, c.tab, "#invite")
	visible(c.T, c.tab, "#invite-form")
	parts.Type(c, c.tab, "#name", "Our Moodle")
	parts.Tick(c, c.tab, "#on-premises")
	parts.Press(c, c.tab, "#invite")
	visible(c.T, c.tab, "#address")
	usable(c.T, c.tab, "console-lti-invited")
	address := c.text("#address")
	inFrame(c.T, c.s, parts.Chromium(c, blocking), address)
	c.s.LMS.Activate()
}

// holdClass has a teacher and a learner in a class, so that pages have something
// to show.
func (c *console) holdClass() {
	c.Helper()
	teacher, learner := launched(c.T, c.s, program.Terry, 0), launched(c.T, c.s, program.Lee, 0)
	eventually(c.T, patience, func() error { return teacher.Start(c.Context()) })
	eventually(c.T, patience, func() error { return learner.Join(c.Context()) })
	eventually(c.T, patience, func() error { return announcedOnce(c.T, c.s, program.RoomTitle(0), "has started") })
}

// mostPages bounds the walk: more of one kind show nothing new.
const mostPages = 70

var oneOfMany = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// leads goes to a page; false if the address is that of a file to keep.
func (c *console) leads(path string) bool {
	c.Helper()
	err := chromedp.Run(c.tab, chromedp.Navigate(c.s.URL+path))
	if err != nil && strings.Contains(err.Error(), "net::ERR_ABORTED") {
		return false
	}
	if err != nil {
		c.Fatal(err)
	}
	visible(c.T, c.tab, "#content")
	return true
}

// everyPage walks through all pages that links of the console lead to, each kind
// once: everybody can use them, light and dark, on a desk and on a phone.
func (c *console) everyPage() {
	c.Helper()
	known, queue := map[string]bool{}, []string{"/console", "/console/find?search=Lee", "/console/privacy/people?search=Lee"}
	for len(queue) > 0 && len(known) < mostPages {
		path := queue[0]
		queue = queue[1:]
		kind := oneOfMany.ReplaceAllString(path, "ID")
		if address, question, _ := strings.Cut(kind, "?"); !strings.Contains(question, "kind=") && !strings.Contains(question, "search=") {
			kind = address
		}
		if known[kind] {
			continue
		}
		known[kind] = true
		if !c.leads(path) {
			continue
		}
		usable(c.T, c.tab, "console"+strings.NewReplacer("/console", "", "/", "-", "?", "-", "=", "-", "&", "-").Replace(kind))
		var links []string
		parts.Run(c, c.tab, chromedp.Evaluate(`[...document.querySelectorAll("a[href]")]
			.filter(a => a.origin === location.origin && a.pathname.startsWith("/console"))
			.map(a => a.pathname + a.search)`, &links))
		queue = append(queue, links...)
	}
	if len(known) < 30 {
		c.Errorf("only %d kinds of pages were found: %v", len(known), known)
	}
}
