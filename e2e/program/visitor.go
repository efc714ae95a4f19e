package program

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"classbridge/lti/ltitest"
)

// Visitor is one person with a browser of their own, without the pictures: it
// follows links and redirects and sends the forms of pages, scripts aside.
type Visitor struct {
	Room string // path of the room page, once launched

	school  *School
	browser *ltitest.Browser
}

// NewVisitor makes a browser without cookies.
func (s *School) NewVisitor() *Visitor {
	return &Visitor{school: s, browser: ltitest.NewBrowser(&http.Client{Transport: Transport()})}
}

// Place is where a browser has come to.
type Place struct {
	URL    *url.URL
	Status int
	Body   string
}

// In reports whether the place is a meeting at BigBlueButton.
func (p Place) In() bool {
	return strings.HasPrefix(p.URL.Hostname(), "bbb.") && strings.HasPrefix(p.URL.Path, "/meeting/")
}

func (p Place) String() string {
	return fmt.Sprintf("%s%s (%d): %.300s", p.URL.Host, p.URL.Path, p.Status, text(p.Body))
}

// Launch clicks the link of a course in the LMS.
func (v *Visitor) Launch(ctx context.Context, person, link string) error {
	answer, err := v.browser.Launch(ctx, v.school.LMSURL, person, link)
	if err != nil {
		return err
	}
	place, err := v.follow(ctx, answer)
	if err != nil {
		return err
	}
	if place.Status != http.StatusOK || !strings.HasPrefix(place.URL.Path, "/rooms/") {
		return fmt.Errorf("the launch led to %s", place)
	}
	v.Room = place.URL.Path
	return nil
}

// Get opens an address of the tool, or a whole one.
func (v *Visitor) Get(ctx context.Context, address string) (Place, error) {
	if strings.HasPrefix(address, "/") {
		address = v.school.URL + address
	}
	answer, err := v.browser.Get(ctx, address)
	if err != nil {
		return Place{}, err
	}
	return v.follow(ctx, answer)
}

// Submit sends the form of a page whose action ends with the word, with these
// fields set: a name, its value and so on.
func (v *Visitor) Submit(ctx context.Context, page Place, word string, set ...string) (Place, error) {
	action, fields, found := form(page, word)
	if !found {
		return Place{}, fmt.Errorf("no form %q on %s", word, page)
	}
	for i := 0; i+1 < len(set); i += 2 {
		fields.Set(set[i], set[i+1])
	}
	answer, err := v.browser.Post(ctx, action, fields)
	if err != nil {
		return Place{}, err
	}
	return v.follow(ctx, answer)
}

// Start opens the room's page and starts the class, or joins it if it runs.
func (v *Visitor) Start(ctx context.Context) error { return v.enter(ctx, "/start", "/join") }

// Join opens the room's page and joins the class that runs.
func (v *Visitor) Join(ctx context.Context) error { return v.enter(ctx, "/join") }

func (v *Visitor) enter(ctx context.Context, words ...string) error {
	page, err := v.Get(ctx, v.Room)
	if err != nil {
		return err
	}
	for _, word := range words {
		if _, _, offered := form(page, word); !offered {
			continue
		}
		place, err := v.Submit(ctx, page, word)
		if err == nil && !place.In() {
			err = fmt.Errorf("%s led to %s", word, place)
		}
		return err
	}
	return fmt.Errorf("none of %v is on %s", words, page)
}

// follow goes where redirects lead and reads the page there.
func (v *Visitor) follow(ctx context.Context, answer *http.Response) (Place, error) {
	for hops := 0; ; hops++ {
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return Place{}, err
		}
		to, err := answer.Location()
		if err != nil || hops == 10 {
			return Place{URL: answer.Request.URL, Status: answer.StatusCode, Body: string(body)}, nil
		}
		if answer, err = v.browser.Get(ctx, to.String()); err != nil {
			return Place{}, err
		}
	}
}

// form finds the form whose action ends with the word, and its fields as they
// are sent when nothing is changed in it.
func form(page Place, word string) (action string, fields url.Values, found bool) {
	root, err := html.Parse(strings.NewReader(page.Body))
	if err != nil {
		return "", nil, false
	}
	for _, f := range cascadia.QueryAll(root, cascadia.MustCompile("form")) {
		target, err := page.URL.Parse(attribute(f, "action"))
		if err == nil && strings.HasSuffix(target.Path, word) {
			return target.String(), filled(f), true
		}
	}
	return "", nil, false
}

func filled(f *html.Node) url.Values {
	fields := url.Values{}
	for _, input := range cascadia.QueryAll(f, cascadia.MustCompile("input[name]")) {
		kind := attribute(input, "type")
		if (kind == "checkbox" || kind == "radio") && !has(input, "checked") {
			continue
		}
		value := attribute(input, "value")
		if kind == "checkbox" && value == "" {
			value = "on"
		}
		fields.Add(attribute(input, "name"), value)
	}
	return fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text is what a page says.
func text(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	var words []string
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			words = append(words, strings.Fields(n.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// query is that of a path with a query.
func query(uri string) url.Values {
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil
	}
	return u.Query()
}
