package ltitest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Browser walks launches as a browser does that runs the pages' scripts. Its
// Client keeps cookies and shows redirects instead of following them.
type Browser struct {
	Client *http.Client
}

// NewBrowser makes a browser without cookies, which dials as client does.
func NewBrowser(client *http.Client) *Browser {
	own := *client
	own.Jar = &jar{hosts: make(map[string]map[string]*http.Cookie)}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{Client: &own}
}

// Launch clicks a link of the LMS as that person. It returns the tool's answer to
// the id_token, which is a redirect if all is well; the caller closes its body.
func (b *Browser) Launch(ctx context.Context, lmsURL, person, link string) (*http.Response, error) {
	return b.Follow(ctx, strings.TrimSuffix(lmsURL, "/")+"/launch?"+url.Values{"person": {person}, "link": {link}}.Encode())
}

// DeepLink begins to choose content for a course as that person. It returns the
// tool's answer, as Launch does.
func (b *Browser) DeepLink(ctx context.Context, lmsURL, person, course string) (*http.Response, error) {
	return b.Follow(ctx, strings.TrimSuffix(lmsURL, "/")+"/deep-link?"+url.Values{"person": {person}, "course": {course}}.Encode())
}

// Follow clicks what starts a message at an LMS, and goes on until the tool has
// answered the id_token.
func (b *Browser) Follow(ctx context.Context, clicked string) (*http.Response, error) {
	redirect, err := b.login(ctx, clicked)
	if err != nil {
		return nil, err
	}
	redirect.Body.Close()
	authorization, err := redirect.Location()
	if err != nil {
		return nil, fmt.Errorf("ltitest: the tool answered the login with HTTP status %d: %w", redirect.StatusCode, err)
	}
	answer, err := b.Get(ctx, authorization.String())
	if err != nil {
		return nil, err
	}
	return b.submit(ctx, answer)
}

// login is the tool's answer to the login initiation, which comes as a redirect, as
// a form or as a script. Of two logins the second is gone on with, as Sakai does.
func (b *Browser) login(ctx context.Context, clicked string) (*http.Response, error) {
	initiation, err := b.Get(ctx, clicked)
	if err != nil {
		return nil, err
	}
	if initiation.StatusCode == http.StatusFound {
		initiation.Body.Close()
		return b.Get(ctx, initiation.Header.Get("Location"))
	}
	page, err := readPage(initiation)
	if err != nil {
		return nil, err
	}
	if address, twice := page.script(); twice {
		first, err := b.Get(ctx, address)
		if err != nil {
			return nil, err
		}
		first.Body.Close()
		return b.Get(ctx, address)
	}
	return b.send(ctx, page)
}

// Get fetches an address.
func (b *Browser) Get(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return b.Client.Do(req)
}

// Post sends a form.
func (b *Browser) Post(ctx context.Context, address string, fields url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.Client.Do(req)
}

// submit sends the form of a page.
func (b *Browser) submit(ctx context.Context, answer *http.Response) (*http.Response, error) {
	page, err := readPage(answer)
	if err != nil {
		return nil, err
	}
	return b.send(ctx, page)
}

func (b *Browser) send(ctx context.Context, shown htmlPage) (*http.Response, error) {
	action, fields, err := shown.form()
	if err != nil {
		return nil, err
	}
	return b.Post(ctx, action, fields)
}
