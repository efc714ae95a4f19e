package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
)

func TestInvite(t *testing.T) {
	env := dataEnv(t)
	type told struct {
		shownInvitation
		Address string `json:"address"`
	}
	made := decode[told](t, must(t, env, "", "platform", "invite", "--json", "--name", "Our Moodle", "--on-premises", "--pending", "--for", "24h"))
	code, ours := strings.CutPrefix(made.Address, "https://class.example.org/lti/register/")
	if !ours || len(code) != 32 || !made.OnPremises || !made.Pending || made.State != "open" {
		t.Fatalf("%+v", made)
	}
	if life := made.Expires.Sub(made.Created); life != 24*time.Hour {
		t.Errorf("good for %v", life)
	}
	r := must(t, env, "", "platform", "invite", "--name", "Canvas")
	if !strings.Contains(r.out, "https://class.example.org/lti/register/") || !strings.Contains(r.out, "secret") {
		t.Error(r.out)
	}

	list := must(t, env, "", "platform", "invitations", "--json")
	shown := decode[[]shownInvitation](t, list)
	if len(shown) != 2 || shown[0].ID != made.ID || shown[0].Name != "Our Moodle" || !shown[0].OnPremises || shown[1].Pending || shown[1].Expires.Sub(shown[1].Created) != classroom.InvitationLife {
		t.Errorf("%+v", shown)
	}
	must(t, env, "", "platform", "withdraw", made.ID)
	table := must(t, env, "", "platform", "invitations")
	if !strings.Contains(table.out, "withdrawn") || strings.Contains(list.out+table.out, code) {
		t.Errorf("the list: %s%s", list.out, table.out)
	}
}

func TestInviteRefusals(t *testing.T) {
	env := dataEnv(t)
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"platform invite", exitUsage, "--name"},
		{"platform invite --name=", exitUsage, "--name"},
		{"platform invite --name=a --active --pending", exitUsage, "--pending"},
		{"platform invite --name=a --for=1s", exitUsage, "--for"},
		{"platform invite --name=a --for=9000h", exitUsage, "--for"},
		{"platform invite --name=a --for=soon", exitUsage, "soon"},
		{"platform withdraw none", exitFailure, "none"},
		{"platform approve nobody", exitFailure, "nobody"},
	} {
		r := command(t, env, "", strings.Fields(test.args)...)
		if r.code != test.code || !strings.Contains(r.err, test.want) {
			t.Errorf("classbridge %s: exit code %d, want %d and %q\n%s", test.args, r.code, test.code, test.want, r.err)
		}
	}
}

func TestApprove(t *testing.T) {
	env := dataEnv(t)
	id := decode[map[string]string](t, must(t, env, "", "platform", "add", "--json", "--name", "Moodle", "--issuer", "https://moodle.localhost", "--client-id", "c1",
		"--auth-url", "https://moodle.localhost/auth", "--token-url", "https://moodle.localhost/token", "--jwks-url", "https://moodle.localhost/jwks"))["id"]
	must(t, env, "", "platform", "edit", id, "--revoke-deployment", "8")
	reached := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	commandLine := &program{env: env, in: strings.NewReader(""), out: io.Discard, err: io.Discard, now: time.Now}
	err := commandLine.changePlatform(t.Context(), id, func(s *store, p classroom.Platform) error {
		p.Pending, p.Family, p.Progress.RegisteredAt = true, "moodle", reached
		return s.SavePlatform(t.Context(), p)
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := must(t, env, "", "platform", "list"); !strings.Contains(r.out, "pending  8 (pending)  registered") {
		t.Error(r.out)
	}
	must(t, env, "", "platform", "approve", "Moodle")
	list := decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))
	if p := list[0]; p.Pending || p.Deployments["8"] != "active" || p.Family != "moodle" || !p.Progress[classroom.StepRegistered].Equal(reached) {
		t.Errorf("approved: %+v", p)
	}
}
