package main

import (
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
)

func TestAdoptCommands(t *testing.T) {
	env := dataEnv(t)
	ids := map[string]string{}
	for _, client := range []string{"old", "new"} {
		r := must(t, env, "", "platform", "add", "--json", "--name", client, "--issuer", "https://lms.example", "--client-id", client, "--auth-url", "https://lms.example/auth",
			"--token-url", "https://lms.example/token", "--jwks-url", "https://lms.example/jwks", "--deployment-id", "1")
		ids[client] = decode[map[string]string](t, r)["id"]
	}
	course := classroom.Course{
		ID: "c-old", TenantID: classroom.DefaultTenant, PlatformID: ids["old"], DeploymentID: "1", ContextID: "7", Title: "Biology",
		CreatedAt: storedNow(), UpdatedAt: storedNow(),
	}
	p := &program{env: map[string]string{}, now: time.Now}
	err := p.withStore(t.Context(), config{Data: env["CLASSBRIDGE_DATA"]}, func(s *store) error { return s.CreateCourse(t.Context(), course) })
	if err != nil {
		t.Fatal(err)
	}
	sides := []string{"--from", ids["old"], "--to", ids["new"]}
	plan := decode[[]shownMatch](t, must(t, env, "", append([]string{"adopt", "plan", "--json"}, sides...)...))
	if len(plan) != 1 || plan[0].Moves || plan[0].Doubt != "not_launched" {
		t.Errorf("plan: %+v", plan)
	}
	failsSaying(t, env, "no course moves", append([]string{"adopt", "apply", "--yes"}, sides...)...)
	if r := command(t, env, "", append([]string{"adopt", "apply", "--unlaunched"}, sides...)...); r.code != exitUsage {
		t.Errorf("applied without --yes: %s", r.out)
	}
	a := decode[shownAdoption](t, must(t, env, "", append([]string{"adopt", "apply", "--yes", "--unlaunched", "--json"}, sides...)...))
	if a.Courses != 1 || !strings.HasPrefix(a.By, "command") {
		t.Errorf("adopted: %+v", a)
	}
	withDatabase(t, env, func(db *storage.DB) {
		again := course
		again.ID, again.PlatformID, again.ContextID, again.Resembles = "c-like", ids["old"], "8", "c-old"
		replaced := course
		replaced.ID, replaced.ContextID, replaced.LinkID = "c-gone", "9", classroom.RetiredMark+"x"
		for _, c := range []classroom.Course{again, replaced} {
			if err := db.CreateCourse(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	})
	r := must(t, env, "", "course", "list")
	if !strings.Contains(r.out, "like c-old") || !strings.Contains(r.out, "replaced") {
		t.Errorf("what an admin may want to adopt, or has adopted, is not told:\n%s", r.out)
	}
	failsSaying(t, env, "where they are", "adopt", "plan", "--from", ids["new"], "--from-deployment", "1", "--to", ids["new"])
	failsSaying(t, env, "no such registration", "adopt", "plan", "--from", "nothing", "--to", ids["new"])
	must(t, env, "", "adopt", "revert", a.ID)
	failsSaying(t, env, "before", "adopt", "revert", a.ID)
	listed := decode[[]shownAdoption](t, must(t, env, "", "adopt", "list", "--json"))
	if len(listed) != 1 || listed[0].Reverted == "" {
		t.Errorf("listed: %+v", listed)
	}
}
