package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"classbridge/bbb/bbbtest"

	"github.com/google/go-cmp/cmp"
)

// dataEnv is the configuration of commands on a fresh SQLite database.
func dataEnv(t *testing.T) map[string]string {
	return map[string]string{"CLASSBRIDGE_DATA": t.TempDir(), "CLASSBRIDGE_URL": "https://class.example.org"}
}

func decode[T any](t *testing.T, r result) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(r.out), &v); err != nil {
		t.Fatalf("%v in %s", err, r.out)
	}
	return v
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", 0, "Usage: classbridge"},
		{"--help", 0, "Usage: classbridge"},
		{"platform add --help", 0, "--role-switch"},
		{"dance", exitUsage, "dance"},
		{"platform add", exitUsage, "--issuer"},
		{"bbb add --url https://bbb.example.org", exitUsage, "--secret-file"},
		{"bbb add --url https://bbb.example.org --secret a --secret-env B", exitUsage, "--secret"},
		{"platform add --issuer a --client-id b --channels sometimes", exitUsage, "sometimes"},
		{"demo --port many", exitUsage, "many"},
	} {
		r := command(t, nil, "", strings.Fields(test.args)...)
		if r.code != test.code || !strings.Contains(r.out+r.err, test.want) {
			t.Errorf("classbridge %s: exit code %d, want %d and %q\n%s%s", test.args, r.code, test.code, test.want, r.out, r.err)
		}
	}
}

func TestVersion(t *testing.T) {
	if r := must(t, nil, "", "version"); !strings.HasPrefix(r.out, "classbridge ") {
		t.Error(r.out)
	}
	if v := decode[map[string]string](t, must(t, nil, "", "version", "--json")); v["version"] == "" || v["go"] == "" {
		t.Error(v)
	}
}

func TestMigrateAndKeyList(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "migrate")
	must(t, env, "", "migrate")
	keys := decode[[]shownKey](t, must(t, env, "", "key", "list", "--json"))
	if len(keys) != 2 || keys[0].KID == "" {
		t.Errorf("keys of a new installation: %+v", keys)
	}
	if r := must(t, env, "", "key", "list"); !strings.Contains(r.out, keys[0].KID) {
		t.Error(r.out)
	}
}

