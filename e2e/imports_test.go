package e2e_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	module   = "classbridge"
	mainPath = module + "/cmd/classbridge"
	// everything stands for all folders but cmd, which nobody imports.
	everything = "*"
)

// mayImport says for each folder of the product which others it may import
// besides itself: inward only. A folder that is not here fails the test, so
// that whoever makes one has to decide.
var mayImport = map[string][]string{
	"lti":        {},
	"bbb":        {},
	"classroom":  {"lti", "bbb"},
	"admin":      {"classroom"},
	"storage":    {"classroom", "admin", "lti", "migrations"},
	"bridge":     {"classroom", "locales"},
	"jobs":       {"classroom"},
	"notify":     {"admin"},
	"doctor":     {"classroom", "admin", "lti", "bbb", "locales"},
	"web":        {"classroom", "admin", "doctor", "lti", "bbb", "locales", "sheet", "templates", "static"},
	"sheet":      {},
	"templates":  {},
	"static":     {},
	"locales":    {},
	"migrations": {},
	"cmd":        {everything},
	"bench":      {everything},
	"e2e":        {"lti", "bbb"}, // their stand-ins

	// Support of tests: their databases have the queue's tables, too.
	"storage/storagetest": {"classroom", "lti", "jobs"},
}

// home says in which folders alone a library may be imported. What is measured
// against the product, in bench, is made of what it needs: it is not linked into it.
var home = map[string][]string{
	"github.com/lestrrat-go/jwx": {"lti", "bbb"},
	"github.com/gin-gonic":       {"web"},
	"gorm.io":                    {"storage"},
	"github.com/libtnb/sqlite":   {"storage"}, // GORM's dialect
	"github.com/tink-crypto":     {"storage/vault"},
	"filippo.io/age":             {"storage/archive"}, // encrypted files
	"github.com/mattermost":      {"bridge"},
	"github.com/riverqueue":      {"jobs"},
	"github.com/chromedp":        {"e2e"},
	"github.com/go-webauthn":     {"admin"},
	"github.com/coreos/go-oidc":  {"admin"},
	"github.com/wneessen":        {"notify"},
}

// pure are the folders that import nothing from outside but the library named:
// what implements a protocol can be used without the rest.
var pure = map[string]string{
	"lti": "github.com/lestrrat-go/jwx",
	"bbb": "github.com/lestrrat-go/jwx",
}

func TestImportRules(t *testing.T) {
	packages := list(t)
	if len(packages) == 0 {
		t.Fatal("go list found no package")
	}
	if found := violations(packages); len(found) > 0 {
		t.Errorf("imports against the rules:\n%s", strings.Join(found, "\n"))
	}
}

func TestImportRulesFindViolations(t *testing.T) {
	got := violations(map[string][]string{
		"classbridge/cmd/classbridge":      {"os", "classbridge/web", "classbridge/cmd/classbridge/demo"},
		"classbridge/cmd/classbridge/demo": {"classbridge/lti/ltitest", "github.com/alecthomas/kong"},
		"classbridge/web":                  {"github.com/gin-gonic/gin", "classbridge/storage", "classbridge/classroom"},
		"classbridge/classroom":            {"gorm.io/gorm", "classbridge/lti", "classbridge/cmd/classbridge"},
		"classbridge/storage":              {"gorm.io/gorm", "github.com/tink-crypto/tink-go/v2/aead"},
		"classbridge/storage/vault":        {"github.com/tink-crypto/tink-go/v2/aead"},
		"classbridge/storage/storagetest":  {"testing", "classbridge/storage", "classbridge/jobs"},
		"classbridge/storage/inner":        {"classbridge/jobs"},
		"classbridge/bench/floor":          {"github.com/lestrrat-go/jwx/v2/jwt", "classbridge/cmd/classbridge"},
		"classbridge/lti":                  {"crypto/rsa", "github.com/lestrrat-go/jwx/v2/jws", "github.com/google/uuid"},
		"classbridge/lti/ltitest":          {"testing", "classbridge/lti"},
		"classbridge/util":                 {"os"},
	})
	want := []string{
		"bench/floor imports cmd/classbridge",
		"classroom imports cmd/classbridge",
		"classroom imports gorm.io/gorm, which is for storage alone",
		"lti imports github.com/google/uuid, beside the standard library it may only github.com/lestrrat-go/jwx",
		"lti/ltitest imports testing, and is linked into the program",
		"storage imports github.com/tink-crypto/tink-go/v2/aead, which is for storage/vault alone",
		"storage/inner imports jobs",
		"util is a folder without a rule",
		"web imports storage",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// list returns the imports of each package of the module, tests excepted. With
// -e: whether a package can be built is for other tests to say.
func list(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p.Imports
	}
	return packages
}

// violations lists what breaks the rules, sorted.
func violations(packages map[string][]string) []string {
	var found []string
	linked := linked(packages)
	for path, imports := range packages {
		folder := strings.TrimPrefix(path, module+"/")
		if _, known := mayImport[top(folder)]; !known {
			found = append(found, folder+" is a folder without a rule")
			continue
		}
		for _, imported := range imports {
			if broken := judge(folder, imported); broken != "" {
				found = append(found, folder+" imports "+broken)
			}
			if imported == "testing" && linked[path] {
				found = append(found, folder+" imports testing, and is linked into the program")
			}
		}
	}
	slices.Sort(found)
	return found
}

// judge names what is wrong with an import, or returns "".
func judge(folder, imported string) string {
	if own, ours := strings.CutPrefix(imported, module+"/"); ours {
		if !mayImportFolder(folder, top(own)) {
			return own
		}
		return ""
	}
	if top(folder) == "bench" {
		return ""
	}
	for library, folders := range home {
		at := func(f string) bool { return under(folder, f) }
		if under(imported, library) && !slices.ContainsFunc(folders, at) {
			return fmt.Sprintf("%s, which is for %s alone", imported, strings.Join(folders, " and "))
		}
	}
	if library, strict := pure[top(folder)]; strict && !standard(imported) && !under(imported, library) {
		return fmt.Sprintf("%s, beside the standard library it may only %s", imported, library)
	}
	return ""
}

// mayImportFolder goes by the rule of the very folder, else by that of its top.
func mayImportFolder(from, to string) bool {
	may, own := mayImport[from]
	if !own {
		may = mayImport[top(from)]
	}
	return top(from) == to || slices.Contains(may, to) || slices.Contains(may, everything) && to != "cmd"
}

// linked tells which packages of ours are part of the program.
func linked(packages map[string][]string) map[string]bool {
	found := map[string]bool{}
	var walk func(path string)
	walk = func(path string) {
		if found[path] || packages[path] == nil {
			return
		}
		found[path] = true
		for _, imported := range packages[path] {
			walk(imported)
		}
	}
	walk(mainPath)
	return found
}

func top(folder string) string {
	first, _, _ := strings.Cut(folder, "/")
	return first
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// standard tells packages of the standard library by what they alone lack: a
// dot in the first element.
func standard(path string) bool { return !strings.Contains(top(path), ".") }
