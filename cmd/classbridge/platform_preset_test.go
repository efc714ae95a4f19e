package main

import (
	"os"
	"strings"
	"testing"

	"classbridge/lti"

	"github.com/google/go-cmp/cmp"
)

// Each preset makes a registration from what it says that it needs, and nothing less.
func TestPlatformAddByPreset(t *testing.T) {
	values := map[string]string{
		lti.NeedURL: "https://lms.localhost/learn/", lti.NeedIssuer: "https://lms.localhost",
		lti.NeedTokenURL: "https://lms.localhost/token/7", lti.NeedJWKSURL: "https://lms.localhost/keys/7",
	}
	env := dataEnv(t)
	for _, preset := range lti.Presets() {
		values[lti.NeedClientID] = preset.Name                                                                             // issuers are the same
		args := []string{"platform", "add", "--json", "--preset", preset.Name, "--jwks-url", "https://lms.localhost/keys"} // no key set of the real one
		for _, need := range preset.Needs() {
			if r := command(t, env, "", args...); r.code != exitUsage {
				t.Errorf("%s without --%s: exit code %d\n%s", preset.Name, need, r.code, r.err)
			}
			args = append(args, "--"+need, values[need])
			if need == lti.NeedTokenURL {
				break // the last one: the keys' address is given already
			}
		}
		must(t, env, "", args...)
	}
	list := decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))
	if len(list) != len(lti.Presets()) {
		t.Errorf("%d registrations", len(list))
	}
	for _, p := range list {
		if p.Family == "" || p.NewDeployments != "pending" {
			t.Errorf("%s: family %q, new deployments %s", p.Name, p.Family, p.NewDeployments)
		}
		if teaches := p.Family == "openedx"; p.RoleSwitches["institution_teachers"] != teaches {
			t.Errorf("%s: teachers by the institution: %t", p.Name, !teaches)
		}
	}
}

func TestPresetIsOverridden(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "platform", "add", "--preset", "blackboard", "--url", "https://learn.localhost", "--client-id", "c1",
		"--jwks-url", "https://keys.localhost", "--audience", "https://aud.localhost", "--name", "Learn", "--family", "other",
		"--frame-origin", "https://portal.localhost", "--new-deployments", "active", "--require-name", "--require-context")
	got := decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))[0]
	want := shownPlatform{
		ID: got.ID, Name: "Learn", Issuer: "https://blackboard.com", ClientID: "c1", AuthURL: "https://developer.blackboard.com/api/v1/gateway/oidcauth",
		TokenURL: "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken", JWKSURL: "https://keys.localhost", Audience: "https://aud.localhost",
		Family: "other", RequireName: true, RequireContext: true, Record: true, Channels: "first-launch", NewDeployments: "active", Start: "moderators",
		FrameOrigins: []string{"https://*.blackboard.com", "https://learn.localhost", "https://portal.localhost"},
		RoleSwitches: got.RoleSwitches, Deployments: map[string]string{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, env, "", "platform", "edit", "Learn", "--no-require-name", "--family", "BlackboardLearn")
	got = decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))[0]
	if got.RequireName || !got.RequireContext || got.Family != "BlackboardLearn" {
		t.Errorf("as edited: %+v", got)
	}
}

func TestPresetRefusals(t *testing.T) {
	env := dataEnv(t)
	for args, want := range map[string]string{
		"platform add --preset webct --client-id c":                                     `"webct"`,
		"platform add --preset moodle --client-id c":                                    "--url",
		"platform add --preset moodle --client-id c --url https://m.localhost/my/?a=b":  "of a page",
		"platform add --preset moodle --client-id c --url http://m.localhost":           "without https",
		"platform add --preset moodle --url https://m.localhost":                        "--client-id",
		"platform add --preset sakai --client-id c --url https://s.localhost":           "--token-url is missing",
		"platform add --preset openolat --client-id c --url https://o.localhost":        "--issuer",
		"platform add --url https://m.localhost --client-id c --issuer https://m.local": "--preset",
		"platform presets webct": `"webct"`,
	} {
		if r := command(t, env, "", strings.Fields(args)...); r.code != exitUsage || !strings.Contains(r.err, want) {
			t.Errorf("classbridge %s: exit code %d, want %q\n%s", args, r.code, want, r.err)
		}
	}
}

func TestPlatformPresets(t *testing.T) {
	env := dataEnv(t)
	table := must(t, env, "", "platform", "presets").out
	shown := decode[[]shownPreset](t, must(t, env, "", "platform", "presets", "--json"))
	if len(shown) != len(lti.Presets()) {
		t.Errorf("%d presets", len(shown))
	}
	for _, s := range shown {
		if !strings.Contains(table, s.Name) {
			t.Errorf("%s is not in the table", s.Name)
		}
		page, err := os.ReadFile("../../" + s.Doc)
		if err != nil || !strings.Contains(string(page), "`"+s.Name+"`") {
			t.Errorf("%s has no page: %v", s.Name, err)
		}
		for _, field := range s.Form {
			if !strings.Contains(string(page), field.Label) {
				t.Errorf("%s does not say %s", s.Doc, field.Label)
			}
		}
		// Whatever else it takes: our launches, and our logins by themselves or by a configuration.
		form := must(t, env, "", "platform", "presets", s.Name).out
		config := strings.Contains(form, "https://class.example.org/lti/config.json")
		if !strings.Contains(form, "https://class.example.org/lti/launch") || !config && !strings.Contains(form, "https://class.example.org/lti/login") ||
			!config && !strings.Contains(form, "https://class.example.org/lti/jwks") || !strings.Contains(form, "--client-id …") {
			t.Errorf("%s:\n%s", s.Name, form)
		}
	}
	if one := decode[shownPreset](t, must(t, env, "", "platform", "presets", "moodle", "--json")); one.Form[0].Value != "https://class.example.org/lti/launch" {
		t.Errorf("%+v", one)
	}
	added := must(t, env, "", "platform", "add", "--preset", "moodle", "--url", "https://moodle.localhost", "--client-id", "c1").out
	for _, want := range []string{"added moodle.localhost", "Initiate login URL", "context_id_history=$Context.id.history", "docs/lms/moodle.md", "deployment approve"} {
		if !strings.Contains(added, want) {
			t.Errorf("nothing of %q is said:\n%s", want, added)
		}
	}
}