// Another master key opens nothing; it is said, and nothing is written.
func TestOtherMasterKey(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "migrate")
	env["CLASSBRIDGE_MASTER_KEY"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	r := command(t, env, "", "key", "list")
	if r.code != exitFailure || !strings.Contains(r.err, "CLASSBRIDGE_MASTER_KEY") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

func TestSettings(t *testing.T) {
	env := dataEnv(t)
	for key, value := range map[string]string{
		"name": "Greenfield School", "locale": "pt-BR", "languages": "pt-BR en", "time-zone": "America/Sao_Paulo",
		"chat-guests": "refuse", "names-in-posts": "true", "match-email": "false",
	} {
		must(t, env, "", "settings", "set", key, value)
	}
	want := map[string]string{
		"name": "Greenfield School", "locale": "pt-BR", "languages": "pt-BR en", "time-zone": "America/Sao_Paulo",
		"chat-guests": "refuse", "names-in-posts": "true", "match-email": "false",
	}
	if diff := cmp.Diff(want, decode[map[string]string](t, must(t, env, "", "settings", "show", "--json"))); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if r := must(t, env, "", "settings", "show"); !strings.Contains(r.out, "America/Sao_Paulo") {
		t.Error(r.out)
	}
	for _, wrong := range [][2]string{
		{"locale", "not a language"}, {"time-zone", "Mars/Base"}, {"time-zone", "Local"}, {"chat-guests", "maybe"},
		{"names-in-posts", "perhaps"}, {"colour", "green"},
	} {
		if r := command(t, env, "", "settings", "set", wrong[0], wrong[1]); r.code != exitUsage {
			t.Errorf("settings set %s %q: exit code %d\n%s", wrong[0], wrong[1], r.code, r.err)
		}
	}
}

func TestPlatform(t *testing.T) {
	env := dataEnv(t)
	added := must(t, env, "", "platform", "add", "--json", "--name", "Our Moodle", "--issuer", "https://moodle.localhost", "--client-id", "c1",
		"--auth-url", "https://moodle.localhost/auth", "--token-url", "https://moodle.localhost/token", "--jwks-url", "https://moodle.localhost/jwks",
		"--deployment-id", "1", "--deployment-id", "2", "--channels", "asked", "--new-deployments", "active", "--no-record", "--allow-anonymous",
		"--frame-origin", "https://portal.example.org/", "--role-switch", "graders=true", "--role-switch", "tutors=false")
	told := decode[map[string]string](t, added)
	for key, want := range map[string]string{
		"login_url": "https://class.example.org/lti/login", "launch_url": "https://class.example.org/lti/launch", "jwks_url": "https://class.example.org/lti/jwks",
	} {
		if told[key] != want {
			t.Errorf("%s = %q, want %q", key, told[key], want)
		}
	}
	if !strings.Contains(added.err, "warning: launches will be refused until its keys can be fetched") {
		t.Errorf("nothing is said of keys that cannot be fetched: %s", added.err)
	}
	list := decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))
	if len(list) != 1 {
		t.Fatalf("%d platforms", len(list))
	}
	want := shownPlatform{
		ID: told["id"], Name: "Our Moodle", Issuer: "https://moodle.localhost", ClientID: "c1",
		AuthURL: "https://moodle.localhost/auth", TokenURL: "https://moodle.localhost/token", JWKSURL: "https://moodle.localhost/jwks",
		AllowAnonymous: true, Channels: "asked", NewDeployments: "active", Start: "moderators", FrameOrigins: []string{"https://portal.example.org"},
		RoleSwitches: list[0].RoleSwitches, Deployments: map[string]string{"1": "active", "2": "active"},
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("as added (-want +got):\n%s", diff)
	}
	if table := must(t, env, "", "platform", "list").out; !strings.Contains(table, "1, 2, all to come") {
		t.Errorf("new deployments are active: %s", table)
	}
	if s := list[0].RoleSwitches; !s["graders"] || s["tutors"] || !s["teaching_assistants"] {
		t.Errorf("role switches: %v", s)
	}

	must(t, env, "", "platform", "edit", told["id"], "--name", "Moodle", "--record", "--revoke-deployment", "2", "--deployment-id", "3", "--role-switch", "tutors=true")
	must(t, env, "", "platform", "disable", "Moodle")
	want.Name, want.Record, want.Disabled = "Moodle", true, true
	want.Deployments = map[string]string{"1": "active", "2": "pending", "3": "active"}
	list = decode[[]shownPlatform](t, must(t, env, "", "platform", "list", "--json"))
	want.RoleSwitches = list[0].RoleSwitches
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("as edited (-want +got):\n%s", diff)
	}
	if !list[0].RoleSwitches["tutors"] {
		t.Error("the switch tutors is off")
	}
	must(t, env, "", "platform", "enable", "Moodle")
	if r := must(t, env, "", "platform", "list"); !strings.Contains(r.out, "2 (pending)") || !strings.Contains(r.out, "yes") {
		t.Error(r.out)
	}
}

// Two LMSs of which one could have the tokens of the other.
func TestPlatformMistakable(t *testing.T) {
	env := dataEnv(t)
	add := func(issuer, client, audience string) string {
		return must(t, env, "", "platform", "add", "--issuer", issuer, "--client-id", client, "--name", issuer+client,
			"--auth-url", issuer+"/auth", "--token-url", issuer+"/token", "--jwks-url", issuer+"/jwks", "--audience", audience).err
	}
	const warning = "same client id and token server"
	add("https://one.localhost", "c1", "")
	for _, err := range []string{add("https://two.localhost", "c1", ""), add("https://three.localhost", "c2", "https://one.localhost/token")} {
		if strings.Contains(err, warning) {
			t.Errorf("warned: %s", err)
		}
	}
	if err := add("https://four.localhost", "c1", "https://one.localhost/token"); !strings.Contains(err, warning) || !strings.Contains(err, "https://one.localhostc1") {
		t.Errorf("not warned: %s", err)
	}
	if err := must(t, env, "", "platform", "edit", "https://two.localhostc1", "--token-url", "https://One.localhost/t").err; !strings.Contains(err, warning) {
		t.Errorf("not warned of what was edited: %s", err)
	}
}

