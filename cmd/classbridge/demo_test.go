package main

import (
	"regexp"
	"strconv"
	"testing"

	"classbridge/cmd/classbridge/demo"
)

func TestDemoTellsTheStory(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "ready\n", "demo", "--data", t.TempDir(), "--port", "0")
	printed := regexp.MustCompile(`^lms: (http://lms\.localhost:(\d+))\ntool: http://tool\.localhost:\d+\nbbb: http://bbb\.localhost:\d+\nchat: http://chat\.localhost:\d+\nready\n$`).FindStringSubmatch(s.out.String())
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
