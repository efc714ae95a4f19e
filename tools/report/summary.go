package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of `go test -json`; see `go doc test2json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build output
	Test        string
	Elapsed     float64
	Output      string
	FailedBuild string
}

// slow is how long a test takes, in seconds, to be worth a line of its own.
const slow = 5

// summary prints packages as they end, and counts.
type summary struct {
	out                     io.Writer
	passed, failed, skipped int
	troubles                int                 // what failed without being a test: builds, crashes, go itself
	tests                   map[string]int      // finished, by package
	output                  map[string][]string // by package or package and test; kept until it ends
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, tests: map[string]int{}, output: map[string][]string{}}
}

func (s *summary) line(line []byte) {
	if len(strings.TrimSpace(string(line))) == 0 {
		return
	}
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		fmt.Fprintf(s.out, "%s", line) // go's own words, as they are
		return
	}
	switch {
	case e.Action == "output" || e.Action == "build-output":
		key := e.key()
		s.output[key] = append(s.output[key], e.Output)
	case e.Test != "":
		s.test(e)
	default:
		s.pkg(e)
	}
}

// key is where the output of an event is kept.
func (e event) key() string {
	switch {
	case e.ImportPath != "":
		return e.ImportPath
	case e.Test != "":
		return e.Package + " " + e.Test
	}
	return e.Package
}

// test counts a test or subtest that ended, and prints what a person wants to
// see of it.
func (s *summary) test(e event) {
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
	case "skip":
		s.skipped++
	default:
		return // run, pause, cont
	}
	s.tests[e.Package]++
	if e.Action != "pass" {
		s.print(e.key())
	} else if e.Elapsed >= slow && !strings.Contains(e.Test, "/") {
		fmt.Fprintf(s.out, "      %7.1fs  %s\n", e.Elapsed, e.Test)
	}
	delete(s.output, e.key())
}

// pkg prints the line of a package that ended. A package that failed prints
// also the output of tests that never ended: that is where it crashed.
func (s *summary) pkg(e event) {
	switch e.Action {
	case "pass":
		fmt.Fprintf(s.out, "ok    %7.1fs  %s  %d tests\n", e.Elapsed, e.Package, s.tests[e.Package])
	case "fail":
		s.troubles++
		s.print(e.FailedBuild)
		for _, key := range s.unfinished(e.Package) {
			s.print(key)
		}
		fmt.Fprintf(s.out, "FAIL  %7.1fs  %s\n", e.Elapsed, e.Package)
	case "skip": // a package without test files
	default:
		return // start, build-fail (told by the package's own fail)
	}
	for _, key := range s.unfinished(e.Package) {
		delete(s.output, key)
	}
	delete(s.tests, e.Package)
}

// unfinished lists whose output of a package is still kept, in a fixed order.
func (s *summary) unfinished(pkg string) []string {
	var keys []string
	for key := range s.output {
		if key == pkg || strings.HasPrefix(key, pkg+" ") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (s *summary) print(key string) {
	fmt.Fprint(s.out, strings.Join(s.output[key], ""))
}

// broken notes that something other than a test went wrong.
func (s *summary) broken(what string) {
	s.troubles++
	fmt.Fprintln(s.out, what)
}

// close prints the last line and returns the exit code. Troubles that no test
// stands for are counted as one failure, so that the line never says 0 failed
// of a run that failed.
func (s *summary) close() int {
	if s.passed+s.failed == 0 {
		s.broken("no test ran")
	}
	failed := s.failed
	if failed == 0 && s.troubles > 0 {
		failed = 1
	}
	line := fmt.Sprintf("%d passed, %d failed", s.passed, failed)
	if s.skipped > 0 {
		line += fmt.Sprintf(", %d skipped", s.skipped)
	}
	fmt.Fprintln(s.out, line)
	if failed > 0 || s.skipped > 0 {
		return 1
	}
	return 0
}
