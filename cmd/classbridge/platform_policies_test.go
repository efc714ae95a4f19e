package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlatformPolicies(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "platform", "add", "--name", "Moodle", "--issuer", "https://lms.example", "--client-id", "c-1",
		"--auth-url", "https://lms.example/auth", "--token-url", "https://lms.example/token", "--jwks-url", "https://lms.example/jwks")
	shown := func() shownPlatform {
		t.Helper()
		return decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))[0]
	}
	if got := shown(); got.Start != "moderators" || got.ChatGuests != "" || len(got.Pilot) != 0 {
		t.Errorf("a new platform: %+v", got)
	}
	must(t, env, "", "platform", "edit", "Moodle", "--start", "course", "--chat-guests", "refuse", "--names-in-posts", "hidden",
		"--record-notice", "We keep it for a year.", "--pilot-course", "BIO 1", "--pilot-course", "algebra, evening")
	got := shown()
	if got.Start != "course" || got.ChatGuests != "refuse" || got.NamesInPosts != "hidden" || got.RecordNotice != "We keep it for a year." {
		t.Errorf("changed: %+v", got)
	}
	if diff := cmp.Diff([]string{"BIO 1", "algebra, evening"}, got.Pilot); diff != "" {
		t.Errorf("courses that take part (-want +got):\n%s", diff)
	}
	must(t, env, "", "platform", "edit", "Moodle", "--no-pilot", "--chat-guests", "as-school", "--names-in-posts", "as-school", "--record-notice", "")
	if got := shown(); len(got.Pilot) != 0 || got.ChatGuests != "" || got.NamesInPosts != "" || got.RecordNotice != "" || got.Start != "course" {
		t.Errorf("taken back: %+v", got)
	}
	for _, wrong := range [][]string{
		{"--start", "nobody"}, {"--no-pilot", "--pilot-course", "x"}, {"--record-notice", strings.Repeat("x", 301)}, {"--pilot-course", strings.Repeat("x", 256)},
	} {
		if r := command(t, env, "", append([]string{"platform", "edit", "Moodle"}, wrong...)...); r.code != exitUsage {
			t.Errorf("%v: exit code %d\n%s", wrong, r.code, r.err)
		}
	}
}
