package lti_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

func description() lti.ToolDescription {
	return lti.ToolDescription{
		Name: "Classbridge", Description: "Live classrooms", LogoURL: toolAt + "/static/logo.svg",
		Labels: map[string]string{"de": "Klassenbrücke"}, DeepLinkingLabel: "Add a classroom",
		Custom: map[string]string{"origin": "registration"},
		Scopes: []string{lti.ScopeRoster, lti.ScopeLineItem, lti.ScopeScore, lti.ScopeGroups, lti.ScopeNoticeHandlers},
		Claims: []string{"iss", "sub", "name", "given_name", "family_name", "email", "locale"},
	}
}

// sent reads what a Registration sends.
func sent(t testing.TB, r *lti.Registration) map[string]any {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if err := json.Unmarshal(data, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

const toolConfiguration = "https://purl.imsglobal.org/spec/lti-tool-configuration"

// From what a real Moodle says of itself to what is registered there.
func TestRegistrationForMoodle(t *testing.T) {
	w, r := newWorld(t), moodleRegistry(t)
	config, err := r.ask(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plan := w.tool.RegistrationFor(config, description())
	want := map[string]any{
		"application_type": "web", "response_types": []any{"id_token"}, "grant_types": []any{"implicit", "client_credentials"},
		"initiate_login_uri": toolAt + "/lti/login", "redirect_uris": []any{toolAt + "/lti/launch"}, "jwks_uri": toolAt + "/lti/jwks",
		"client_name": "Classbridge", "client_name#de": "Klassenbrücke", "client_uri": toolAt, "logo_uri": toolAt + "/static/logo.svg",
		"token_endpoint_auth_method": "private_key_jwt",
		"scope":                      lti.ScopeRoster + " " + lti.ScopeLineItem + " " + lti.ScopeScore,
		toolConfiguration: map[string]any{
			"domain": "class.example", "description": "Live classrooms", "target_link_uri": toolAt + "/lti/launch",
			"custom_parameters": map[string]any{
				"timezone": "$Person.address.timezone", "context_id_history": "$Context.id.history",
				"user_groups": "$Moodle.Person.userGroupIds", "origin": "registration",
			},
			"claims": []any{"iss", "sub", "name", "given_name", "family_name", "email"},
			"messages": []any{
				map[string]any{
					"type": lti.DeepLinkingRequest, "label": "Add a classroom", "placements": []any{"ContentArea"},
					"target_link_uri": toolAt + "/lti/launch", "icon_uri": toolAt + "/static/logo.svg",
				},
				map[string]any{
					"type": lti.ResourceLinkRequest, "label": "Classbridge",
					"target_link_uri": toolAt + "/lti/launch", "icon_uri": toolAt + "/static/logo.svg",
				},
			},
		},
	}
	if diff := cmp.Diff(want, sent(t, plan)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	got, err := r.registrar.Register(t.Context(), config, registrationToken, plan, true)
	if err != nil {
		t.Fatal(err)
	}
	if got.ClientID != "TUTYLhoh4FRmrrM" || got.DeploymentID != "8" || !slices.Contains(got.Scopes, lti.ScopeRoster) || len(got.Scopes) != 5 {
		t.Errorf("registered as %+v", got)
	}
}

// A real Moodle has taken the recorded request: ours has the same members.
func TestRegistrationLikeTheOneMoodleTook(t *testing.T) {
	var took map[string]any
	recordedDoor(t, "registration-request.json", &took)
	ours := sent(t, newWorld(t).tool.RegistrationFor(&lti.PlatformConfiguration{}, description()))
	delete(ours, "client_name#de")
	compareShape(t, "", took, ours)
	compareShape(t, toolConfiguration, took[toolConfiguration].(map[string]any), ours[toolConfiguration].(map[string]any))
}

func compareShape(t *testing.T, where string, want, got map[string]any) {
	t.Helper()
	kinds := func(m map[string]any) map[string]string {
		k := make(map[string]string)
		for name, value := range m {
			switch value.(type) {
			case string:
				k[name] = "text"
			case []any:
				k[name] = "list"
			default:
				k[name] = "object"
			}
		}
		return k
	}
	if diff := cmp.Diff(kinds(want), kinds(got)); diff != "" {
		t.Errorf("%s: -want +got:\n%s", where, diff)
	}
}

// Canvas has placements of its own, in two spellings, and keys of its own.
func TestRegistrationForCanvas(t *testing.T) {
	w, d := newWorld(t), description()
	config := &lti.PlatformConfiguration{
		Family: "canvas", Scopes: []string{lti.ScopeRoster}, Claims: []string{"sub", "name", "email", "locale"},
		Variables: []string{"Person.address.timezone", "Context.id.history", "ResourceLink.id.history"},
		Messages: []lti.SupportedMessage{
			{Type: lti.ResourceLinkRequest, Placements: []string{"account_navigation", "https://canvas.instructure.com/lti/course_navigation", "link_selection"}},
			{Type: lti.DeepLinkingRequest, Placements: []string{"assignment_selection", "homework_submission", "https://canvas.instructure.com/lti/editor_button", "link_selection"}},
			{Type: "LtiEulaRequest"},
		},
	}
	plan := w.tool.RegistrationFor(config, d)
	wantMessages := []lti.RegisteredMessage{
		{Type: lti.DeepLinkingRequest, Label: "Add a classroom", Placements: []string{"assignment_selection", "https://canvas.instructure.com/lti/editor_button", "link_selection"}},
		{Type: lti.ResourceLinkRequest, Label: "Classbridge", Placements: []string{"https://canvas.instructure.com/lti/course_navigation"}},
	}
	if diff := cmp.Diff(wantMessages, plan.Messages); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	body := sent(t, plan)[toolConfiguration].(map[string]any)
	if body["https://canvas.instructure.com/lti/privacy_level"] != "public" || body["https://canvas.instructure.com/lti/tool_id"] != "classbridge" {
		t.Errorf("configuration %v", body)
	}
	const enabled = "https://canvas.instructure.com/lti/course_navigation/default_enabled"
	for i, message := range body["messages"].([]any) {
		if value, there := message.(map[string]any)[enabled]; there != (i == 1) || there && value != false {
			t.Errorf("message %d: %v", i, message)
		}
	}
	custom := map[string]string{
		lti.CustomTimezone: "$Person.address.timezone", lti.CustomContextHistory: "$Context.id.history",
		lti.CustomLinkHistory: "$ResourceLink.id.history", "origin": "registration",
	}
	if diff := cmp.Diff(custom, plan.Custom); diff != "" {
		t.Errorf("custom: -want +got:\n%s", diff)
	}
}

// A platform that says nothing is asked for everything, and for nothing of
// Canvas's; one that says something, for what it has.
func TestRegistrationAsksForWhatThereIs(t *testing.T) {
	w, d := newWorld(t), description()
	tests := []struct {
		name   string
		config lti.PlatformConfiguration
		check  func(*lti.Registration) bool
	}{
		{"no lists", lti.PlatformConfiguration{}, func(r *lti.Registration) bool {
			return len(r.Scopes) == 5 && len(r.Claims) == 7 && len(r.Custom) == 5 && len(r.Messages) == 2 && r.Messages[0].Placements == nil
		}},
		{"no service", lti.PlatformConfiguration{Scopes: []string{"openid"}}, func(r *lti.Registration) bool { return len(r.Scopes) == 0 }},
		{"no deep linking", lti.PlatformConfiguration{Messages: []lti.SupportedMessage{{Type: lti.ResourceLinkRequest}}}, func(r *lti.Registration) bool {
			return len(r.Messages) == 1 && r.Messages[0].Type == lti.ResourceLinkRequest
		}},
		{"another variable", lti.PlatformConfiguration{Variables: []string{"User.id"}}, func(r *lti.Registration) bool { return len(r.Custom) == 1 }},
		{"placements of Canvas elsewhere", lti.PlatformConfiguration{Family: "sakai", Messages: []lti.SupportedMessage{
			{Type: lti.DeepLinkingRequest, Placements: []string{"link_selection", "RichTextEditor"}},
		}}, func(r *lti.Registration) bool {
			return slices.Equal(r.Messages[0].Placements, []string{"RichTextEditor"})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plan := w.tool.RegistrationFor(&test.config, d)
			if !test.check(plan) {
				t.Errorf("registers %+v", plan)
			}
			for name := range sent(t, plan)[toolConfiguration].(map[string]any) {
				if len(name) > 30 {
					t.Errorf("%s is sent to everybody", name)
				}
			}
		})
	}
	t.Run("port", func(t *testing.T) {
		w.tool.URL = "http://tool.localhost:8090/"
		plan := w.tool.RegistrationFor(&lti.PlatformConfiguration{}, lti.ToolDescription{Name: "x"})
		if plan.Domain != "tool.localhost:8090" || plan.JWKSURL != "http://tool.localhost:8090/lti/jwks" || plan.Messages[0].Label != "x" {
			t.Errorf("registers %+v", plan)
		}
		body := sent(t, plan)
		if _, there := body["logo_uri"]; there {
			t.Error("a logo was invented")
		}
		if claims, ok := body[toolConfiguration].(map[string]any)["claims"].([]any); !ok || len(claims) != 0 {
			t.Errorf("claims %v, want an empty list", claims)
		}
	})
}

// The assertions' audience is the authorization server where it is an address:
// Brightspace's is, Canvas writes a bare host there and expects its endpoint. That
// of another LMS would let this one use there what is signed for it.
func TestConfigurationAudience(t *testing.T) {
	const brightspace, brightspaceTokens = "https://api.brightspace.com/auth/token", "https://auth.brightspace.com/core/connect/token"
	for _, test := range []struct {
		server, tokens, want string // HERE is the LMS
		refused              bool
	}{
		{brightspace, brightspaceTokens, brightspace, false},
		{"canvas.instructure.com", "HERE/token", "", false},
		{"", "HERE/token", "", false},
		{"HERE", "HERE/token", "HERE", false},
		{"HERE/as", "https://tokens.example/token", "HERE/as", false},
		{"https://tokens.example", "https://tokens.example/token", "https://tokens.example", false},
		{"https://victim.example/token", "HERE/token", "", true},
		{brightspace, "HERE/token", "", true},
		{"https://tokens.example:8443", "https://tokens.example/token", "", true},
	} {
		r := newRegistry(t, false)
		here := strings.NewReplacer("HERE", r.URL)
		r.answer(configurationPath, r.configuration(t, func(c map[string]any) {
			c["authorization_server"], c["token_endpoint"] = here.Replace(test.server), here.Replace(test.tokens)
		}))
		config, err := r.ask(t.Context())
		if test.refused {
			wantFailure(t, r, err, lti.StepConfiguration, lti.RegistrationEndpoint)
		} else if err != nil || config.Audience != here.Replace(test.want) {
			t.Errorf("%s: %v, %v", test.server, config, err)
		}
	}
}

func TestCanvasConfiguration(t *testing.T) {
	w := newWorld(t)
	data, err := w.tool.CanvasConfiguration(description())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	placement := func(name, message, text string) map[string]any {
		return map[string]any{
			"placement": name, "message_type": message, "text": text,
			"target_link_uri": toolAt + "/lti/launch", "icon_url": toolAt + "/static/logo.svg",
		}
	}
	navigation := placement("course_navigation", lti.ResourceLinkRequest, "Classbridge")
	navigation["default"] = "disabled"
	want := map[string]any{
		"title": "Classbridge", "description": "Live classrooms",
		"oidc_initiation_url": toolAt + "/lti/login", "target_link_uri": toolAt + "/lti/launch", "public_jwk_url": toolAt + "/lti/jwks",
		"scopes": []any{lti.ScopeRoster, lti.ScopeLineItem, lti.ScopeScore, lti.ScopeNoticeHandlers},
		"custom_fields": map[string]any{
			"timezone": "$Person.address.timezone", "context_id_history": "$Context.id.history", "origin": "registration",
			"resource_link_id_history": "$ResourceLink.id.history",
		},
		"extensions": []any{map[string]any{
			"platform": "canvas.instructure.com", "domain": "class.example", "tool_id": "classbridge", "privacy_level": "public",
			"settings": map[string]any{
				"text": "Classbridge", "icon_url": toolAt + "/static/logo.svg",
				"placements": []any{
					placement("link_selection", lti.DeepLinkingRequest, "Add a classroom"),
					placement("editor_button", lti.DeepLinkingRequest, "Add a classroom"),
					placement("assignment_selection", lti.DeepLinkingRequest, "Add a classroom"),
					navigation,
				},
			},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
