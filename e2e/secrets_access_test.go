//go:build e2e

package e2e_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"classbridge/e2e/program"
)

// checkAccess looks for what opens the LMS's services to us: access tokens, and the
// assertions that we get them by. They go to the LMS in the one place and are kept
// nowhere.
func checkAccess(t *testing.T, s *program.School) {
	t.Helper()
	var secrets []secret
	for _, e := range s.Tape.Exchanges() {
		if e.Where != "lms" || e.Method != http.MethodPost || e.URL != "/token" || e.Status != http.StatusOK {
			continue
		}
		assertion := must(url.ParseQuery(e.Request.Body)).Get("client_assertion")
		secrets = append(secrets, secret{"an access token", field(t, e, "access_token"), inBearer},
			secret{"a client assertion", assertion, inTokenRequest})
	}
	if len(secrets) == 0 {
		t.Error("the LMS gave no access token: the test looks at the wrong place")
	}
	checkNowhere(t, s, secrets)
}

// checkChosen looks for the address to which deep linking returns: its session at the
// LMS is in the page of the person who chooses, which posts there, and sealed where
// we keep it.
func checkChosen(t *testing.T, s *program.School) {
	t.Helper()
	var secrets []secret
	for _, e := range s.Tape.Exchanges() {
		if e.Where != "lms" || !strings.HasPrefix(e.URL, "/deep-link/return?") {
			continue
		}
		address := must(url.ParseRequestURI(e.URL))
		secrets = append(secrets, secret{"the session of the LMS's editor", address.Query().Get("sesskey"), inReturn})
	}
	if len(secrets) == 0 {
		t.Error("nothing was chosen: the test looks at the wrong place")
	}
	checkNowhere(t, s, secrets)
}

// checkInvitation looks for what lets an LMS register: the code in the invitation's
// address, which is printed once, and the LMS's own tokens.
func checkInvitation(t *testing.T, s *program.School, address string) {
	t.Helper()
	code := address[strings.LastIndex(address, "/")+1:]
	secrets := []secret{{"the invitation's code", code, inRegistration}}
	for _, e := range s.Tape.Exchanges() {
		if token := queryOf(e.URL).Get("registration_token"); e.Where == "tool" && token != "" {
			secrets = append(secrets, secret{"a registration token", token, inRegistration})
		}
	}
	if len(secrets) == 1 {
		t.Error("the LMS gave no registration token: the test looks at the wrong place")
	}
	printed := strings.Count(s.Output.String(), code)
	if printed != 1 {
		t.Errorf("the invitation's code was printed %d times, want once", printed)
	}
	checkExchanges(t, s, secrets)
	checkKept(t, s, secrets[1:])
	for where, text := range databaseOf(t, s) {
		if strings.Contains(text, code) {
			t.Errorf("the invitation's code is in the database: %s", where)
		}
	}
}

// checkEmails looks for people's addresses of e-mail, which the roster has told: they
// are asked for in the chat, and are in no post, no page, no address and no line of
// the log. What a person's own launch says is theirs.
func checkEmails(t *testing.T, s *program.School, emails ...string) {
	t.Helper()
	told := 0
	for _, e := range s.Tape.Exchanges() {
		for _, email := range emails {
			told += strings.Count(e.Answer.Body, email)
			checkExchange(t, secret{email, email, inLookUp}, e)
			if e.Where == "tool" && strings.Contains(e.URL, email) {
				t.Errorf("%s is in the address of %s", email, where(e))
			}
		}
	}
	if told == 0 {
		t.Error("nobody has told an address of e-mail: the test looks at the wrong place")
	}
	for _, email := range emails {
		for line := range strings.Lines(s.Output.String()) {
			if strings.Contains(line, email) {
				t.Errorf("%s is in the log: %s", email, line)
			}
		}
	}
}

func checkNowhere(t *testing.T, s *program.School, secrets []secret) {
	t.Helper()
	checkExchanges(t, s, secrets)
	checkKept(t, s, secrets)
}

// checkExchanges looks at all that was said, and at all addresses that browsers asked
// us for. That our own pages name each other is between them and us.
func checkExchanges(t *testing.T, s *program.School, secrets []secret) {
	t.Helper()
	for _, e := range s.Tape.Exchanges() {
		for _, sec := range secrets {
			checkExchange(t, sec, e)
			if rest := sec.used(e); e.Where == "tool" && strings.Contains(rest.URL, sec.text) {
				t.Errorf("%s is in the address of %s", sec.name, where(e))
			}
		}
	}
}

// checkKept looks at the log and the database.
func checkKept(t *testing.T, s *program.School, secrets []secret) {
	t.Helper()
	stored := databaseOf(t, s)
	for _, sec := range secrets {
		for _, form := range forms(sec.text) {
			if strings.Contains(s.Output.String(), form) {
				t.Errorf("%s is in the log", sec.name)
			}
			for where, text := range stored {
				if strings.Contains(text, form) {
					t.Errorf("%s is in the database: %s", sec.name, where)
				}
			}
		}
	}
}

// inBearer: an access token goes to the LMS that gave it.
func inBearer(e program.Exchange) program.Exchange {
	if e.Where == "lms" {
		e = inAuthorization(e)
	}
	return e
}

func inTokenRequest(e program.Exchange) program.Exchange {
	if e.Where == "lms" && e.URL == "/token" {
		e.Request.Body = ""
	}
	return e
}

// inReturn: the page of the one who chooses, the browser that comes from it, and what
// the LMS's pages say to the LMS.
func inReturn(e program.Exchange) program.Exchange {
	if e.Where == "lms" {
		e.URL, _, _ = strings.Cut(e.URL, "?")
		e.Request.Header = e.Request.Header.Clone()
		if strings.Contains(e.Request.Header.Get("Referer"), "/deep-link/return?") {
			e.Request.Header.Del("Referer")
		}
	}
	if e.Where == "tool" && e.URL == "/lti/deep-linking" {
		e.Answer.Body = regexp.MustCompile(`<form[^>]* action="[^"]*/deep-link/return\?[^"]*"`).ReplaceAllString(e.Answer.Body, "")
	}
	return e
}

// inRegistration: what the LMS's admin opened, the form there, and what the LMS is
// asked with.
func inRegistration(e program.Exchange) program.Exchange {
	path, _, _ := strings.Cut(e.URL, "?")
	switch {
	case e.Where == "tool" && strings.HasPrefix(path, "/lti/register/"):
		e.URL, e.Answer.Body = "/lti/register", ""
		e.Answer.Header = e.Answer.Header.Clone()
		if location := must(url.Parse(e.Answer.Header.Get("Location"))); strings.HasPrefix(location.Path, "/lti/register/") && location.Host == "" {
			location.Path = ""
			e.Answer.Header.Set("Location", location.String())
		}
	case slices.Contains([]string{"lms", "other"}, e.Where) && path == "/admin": // the admin's own
		e.URL = "/admin"
	case slices.Contains([]string{"lms", "other"}, e.Where):
		e = inAuthorization(e)
	}
	return e
}

// inLookUp: who has that address is asked of the chat, for whom it is no secret. The
// LMS's own launches and Mattermost's own pages are no business of ours.
func inLookUp(e program.Exchange) program.Exchange {
	if e.Where == "mattermost" && strings.HasPrefix(e.URL, "/api/v4/users/email/") {
		e.URL = "/api/v4/users/email"
	}
	return e
}

func queryOf(uri string) url.Values {
	u, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil
	}
	return u.Query()
}
