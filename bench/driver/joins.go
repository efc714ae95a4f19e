//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Clicks on Join of a running meeting, of one measurement.
const (
	joinBrowsers = 8
	joinClicks   = 2000
)

// startMeetings has each course's teacher start a meeting and enter it.
func (b *bench) startMeetings(ctx context.Context, t *tool) error {
	teachers := make([]launch, courses)
	for i := range teachers {
		teachers[i].person = teacher(i)
	}
	if err := b.enterAll(ctx, &meter{bench: b, tool: t}, t, 1, teachers, func(*launch) {}); err != nil {
		return err
	}
	_, err := stage(ctx, t.host, 1, courses, func(c *conn, i int) error {
		address, err := b.leave(c, &teachers[i], "/start")
		if err != nil {
			return err
		}
		return enterMeeting(ctx, address)
	})
	return err
}

// enterMeeting opens the meeting's page: only then somebody is inside.
func enterMeeting(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: requestTimeout}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the meeting answered %s", response.Status)
	}
	return nil
}

// joins measures the click alone: who clicks has launched before, off the clock.
func (b *bench) joins(ctx context.Context, t *tool) (sample, error) {
	all := make([]launch, joinClicks)
	for i := range all {
		all[i].person = learner(i)
	}
	if err := b.enterAll(ctx, &meter{bench: b, tool: t}, t, joinBrowsers, all, func(*launch) {}); err != nil {
		return sample{}, err
	}
	forms := make([]form, joinClicks)
	for i := range all {
		var err error
		if forms[i], err = findForm(all[i].page, all[i].path, "/join"); err != nil {
			return sample{}, err
		}
	}
	took := make([]time.Duration, joinClicks)
	m := meter{bench: b, tool: t}
	err := m.run(func() (time.Duration, error) {
		return stage(ctx, t.host, joinBrowsers, joinClicks, func(c *conn, i int) error {
			started := time.Now()
			_, err := b.click(c, forms[i])
			took[i] = time.Since(started)
			return err
		})
	})
	if err != nil {
		return sample{}, err
	}
	return m.sample(took), nil
}

// leave finds the form on the person's page and sends it.
func (b *bench) leave(c *conn, l *launch, action string) (address string, err error) {
	f, err := findForm(l.page, l.path, action)
	if err != nil {
		return "", err
	}
	return b.click(c, f)
}

// click sends a form to a new tab, which has none of the frame's cookies, and
// returns where BigBlueButton is entered.
func (b *bench) click(c *conn, f form) (address string, err error) {
	a, err := c.post(f.action, "same-origin", f.fields, nil)
	if err != nil {
		return "", err
	}
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, b.bbb+"/bigbluebutton/api/join?") {
		return "", fmt.Errorf("%s answered %d to %.60q: %.300s", f.action, a.status, a.location, a.body)
	}
	return a.location, nil
}

// form is what a page sends when its button is clicked.
type form struct {
	action string // path
	fields url.Values
}

// findForm finds the form of the page at that path whose action ends so.
func findForm(page, path, action string) (form, error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return form{}, err
	}
	selector, err := cascadia.Parse(`form[action$="` + action + `"]`)
	if err != nil {
		return form{}, err
	}
	node := cascadia.Query(root, selector)
	if node == nil {
		return form{}, fmt.Errorf("no form for %s on the page %s: %.300s", action, path, page)
	}
	to, err := resolve(path, attribute(node, "action"))
	if err != nil {
		return form{}, err
	}
	f := form{action: to, fields: url.Values{}}
	for _, input := range cascadia.QueryAll(node, cascadia.MustCompile("input[type=hidden]")) {
		f.fields.Add(attribute(input, "name"), attribute(input, "value"))
	}
	return f, nil
}

// resolve is the path that an address on a page means.
func resolve(page, address string) (string, error) {
	base, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	to, err := base.Parse(address)
	if err != nil {
		return "", err
	}
	return to.RequestURI(), nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
