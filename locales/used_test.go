package locales

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// A string literal that begins with a namespace of the catalogue is the id of a
// text, or the beginning of one that is put together: "post.format_".
var literal = regexp.MustCompile("[\"`]([a-z]+\\.[a-z0-9_.]+)[\"`]")

func TestEveryTextThatIsAskedForExists(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	namespaces := map[string]bool{}
	for _, id := range c.IDs() {
		space, _, _ := strings.Cut(id, ".")
		namespaces[space] = true
	}
	seen := 0
	root := os.DirFS("..")
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !hasTexts(path, d) {
			return err
		}
		b, err := fs.ReadFile(root, path)
		for _, m := range literal.FindAllStringSubmatch(string(b), -1) {
			space, _, _ := strings.Cut(m[1], ".")
			if !namespaces[space] || isFile(m[1]) {
				continue
			}
			seen++
			if !c.Has(m[1]) && !c.begins(m[1]) {
				t.Errorf("%s asks for %q, which is in no file", path, m[1])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 50 {
		t.Errorf("only %d uses were found: is the test looking in the right place?", seen)
	}
}

// hasTexts: what people read is asked for by the program and its templates.
func hasTexts(path string, d fs.DirEntry) bool {
	if d.IsDir() || strings.HasPrefix(path, "e2e/") || strings.HasPrefix(path, ".") {
		return false
	}
	return strings.HasSuffix(path, ".html") || strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
}

// isFile tells the name of a template from an id.
func isFile(s string) bool {
	for _, end := range []string{".html", ".js", ".css", ".json", ".key", ".svg", ".go"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// begins reports whether some id begins with the literal, which ends in "_" or ".".
func (c *Catalogue) begins(literal string) bool {
	if !strings.HasSuffix(literal, "_") && !strings.HasSuffix(literal, ".") {
		return false
	}
	for _, id := range c.IDs() {
		if strings.HasPrefix(id, literal) {
			return true
		}
	}
	return false
}
