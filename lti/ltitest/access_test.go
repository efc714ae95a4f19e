package ltitest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/lti"
	"classbridge/lti/ltitest"
)

const (
	score  = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
	roster = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)

// keyed is a school whose tool has one key.
func keyed(t *testing.T, profile ltitest.Profile) (*school, lti.ToolKey) {
	t.Helper()
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	return newSchool(t, func(c *ltitest.Config) {
		c.Profile, c.Key = profile, key
		c.ToolKeys = func() ([]byte, error) { return lti.JWKS([]lti.PublicKey{key.Public()}), nil }
	}), key
}

// ask posts an assertion of the tool's to the token endpoint.
func (s *school) ask(t *testing.T, key lti.ToolKey, scope string, change func(header, claims map[string]any)) (status int, answer map[string]any) {
	t.Helper()
	now := time.Now().Unix()
	header := map[string]any{"alg": "RS256", "typ": "JWT", "kid": key.KID}
	claims := map[string]any{
		"iss": s.lms.ClientID, "sub": s.lms.ClientID, "aud": s.lmsURL + "/token", "iat": now, "exp": now + 60, "jti": time.Now().String(),
	}
	if change != nil {
		change(header, claims)
	}
	got, err := http.PostForm(s.lmsURL+"/token", url.Values{
		"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion": {ltitest.Sign(header, claims, key.Private)}, "scope": {scope},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, answer
}

func set(name string, value any) func(header, claims map[string]any) {
	return func(_, claims map[string]any) { claims[name] = value }
}

// The Reference is as careful with assertions as the specification; Moodle is not.
func TestAssertions(t *testing.T) {
	tests := []struct {
		name     string
		change   func(header, claims map[string]any)
		careless bool // Moodle takes it
	}{
		{"unknown kid", func(header, _ map[string]any) { header["kid"] = "other" }, false},
		{"other algorithm", func(header, _ map[string]any) { header["alg"] = "RS512" }, false},
		{"other sub", set("sub", "other"), false},
		{"expired", set("exp", time.Now().Unix()-1), false},
		{"other iss", set("iss", "other"), true},
		{"other aud", set("aud", "https://elsewhere.example/token"), true},
		{"aud in a list", set("aud", []string{"https://elsewhere.example/token"}), true},
		{"iat of an hour ago", set("iat", time.Now().Unix()-3600), true},
		{"iat to come", set("iat", time.Now().Unix()+300), true},
		{"no jti", set("jti", ""), true},
		{"jti used before", set("jti", "the same"), true},
	}
	careful, key := keyed(t, ltitest.Reference())
	careless, other := keyed(t, ltitest.Moodle())
	for _, s := range []struct {
		*school
		lti.ToolKey
	}{{careful, key}, {careless, other}} {
		if status, answer := s.ask(t, s.ToolKey, score, set("jti", "the same")); status != http.StatusOK {
			t.Fatalf("good: status %d: %v", status, answer)
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if status, answer := careful.ask(t, key, score, test.change); status != http.StatusBadRequest || answer["error"] != "invalid_client" {
				t.Errorf("status %d: %v", status, answer)
			}
			if status, _ := careless.ask(t, other, score, test.change); (status == http.StatusOK) != test.careless {
				t.Errorf("Moodle: status %d", status)
			}
		})
	}
}

// Of scopes that may not be had, most LMSs leave out those, and Sakai gives nothing.
func TestScopes(t *testing.T) {
	const foreign = "https://elsewhere.example/scope"
	for _, profile := range []ltitest.Profile{ltitest.Reference(), ltitest.Sakai()} {
		s, key := keyed(t, profile)
		status, answer := s.ask(t, key, score+" "+foreign, nil)
		if all := profile.Access.AllOrNothing; (status == http.StatusBadRequest) != all || !all && answer["scope"] != score {
			t.Errorf("%s: status %d: %v", profile.Name, status, answer)
		}
		if status, answer := s.ask(t, key, foreign, nil); status != http.StatusBadRequest || answer["error"] != "invalid_scope" {
			t.Errorf("%s: status %d: %v", profile.Name, status, answer)
		}
	}
}

// Services are for who has a token for them.
func TestCalls(t *testing.T) {
	s, key := keyed(t, ltitest.Reference())
	_, answer := s.ask(t, key, score, nil)
	_, other := s.ask(t, key, roster, nil)
	for token, want := range map[string]int{
		"": http.StatusUnauthorized, "made up": http.StatusUnauthorized,
		answer["access_token"].(string): http.StatusForbidden, other["access_token"].(string): http.StatusOK,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.lms.MembersURL("algebra"), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		got, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != want {
			t.Errorf("status %d, want %d", got.StatusCode, want)
		}
	}
}

// An endpoint fails once when it is told to, and counts what it was asked.
func TestFaults(t *testing.T) {
	s, key := keyed(t, ltitest.Reference())
	s.lms.FailNext("token", http.StatusServiceUnavailable, `{"error":"busy"}`)
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		if status, _ := s.ask(t, key, score, nil); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	if n := s.lms.Requests("token"); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// A key set may be larger than many would read, and says for how long it is good.
func TestLargeKeySet(t *testing.T) {
	s := newSchool(t, func(c *ltitest.Config) { c.Profile = ltitest.Brightspace() })
	if keys := read(t, s.lmsURL+"/jwks"); len(keys) < 64<<10 || !strings.Contains(keys, s.lms.Key().KID) {
		t.Errorf("%d bytes", len(keys))
	}
}

// A class of any size, each with an id of their own in every form.
func TestLarge(t *testing.T) {
	class := ltitest.Large(10_000)
	if len(class) != 10_001 {
		t.Fatalf("%d people", len(class))
	}
	for _, profile := range ltitest.Profiles() {
		seen := make(map[string]bool)
		for _, p := range class {
			seen[profile.Subjects(p.Sub)] = true
		}
		if len(seen) != len(class) {
			t.Errorf("%s: %d ids", profile.Name, len(seen))
		}
	}
}

// The tool's keys are read from it, at any name below localhost, and read again
// for a key that is new.
func TestToolKeys(t *testing.T) {
	key, err := lti.GenerateToolKey()
	if err != nil {
		t.Fatal(err)
	}
	var published atomic.Bool
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if published.Load() {
			_, _ = w.Write(lti.JWKS([]lti.PublicKey{key.Public()}))
			return
		}
		_, _ = w.Write(lti.JWKS(nil))
	}))
	t.Cleanup(tool.Close)
	s := newSchool(t, func(c *ltitest.Config) {
		c.ToolURL = strings.Replace(tool.URL, "127.0.0.1", "tool.localhost", 1)
	})
	if status, _ := s.ask(t, key, score, nil); status != http.StatusBadRequest {
		t.Errorf("status %d for a key that is not published", status)
	}
	published.Store(true)
	if status, answer := s.ask(t, key, score, nil); status != http.StatusOK {
		t.Errorf("status %d: %v", status, answer)
	}
}
