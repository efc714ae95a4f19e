//go:build linux

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// launch is one person's way from a click in the LMS to the tool's page.
type launch struct {
	person  person
	cookies map[string]string // what the browser holds for the tool
	state   string
	nonce   string
	token   string
	path    string        // of the page
	page    string        // kept until the next stage has read it
	took    time.Duration // in requests to the tool
}

// login is the click: the tool sends the browser to the platform.
func (t *tool) login(c *conn, p *platform, l *launch) error {
	form := url.Values{
		"iss":               {p.issuer},
		"client_id":         {t.clientID},
		"login_hint":        {l.person.id},
		"lti_message_hint":  {`{"cmid":18,"launchid":"launch17"}`},
		"target_link_uri":   {t.url + t.launchPath},
		"lti_deployment_id": {deploymentID},
	}
	started := time.Now()
	a, err := c.post(t.loginPath, "cross-site", form, nil)
	l.took += time.Since(started)
	if err != nil {
		return err
	}
	if a.status != http.StatusFound {
		return fmt.Errorf("login answered %d: %.300s", a.status, a.body)
	}
	to, err := url.Parse(a.location)
	if err != nil || !strings.HasPrefix(a.location, p.issuer+"/auth?") {
		return fmt.Errorf("login sends to %q", a.location)
	}
	l.state, l.nonce = to.Query().Get("state"), to.Query().Get("nonce")
	l.cookies = map[string]string{}
	l.keep(a.cookies)
	return nil
}

// enter brings the signed id_token and ends with the page.
func (t *tool) enter(c *conn, l *launch) error {
	started := time.Now()
	a, err := c.post(t.launchPath, "cross-site", url.Values{"id_token": {l.token}, "state": {l.state}}, l.cookies)
	if err == nil && (a.status == http.StatusSeeOther || a.status == http.StatusFound) {
		l.keep(a.cookies)
		l.path = strings.TrimPrefix(a.location, t.url)
		a, err = c.get(l.path, l.cookies)
	}
	l.took += time.Since(started)
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return fmt.Errorf("launch answered %d: %.300s", a.status, a.body)
	}
	l.page = a.body
	return t.check(l)
}

// check refuses a page that is not that person's.
func (t *tool) check(l *launch) error {
	for _, want := range t.proof(l.person) {
		if !strings.Contains(l.page, want) {
			return fmt.Errorf("the page does not say %q: %.300s", want, l.page)
		}
	}
	return nil
}

// keep does with cookies what a browser does.
func (l *launch) keep(cookies []*http.Cookie) {
	for _, c := range cookies {
		if c.MaxAge < 0 || (!c.Expires.IsZero() && c.Expires.Before(time.Now())) {
			delete(l.cookies, c.Name)
			continue
		}
		l.cookies[c.Name] = c.Value
	}
}
