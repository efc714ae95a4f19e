package main

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"classbridge/locales"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// exported is an entry as the command writes it.
type exported struct {
	Actor, Act, Subject, Outcome string
	Detail                       []string
}

func exportedBy(t *testing.T, env map[string]string, args ...string) []exported {
	t.Helper()
	var all []exported
	for line := range strings.Lines(must(t, env, "", append([]string{"audit", "export", "--as", "json"}, args...)...).out) {
		all = append(all, decode[exported](t, result{out: line}))
	}
	return all
}

func TestCommandsAreWrittenDown(t *testing.T) {
	env := dataEnv(t)
	env["USER"], env["SUDO_USER"] = "root", "ada"
	must(t, env, "", "platform", "add", "--name", "=LMS", "--issuer", "https://lms.example.org", "--client-id", "c",
		"--auth-url", "https://lms.example.org/a", "--token-url", "https://lms.example.org/t", "--jwks-url", "https://lms.example.org/k", "--deployment-id", "1")
	must(t, env, "", "settings", "set", "name", "Our school")
	must(t, env, "", "platform", "list")
	if r := command(t, env, "", "platform", "disable", "nobody"); r.code != exitFailure {
		t.Fatalf("disabling nothing: %+v", r)
	}
	if r := command(t, env, "", "settings", "set", "time-zone", "nowhere"); r.code != exitUsage {
		t.Fatalf("a wrong setting: %+v", r)
	}
	if r := command(t, env, "", "bbb", "add", "--url", "http://127.0.0.1:1/", "--secret", "canary-secret", "--name", "BBB"); r.code != exitFailure {
		t.Fatalf("adding a server that is not there: %+v", r)
	}
	got := exportedBy(t, env)
	want := []exported{
		{"command: ada", "server.add", "BBB", "failed", nil},
		{"command: ada", "platform.disable", "nobody", "failed", nil},
		{"command: ada", "school.change", "", "done", []string{`name: "" -> "Our school"`}},
		{"command: ada", "platform.add", "=LMS", "done", nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}

	lines, err := csv.NewReader(strings.NewReader(must(t, env, "", "audit", "export", "--act", "platform", "--outcome", "done").out)).ReadAll()
	if err != nil || len(lines) != 2 || lines[0][0] != "time" || lines[1][4] != "'=LMS" {
		t.Errorf("as a table: %q, %v", lines, err)
	}
	exports := exportedBy(t, env, "--act", "audit.export")
	if len(exports) != 2 || exports[0].Actor != "command: ada" {
		t.Errorf("the exports are noted as %+v", exports)
	}
	for args, want := range map[string]int{"--since 2000-01-01": 7, "--until 2000-01-01": 0, "--actor ADA --subject school": 0, "--subject lms": 1} {
		if got := exportedBy(t, env, strings.Fields(args)...); len(slices.DeleteFunc(got, func(e exported) bool { return e.Act == "audit.export" })) > want {
			t.Errorf("%s: %+v", args, got)
		}
	}
	for _, args := range []string{"--since tomorrow", "--as xml", "--outcome perhaps"} {
		if r := command(t, env, "", append([]string{"audit", "export"}, strings.Fields(args)...)...); r.code != exitUsage {
			t.Errorf("%s: exit code %d", args, r.code)
		}
	}
	if r := command(t, env, "", "audit", "export", "--tenant", "nobody"); r.code != exitFailure || !strings.Contains(r.err, "nobody") {
		t.Errorf("no such tenant: %+v", r)
	}
}

// looking are the commands that change nothing of a school's, noting those that
// write down by themselves what they did.
var (
	looking = []string{
		"serve", "demo", "platform presets", "platform list", "platform invitations", "deployment list", "key list", "course list",
		"adopt plan", "adopt list", "bbb list", "bbb test", "maintenance show", "mattermost verify", "mattermost status", "admin list",
		"settings show", "tenant list", "doctor", "migrate", "backup", "master status", "version", "health",
	}
	noting = []string{
		"admin create", "admin disable", "mattermost rotate", "person show", "person export", "person erase",
		"tenant add", "tenant rename", "tenant disable", "tenant enable",
	}
)

// Whoever makes a command has to decide whether the audit log hears of it.
func TestEveryCommandIsDecided(t *testing.T) {
	var grammar commands
	parser, err := kong.New(&grammar, kong.Vars{"roleSwitches": roleSwitchNames()})
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{}
	for _, name := range slices.Concat(looking, noting) {
		known[name]++
	}
	for name, act := range acts() {
		known[name]++
		if !texts.Has("console.act." + act) {
			t.Errorf("%s writes %q, which has no words", name, act)
		}
	}
	for _, leaf := range parser.Model.Leaves(false) {
		name := strings.TrimPrefix(leaf.Path(), "classbridge ")
		if i := strings.IndexAny(name, "<["); i > 0 {
			name = strings.TrimSpace(name[:i])
		}
		if known[name] != 1 {
			t.Errorf("%q is decided %d times: add it to acts, looking or noting", name, known[name])
		}
		delete(known, name)
	}
	for name := range known {
		t.Errorf("there is no command %q", name)
	}
}

func TestWhatACommandIsAbout(t *testing.T) {
	p := &program{}
	for args, want := range map[string]doing{
		"platform disable abc":                             {act: "platform.disable", subject: "abc"},
		"settings set name School":                         {act: "school.change", subject: "name School"},
		"bbb add --url https://x --name N --secret canary": {act: "server.add", subject: "N"},
		"platform list":                                    {},
	} {
		command, err := p.parse(strings.Fields(args))
		if err != nil {
			t.Fatal(err)
		}
		if got := doingOf(command); got != want {
			t.Errorf("%s: %+v, want %+v", args, got, want)
		}
	}
}

func TestExportedEntriesAreJSON(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "settings", "set", "name", `A "school" <b>`)
	out := must(t, env, "", "audit", "export", "--as", "json").out
	if strings.Count(out, "\n") != 1 || !json.Valid([]byte(out)) {
		t.Errorf("not one line of JSON: %s", out)
	}
}
