package main

import (
	"encoding/json"
	"strings"
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

func TestPersonCommands(t *testing.T) {
	env := dataEnv(t)
	p := &program{env: env, now: storagetest.Now}
	config, err := p.config()
	if err != nil {
		t.Fatal(err)
	}
	var bob, twin classroom.Person
	err = p.withStore(t.Context(), config, func(s *store) error {
		lms := storagetest.Platform(t, s.DB)
		bob = storagetest.Person(t, s.DB, lms, "Bob Builder")
		twin = storagetest.Person(t, s.DB, lms, "Bob Burger")
		course := storagetest.Course(t, s.DB, lms)
		storagetest.Enrolment(t, s.DB, course, bob, false)
		storagetest.Launch(t, s.DB, storagetest.Room(t, s.DB, course), bob)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if out := must(t, env, "", "person", "show", "builder").out; !strings.Contains(out, "launches") || !strings.Contains(out, bob.ID) {
		t.Errorf("show: %s", out)
	}
	if r := command(t, env, "", "person", "show", "bob"); r.code != exitFailure || !strings.Contains(r.err, twin.ID) {
		t.Errorf("two are meant: %+v", r)
	}
	if r := command(t, env, "", "person", "show", "nobody"); r.code != exitFailure {
		t.Errorf("nobody is meant: %+v", r)
	}
	var file struct {
		Person   struct{ Name string }
		Launches []struct{ Room string }
	}
	if err := json.Unmarshal([]byte(must(t, env, "", "person", "export", bob.ID).out), &file); err != nil || file.Person.Name != "Bob Builder" || len(file.Launches) != 1 {
		t.Errorf("export: %+v, %v", file, err)
	}
	if r := command(t, env, "", "person", "erase", bob.ID); r.code != exitUsage {
		t.Errorf("without --yes: %+v", r)
	}
	must(t, env, "", "person", "show", "builder")
	if out := must(t, env, "", "person", "erase", bob.ID, "--yes").out; !strings.Contains(out, "enrolments: 1") {
		t.Errorf("erase: %s", out)
	}
	if r := command(t, env, "", "person", "show", "builder"); r.code != exitFailure {
		t.Errorf("still found: %+v", r)
	}
	log := must(t, env, "", "audit", "export", "--act", "person").out
	if strings.Count(log, "person.erase") != 1 || strings.Contains(log, "Builder") || !strings.Contains(log, bob.ID) {
		t.Errorf("written down: %s", log)
	}
}
