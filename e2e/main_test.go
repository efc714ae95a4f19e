//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"testing"
	"time"

	"classbridge/e2e/parts"
	"classbridge/e2e/program"
)

// The program, as people run it and with the race detector.
var (
	plain  = &program.Binary{}
	racing = &program.Binary{Race: true}
)

func TestMain(m *testing.M) {
	code := m.Run()
	plain.Close()
	racing.Close()
	os.Exit(code)
}

// eventually asks again and again until the answer is nil, and fails the test
// with the last one if it never is.
func eventually(t *testing.T, within time.Duration, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still after %s: %v", within, err)
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the test ended: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// databases are the two kinds that the program runs on.
func databases() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"PostgreSQL": parts.Postgres,
		"SQLite":     func(testing.TB) string { return "" },
	}
}

// launched is a person in the room of a course, in a browser of their own.
func launched(t *testing.T, s *program.School, person string, course int) *program.Visitor {
	t.Helper()
	v := s.NewVisitor()
	eventually(t, patience, func() error {
		return v.Launch(t.Context(), person, program.CourseLink(course))
	})
	return v
}

// within is a context of the test that ends after a while.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
