package lti_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

// registers goes the way of a registration, from the address that the LMS opens.
func (c *campus) registers(t testing.TB, opened string) (*lti.PlatformConfiguration, *lti.Registered, error) {
	t.Helper()
	query := parse(t, opened).Query()
	registrar := &lti.Registrar{OnPremisesHTTP: http.DefaultClient, Logger: slog.New(slog.DiscardHandler)}
	token := query.Get("registration_token")
	config, err := registrar.Configuration(t.Context(), query.Get("openid_configuration"), token, true)
	if err != nil {
		return nil, nil, err
	}
	done, err := registrar.Register(t.Context(), config, token, c.tool.RegistrationFor(config, description()), true)
	return config, done, err
}

// atHome is an LMS that is its own issuer: the configuration of one that shares an
// issuer lies on a host of that issuer, which has no loopback address.
func atHome(config *ltitest.Config) { config.Issuer, config.Custom = config.URL, nil }

// The tool registers, and what it asked for comes with launches.
func TestProfileRegistration(t *testing.T) {
	deployed := map[string]bool{"Reference": true, "Moodle": true, "Brightspace": true, "Sakai": true}
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		if profile.Registration == nil {
			return
		}
		c := newCampus(t, profile, atHome)
		config, done, err := c.registers(t, c.lms.RegistrationURL(c.tool.URL+"/lti/register/invitation?kept=1"))
		if err != nil {
			t.Fatal(err)
		}
		if config.Issuer != c.lms.Issuer || config.Family != profile.Family || c.lms.Platform("").Audience != "" && config.Audience != c.lms.Platform("").Audience {
			t.Errorf("%+v", config)
		}
		if done.ClientID != c.lms.ClientID || (done.DeploymentID != "") != deployed[profile.Name] {
			t.Errorf("%+v", done)
		}
		if profile.Name == "Moodle" {
			if _, err := c.browser.Launch(t.Context(), c.lmsURL, "teacher", "plain"); err == nil {
				t.Error("a tool that is pending can be opened")
			}
			c.lms.Activate()
		}
		l := c.launches(t, "escaped", "plain")
		if got := l.Custom[lti.CustomTimezone]; got != "Europe/Berlin" {
			t.Errorf("timezone %q", got)
		}
		if l.NRPS == nil {
			t.Fatal("no roster")
		}
		if members, _ := c.roster(t, l); len(members) == 0 {
			t.Error("nobody in the roster")
		}
	})
}

// Which LMSs can register a tool.
func TestProfileRegistrationIsOffered(t *testing.T) {
	want := map[string]bool{"Reference": true, "Moodle": true, "Canvas": true, "Brightspace": true, "Sakai": true}
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, atHome)
		answer, err := http.Get(c.lmsURL + "/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if there := answer.StatusCode != http.StatusNotFound; there != want[profile.Name] {
			t.Errorf("status %d", answer.StatusCode)
		}
	})
}

// A token registers once, where there are any, and lasts an hour.
func TestProfileRegistrationTokens(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		if profile.Registration == nil {
			return
		}
		c := newCampus(t, profile, atHome)
		initiation := c.tool.URL + "/lti/register/invitation"
		opened := c.lms.RegistrationURL(initiation)
		if _, _, err := c.registers(t, opened); err != nil {
			t.Fatal(err)
		}
		tokens := parse(t, opened).Query().Has("registration_token")
		if _, _, err := c.registers(t, opened); (err != nil) != tokens {
			t.Errorf("again: %v", err)
		}
		late := c.lms.RegistrationURL(initiation)
		c.pass(61 * 60e9)
		if _, _, err := c.registers(t, late); (err != nil) != tokens {
			t.Errorf("an hour later: %v", err)
		}
	})
}

// Sakai grants all that is asked or nothing: a tool that was registered for less
// gets the rest all the same.
func TestProfileOneScopeTooMany(t *testing.T) {
	c := newCampus(t, ltitest.Sakai(), atHome)
	d := description()
	d.Scopes = []string{lti.ScopeScore}
	query := parse(t, c.lms.RegistrationURL(c.tool.URL+"/lti/register/x")).Query()
	registrar := &lti.Registrar{OnPremisesHTTP: http.DefaultClient, Logger: slog.New(slog.DiscardHandler)}
	config, err := registrar.Configuration(t.Context(), query.Get("openid_configuration"), query.Get("registration_token"), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registrar.Register(t.Context(), config, query.Get("registration_token"), c.tool.RegistrationFor(config, d), true); err != nil {
		t.Fatal(err)
	}
	l := c.launches(t, "teacher", "graded")
	if err := c.services.SendScore(t.Context(), l.Access(), l.AGS.LineItem, lti.Score{
		Subject: c.lms.Subject("learner-00001"), Given: 1, Maximum: 1, Timestamp: c.Now(),
	}); err != nil {
		t.Errorf("after %d requests for a token: %v", c.lms.Requests("token"), err)
	}
}

// The LMS's key changes, with the old one still published or not: no launch is
// lost, and no launch of before is either while it is.
func TestProfileRotation(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		c.launches(t, "teacher", "plain")
		for _, overlap := range []bool{true, false} {
			c.pass(2 * 60e9)
			if err := c.lms.Rotate(overlap); err != nil {
				t.Fatal(err)
			}
			c.launches(t, "learner-00001", "plain")
		}
		if n := c.lms.JWKSRequests(); n > 3 {
			t.Errorf("%d requests for keys", n)
		}
	})
}

// Brightspace changes its key by itself about every hour.
func TestProfileHourlyRotation(t *testing.T) {
	c := newCampus(t, ltitest.Brightspace(), nil)
	seen := make(map[string]bool)
	for range 4 {
		c.launches(t, "teacher", "plain")
		seen[c.lms.Key().KID] = true
		c.pass(61 * 60e9)
	}
	if len(seen) != 4 || c.lms.JWKSRequests() > 4 {
		t.Errorf("%d keys, %d requests for them", len(seen), c.lms.JWKSRequests())
	}
}

// A thousand launches with keys that nobody has cost one look.
func TestProfileUnknownKeys(t *testing.T) {
	onEach(t, func(t *testing.T, profile ltitest.Profile) {
		c := newCampus(t, profile, nil)
		c.launches(t, "teacher", "plain")
		c.pass(2 * 60e9)
		before := c.lms.JWKSRequests()
		for range 1000 {
			if reason(t, c.forged(t)) != lti.KIDUnknown {
				t.Fatalf("refused for another reason: %v", c.forged(t))
			}
		}
		if n := c.lms.JWKSRequests() - before; n != 1 {
			t.Errorf("%d requests for keys", n)
		}
	})
}

// forged is a launch whose key the LMS does not have.
func (c *campus) forged(t testing.TB) error {
	t.Helper()
	login, err := c.tool.Login(t.Context(), c.lms.Login("teacher", "plain"), nil)
	if err != nil {
		t.Fatal(err)
	}
	query := parse(t, login.URL).Query()
	claims, err := c.lms.Claims("teacher", "plain", query.Get("nonce"))
	if err != nil {
		t.Fatal(err)
	}
	token := ltitest.Sign(map[string]any{"typ": "JWT", "alg": "RS256", "kid": "nobody's " + query.Get("nonce")}, claims, nil) + "c2lnbmVk"
	_, err = c.tool.Verify(t.Context(), url.Values{"state": {query.Get("state")}, "id_token": {token}}, login.Cookies)
	return err
}
