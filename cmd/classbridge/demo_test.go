package main

import (
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"classbridge/cmd/classbridge/demo"
)

func TestDemoTellsTheStory(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "ready\n", "demo", "--data", t.TempDir(), "--port", "0")
	printed := regexp.MustCompile(`^lms: (http://lms\.localhost:(\d+))\ntool: http://tool\.localhost:\d+\nbbb: http://bbb\.localhost:\d+\nchat: http://chat\.localhost:\d+\nconsole: http://tool\.localhost:\d+/console/welcome/[A-Z2-7]+\nready\n$`).FindStringSubmatch(s.out.String())
	if printed == nil {
		t.Fatalf("the demo printed\n%s", s.out)
	}
	port, _ := strconv.Atoi(printed[2])
	w, err := demo.New(demo.Config{Port: port}) // for its addresses
	if err != nil {
		t.Fatal(err)
	}
	tellStory(t, w)
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.err)
	}
	if s.err.String() != "" {
		t.Errorf("the demo complained:\n%s", s.err)
	}
}

// The stand-ins forget; what an earlier start has left must not get in the way.
func TestDemoOnKeptData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		s := start(t, nil, "ready\n", "demo", "--data", dir)
		lms := regexp.MustCompile(`lms: (\S+)`).FindStringSubmatch(s.out.String())[1]
		v := newVisitor(t)
		v.launch(lms, "teacher", "lab")
		v.submit(`form[action$="/start"]`)
		inside(v, "Tamar Levi", "Moderator")
		if code := s.end(); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, s.err)
		}
	}
	enabled := 0
	for _, p := range decode[[]shownPlatform](t, must(t, map[string]string{"CLASSBRIDGE_DATA": dir}, "", "platform", "list", "--json")) {
		if !p.Disabled {
			enabled++
		}
	}
	if enabled != 1 {
		t.Errorf("%d platforms are enabled, want that of the last start", enabled)
	}
}

func TestDemoPortTaken(t *testing.T) {
	l, err := listen(t.Context(), "", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if r := command(t, nil, "", "demo", "--port", port); r.code != exitFailure || !strings.Contains(r.err, port) {
		t.Errorf("exit code %d:\n%s", r.code, r.err)
	}
}
