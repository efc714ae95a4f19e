//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
	"classbridge/lti/ltitest"
)

// patience is how long a browser may take on a busy machine.
const patience = 90 * time.Second

// blocking is how most people's browsers are: a frame of another site has
// partitioned cookies only.
var blocking = parts.ChromiumOptions{BlockThirdPartyCookies: true}

// doors is a school whose LMS lets each launch be asked for once, as Moodle does,
// and keeps values for the tool in that frame (none: it does not).
func doors(t *testing.T, storage string) *program.School {
	t.Helper()
	moodle := ltitest.Moodle()
	moodle.Login.StorageTarget = storage
	return program.Open(t, program.Options{Binary: plain, NoChat: true, LMS: moodle})
}

// opens has the teacher open the course's page, which frames the tool.
func opens(t *testing.T, s *program.School, tab context.Context) *parts.Console {
	t.Helper()
	console := parts.WatchConsole(tab)
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/frame?person="+program.Terry+"&link="+program.CourseLink(0)))
	return console
}

// asked counts the requests to an address.
func asked(s *program.School, where, path string) (count int) {
	for _, e := range s.Tape.Exchanges() {
		if e.Where == where && strings.HasPrefix(e.URL, path) {
			count++
		}
	}
	return count
}

// askedOnce fails if the LMS was asked for the launch more than once: it answers
// but the first time.
func askedOnce(t *testing.T, s *program.School) {
	t.Helper()
	if got := asked(s, "lms", "/auth"); got != 1 {
		t.Errorf("the LMS was asked %d times for one launch", got)
	}
}

// visible waits until the page shows it. chromedp's own waiting loses a frame of
// another site when it loads another page.
func visible(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	look := fmt.Sprintf(`document.querySelector(%q)?.checkVisibility() === true`, selector)
	eventually(t, patience, func() error {
		var text string
		var seen bool
		// While the page changes there is nothing to look at.
		if err := chromedp.Run(tab, chromedp.Evaluate(look, &seen), chromedp.Evaluate("document.body.innerText", &text)); err != nil || seen {
			return err
		}
		return fmt.Errorf("there is no %s in %q", selector, text)
	})
}

// pressed presses a button that opens no tab.
func pressed(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	visible(t, tab, selector)
	parts.Run(t, tab, chromedp.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil))
}

// inClass waits until the tab is in the class.
func inClass(t *testing.T, tab context.Context) {
	t.Helper()
	visible(t, tab, "#meeting-name")
}

// TestDoorOfCookies: partitioned cookies stay where third-party cookies are
// blocked. The second launch is the shortest way.
func TestDoorOfCookies(t *testing.T) {
	t.Parallel()
	s := doors(t, "")
	tab := parts.Chromium(t, blocking)
	opens(t, s, tab)
	visible(t, parts.Frame(t, tab, "/rooms/"), "#start")
	askedOnce(t, s)
	opens(t, s, tab)
	visible(t, parts.Frame(t, tab, "/rooms/"), "#start")
	var statuses []int
	for _, e := range s.Tape.Exchanges() {
		if e.Where == "tool" && e.Method == http.MethodPost && strings.HasPrefix(e.URL, "/lti/") {
			statuses = append(statuses, e.Status)
		}
	}
	if got := fmt.Sprint(statuses); got != "[200 303 302 303]" {
		t.Errorf("the two launches were answered by %s, want a page that looks for cookies the first time only", got)
	}
}

// TestDoorOfStorage: no cookie stays, the LMS's page keeps the proof. The page of the
// room works to the end.
func TestDoorOfStorage(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{"the page around": "_parent", "a frame of it": "lms_storage"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := doors(t, target)
			s.Front.KeepNoCookies()
			tab := parts.Chromium(t, blocking)
			console := opens(t, s, tab)
			frame := parts.Frame(t, tab, "/lti/launch")
			visible(t, frame, "#start")
			askedOnce(t, s)
			wholeClass(t, tab, frame)
			for _, p := range console.Problems() {
				t.Errorf("the browser complains: %s", p)
			}
			noSessionInAddresses(t, s)
		})
	}
}

