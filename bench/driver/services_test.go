//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The pages of a roster lead from one to the next, and have everybody once.
func TestRosterPages(t *testing.T) {
	l := &lms{platform: newTestPlatform(t), rosters: map[string][][]byte{}}
	s := httptest.NewServer(l)
	defer s.Close()
	l.issuer = s.URL
	seen := map[string]bool{}
	pages := 0
	for next := s.URL + "/courses/450-0/members?limit=200"; next != ""; pages++ {
		answer, err := http.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Members []struct {
				UserID string `json:"user_id"`
			}
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Members {
			seen[m.UserID] = true
		}
		next, _ = strings.CutSuffix(strings.TrimPrefix(answer.Header.Get("Link"), "<"), `>; rel="next"`)
	}
	if len(seen) != 451 || pages != 3 || !seen["450-0-teacher"] || !seen["450-0-learner-449"] || l.last.Load() != 1 || l.calls.Load() != 3 {
		t.Errorf("%d people in %d pages, %d calls, %d last pages", len(seen), pages, l.calls.Load(), l.last.Load())
	}
}

func TestServiceTable(t *testing.T) {
	r := serviceResults{}
	for _, done := range []string{readFirst, readAgain, sendScores} {
		r.add(done, onFloor, work{took: 20 * time.Millisecond, cpu: 10 * time.Millisecond, peak: 40 << 20, calls: 51})
		r.add(done, onSQLite, work{took: 500 * time.Millisecond, cpu: 400 * time.Millisecond, peak: 80 << 20, calls: 53})
		r.add(done, onPostgres, work{took: time.Second, cpu: 300 * time.Millisecond, postgres: 200 * time.Millisecond, peak: 70 << 20, calls: 53})
	}
	if want, got := readFirst+", classbridge, SQLite: 25.0 times the floor's time, 40.0 times its CPU time", r.ratio(readFirst, onSQLite); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var b strings.Builder
	r.print(&b)
	for _, want := range []string{"500 (500–500)", "1000 (1000–1000)", "–", "80 (80–80)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table has no %s:\n%s", want, b.String())
		}
	}
}
