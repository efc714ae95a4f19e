package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	const (
		passes = `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"pass","Package":"p","Elapsed":1}`
		fails  = `{"Action":"output","Package":"p","Test":"TestB","Output":"got 1, want 2\n"}` + "\n" +
			`{"Action":"fail","Package":"p","Test":"TestB"}` + "\n" + `{"Action":"fail","Package":"p"}`
		skips     = `{"Action":"output","Package":"p","Test":"TestC","Output":"no database\n"}` + "\n" + `{"Action":"skip","Package":"p","Test":"TestC"}`
		crashes   = `{"Action":"output","Package":"p","Test":"TestD","Output":"panic: lost\n"}` + "\n" + `{"Action":"fail","Package":"p"}`
		unbuilt   = `{"Action":"build-output","ImportPath":"p [p.test]","Output":"undefined: x\n"}` + "\n" + `{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`
		testless  = `{"Action":"skip","Package":"q"}`
		notEvents = "go: cannot find main module\n"
	)
	for name, test := range map[string]struct {
		lines string
		code  int
		last  string
		shown string
	}{
		"passed":            {passes, 0, "1 passed, 0 failed", "p  1 tests"},
		"package untested":  {passes + "\n" + testless, 0, "1 passed, 0 failed", ""},
		"failed":            {passes + "\n" + fails, 1, "1 passed, 1 failed", "got 1, want 2"},
		"skipped":           {passes + "\n" + skips, 1, "1 passed, 0 failed, 1 skipped", "no database"},
		"crashed":           {passes + "\n" + crashes, 1, "1 passed, 1 failed", "panic: lost"},
		"does not build":    {passes + "\n" + unbuilt, 1, "1 passed, 1 failed", "undefined: x"},
		"nothing ran":       {testless, 1, "0 passed, 1 failed", "no test ran"},
		"go itself refuses": {notEvents, 1, "0 passed, 1 failed", "cannot find main module"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(&out)
			for line := range strings.Lines(test.lines) {
				s.line([]byte(line))
			}
			code := s.close()
			if code != test.code || !strings.HasSuffix(out.String(), "\n"+test.last+"\n") && out.String() != test.last+"\n" {
				t.Errorf("exit code %d, last line of\n%swant %d, %q", code, out.String(), test.code, test.last)
			}
			if !strings.Contains(out.String(), test.shown) {
				t.Errorf("%q is not in\n%s", test.shown, out.String())
			}
		})
	}
}

func TestRunCountsOverAllGroups(t *testing.T) {
	var out strings.Builder
	if code := run([]string{"-run", "TestGroups", ".", "--", "-run", "TestGroups", "."}, &out); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out.String())
	}
	if !strings.HasSuffix(out.String(), "\n2 passed, 0 failed\n") {
		t.Errorf("got\n%swant 2 passed at the end", out.String())
	}
}

func TestRunFailsWithGo(t *testing.T) {
	var out strings.Builder
	if code := run([]string{"-run", "TestGroups", ".", "--", "./absent"}, &out); code != 1 {
		t.Errorf("exit code %d for a package that does not exist, want 1:\n%s", code, out.String())
	}
}

func TestGroups(t *testing.T) {
	got := groups([]string{"a", "b", "--", "c"})
	if len(got) != 2 || len(got[0]) != 2 || len(got[1]) != 1 {
		t.Errorf("got %v, want [[a b] [c]]", got)
	}
}
