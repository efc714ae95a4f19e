package main

import (
	"strings"
	"testing"
)

// A rotation by command: the next key signs, the one that signed stays published,
// and nothing of a private half is ever printed.
func TestKeyCommands(t *testing.T) {
	env := dataEnv(t)
	before := keysByState(t, env)
	if len(before) != 2 || before["current"] == "" || before["next"] == "" {
		t.Fatalf("keys of a new installation: %v", before)
	}
	failsSaying(t, env, "may not know it yet", "key", "rotate")
	must(t, env, "", "key", "rotate", "--now")
	after := keysByState(t, env)
	if after["current"] != before["next"] || after["retired"] != before["current"] || after["next"] == "" || len(after) != 3 {
		t.Errorf("before %v, after %v", before, after)
	}
	failsSaying(t, env, "signs", "key", "retire", after["current"])
	failsSaying(t, env, "there is no key", "key", "retire", "nothing")
	must(t, env, "", "key", "retire", after["retired"])
	if last := keysByState(t, env); last["retired"] != "" || last["current"] != after["current"] {
		t.Errorf("after retiring: %v", last)
	}
}

// keysByState are the kids of an installation.
func keysByState(t *testing.T, env map[string]string) map[string]string {
	t.Helper()
	r := must(t, env, "", "key", "list", "--json")
	byState := map[string]string{}
	for _, k := range decode[[]map[string]string](t, r) {
		byState[k["state"]] = k["kid"]
		if len(k) != 4 {
			t.Errorf("printed of a key: %v", k)
		}
	}
	return byState
}

func failsSaying(t *testing.T, env map[string]string, want string, args ...string) {
	t.Helper()
	if r := command(t, env, "", args...); r.code != exitFailure || !strings.Contains(r.err, want) {
		t.Errorf("classbridge %s: exit code %d, want %q\n%s%s", strings.Join(args, " "), r.code, want, r.out, r.err)
	}
}
