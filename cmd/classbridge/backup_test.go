package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"classbridge/storage/archive"
	"classbridge/storage/storagetest"
	"classbridge/storage/vault"
)

const correctHorse = "correct horse battery staple"

// passphraseFile holds the passphrase.
func passphraseFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte(correctHorse+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// databases are the kinds that there are: what to add to the environment.
func databases(t *testing.T) map[string]func() map[string]string {
	kinds := map[string]func() map[string]string{"SQLite": func() map[string]string { return nil }}
	if os.Getenv(storagetest.PostgresVariable) != "" {
		kinds["PostgreSQL"] = func() map[string]string {
			return map[string]string{"CLASSBRIDGE_DATABASE_URL": storagetest.Postgres(t).URL}
		}
	}
	return kinds
}

// A school is backed up beside its running server, in the middle of a class, and
// goes on from the backup in another database: the class, sessions, posts.
func TestRestoredInstallationGoesOn(t *testing.T) {
	for from, source := range databases(t) {
		for to, target := range databases(t) {
			t.Run(from+" to "+to, func(t *testing.T) {
				w := newProxied(t)
				w.env["CLASSBRIDGE_MASTER_KEY"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
				maps.Copy(w.env, source())
				s := start(t, w.env, isReady, "serve")
				addPlatform(t, w.env, w.world)
				teacher, learner := newVisitor(t), newVisitor(t)
				teacher.launch(w.LMS(), "teacher", "weekly")
				learner.launch(w.LMS(), "learner1", "weekly")
				teacher.submit(`form[action$="/start"]`, "announce", "yes")
				inside(teacher, "Tamar Levi", "Moderator")
				chat := newVisitor(t)
				announcement(chat, w.World)

				file := filepath.Join(t.TempDir(), "school.backup")
				must(t, w.env, "", "backup", "--to", file)
				if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("the backup's mode: %v, %v", info, err)
				}
				s.end()

				env := maps.Clone(w.env)
				delete(env, "CLASSBRIDGE_DATABASE_URL")
				env["CLASSBRIDGE_DATA"] = t.TempDir()
				maps.Copy(env, target())
				must(t, env, "", "restore", file)
				start(t, env, isReady, "serve")

				learner.reload() // the session goes on
				learner.until(`form[action$="/join"]`)
				learner.submit(`form[action$="/join"]`)
				inside(learner, "Lena Fischer", "Viewer")
				teacher.submit(`form[action$="/start-recording"]`)
				teacher.submit(`form[action$="/end"]`)
				chat.untilShows("article.post:not(.system)", "has ended")
				chat.untilShows(".thread article", "#recording")
				if n := len(queryAll(chat.page, "article.post:not(.system)")); n > 2 { // the post, and the reply
					t.Errorf("%d posts: something was announced twice", n)
				}
				newVisitor(t).launch(w.LMS(), "learner2", "weekly")
			})
		}
	}
}

func TestBackupAndRestoreRefuse(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "platform", "add", "--preset", "moodle", "--url", "https://moodle.example.org", "--client-id", "c", "--deployment-id", "1")
	file, secret := filepath.Join(t.TempDir(), "b"), passphraseFile(t)
	must(t, env, "", "backup", "--to", file, "--passphrase-file", secret)
	byMaster := filepath.Join(t.TempDir(), "m")
	must(t, env, "", "backup", "--to", byMaster)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(t.TempDir(), "half")
	if err := os.WriteFile(half, whole[:len(whole)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("horse"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := dataEnv(t)
	for _, test := range []struct {
		name string
		env  map[string]string
		args string
		code int
		want string
	}{
		{"in use", env, "restore " + byMaster, exitFailure, "--replace"},
		{"replacing unasked", env, "restore --without-backup " + byMaster, exitUsage, "--replace"},
		{"no passphrase", env, "restore " + file, exitFailure, "--passphrase"},
		{"half", env, "restore --replace --passphrase-file " + secret + " " + half, exitFailure, "damaged"},
		{"no backup", env, "restore --replace " + secret, exitFailure, "damaged"},
		{"not there", env, "restore --replace /no/such/file", exitFailure, "/no/such/file"},
		{"another master key, sealed by it", other, "restore " + byMaster, exitFailure, "CLASSBRIDGE_MASTER_KEY"},
		{"another master key for the secrets", other, "restore --passphrase-file " + secret + " " + file, exitFailure, "--forget-secrets"},
		{"written over", env, "backup --to " + file, exitFailure, "exists"},
		{"of nothing", dataEnv(t), "backup", exitFailure, "empty"},
		{"short passphrase", env, "backup --passphrase-file " + short, exitUsage, "12 characters"},
		{"two locks", env, "backup --passphrase --recipient age1x", exitUsage, "--recipient"},
		{"no recipient", env, "backup --recipient age1x", exitUsage, "age1x"},
		{"keep elsewhere", env, "backup --keep 3 --to x", exitUsage, "--keep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := command(t, test.env, "", strings.Fields(test.args)...)
			if r.code != test.code || !strings.Contains(r.err, test.want) {
				t.Errorf("exit code %d, want %d and %q:\n%s%s", r.code, test.code, test.want, r.out, r.err)
			}
			if strings.Contains(r.out+r.err, correctHorse) {
				t.Error("it tells the passphrase")
			}
		})
	}
	if r := must(t, env, "", "platform", "list"); !strings.Contains(r.out, "moodle.example.org") {
		t.Errorf("a refusal has changed something:\n%s", r.out)
	}
}

// What is inside a backup has no secret in clear, and is not to be read without
// what opens it.
func TestBackupHoldsNoSecret(t *testing.T) {
	env := dataEnv(t)
	env["CLASSBRIDGE_MASTER_KEY"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
	must(t, env, "canary-of-bbb\n", "bbb", "add", "--no-test", "--url", "https://bbb.example.org/bigbluebutton/", "--secret-file", "-")
	secret, file := passphraseFile(t), filepath.Join(t.TempDir(), "b")
	must(t, env, "", "backup", "--to", file, "--passphrase-file", secret)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := vault.New([]byte(strings.Repeat("another ", 4)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := archive.Keys{Passphrase: correctHorse, Master: v}.Decrypt(f)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(plain)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	locked, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "bbb.example.org") || strings.Contains(string(locked), "bbb.example.org") {
		t.Error("the backup does not hold the server, or shows it")
	}
	for _, canary := range []string{"canary-of-bbb", "BwcHBwcHBw", strings.Repeat("\x07", 8), "PRIVATE KEY"} {
		if strings.Contains(string(text), canary) {
			t.Errorf("the backup holds %q in clear", canary)
		}
	}
}

// What is replaced is backed up first, and what is restored can be looked at before.
func TestRestoreReplacesWhatIsThere(t *testing.T) {
	for name, add := range databases(t) {
		t.Run(name, func(t *testing.T) {
			env := dataEnv(t)
			maps.Copy(env, add())
			addMoodle := func(host string) {
				must(t, env, "", "platform", "add", "--preset", "moodle", "--url", "https://"+host, "--client-id", "c", "--deployment-id", "1")
			}
			addMoodle("first.example.org")
			must(t, env, "", "backup")
			files, err := filepath.Glob(filepath.Join(env["CLASSBRIDGE_DATA"], "backups", "classbridge-*.backup"))
			if err != nil || len(files) != 1 {
				t.Fatalf("backups: %v, %v", files, err)
			}
			addMoodle("second.example.org")
			held := decode[backupContent](t, must(t, env, "", "restore", "--check", "--json", files[0]))
			if held.Rows["platforms"] != 1 || held.Schema == 0 || len(held.Keys) != 1 {
				t.Errorf("it holds %+v", held)
			}
			if r := must(t, env, "", "restore", "--check", files[0]); !strings.Contains(r.out, "opens its secrets") {
				t.Error(r.out)
			}
			must(t, env, "", "restore", "--replace", files[0])
			if r := must(t, env, "", "platform", "list"); !strings.Contains(r.out, "first.example.org") || strings.Contains(r.out, "second") {
				t.Errorf("after the restore:\n%s", r.out)
			}
			before, err := filepath.Glob(filepath.Join(env["CLASSBRIDGE_DATA"], "backups", "before-restore-*.backup"))
			if err != nil || len(before) != 1 {
				t.Fatalf("what was there: %v, %v", before, err)
			}
			must(t, env, "", "restore", "--replace", before[0])
			if r := must(t, env, "", "platform", "list"); !strings.Contains(r.out, "second.example.org") {
				t.Errorf("after taking it back:\n%s", r.out)
			}
			if left, _ := filepath.Glob(filepath.Join(env["CLASSBRIDGE_DATA"], "*restoring*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A database that is broken is put aside, not read.
func TestRestoreOverABrokenFile(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "migrate")
	file := filepath.Join(t.TempDir(), "b")
	must(t, env, "", "backup", "--to", file)
	broken := filepath.Join(env["CLASSBRIDGE_DATA"], "classbridge.db")
	if err := os.WriteFile(broken, []byte(strings.Repeat("broken ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := command(t, env, "", "restore", "--replace", file); r.code == 0 || !strings.Contains(r.err, "--without-backup") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
	if err := os.WriteFile(file+"-cut", []byte("no backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := command(t, env, "", "restore", "--replace", "--without-backup", file+"-cut"); r.code == 0 {
		t.Error("what is no backup was restored")
	}
	if aside, _ := filepath.Glob(broken + ".replaced-*"); len(aside) > 0 {
		t.Errorf("put aside for nothing: %v", aside)
	}
	must(t, env, "", "restore", "--replace", "--without-backup", file)
	must(t, env, "", "key", "list")
	if aside, _ := filepath.Glob(broken + ".replaced-*"); len(aside) != 1 {
		t.Errorf("put aside: %v", aside)
	}
}

func TestRestoreLeavesARunningServerAlone(t *testing.T) {
	for name, add := range databases(t) {
		t.Run(name, func(t *testing.T) {
			w := newProxied(t)
			maps.Copy(w.env, add())
			s := start(t, w.env, isReady, "serve")
			must(t, w.env, "", "backup")
			files, _ := filepath.Glob(filepath.Join(w.env["CLASSBRIDGE_DATA"], "backups", "*"))
			within(t, 20*time.Second, "the server is seen at work", func() bool {
				r := command(t, w.env, "", "restore", "--replace", files[0])
				return r.code == exitFailure && strings.Contains(r.err, "server works")
			})
			s.end()
			must(t, w.env, "", "restore", "--replace", files[0])
		})
	}
}

// With another master key everything but the secrets is restored.
func TestRestoreWithoutTheKey(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "platform", "add", "--preset", "moodle", "--url", "https://moodle.example.org", "--client-id", "c", "--deployment-id", "1")
	secret := passphraseFile(t)
	file := filepath.Join(t.TempDir(), "b")
	must(t, env, "", "backup", "--to", file, "--passphrase-file", secret)
	other := dataEnv(t)
	r := must(t, other, "", "restore", "--passphrase-file", secret, "--forget-secrets", file)
	if !strings.Contains(r.out, "let go of") {
		t.Error(r.out)
	}
	if r := must(t, other, "", "platform", "list"); !strings.Contains(r.out, "moodle.example.org") {
		t.Error(r.out)
	}
}

func TestBackupKeepsTheNewest(t *testing.T) {
	env := dataEnv(t)
	must(t, env, "", "migrate")
	for i := range 4 {
		at := func() time.Time { return time.Date(2026, 11, 1+i, 0, 0, 0, 0, time.UTC) }
		if r := commandAt(t, at, env, "", "backup", "--keep", "2"); r.code != 0 {
			t.Fatal(r.err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(env["CLASSBRIDGE_DATA"], "backups", "*"))
	if len(files) != 2 || !strings.Contains(fmt.Sprint(files), "20261104") || !strings.Contains(fmt.Sprint(files), "20261103") {
		t.Errorf("kept: %v", files)
	}
	r := must(t, env, "", "backup", "--to", "-")
	if !strings.HasPrefix(r.out, "age-encryption.org/v1") || !strings.Contains(r.err, "master key is not in it") {
		t.Errorf("on standard output: %.40q, beside it %q", r.out, r.err)
	}
}
