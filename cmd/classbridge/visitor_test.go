package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"classbridge/lti/ltitest"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// visitor is somebody at a browser: it follows redirects, keeps cookies, and
// sends the forms of the page that it is on.
type visitor struct {
	t       *testing.T
	browser *ltitest.Browser
	at      *url.URL
	status  int
	page    *html.Node
}

func newVisitor(t *testing.T) *visitor {
	return &visitor{t: t, browser: ltitest.NewBrowser(newClients(nil).own)}
}

// launch clicks a link of the LMS.
func (v *visitor) launch(lms, person, link string) {
	v.t.Helper()
	answer, err := v.browser.Launch(v.t.Context(), lms, person, link)
	v.arrive(answer, err)
	if v.status != http.StatusOK {
		v.t.Fatalf("launch as %s: HTTP status %d at %s:\n%s", person, v.status, v.at, v.text())
	}
}

func (v *visitor) open(address string) {
	v.t.Helper()
	v.arrive(v.browser.Get(v.t.Context(), v.resolve(address)))
}

func (v *visitor) reload() { v.t.Helper(); v.open(v.at.String()) }

// submit sends the form that the selector finds, with the values of its hidden
// fields, of checked boxes, and those that are given.
func (v *visitor) submit(selector string, more ...string) {
	v.t.Helper()
	form := v.find(selector)
	if form == nil {
		v.t.Fatalf("no form %s at %s (HTTP status %d):\n%s", selector, v.at, v.status, v.text())
	}
	fields := url.Values{}
	for _, input := range cascadia.QueryAll(form, cascadia.MustCompile(`input[type=hidden], input[checked]`)) {
		fields.Set(attribute(input, "name"), attribute(input, "value"))
	}
	for i := 0; i+1 < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	v.arrive(v.browser.Post(v.t.Context(), v.resolve(attribute(form, "action")), fields))
}

// arrive follows redirects to a page.
func (v *visitor) arrive(answer *http.Response, err error) {
	v.t.Helper()
	for range 12 {
		if err != nil {
			v.t.Fatal(err)
		}
		v.at, v.status = answer.Request.URL, answer.StatusCode
		if answer.StatusCode/100 != 3 {
			v.read(answer)
			return
		}
		answer.Body.Close()
		next, locationErr := answer.Location()
		if locationErr != nil {
			v.t.Fatal(locationErr)
		}
		answer, err = v.browser.Get(v.t.Context(), next.String())
	}
	v.t.Fatalf("redirected for ever, at last to %s", v.at)
}

func (v *visitor) read(answer *http.Response) {
	v.t.Helper()
	defer answer.Body.Close()
	page, err := html.Parse(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		v.t.Fatal(err)
	}
	v.page = page
}

// until reloads the page until it shows what the selector finds.
func (v *visitor) until(selector string) *html.Node {
	v.t.Helper()
	return v.untilShows(selector, "")
}

// untilShows is until for an element that holds that text.
func (v *visitor) untilShows(selector, text string) *html.Node {
	v.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		for _, n := range cascadia.QueryAll(v.page, cascadia.MustCompile(selector)) {
			if strings.Contains(textOf(n), text) {
				return n
			}
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("%s never showed %q in %s:\n%s", v.at, text, selector, v.text())
		}
		time.Sleep(100 * time.Millisecond)
		v.reload()
	}
}

func (v *visitor) find(selector string) *html.Node {
	return cascadia.Query(v.page, cascadia.MustCompile(selector))
}

func (v *visitor) want(selector, text string) {
	v.t.Helper()
	if n := v.find(selector); n == nil || !strings.Contains(textOf(n), text) {
		v.t.Fatalf("%s (HTTP status %d) does not show %q in %s:\n%s", v.at, v.status, text, selector, v.text())
	}
}

// row is what a table says of a person.
func (v *visitor) row(table, name string) string {
	v.t.Helper()
	for _, tr := range cascadia.QueryAll(v.page, cascadia.MustCompile(table+" tr")) {
		if th := cascadia.Query(tr, cascadia.MustCompile("th[scope=row]")); th != nil && strings.HasPrefix(textOf(th), name) {
			return textOf(tr)
		}
	}
	v.t.Errorf("%s: nobody is called %s in %s", v.at, name, table)
	return ""
}

func (v *visitor) text() string { return textOf(v.page) }

func (v *visitor) resolve(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	if v.at == nil {
		return u.String()
	}
	return v.at.ResolveReference(u).String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// links lists the addresses of the links below n whose text is that.
func links(n *html.Node, text string) []string {
	var found []string
	for _, a := range cascadia.QueryAll(n, cascadia.MustCompile("a[href]")) {
		if textOf(a) == text {
			found = append(found, attribute(a, "href"))
		}
	}
	return found
}

func (v *visitor) String() string { return fmt.Sprintf("visitor at %s", v.at) }
