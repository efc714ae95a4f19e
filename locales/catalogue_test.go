package locales

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func testCatalogue(t *testing.T) *Catalogue {
	t.Helper()
	c, err := load(fstest.MapFS{
		"en/a.json": {Data: []byte(`{"a.hello": "Hello {{.Name}}", "a.plain": "Plain",
			"a.left": {"one": "{{.Count}} seat", "other": "{{.Count}} seats"}}`)},
		"en/b.json":    {Data: []byte(`{"b.only": "English only"}`)},
		"de/a.json":    {Data: []byte(`{"a.plain": "Schlicht"}`)},
		"pt-BR/a.json": {Data: []byte(`{"a.plain": "Simples"}`)},
		"pl/a.json": {Data: []byte(`{"a.left": {"one": "{{.Count}} miejsce", "few": "{{.Count}} miejsca",
			"many": "{{.Count}} miejsc", "other": "{{.Count}} miejsca"}}`)},
		"ar/a.json": {Data: []byte(`{"a.plain": "بسيط"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFor(t *testing.T) {
	c := testCatalogue(t)
	for _, test := range []struct {
		wishes []string
		lang   string
		dir    string
	}{
		{nil, "en", "ltr"},
		{[]string{""}, "en", "ltr"},
		{[]string{"nonsense ##"}, "en", "ltr"},
		{[]string{"ja"}, "en", "ltr"},
		{[]string{"de"}, "de", "ltr"},
		{[]string{"de-AT"}, "de", "ltr"},
		{[]string{"de_du"}, "de", "ltr"},
		{[]string{"DE_de"}, "de", "ltr"},
		{[]string{"en_us_k12"}, "en", "ltr"},
		{[]string{"pt_br"}, "pt-BR", "ltr"},
		{[]string{"ar"}, "ar", "rtl"},
		{[]string{"ar_sy"}, "ar", "rtl"},
		{[]string{"", "de"}, "de", "ltr"},
		{[]string{"ja", "fr;q=0.9, pl;q=0.8"}, "pl", "ltr"},
		{[]string{strings.Repeat("x-", 5000)}, "en", "ltr"},
	} {
		p := c.For(test.wishes...)
		if p.Lang() != test.lang || p.Dir() != test.dir {
			t.Errorf("For(%.40q) speaks %s (%s), want %s (%s)", test.wishes, p.Lang(), p.Dir(), test.lang, test.dir)
		}
	}
}

func TestText(t *testing.T) {
	c := testCatalogue(t)
	for _, test := range []struct {
		lang, id string
		args     []any
		want     string
	}{
		{"en", "a.hello", []any{"Name", "Ana <b>"}, "Hello Ana <b>"},
		{"en", "a.hello", nil, "a.hello"}, // a value is missing
		{"en", "a.left", []any{"Count", 1}, "1 seat"},
		{"en", "a.left", []any{"Count", 0}, "0 seats"},
		{"pl", "a.left", []any{"Count", 3}, "3 miejsca"},
		{"pl", "a.left", []any{"Count", 5}, "5 miejsc"},
		{"de", "a.plain", nil, "Schlicht"},
		{"de", "b.only", nil, "English only"},
		{"de", "a.left", []any{"Count", 1}, "1 seat"},
		{"en", "a.nothing", nil, "a.nothing"},
	} {
		if got := c.For(test.lang).Text(test.id, test.args...); got != test.want {
			t.Errorf("%s %s %v = %q, want %q", test.lang, test.id, test.args, got, test.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"the same id twice":     {"en/a.json": {Data: []byte(`{"x.y": "1"}`)}, "en/b.json": {Data: []byte(`{"x.y": "2"}`)}},
		"a folder of no tongue": {"klingonish9/a.json": {Data: []byte(`{"x.y": "1"}`)}},
		"broken JSON":           {"en/a.json": {Data: []byte(`{`)}},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}

func TestClock(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := c.For("en")
	at := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)
	for _, test := range []struct{ zone, clock, day string }{
		{"Europe/Berlin", "00:30", "Monday, 23 November 2026"},
		{"America/Sao_Paulo", "20:30", "Sunday, 22 November 2026"},
		{"", "23:30 UTC", "Sunday, 22 November 2026"},
		{"Local", "23:30 UTC", "Sunday, 22 November 2026"},
		{"Mars/Base", "23:30 UTC", "Sunday, 22 November 2026"},
		{"../../etc/passwd", "23:30 UTC", "Sunday, 22 November 2026"},
	} {
		if got := p.Time(at, test.zone); got != test.clock {
			t.Errorf("Time in %q = %q, want %q", test.zone, got, test.clock)
		}
		if got := p.Day(at, test.zone); got != test.day {
			t.Errorf("Day in %q = %q, want %q", test.zone, got, test.day)
		}
	}
	for d, want := range map[time.Duration]string{
		0:                               "less than a minute",
		-time.Hour:                      "less than a minute",
		31 * time.Second:                "1 minute",
		25 * time.Minute:                "25 minutes",
		2 * time.Hour:                   "2 hours",
		time.Hour + 59*time.Second:      "1 hour 1 minute",
		59*time.Minute + 45*time.Second: "1 hour",
		26*time.Hour + 5*time.Minute:    "26 hours 5 minutes",
	} {
		if got := p.Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}