// wholeClass starts a class from the room's page in the frame of that tab, looks at
// the other pages, ends the class and signs out.
func wholeClass(t *testing.T, tab, frame context.Context) {
	t.Helper()
	parts.Screenshot(t, tab, "door-storage")
	parts.Run(t, frame, chromedp.Evaluate("window.marked = true", nil))
	inClass(t, parts.NewTab(t, frame, chromedp.Click("#start", chromedp.ByQuery)))
	parts.Run(t, tab, page.BringToFront()) // a page that nobody sees asks for nothing
	visible(t, frame, ".state.running")
	var marked bool
	parts.Run(t, frame, chromedp.Evaluate("window.marked === true", &marked))
	if !marked {
		t.Error("the page was loaded anew: it should have followed by itself")
	}
	for _, link := range []string{"#to-people", "#to-attendance", "#to-settings"} {
		pressed(t, frame, link)
		visible(t, frame, "main:not(:has(#panel))")
		pressed(t, frame, "#to-room")
		visible(t, frame, "#panel .state.running")
	}
	pressed(t, frame, "#end")
	pressed(t, frame, "#end-yes")
	visible(t, frame, ".state.idle")
	pressed(t, frame, "#sign-out")
	visible(t, frame, ".message")
}

// noSessionInAddresses looks for the session that the pages carried where it would
// be kept: in addresses, and in what the program says.
func noSessionInAddresses(t *testing.T, s *program.School) {
	t.Helper()
	token := ""
	for _, e := range s.Tape.Exchanges() {
		if found := regexp.MustCompile(`name="session" value="([^"]+)"`).FindStringSubmatch(e.Answer.Body); found != nil {
			token = html.UnescapeString(found[1])
		}
	}
	if token == "" {
		t.Fatal("no page carried a session")
	}
	for _, e := range s.Tape.Exchanges() {
		if strings.Contains(e.URL, token) || strings.Contains(e.URL, url.QueryEscape(token)) || strings.Contains(e.Request.Header.Get("Referer"), token) {
			t.Errorf("the session is in an address: %s", e)
		}
	}
	if strings.Contains(s.Output.String(), token) {
		t.Error("the session is in the log")
	}
}

// TestDoorOfWindow: no cookie stays and the LMS keeps nothing. The class opens in a
// window of its own, and the frame says so.
func TestDoorOfWindow(t *testing.T) {
	t.Parallel()
	s := doors(t, "")
	s.Front.KeepNoCookies()
	tab := parts.Chromium(t, blocking)
	console := opens(t, s, tab)
	frame := parts.Frame(t, tab, "/lti/login")
	visible(t, frame, "#window button")
	if got := asked(s, "lms", "/auth"); got != 0 {
		t.Errorf("the LMS was asked %d times before the window opened", got)
	}
	parts.Screenshot(t, tab, "door-window")
	window := parts.NewTab(t, frame, chromedp.Click("#window button", chromedp.ByQuery))
	visible(t, window, "#start")
	visible(t, frame, "#opened")
	askedOnce(t, s)
	inClass(t, parts.NewTab(t, window, chromedp.Click("#start", chromedp.ByQuery)))
	visible(t, window, ".state.running")
	var opener bool
	parts.Run(t, window, chromedp.Evaluate("window.opener !== null", &opener))
	if opener {
		t.Error("the window holds on to the LMS's page")
	}
	for _, p := range console.Problems() {
		t.Errorf("the browser complains: %s", p)
	}
}

// TestDoorOfStorageThatIsShut: the LMS says that it keeps values and does not. The
// class opens in a window of its own, by the one request that the LMS answers.
func TestDoorOfStorageThatIsShut(t *testing.T) {
	t.Parallel()
	s := doors(t, "nowhere")
	s.Front.KeepNoCookies()
	tab := parts.Chromium(t, blocking)
	parts.Run(t, tab, chromedp.Navigate(s.LMSURL+"/course?person="+program.Terry+"&link="+program.CourseLink(0)))
	frame := parts.Frame(t, tab, "/lti/login")
	visible(t, parts.NewTab(t, frame, chromedp.Click("#window button", chromedp.ByQuery)), "#start")
	askedOnce(t, s)
}

// attack is a launch of the attacker's own, begun in a browser of theirs, which is
// to be finished in somebody else's.
type attack struct {
	idToken, state, key, value string
}

