package program

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Created lists the meetings that were asked to be made for a room: the ids, one
// for each call of create.
func (s *School) Created(roomTitle string) []string {
	var ids []string
	for _, e := range s.Tape.Exchanges() {
		if e.Where != "bbb" || !strings.HasPrefix(e.URL, "/bigbluebutton/api/create?") {
			continue
		}
		if q := query(e.URL); q.Get("name") == roomTitle {
			ids = append(ids, q.Get("meetingID"))
		}
	}
	return ids
}

// Metrics is what the program tells to Prometheus.
func (s *School) Metrics(ctx context.Context) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/metrics", nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+s.Secrets.Metrics)
	answer, err := (&http.Client{Transport: Transport()}).Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("metrics: HTTP status %d", answer.StatusCode)
	}
	return string(body), err
}

// explain shows what the program said last, if the test has failed.
func (s *School) explain(t testing.TB) {
	if text := s.Output.String(); t.Failed() {
		t.Logf("the program's last words:\n%s", text[max(0, len(text)-8000):])
		t.Logf("work that was not done:\n%s", s.unfinished())
	}
}

// unfinished is the work that the queue holds.
func (s *School) unfinished() string {
	if s.Database == "" {
		return "(not looked up on SQLite)"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.Database)
	if err != nil {
		return err.Error()
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT format('%s %s %s, attempt %s at %s, next at %s: %s %s', id, kind, state, attempt,
			attempted_at, scheduled_at, args, errors[array_upper(errors, 1)]->>'error')
		FROM river_job WHERE finalized_at IS NULL ORDER BY id LIMIT 50`)
	if err != nil {
		return err.Error()
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err.Error()
	}
	return strings.Join(jobs, "\n")
}
