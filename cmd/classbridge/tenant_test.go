package main

import (
	"encoding/json"
	"strings"
	"testing"

	"classbridge/classroom"
)

func TestTenantCommands(t *testing.T) {
	env := map[string]string{"CLASSBRIDGE_DATA": t.TempDir(), "CLASSBRIDGE_URL": "https://class.example.org"}
	var added struct{ ID, Name string }
	if err := json.Unmarshal([]byte(must(t, env, "", "tenant", "add", "--name", "North school", "--json").out), &added); err != nil {
		t.Fatal(err)
	}
	must(t, env, "", "admin", "create", "--tenant", added.ID, "--email", "nora@north.example")
	must(t, env, "", "tenant", "rename", added.ID, "Northern school")
	must(t, env, "", "tenant", "disable", added.ID)
	list := func() []shownTenant {
		t.Helper()
		var shown []shownTenant
		if err := json.Unmarshal([]byte(must(t, env, "", "tenant", "list", "--json").out), &shown); err != nil {
			t.Fatal(err)
		}
		return shown
	}
	if all := list(); len(all) != 2 || all[0].ID != classroom.DefaultTenant || all[1].Name != "Northern school" || !all[1].Disabled || all[1].Accounts != 1 {
		t.Errorf("the schools are %+v", all)
	}
	must(t, env, "", "tenant", "enable", added.ID)
	if list()[1].Disabled {
		t.Error("it is still disabled")
	}
	if table := must(t, env, "", "tenant", "list").out; !strings.Contains(table, "Northern school") {
		t.Errorf("the table has\n%s", table)
	}
	for name, args := range map[string][]string{
		"no name":            {"tenant", "add", "--name", " "},
		"nowhere":            {"tenant", "rename", "nowhere", "X"},
		"the installation's": {"tenant", "disable", classroom.DefaultTenant},
	} {
		if r := command(t, env, "", args...); r.code == 0 || strings.Contains(r.err, "console.") {
			t.Errorf("%s: exit code %d\n%s", name, r.code, r.err)
		}
	}
}
