package main

import (
	"classbridge/classroom"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newProgram(env map[string]string) *program {
	return &program{env: env}
}

func TestConfigURL(t *testing.T) {
	for _, test := range []struct {
		url  string
		want string // as it is used; empty: refused
	}{
		{"https://class.example.org", "https://class.example.org"},
		{"https://class.example.org/", "https://class.example.org"},
		{"https://class.example.org:8443", "https://class.example.org:8443"},
		{"http://localhost:8080", "http://localhost:8080"},
		{"http://tool.localhost:8080", "http://tool.localhost:8080"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://[::1]:8080", "http://[::1]:8080"},
		{"", ""},
		{"http://class.example.org", ""},
		{"http://10.0.0.5", ""},
		{"http://localhost.example.org", ""},
		{"https://class.example.org/tool", ""},
		{"https://class.example.org/?x=1", ""},
		{"https://class.example.org/#x", ""},
		{"https://user@class.example.org", ""},
		{"https://:8080", ""},
		{"class.example.org", ""},
		{"ftp://class.example.org", ""},
		{"https://class example", ""},
	} {
		t.Run(test.url, func(t *testing.T) {
			c, err := newProgram(map[string]string{"CLASSBRIDGE_URL": test.url}).publicConfig()
			if refused := err != nil; refused != (test.want == "") {
				t.Fatalf("err = %v", err)
			}
			if err == nil && c.URL != test.want {
				t.Errorf("URL = %q, want %q", c.URL, test.want)
			}
		})
	}
}

func TestConfigDefaults(t *testing.T) {
	c, err := newProgram(map[string]string{"CLASSBRIDGE_ADDR": "", "CLASSBRIDGE_LOG_LEVEL": ""}).config()
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":8080" || c.Data != "./data" || c.level != slog.LevelInfo || c.LogFormat != "text" || c.driver() != "sqlite" {
		t.Errorf("defaults: %+v", c)
	}
}

func TestConfigReadsEverything(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	writeFile(t, secret, "new\nold\n")
	c, err := newProgram(map[string]string{
		"CLASSBRIDGE_URL":             "https://class.example.org",
		"CLASSBRIDGE_TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7,2001:db8::/32",
		"CLASSBRIDGE_DATABASE_URL":    "postgres://u:p@db/classbridge",
		"CLASSBRIDGE_BBB_URL":         "https://bbb.example.org/bigbluebutton/",
		"CLASSBRIDGE_BBB_SECRET_FILE": secret,
		"CLASSBRIDGE_BBB_HASH":        "SHA512",
		"CLASSBRIDGE_LOG_LEVEL":       "debug",
		"CLASSBRIDGE_LOG_FORMAT":      "json",
	}).publicConfig()
	if err != nil {
		t.Fatal(err)
	}
	want := classroom.ServerSettings{URL: "https://bbb.example.org/bigbluebutton/", Secrets: []string{"new", "old"}, Hash: "sha512"}
	if diff := cmp.Diff(want, c.bbb); diff != "" {
		t.Errorf("the BigBlueButton server (-want +got):\n%s", diff)
	}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("2001:db8::/32")}
	if diff := cmp.Diff(proxies, c.proxies, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("trusted proxies (-want +got):\n%s", diff)
	}
	if c.level != slog.LevelDebug || c.LogFormat != "json" || c.driver() != "postgres" {
		t.Errorf("%+v", c)
	}
}

// All problems are reported together, and exit code 2 says that they are the configuration's.
func TestConfigProblems(t *testing.T) {
	r := command(t, map[string]string{
		"CLASSBRIDGE_URL":                 "http://class.example.org",
		"CLASSBRIDGE_TRUSTED_PROXIES":     "everybody",
		"CLASSBRIDGE_DATABASE_URL":        "mysql://db",
		"CLASSBRIDGE_LOG_LEVEL":           "loud",
		"CLASSBRIDGE_LOG_FORMAT":          "xml",
		"CLASSBRIDGE_BBB_URL":             "https://bbb.example.org",
		"CLASSBRIDGE_MATTERMOST_URL":      "chat.example.org",
		"CLASSBRIDGE_MATTERMOST_OAUTH_ID": "app",
		"CLASSBRIDGE_MASTER_KEY":          "x",
		"CLASSBRIDGE_MASTER_KEY_FILE":     "/nowhere",
		"CLASSBRIDGE_METRICS_TOKEN_FILE":  "/nowhere",
	}, "", "serve")
	if r.code != exitUsage {
		t.Errorf("exit code %d, want %d", r.code, exitUsage)
	}
	for _, problem := range []string{
		"CLASSBRIDGE_URL must begin with https://", "TRUSTED_PROXIES", "DATABASE_URL must begin with postgres://",
		"LOG_LEVEL is", "LOG_FORMAT is", "BBB_URL and CLASSBRIDGE_BBB_SECRET", "MATTERMOST_TOKEN", "MATTERMOST_OAUTH_SECRET",
		"MATTERMOST_URL is not an address", "CLASSBRIDGE_MASTER_KEY and CLASSBRIDGE_MASTER_KEY_FILE", "CLASSBRIDGE_METRICS_TOKEN_FILE",
	} {
		if !strings.Contains(r.err, problem) {
			t.Errorf("nothing is said of %s", problem)
		}
	}
	if t.Failed() {
		t.Log(r.err)
	}
}

func TestConfigFiles(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	writeFile(t, empty, "\n")
	if _, err := newProgram(map[string]string{"CLASSBRIDGE_METRICS_TOKEN_FILE": empty}).config(); err == nil {
		t.Error("an empty file is taken for a value")
	}
	blanks := filepath.Join(dir, "blanks")
	writeFile(t, blanks, " kept \r\n")
	c, err := newProgram(map[string]string{"CLASSBRIDGE_METRICS_TOKEN_FILE": blanks}).config()
	if err != nil || c.MetricsToken != " kept " {
		t.Errorf("token %q, err %v", c.MetricsToken, err)
	}
}

func TestNewBBBServer(t *testing.T) {
	const address = "https://bbb.example.org/bigbluebutton/"
	for _, test := range []struct {
		name, url, secret, hash string
		want                    classroom.ServerSettings // zero: refused
	}{
		{"one", address, "s3cret\n", "", classroom.ServerSettings{URL: address, Secrets: []string{"s3cret"}, Hash: "sha256"}},
		{"two by colon", address, "new:old", "sha1", classroom.ServerSettings{URL: address, Secrets: []string{"new", "old"}, Hash: "sha1"}},
		{"two by line", address, "new\r\nold\r\n", "", classroom.ServerSettings{URL: address, Secrets: []string{"new", "old"}, Hash: "sha256"}},
		{"blanks around", address, " s3cret \n", "", classroom.ServerSettings{URL: address, Secrets: []string{"s3cret"}, Hash: "sha256", Blanks: true}},
		{"blank inside", address, "s3 cret", "", classroom.ServerSettings{}},
		{"empty", address, " \n", "", classroom.ServerSettings{}},
		{"hash", address, "s3cret", "sha384", classroom.ServerSettings{}},
		{"address", "bbb.example.org", "s3cret", "", classroom.ServerSettings{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := classroom.ReadServer(test.url, test.secret, test.hash)
			if test.want.URL == "" {
				if err == nil {
					t.Fatalf("accepted as %+v", got)
				}
				if strings.Contains(err.Error(), "s3") {
					t.Errorf("the error holds the secret: %v", err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("err %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
