package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"classbridge/lti/ltitest"
)

// keysChange at the LMS, between two launches of a person, with the old one still
// published. The tool's own has changed before, between two calls.
func (c *campus) keysChange(t *testing.T) {
	if err := c.lms.Rotate(true); err != nil {
		t.Fatal(err)
	}
	c.launch(t, "teacher", c.class()).want("h1", c.title())
	c.launch(t, "late", c.class()).want("h1", c.title())
	c.lms.ForgetTokens() // so that the next call needs one, by the new key
}

// keysChangeAgain without overlap, as after a leak.
func (c *campus) keysChangeAgain(t *testing.T) {
	if err := c.lms.Rotate(false); err != nil {
		t.Fatal(err)
	}
	c.launch(t, "late", c.class()).want("h1", c.title())
}

// A thousand launches whose key nobody has cost one look at the key set.
func TestLaunchesOfUnknownKeys(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	c := newCampus(t, i, school{name: "Reference", profile: ltitest.Reference()})
	c.addByHand(t)
	c.launch(t, "teacher", "weekly")
	i.pass(2 * time.Minute)
	i.clock.stop() // however long a thousand launches take here
	before := c.lms.JWKSRequests()
	var forgers sync.WaitGroup
	for range 8 {
		forgers.Go(func() {
			for range 125 {
				if err := c.forge(t); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	forgers.Wait()
	if n := c.lms.JWKSRequests() - before; n != 1 {
		t.Errorf("%d requests for keys", n)
	}
	c.launch(t, "early", "weekly")
}

// forge is a launch, all right but for its key.
func (c *campus) forge(t *testing.T) error {
	b := ltitest.NewBrowser(newClients(nil).own)
	redirect, err := b.Post(t.Context(), c.url+"/lti/login", c.lms.Login("teacher", "weekly"))
	if err != nil {
		return err
	}
	redirect.Body.Close()
	address, err := redirect.Location()
	if err != nil {
		return err
	}
	claims, err := c.lms.Claims("teacher", "weekly", address.Query().Get("nonce"))
	if err != nil {
		return err
	}
	token := ltitest.Sign(map[string]any{"typ": "JWT", "alg": "RS256", "kid": "nobody's " + address.Query().Get("nonce")}, claims, nil) + "c2lnbmVk"
	answer, err := b.Post(t.Context(), c.url+"/lti/launch", url.Values{"state": {address.Query().Get("state")}, "id_token": {token}})
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode < http.StatusBadRequest {
		t.Errorf("a forged launch is answered with HTTP status %d", answer.StatusCode)
	}
	return nil
}

// A whole class clicks at once, and everybody twice.
func TestLaunchesAtOnce(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	c := newCampus(t, i, school{name: "Reference", profile: ltitest.Reference()})
	c.addByHand(t)
	var class sync.WaitGroup
	for _, p := range c.persons() {
		if !strings.HasPrefix(p.Sub, "learner-") {
			continue
		}
		for range 2 {
			class.Go(func() {
				v := newVisitor(t)
				v.arrive(v.browser.Launch(t.Context(), c.lmsURL, p.Sub, "weekly"))
				if v.status != http.StatusOK || v.find(views) == nil {
					t.Errorf("%s: HTTP status %d: %s", p.Sub, v.status, v.text())
				}
			})
		}
	}
	class.Wait()
	if n := c.lms.JWKSRequests(); n > 2 {
		t.Errorf("%d requests for keys", n)
	}
}
