// Command report runs `go test` commands one after another, says what became of
// each package as it ends, and closes with one count over all of them:
//
//	report -race ./... -- -tags e2e ./e2e/...
//	...
//	512 passed, 0 failed
//
// Each group of arguments is one run of `go test -json`. It exits with 1 if any
// test failed, if a package could not be built or crashed, if no test ran, and
// if one was skipped: a test that was left out has not passed.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout))
}

func run(args []string, out io.Writer) int {
	s := newSummary(out)
	for _, group := range groups(args) {
		before := s.failed + s.troubles
		// Go exits with 1 for every failure; it is news only if no event told one.
		if err := goTest(group, s); err != nil && s.failed+s.troubles == before {
			s.broken(fmt.Sprintf("go test %v: %v", group, err))
		}
	}
	return s.close()
}

// groups splits the arguments at "--".
func groups(args []string) [][]string {
	var all [][]string
	for {
		i := slices.Index(args, "--")
		if i < 0 {
			return append(all, args)
		}
		all, args = append(all, args[:i]), args[i+1:]
	}
}

// goTest runs one group. Its exit code matters even if every event told of
// success: the events may have been cut off.
func goTest(args []string, s *summary) error {
	// -json comes last, because -C, if given, has to come first.
	cmd := exec.Command("go", append(append([]string{"test"}, args...), "-json")...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(pipe)
	for {
		line, err := lines.ReadBytes('\n')
		s.line(line)
		if err != nil {
			break
		}
	}
	return cmd.Wait()
}