func TestPlatformRefusals(t *testing.T) {
	env := dataEnv(t)
	add := func(more ...string) []string {
		return append([]string{"platform", "add", "--issuer", "http://lms.localhost", "--client-id", "c1", "--auth-url", "http://lms.localhost/auth",
			"--token-url", "http://lms.localhost/token", "--jwks-url", "http://lms.localhost/jwks"}, more...)
	}
	must(t, env, "", add("--on-premises")...)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{add("--on-premises"), exitFailure, "is registered already"},
		{add(), exitUsage, "without https"},
		{add("--on-premises", "--role-switch", "janitors=true"), exitUsage, "janitors"},
		{add("--on-premises", "--frame-origin", "https://portal.example.org/page"), exitUsage, "--frame-origin"},
		{add("--on-premises", "--frame-origin", "https://a.example; script-src *"), exitUsage, "--frame-origin"},
		{[]string{"platform", "add", "--issuer", "i", "--client-id", "c"}, exitUsage, "--auth-url is missing"},
		{[]string{"platform", "edit", "nobody", "--record"}, exitFailure, `no platform "nobody"`},
		{[]string{"platform", "edit", "lms.localhost", "--no-on-premises"}, exitUsage, "without https"},
	} {
		if r := command(t, env, "", test.args...); r.code != test.code || !strings.Contains(r.err, test.want) {
			t.Errorf("classbridge %s: exit code %d, want %d and %q\n%s", strings.Join(test.args, " "), r.code, test.code, test.want, r.err)
		}
	}
}

func TestBBB(t *testing.T) {
	server := bbbtest.New(bbbtest.Config{Secrets: []string{"the-s3cret"}, Hashes: []string{"sha1", "sha512"}})
	s := httptest.NewServer(server)
	defer s.Close()
	env := dataEnv(t)
	env["MY_SECRET"] = "the-s3cret"

	for _, test := range []struct {
		name, in string
		args     []string
		code     int
		want     string
	}{
		{"wrong secret", "wrong\n", []string{"--secret-file", "-", "--hash", "sha1"}, exitFailure, "refuses the secret"},
		{"wrong hash", "the-s3cret\n", []string{"--secret-file", "-"}, exitFailure, "--hash sha512"},
		{"unset variable", "", []string{"--secret-env", "NONE"}, exitUsage, "NONE is not set"},
		{"no such file", "", []string{"--secret-file", "/nowhere"}, exitUsage, "/nowhere"},
		{"hash unknown", "x\n", []string{"--secret-file", "-", "--hash", "md5"}, exitUsage, "md5"},
		{"by standard input", " the-s3cret\t\n", []string{"--secret-file", "-", "--hash", "sha512", "--name", "first"}, 0, "had blanks around it"},
		{"by variable", "", []string{"--secret-env", "MY_SECRET", "--hash", "sha512"}, 0, ""},
		{"untested", "", []string{"--secret", "wrong", "--no-test", "--name", "third"}, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := command(t, env, test.in, append([]string{"bbb", "add", "--url", s.URL}, test.args...)...)
			if r.code != test.code || !strings.Contains(r.out+r.err, test.want) {
				t.Errorf("exit code %d, want %d and %q\n%s%s", r.code, test.code, test.want, r.out, r.err)
			}
			if strings.Contains(r.out+r.err, "s3cret") {
				t.Errorf("the secret is shown: %s%s", r.out, r.err)
			}
		})
	}

	list := decode[[]shownServer](t, must(t, env, "", "bbb", "list", "--json"))
	if len(list) != 3 || list[0].Name != "first" || list[0].Secrets != 1 || list[1].Name != "127.0.0.1" {
		t.Errorf("servers: %+v", list)
	}
	r := command(t, env, "", "bbb", "test", "--json")
	results := decode[[]tested](t, r)
	if r.code != exitFailure || len(results) != 3 || !results[0].OK || results[2].OK || !strings.Contains(results[2].Problem, "refuses the secret") {
		t.Errorf("exit code %d: %+v", r.code, results)
	}
	must(t, env, "", "bbb", "disable", "third")
	if r := must(t, env, "", "bbb", "test"); strings.Contains(r.out, "third") || !strings.Contains(r.out, "first: works") {
		t.Error(r.out)
	}
	if r := command(t, env, "", "bbb", "test", "third"); r.code != exitFailure {
		t.Errorf("a wrong server that is named: exit code %d", r.code)
	}
	must(t, env, "", "bbb", "enable", "third")
	if r := must(t, env, "", "bbb", "list"); strings.Contains(r.out, "no") || strings.Contains(r.out, "s3cret") {
		t.Error(r.out)
	}
	if r := command(t, env, "", "bbb", "test", "nobody"); r.code != exitFailure || !strings.Contains(r.err, "nobody") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

func TestHealth(t *testing.T) {
	w := newProxied(t)
	if r := command(t, w.env, "", "health"); r.code != exitFailure {
		t.Errorf("with no server: exit code %d", r.code)
	}
	start(t, w.env, isReady, "serve")
	begun := time.Now()
	must(t, w.env, "", "health")
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}
