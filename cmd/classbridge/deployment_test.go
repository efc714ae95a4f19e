package main

import (
	"strings"
	"testing"
)

func TestDeployments(t *testing.T) {
	env := dataEnv(t)
	for _, name := range []string{"one", "two"} {
		must(t, env, "", "platform", "add", "--preset", "moodle", "--url", "https://"+name+".localhost", "--name", name, "--client-id", "c", "--deployment-id", "1")
	}
	must(t, env, "", "platform", "edit", "two", "--deployment-id", "2", "--revoke-deployment", "2")
	list := func(more ...string) []shownDeployment {
		return decode[[]shownDeployment](t, must(t, env, "", append([]string{"deployment", "list", "--json"}, more...)...))
	}
	state := func(platform, id string) string {
		for _, d := range list("--platform", platform) {
			if d.DeploymentID == id {
				return d.State
			}
		}
		return ""
	}
	if all := list(); len(all) != 3 || all[0].State != "pending" || all[0].Platform != "two" || all[0].DeploymentID != "2" || all[0].Seen.IsZero() {
		t.Errorf("those that wait come first: %+v", all)
	}
	if r := must(t, env, "", "deployment", "list"); !strings.Contains(r.out, "pending") {
		t.Error(r.out)
	}

	must(t, env, "", "deployment", "approve", "2")
	if got := state("two", "2"); got != "active" {
		t.Errorf("approved by the LMS's id: %s", got)
	}
	must(t, env, "", "deployment", "revoke", "1", "--platform", "one")
	if one, two := state("one", "1"), state("two", "1"); one != "pending" || two != "active" {
		t.Errorf("revoked at one of two: %s, %s", one, two)
	}
	must(t, env, "", "deployment", "approve", list("--platform", "one")[0].ID)
	if got := state("one", "1"); got != "active" {
		t.Errorf("approved by our id: %s", got)
	}

	for _, test := range []struct{ args, want string }{
		{"deployment approve 1", "2 registrations have a deployment"},
		{"deployment approve 3", "no deployment"},
		{"deployment approve 2 --platform one", "no deployment"},
		{"deployment list --platform three", `no platform "three"`},
	} {
		if r := command(t, env, "", strings.Fields(test.args)...); r.code != exitFailure || !strings.Contains(r.err, test.want) {
			t.Errorf("classbridge %s: exit code %d, want %q\n%s", test.args, r.code, test.want, r.err)
		}
	}
}
