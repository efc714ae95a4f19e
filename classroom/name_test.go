package classroom_test

import (
	"strings"
	"testing"

	"classbridge/classroom"
)

func TestNamelessPeopleChooseAName(t *testing.T) {
	w := newWorld(t)
	l := w.launch("quiet", learner)
	l.Name, l.Email = "", ""
	a := w.visits(l)
	if !a.Nameless() {
		t.Fatal("whom the LMS does not name is not asked for a name")
	}
	for typed, want := range map[string]string{
		"  Ana\t\u202eMaria  ":        "Ana Maria",
		"\u0000\u200b":                "Ana Maria", // nothing to read: as before
		strings.Repeat("long ", 40):   strings.TrimSpace(strings.Repeat("long ", 12)),
		"<script>alert(1)</script> 李": "<script>alert(1)</script> 李",
	} {
		must(t, w.db.SavePerson(t.Context(), named(a.Person, "Ana Maria")))
		a.Person.ChosenName = "Ana Maria"
		got, err := w.ChooseName(t.Context(), a, typed)
		must(t, err)
		stored, err := w.db.Person(t.Context(), a.Person.ID)
		must(t, err)
		if got.Person.DisplayName() != want || stored.ChosenName != want {
			t.Errorf("typed %q: shown %q, stored %q, want %q", typed, got.Person.DisplayName(), stored.ChosenName, want)
		}
	}
}

func named(p classroom.Person, chosen string) classroom.Person {
	p.ChosenName = chosen
	return p
}

func TestNamesOfTheLMSStay(t *testing.T) {
	w := newWorld(t)
	a, err := w.ChooseName(t.Context(), w.enters("sam", learner), "Head Teacher")
	must(t, err)
	if a.Person.DisplayName() != "Name of sam" || a.Person.ChosenName != "" {
		t.Errorf("a name that the LMS tells was replaced: %+v", a.Person)
	}
}
