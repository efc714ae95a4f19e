//go:build e2e

package e2e_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// secret is a text that must turn up nowhere but where it is used.
type secret struct {
	name, text string
	used       func(e program.Exchange) program.Exchange // the exchange without the places where it belongs
}

// checkSecrets looks for everything secret in all that the program said, logged
// and stored while the story was told.
func checkSecrets(t *testing.T, s *program.School) {
	t.Helper()
	exchanges := s.Tape.Exchanges()
	secrets := secretsOf(t, s, exchanges)
	for _, e := range exchanges {
		for _, sec := range secrets {
			checkExchange(t, sec, e)
		}
		checkJoinURL(t, s, e)
	}
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
	for where, text := range stored {
		if strings.Contains(text, "checksum=") || strings.Contains(text, "PRIVATE KEY") {
			t.Errorf("a join URL or a private key is in the database: %s", where)
		}
	}
	if log := s.Output.String(); strings.Contains(log, "checksum=") || strings.Contains(log, "sesskey") {
		t.Error("a join URL, or a session of the LMS, is in the log")
	}
	checkSessKeys(t, s, exchanges)
	checkRevoked(t, s, exchanges)
	checkAccess(t, s)
	checkEmails(t, s, "terry@example.org", "lee@example.org", "sam@example.org")
}

// forms are the ways in which a text may hide.
func forms(text string) []string {
	return []string{text, base64.StdEncoding.EncodeToString([]byte(text)), hex.EncodeToString([]byte(text)), url.QueryEscape(text)}
}

// nowhere is for what belongs into no exchange at all.
func nowhere(e program.Exchange) program.Exchange { return e }

// secretsOf are the secrets that the school chose, and those that were made on
// the way, which the tape has.
func secretsOf(t *testing.T, s *program.School, exchanges []program.Exchange) []secret {
	t.Helper()
	list := []secret{
		{"the master key", s.Secrets.MasterKey, nowhere},
		{"BigBlueButton's secret", s.Secrets.BBB, nowhere},
		{"BigBlueButton's old secret", s.Secrets.OldBBB, nowhere},
		{"the metrics' token", s.Secrets.Metrics, inAuthorization},
		{"the Mattermost admin's password", parts.Password, inRequest("/api/v4/users/login")},
	}
	made := map[string]int{}
	for _, e := range exchanges {
		var found []secret
		switch path, _, _ := strings.Cut(e.URL, "?"); {
		case e.Where == "mattermost" && strings.HasSuffix(path, "/tokens") && e.Method == "POST":
			found = append(found, secret{"the bot's token", field(t, e, "token"), inAuthorization})
		case e.Where == "mattermost" && path == "/api/v4/oauth/apps" && e.Method == "POST":
			found = append(found, secret{"the OAuth secret", field(t, e, "client_secret"), inRequest("/oauth/access_token")})
		case e.Where == "mattermost" && path == "/oauth/access_token":
			found = append(found, secret{"a person's OAuth token", field(t, e, "access_token"), inAuthorization})
		case e.Where == "bbb" && path == "/bigbluebutton/api/create":
			q := must(url.ParseRequestURI(e.URL)).Query()
			found = append(found, secret{"the moderators' password", q.Get("moderatorPW"), atBBB},
				secret{"the attendees' password", q.Get("attendeePW"), atBBB})
		}
		for _, f := range found {
			made[f.name]++
			list = append(list, f)
		}
	}
	for _, name := range []string{"the bot's token", "the OAuth secret", "a person's OAuth token", "the moderators' password"} {
		if made[name] == 0 {
			t.Errorf("%s was never seen: the test looks at the wrong place", name)
		}
	}
	for person, account := range s.Users {
		list = append(list, secret{person + "'s session at Mattermost", account.Token, inCookie})
	}
	return list
}

// checkExchange looks at everything that the program said in an exchange: its
// answers, and its requests to others.
func checkExchange(t *testing.T, sec secret, e program.Exchange) {
	t.Helper()
	rest := sec.used(e)
	said := rest.Request
	if e.Where == "tool" {
		said = rest.Answer
	}
	for _, form := range forms(sec.text) {
		if strings.Contains(said.String(), form) || e.Where != "tool" && strings.Contains(rest.URL, form) {
			t.Errorf("%s is in %s", sec.name, where(e))
		}
	}
}

// where names the exchange without its query, which may be secret itself.
func where(e program.Exchange) string {
	path, _, _ := strings.Cut(e.URL, "?")
	return fmt.Sprintf("%s %s at %s (%d)", e.Method, path, e.Where, e.Status)
}

func inAuthorization(e program.Exchange) program.Exchange {
	e.Request.Header = e.Request.Header.Clone()
	e.Request.Header.Del("Authorization")
	return e
}

func inCookie(e program.Exchange) program.Exchange {
	if e.Where == "mattermost" { // the browser's, which goes there itself
		e.Request.Header = e.Request.Header.Clone()
		e.Request.Header.Del("Cookie")
	}
	return e
}

func inRequest(path string) func(program.Exchange) program.Exchange {
	return func(e program.Exchange) program.Exchange {
		if e.Where == "mattermost" && e.URL == path {
			e.Request.Body = ""
			e = inAuthorization(e) // OAuth allows the client's secret there too
		}
		return e
	}
}

// atBBB: a meeting's passwords go to BigBlueButton, and there through the
// browser of whoever enters.
func atBBB(e program.Exchange) program.Exchange {
	if e.Where == "bbb" {
		return program.Exchange{Where: e.Where}
	}
	if e.Where == "tool" {
		e.Answer.Header = e.Answer.Header.Clone()
		e.Answer.Header.Del("Location")
	}
	return e
}

// checkJoinURL: a join URL is a redirect to BigBlueButton and nothing else.
func checkJoinURL(t *testing.T, s *program.School, e program.Exchange) {
	t.Helper()
	switch e.Where {
	case "tool":
		location := e.Answer.Header.Get("Location")
		if strings.Contains(e.Answer.Body, "checksum=") ||
			strings.Contains(location, "checksum=") && !strings.HasPrefix(location, s.BBBURL+"/bigbluebutton/api/join?") {
			t.Errorf("a join URL is in %s", where(e))
		}
	case "mattermost":
		if strings.Contains(e.Request.Body, "checksum=") {
			t.Errorf("a join URL is in %s", where(e))
		}
	}
}

func field(t *testing.T, e program.Exchange, name string) string {
	t.Helper()
	var answer map[string]any
	if err := json.Unmarshal([]byte(e.Answer.Body), &answer); err != nil {
		t.Fatalf("%s: %v", where(e), err)
	}
	text, _ := answer[name].(string)
	if text == "" {
		t.Fatalf("%s: no %s", where(e), name)
	}
	return text
}

// must is for calls that only a broken test set-up makes fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
