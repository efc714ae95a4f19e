package main

import (
	"strings"
	"testing"
)

func TestPlatformDelete(t *testing.T) {
	env := dataEnv(t)
	id := decode[map[string]string](t, must(t, env, "", "platform", "add", "--json", "--name", "Moodle", "--issuer", "https://moodle.localhost", "--client-id", "c1",
		"--auth-url", "https://moodle.localhost/auth", "--token-url", "https://moodle.localhost/token", "--jwks-url", "https://moodle.localhost/jwks", "--deployment-id", "1"))["id"]
	if r := must(t, env, "", "platform", "delete", "Moodle"); !strings.Contains(r.out, "Nothing was deleted") || !strings.Contains(r.out, "courses") {
		t.Errorf("asked only: %s", r.out)
	}
	if r := command(t, env, "", "platform", "delete", id, "--yes"); r.code != exitFailure || !strings.Contains(r.err, "Disable it first") {
		t.Errorf("while it is enabled: %d\n%s", r.code, r.err)
	}
	must(t, env, "", "platform", "disable", id)
	must(t, env, "", "platform", "delete", id, "--yes")
	if list := decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json")); len(list) != 0 {
		t.Errorf("left: %+v", list)
	}
	var outcomes []string
	for _, e := range exportedBy(t, env, "--act", "platform.delete") {
		outcomes = append(outcomes, e.Outcome)
	}
	if strings.Join(outcomes, " ") != "done failed" {
		t.Errorf("written down: %s", outcomes)
	}
}
