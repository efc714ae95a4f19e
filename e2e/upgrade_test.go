//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"classbridge/e2e/program"
)

// The program of an earlier commit is upgraded to this one in the middle of a
// class, and goes back with the backup that the migration made first; then it is
// upgraded again. Sessions and the class outlive all of it.
func TestUpgradeAndBack(t *testing.T) {
	old := earlierProgram(t)
	for name, database := range databases() {
		t.Run(name, func(t *testing.T) {
			s := program.Open(t, program.Options{Binary: old, Database: database(t), NoChat: true})
			teacher, learner := launched(t, s, program.Terry, 0), launched(t, s, program.Lee, 0)
			eventually(t, patience, func() error { return teacher.Start(t.Context()) })
			goesOn := func(version string) {
				t.Helper()
				for who, v := range map[string]*program.Visitor{"teacher": teacher, "learner": learner} {
					if err := v.Join(t.Context()); err != nil {
						t.Fatalf("%s: the %s: %v", version, who, err)
					}
				}
			}
			goesOn("before")

			changeTo(t, s, plain)
			goesOn("upgraded")
			backup := onlyBackup(t, s, "before-upgrade")
			newcomer := launched(t, s, program.Sam, 0)

			s.Processes[0].Stop(t)
			s.Processes[0].Command(t, "", "restore", "--replace", "--as-it-was", backup)
			s.Processes[0].Use(t, old)
			s.Processes[0].Start(t)
			goesOn("taken back")
			if newcomer.Join(t.Context()) == nil {
				t.Error("who came after the backup is known after going back to it")
			}
			launched(t, s, program.Sam, 0)

			changeTo(t, s, plain)
			goesOn("upgraded again")
			launched(t, s, program.Sam, 0)

			if !restores(t, old) {
				t.Log("the earlier program is older than the command restore: what it makes of a backup is not tried")
				return
			}
			s.Processes[0].Stop(t)
			s.Processes[0].Use(t, old)
			s.Processes[0].Command(t, "", "restore", "--replace", backup)
			s.Processes[0].Start(t)
			goesOn("taken back by itself")
		})
	}
}

// restores reports whether a program has the command restore: then it goes back
// by itself, whatever a later one has made of the database.
func restores(t *testing.T, b *program.Binary) bool {
	t.Helper()
	help, err := exec.Command(b.Path(t), "restore", "--help").CombinedOutput()
	return err == nil && bytes.Contains(help, []byte("--replace"))
}

// changeTo stops the program and starts another version of it.
func changeTo(t *testing.T, s *program.School, b *program.Binary) {
	t.Helper()
	s.Processes[0].Stop(t)
	s.Processes[0].Use(t, b)
	s.Processes[0].Start(t)
}

func onlyBackup(t *testing.T, s *program.School, what string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.Data, "backups", what+"-*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("backups of the kind %s: %v, %v", what, files, err)
	}
	return files[0]
}

// tried is how many commits are looked at: one that cannot be built, because
// others were at work on it, does not count.
const tried = 50

// earlierProgram is that of the newest commit with fewer migrations, all of which
// this one has as they were.
func earlierProgram(t *testing.T) *program.Binary {
	t.Helper()
	if git(t, "rev-parse", "--is-shallow-repository") != "false" {
		t.Fatal("this needs the history of the source: git fetch --unshallow")
	}
	now := map[string]string{}
	for _, line := range strings.Split(git(t, "ls-files", "--", "migrations/*.sql"), "\n") {
		now[line] = git(t, "hash-object", "--", line)
	}
	for i, commit := range strings.Fields(git(t, "log", "--format=%P", "--", "migrations")) {
		if i == tried {
			break
		}
		if !isEarlier(t, commit, now) {
			continue
		}
		if b, err := programOf(t, commit); err == nil {
			t.Logf("the earlier program is that of commit %s", commit)
			return b
		}
	}
	t.Fatalf("none of the last %d commits before a change of the migrations is an earlier version that can be built", tried)
	return nil
}

// isEarlier reports whether the commit has the first of our migrations, and only those.
func isEarlier(t *testing.T, commit string, now map[string]string) bool {
	then, newest := 0, ""
	for _, line := range strings.Split(git(t, "ls-tree", "-r", commit, "--", "migrations"), "\n") {
		fields := strings.Fields(line) // mode, type, hash, name
		if len(fields) != 4 || !strings.HasSuffix(fields[3], ".sql") {
			continue
		}
		if now[fields[3]] != fields[2] {
			return false
		}
		then, newest = then+1, max(newest, fields[3])
	}
	later := 0
	for name := range now {
		if name > newest {
			later++
		}
	}
	return then > 0 && later > 0 && then+later == len(now)
}

// programOf builds the program of a commit, in a folder of its own.
func programOf(t *testing.T, commit string) (*program.Binary, error) {
	t.Helper()
	dir := t.TempDir()
	source := exec.Command("git", "archive", "--format=tar", commit)
	source.Dir = program.Root()
	text, err := source.Output()
	if err != nil {
		return nil, err
	}
	unpack := exec.Command("tar", "-x", "-C", dir)
	unpack.Stdin = bytes.NewReader(text)
	if err := unpack.Run(); err != nil {
		return nil, err
	}
	build := exec.Command("go", "build", "-o", os.DevNull, "./cmd/classbridge")
	build.Dir, build.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Logf("commit %s is not built: %s", commit, out)
		return nil, fmt.Errorf("build: %w", err)
	}
	b := &program.Binary{Source: dir}
	t.Cleanup(b.Close)
	return b, nil
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = program.Root()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v (this needs the history of the source)", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