func newAttack(t *testing.T, s *program.School) attack {
	t.Helper()
	client := &http.Client{Transport: program.Transport()}
	login, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/lti/login",
		strings.NewReader(s.LMS.Login(program.Lee, program.CourseLink(0)).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.Header.Set("Sec-Fetch-Dest", "iframe")
	begun := bodyOf(t, client, login)
	auth, err := http.NewRequestWithContext(t.Context(), http.MethodGet, valueOf(t, begun, `data-next="([^"]*)"`), nil)
	if err != nil {
		t.Fatal(err)
	}
	form := bodyOf(t, client, auth)
	return attack{
		idToken: valueOf(t, form, `name="id_token" value="([^"]*)"`), state: valueOf(t, form, `name="state" value="([^"]*)"`),
		key: valueOf(t, begun, `data-key="([^"]*)"`), value: valueOf(t, begun, `data-value="([^"]*)"`),
	}
}

func bodyOf(t *testing.T, client *http.Client, r *http.Request) string {
	t.Helper()
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func valueOf(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in %.300s", pattern, text)
	}
	return html.UnescapeString(found[1])
}

// evil serves a page of the attacker's and answers its address.
func evil(t *testing.T, content func() string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:">`+content())
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	return "http://evil.localhost:" + port
}

// form is one of the attacker's page that sends itself.
func (a attack) form(s *program.School, target, more string) string {
	return fmt.Sprintf(`<form method="post" action="%s/lti/launch" target="%s">
		<input name="id_token" value="%s"><input name="state" value="%s">%s</form><script>document.forms[0].submit()</script>`,
		s.URL, target, html.EscapeString(a.idToken), html.EscapeString(a.state), more)
}

// TestHostileParent: a page that may frame us answers in the LMS's place, all the
// time and with the right value. It is not the LMS.
func TestHostileParent(t *testing.T) {
	t.Parallel()
	s := doors(t, "_parent")
	s.Front.KeepNoCookies()
	a := newAttack(t, s)
	address := evil(t, func() string {
		return `<body><iframe name="tool" width="600" height="400"></iframe>` + a.form(s, "tool", "") + fmt.Sprintf(`<script>
			addEventListener("message", (e) => { document.body.dataset.heard = JSON.stringify(e.data) })
			setInterval(() => frames[0].postMessage({subject: "lti.get_data.response", message_id: "lti.get_data " + %q, key: %q, value: %q}, "*"), 20)
		</script>`, a.key, a.key, a.value)
	})
	s.Processes[0].Command(t, "", "platform", "edit", "Example LMS", "--frame-origin", address)
	mayFrame(t, s, a, address)
	tab := parts.Chromium(t, blocking)
	parts.Run(t, tab, chromedp.Navigate(address))
	visible(t, parts.Frame(t, tab, "/lti/launch"), "#lost")
	var told string
	parts.Run(t, tab, chromedp.Evaluate(`document.body.dataset.heard || ""`, &told))
	if told != "" {
		t.Errorf("the hostile page was told %s", told)
	}
}

// mayFrame waits until the program has taken notice that the address may frame it.
func mayFrame(t *testing.T, s *program.School, a attack, address string) {
	t.Helper()
	client, posted := &http.Client{Transport: program.Transport()}, url.Values{"id_token": {a.idToken}, "state": {a.state}}
	eventually(t, patience, func() error {
		answer, err := client.PostForm(s.URL+"/lti/launch", posted)
		if err != nil {
			return err
		}
		answer.Body.Close()
		if csp := answer.Header.Get("Content-Security-Policy"); !strings.Contains(csp, address) {
			return fmt.Errorf("%s may not frame it: %s", address, csp)
		}
		return nil
	})
}

// TestHostileParentMayNotFrame: by default nobody but the LMS frames us.
func TestHostileParentMayNotFrame(t *testing.T) {
	t.Parallel()
	s := doors(t, "_parent")
	a := newAttack(t, s)
	address := evil(t, func() string { return `<body><iframe name="tool"></iframe>` + a.form(s, "tool", "") })
	tab := parts.Chromium(t, blocking)
	console := parts.WatchConsole(tab)
	parts.Run(t, tab, chromedp.Navigate(address))
	eventually(t, patience, func() error {
		if said := strings.Join(console.Problems(), "\n"); !strings.Contains(said, "frame-ancestors") {
			return fmt.Errorf("the browser does not refuse the frame: %q", said)
		}
		return nil
	})
}

// TestLoginForgery: a stranger's browser posts the attacker's launch with its proof.
// It comes from the attacker's page and is refused.
func TestLoginForgery(t *testing.T) {
	t.Parallel()
	s := doors(t, "_parent")
	a := newAttack(t, s)
	address := evil(t, func() string {
		return "<body>" + a.form(s, "_top", `<input name="stored_value" value="`+html.EscapeString(a.value)+`">`)
	})
	tab := parts.Chromium(t, blocking)
	parts.Run(t, tab, chromedp.Navigate(address))
	visible(t, tab, ".message")
	for _, e := range s.Tape.Exchanges() {
		if e.Where != "tool" || e.URL != "/lti/launch" {
			continue
		}
		if e.Status != http.StatusForbidden || e.Request.Header.Get("Origin") != address {
			t.Errorf("%s from %s: it should be refused", e, e.Request.Header.Get("Origin"))
		}
	}
	if asked(s, "tool", "/lti/launch") != 1 {
		t.Error("the launch was not posted once")
	}
}
