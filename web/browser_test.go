package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"classbridge/lti/ltitest"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// browser is one person's frame, or one tab with cookies of its own.
type browser struct {
	*world
	*ltitest.Browser
}

func (w *world) browser() *browser { return &browser{w, ltitest.NewBrowser(http.DefaultClient)} }

// answer is what came back.
type answer struct {
	*world
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (b *browser) read(resp *http.Response, err error) *answer {
	b.Helper()
	b.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.must(err)
	doc, err := html.Parse(strings.NewReader(string(body)))
	b.must(err)
	return &answer{b.world, resp.StatusCode, resp.Header, string(body), doc}
}

// launch launches from the LMS and answers the redirect.
func (b *browser) launch(person, link string) *answer {
	b.Helper()
	return b.read(b.Launch(b.Context(), b.lmsURL, person, link))
}

// enter launches and answers the page of the room, and its path.
func (b *browser) enter(person, link string) (*answer, string) {
	b.Helper()
	a := b.launch(person, link)
	a.want(http.StatusSeeOther)
	path := a.header.Get("Location")
	page := b.get(path)
	page.want(http.StatusOK)
	return page, path
}

func (b *browser) get(path string) *answer {
	b.Helper()
	return b.read(b.Get(b.Context(), b.url+path))
}

func (b *browser) post(path string, fields url.Values) *answer {
	b.Helper()
	return b.read(b.Post(b.Context(), b.url+path, fields))
}

// send makes a request with headers of its own.
func (b *browser) send(method, path, body string, header map[string]string) *answer {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.url+path, strings.NewReader(body))
	b.must(err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return b.read(b.Client.Do(req))
}

// submit sends the form of the page that the selector finds.
func (b *browser) submit(page *answer, selector string) *answer {
	b.Helper()
	path, fields := page.form(selector)
	return b.post(path, fields)
}

func (a *answer) want(status int) *answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.text("body"))
	}
	return a
}

func (a *answer) all(selector string) []*html.Node {
	a.Helper()
	return cascadia.QueryAll(a.doc, cascadia.MustCompile(selector))
}

func (a *answer) has(selector string) bool { return len(a.all(selector)) > 0 }

func (a *answer) text(selector string) string {
	a.Helper()
	var b strings.Builder
	for _, n := range a.all(selector) {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (a *answer) attr(selector, name string) string {
	a.Helper()
	for _, n := range a.all(selector) {
		for _, at := range n.Attr {
			if at.Key == name {
				return at.Val
			}
		}
	}
	return ""
}

// form answers where the form leads and what it sends without being touched.
func (a *answer) form(selector string) (string, url.Values) {
	a.Helper()
	path := a.attr(selector, "action")
	if path == "" {
		a.Fatalf("the page has no form %s: %s", selector, a.text("body"))
	}
	fields := url.Values{}
	for _, n := range a.all(selector + " input") {
		input := map[string]string{}
		for _, at := range n.Attr {
			input[at.Key] = at.Val
		}
		if _, checked := input["checked"]; input["type"] == "hidden" || checked {
			fields.Add(input["name"], input["value"])
		}
	}
	return path, fields
}

// says fails unless the page shows the English text of that id.
func (a *answer) says(id string) *answer {
	a.Helper()
	want := a.server.Texts.For("en").Text(id)
	if !strings.Contains(a.text("body"), want) {
		a.Errorf("the page does not say %q (%s): %s", want, id, a.text("body"))
	}
	return a
}

// leads fails unless the answer is a redirect to an address that begins so.
func (a *answer) leads(prefix string) *answer {
	a.Helper()
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || !strings.HasPrefix(to, prefix) {
		a.Fatalf("status %d to %q, want 303 to %s…: %s", a.status, to, prefix, a.text("body"))
	}
	return a
}
