package locales

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"testing"
)

// forms are the plural forms that each language has (CLDR 48), for whole numbers
// and large ones.
var forms = map[string][]string{
	"en": {"one", "other"},
	"de": {"one", "other"},
	"fr": {"one", "many", "other"},
	"es": {"one", "many", "other"},
	"pt": {"one", "many", "other"},
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// texts reads a language as it is written: id to form to text; one text without
// forms is its "other".
func texts(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	names, err := fs.Glob(files, lang+"/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%s has no texts: %v", lang, err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		var content map[string]any
		if err := json.Unmarshal(b, &content); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, value := range content {
			if all[id] != nil {
				t.Errorf("%s: %s is there twice", path.Base(name), id)
			}
			all[id] = formsOf(value)
		}
	}
	return all
}

func formsOf(value any) map[string]string {
	if text, ok := value.(string); ok {
		return map[string]string{"other": text}
	}
	forms := map[string]string{}
	for form, text := range value.(map[string]any) {
		forms[form] = text.(string)
	}
	return forms
}

// placeholders are those of a text, once each, in order of the alphabet.
func placeholders(text string) []string {
	found := placeholder.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Every language says everything, with the same values as English, in all the
// forms that its numbers need, and nothing that nobody asks for.
func TestTranslationsAreComplete(t *testing.T) {
	english := texts(t, "en")
	for lang, wanted := range forms {
		if lang == "en" {
			continue
		}
		t.Run(lang, func(t *testing.T) {
			translated := texts(t, lang)
			for id, source := range english {
				target, ok := translated[id]
				if !ok {
					t.Errorf("%s is not translated", id)
					continue
				}
				checkForms(t, id, source, target, wanted)
			}
			for id := range translated {
				if english[id] == nil {
					t.Errorf("%s is no text any more", id)
				}
			}
		})
	}
}

func checkForms(t *testing.T, id string, source, target map[string]string, wanted []string) {
	t.Helper()
	if len(source) > 1 {
		for _, form := range wanted {
			if target[form] == "" {
				t.Errorf("%s has no form %q", id, form)
			}
		}
	}
	want := placeholders(source["other"])
	for form, text := range target {
		got := placeholders(text)
		if form == "one" { // "one person" needs no number
			got, want := slices.DeleteFunc(slices.Clone(got), isCount), slices.DeleteFunc(slices.Clone(want), isCount)
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: values %v, want %v", id, form, got, want)
			}
			continue
		}
		if text == "" || !slices.Equal(got, want) {
			t.Errorf("%s, %s: values %v, want %v", id, form, got, want)
		}
	}
}

func isCount(p string) bool { return p == "{{.Count}}" || p == "{{.Number}}" }
