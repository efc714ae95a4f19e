package ltitest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"classbridge/lti/ltitest"
)

// register sends a registration that is good but for the change.
func (s *school) register(t *testing.T, token string, change func(body, tool map[string]any)) int {
	t.Helper()
	tool := map[string]any{
		"domain": s.toolURL[len("http://"):], "target_link_uri": s.toolURL + "/lti/launch",
		"messages": []map[string]string{{"type": "LtiResourceLinkRequest"}},
	}
	body := map[string]any{
		"application_type": "web", "response_types": []string{"id_token"}, "grant_types": []string{"implicit", "client_credentials"},
		"initiate_login_uri": s.toolURL + "/lti/login", "redirect_uris": []string{s.toolURL + "/lti/launch"}, "client_name": "Tool",
		"jwks_uri": s.toolURL + "/lti/jwks", "token_endpoint_auth_method": "private_key_jwt", "scope": score,
		"https://purl.imsglobal.org/spec/lti-tool-configuration": tool,
	}
	if change != nil {
		change(body, tool)
	}
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.lmsURL+"/register", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

func (s *school) registrationToken(t *testing.T) string {
	t.Helper()
	opened, err := url.Parse(s.lms.RegistrationURL("https://tool.example/register?invitation=7"))
	if err != nil || opened.Query().Get("invitation") != "7" || opened.Query().Get("openid_configuration") != s.lmsURL+"/openid-configuration" {
		t.Fatalf("%s: %v", opened, err)
	}
	return opened.Query().Get("registration_token")
}

// A registration is refused for what is wrong in it, and for a bearer token that is
// not one, or one where none was given.
func TestRegistrationRefusals(t *testing.T) {
	s := newSchool(t, func(*ltitest.Config) {})
	in := func(name string, value any) func(body, tool map[string]any) {
		return func(body, tool map[string]any) {
			if _, there := tool[name]; there {
				tool[name] = value
				return
			}
			body[name] = value
		}
	}
	for _, change := range []func(body, tool map[string]any){
		in("domain", "elsewhere.example"), in("response_types", []string{"code"}), in("grant_types", []string{"implicit"}),
		in("redirect_uris", []string{}), in("token_endpoint_auth_method", "none"), in("application_type", "native"),
		in("scope", "https://elsewhere.example/scope"), in("jwks_uri", ""),
	} {
		if status := s.register(t, s.registrationToken(t), change); status != http.StatusUnprocessableEntity {
			t.Errorf("status %d", status)
		}
	}
	if status := s.register(t, "made up", nil); status != http.StatusUnauthorized || s.lms.Signup() != nil {
		t.Errorf("without a token: status %d", status)
	}
	if status := s.register(t, s.registrationToken(t), nil); status != http.StatusOK || s.lms.Signup().Name != "Tool" {
		t.Errorf("good: status %d", status)
	}
	open := newSchool(t, func(c *ltitest.Config) { c.Profile = ltitest.Brightspace() })
	if status := open.register(t, "made up", nil); status != http.StatusUnauthorized {
		t.Errorf("a token that was not given: status %d", status)
	}
}

// Canvas says nothing of itself to those who have no token.
func TestConfigurationOfCanvas(t *testing.T) {
	s := newSchool(t, func(c *ltitest.Config) { c.Profile = ltitest.Canvas() })
	answer, err := http.Get(s.lmsURL + "/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", answer.StatusCode)
	}
}
