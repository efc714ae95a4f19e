//go:build e2e

package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"classbridge/e2e/program"
)

// checkSessKeys: the LMS's address of the way back holds its session. It is
// shown to its own person alone, whom the session cookie tells.
func checkSessKeys(t *testing.T, s *program.School, exchanges []program.Exchange) {
	t.Helper()
	owner, shown := map[string]string{}, 0
	for _, e := range exchanges {
		if e.Where == "tool" && e.URL == "/lti/launch" {
			owner[cookie(e.Answer.Header["Set-Cookie"])] = subject(t, e)
		}
	}
	for _, e := range exchanges {
		for _, person := range []string{program.Terry, program.Lee, program.Sam} {
			switch key := s.Secrets.SessKey + person; {
			case e.Where == "tool" && strings.Contains(e.Answer.String(), key):
				shown++
				if owner[cookie(e.Request.Header["Cookie"])] != person {
					t.Errorf("%s's session at the LMS is in somebody else's page: %s", person, where(e))
				}
			case (e.Where == "bbb" || e.Where == "mattermost") && strings.Contains(e.URL+e.Request.String(), key):
				t.Errorf("%s's session at the LMS is in %s", person, where(e))
			}
		}
	}
	if shown == 0 {
		t.Error("no page had the way back to the LMS: the test looks at the wrong place")
	}
}

// cookie finds the value of the session of the framed page.
func cookie(headers []string) string {
	for _, h := range headers {
		for part := range strings.SplitSeq(h, ";") {
			if value, found := strings.CutPrefix(strings.TrimSpace(part), "__Host-classbridge="); found {
				return value
			}
		}
	}
	return ""
}

// subject is whose launch it was.
func subject(t *testing.T, launch program.Exchange) string {
	t.Helper()
	form := must(url.ParseQuery(launch.Request.Body))
	_, rest, _ := strings.Cut(form.Get("id_token"), ".")
	payload, _, _ := strings.Cut(rest, ".")
	var claims struct{ Sub string }
	if err := json.Unmarshal(must(base64.RawURLEncoding.DecodeString(payload)), &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Sub
}

// checkRevoked: what Mattermost gave to the admin who connected us, and to people
// who showed who they are, is worth nothing any more.
func checkRevoked(t *testing.T, s *program.School, exchanges []program.Exchange) {
	t.Helper()
	tokens := map[string]string{}
	for _, e := range exchanges {
		switch {
		case e.Where != "mattermost" || e.Status != http.StatusOK:
		case e.URL == "/oauth/access_token":
			tokens[field(t, e, "access_token")] = "a person's OAuth token"
		case e.URL == "/api/v4/users/login":
			tokens[e.Answer.Header.Get("Token")] = "the session of the admin who connected us"
		}
	}
	for token, what := range tokens {
		answer, err := askMattermost(t, s.Chat.URL+"/api/v4/users/me", token)
		if err != nil || answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s is still good: %v (%v)", what, answer, err)
		}
	}
	if len(tokens) < 3 {
		t.Errorf("%d tokens were given out, want those of the admin and of two people", len(tokens))
	}
}

func askMattermost(t *testing.T, address, token string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		answer.Body.Close()
	}
	return answer, err
}
