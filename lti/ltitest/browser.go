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
	clicked := strings.TrimSuffix(lmsURL, "/") + "/launch?" + url.Values{"person": {person}, "link": {link}}.Encode()
	initiation, err := b.Get(ctx, clicked)
	if err != nil {
		return nil, err
	}
	redirect, err := b.submit(ctx, initiation)
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
func (b *Browser) submit(ctx context.Context, page *http.Response) (*http.Response, error) {
	action, fields, err := ReadForm(page)
	if err != nil {
		return nil, err
	}
	return b.Post(ctx, action, fields)
}
