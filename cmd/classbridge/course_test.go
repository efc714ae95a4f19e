package main

import (
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestCourseCommands(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "migrate")
	if got := decode[[]shownCourse](t, must(t, env, "", "course", "list", "--json")); len(got) != 0 {
		t.Errorf("courses of a new installation: %+v", got)
	}
	var read, none classroom.Course
	withDatabase(t, env, func(db *storage.DB) {
		p := storagetest.Platform(t, db)
		read, none = storagetest.Course(t, db, p), storagetest.Course(t, db, p)
		read.RosterURL = "https://lms.example/members"
		read.Title = "Read"
		if err := db.SaveCourse(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		storagetest.Enrolment(t, db, read, storagetest.Person(t, db, p, "Ada"), true)
		now := time.Now()
		r := classroom.Roster{CourseID: read.ID, TenantID: read.TenantID, Members: 7, ReadAt: now, FullAt: now, DueAt: now}
		if err := db.CreateRoster(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	})
	r := must(t, env, "", "course", "list")
	for _, want := range []string{read.ID, none.ID, "7 members, read ", "none"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	for _, c := range decode[[]shownCourse](t, must(t, env, "", "course", "list", "--json")) {
		if c.ID == read.ID && (c.People != 1 || c.Roster.State != "read" || c.Roster.ReadAt == nil || !c.Roster.Offered) {
			t.Errorf("%+v", c)
		}
	}
	must(t, env, "", "course", "sync", read.ID)
	withDatabase(t, env, func(db *storage.DB) {
		want := `sync_roster {"CourseID":"` + read.ID + `"}`
		if queued := storagetest.Queued(t, db); len(queued) != 1 || queued[0] != want {
			t.Errorf("queued are %v", queued)
		}
	})
	for id, want := range map[string]string{none.ID: "does not offer", "nonsense": "course list"} {
		if r := command(t, env, "", "course", "sync", id); r.code != exitFailure || !strings.Contains(r.err, want) {
			t.Errorf("course sync %s: exit code %d, %s", id, r.code, r.err)
		}
	}
}

// withDatabase opens the database of the environment beside the commands.
func withDatabase(t *testing.T, env map[string]string, do func(*storage.DB)) {
	t.Helper()
	p := &program{env: env, now: time.Now, err: t.Output()}
	err := p.withStore(t.Context(), config{Data: env["CLASSBRIDGE_DATA"]}, func(s *store) error {
		do(s.DB)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
