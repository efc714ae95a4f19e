package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Binary is the program, built for the first test that asks. It is declared by
// a test package and closed by its TestMain.
type Binary struct {
	Race   bool   // with the race detector, which needs cgo
	Source string // folder of its source; empty: the one that the tests are in

	once sync.Once
	dir  string
	path string
}

// Path builds the program, if nobody did yet.
func (b *Binary) Path(t testing.TB) string {
	t.Helper()
	b.once.Do(func() { b.build(t) })
	if b.path == "" {
		t.Fatal("the program could not be built: see the first test that asked for it")
	}
	return b.path
}

func (b *Binary) build(t testing.TB) {
	t.Helper()
	dir, err := os.MkdirTemp("", "classbridge-program-")
	if err != nil {
		t.Fatal(err)
	}
	b.dir = dir
	path := filepath.Join(dir, "classbridge")
	args, cgo := []string{"build", "-o", path}, "CGO_ENABLED=0"
	if b.Race {
		args, cgo = append(args, "-race"), "CGO_ENABLED=1"
	}
	cmd := exec.Command("go", append(args, "./cmd/classbridge")...)
	if cmd.Dir = b.Source; cmd.Dir == "" {
		cmd.Dir = Root()
	}
	cmd.Env = append(os.Environ(), cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	b.path = path
}

// Root is the folder of the source that the tests are in.
func Root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..")
}

// Close removes what was built.
func (b *Binary) Close() {
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
