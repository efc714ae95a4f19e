package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func scrape(t *testing.T, address, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestMetrics(t *testing.T) {
	w := newProxied(t)
	w.env["CLASSBRIDGE_METRICS_ADDR"] = freeAddress(t)
	w.env["CLASSBRIDGE_METRICS_TOKEN"] = "scraper"
	start(t, w.env, isReady, "serve")
	addPlatform(t, w.env, w.world)
	newVisitor(t).launch(w.LMS(), "learner1", "weekly")
	teacher := newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	teacher.submit(`form[action$="/start"]`)
	refused, err := newVisitor(t).browser.Post(t.Context(), w.Tool()+"/lti/launch", nil)
	if err != nil {
		t.Fatal(err)
	}
	refused.Body.Close()

	var body string
	within(t, 10*time.Second, "calls to Mattermost are counted", func() bool {
		var status int
		if status, body = scrape(t, w.env["CLASSBRIDGE_METRICS_ADDR"], ""); status != http.StatusOK {
			t.Fatalf("HTTP status %d:\n%s", status, body)
		}
		return strings.Contains(body, "\nclassbridge_mattermost_call_seconds_count")
	})
	for _, line := range []string{
		`classbridge_launches_total{reason="",result="accepted"} 2`,
		`classbridge_launches_total{reason="`,
		`classbridge_joins_total{result="ok",way="lms"} 1`,
		`classbridge_bbb_call_seconds_count{call="create",result="ok"} 1`,
		`classbridge_mattermost_call_seconds_count{call="`,
		`classbridge_queue_jobs `, `classbridge_queue_oldest_seconds `,
		`classbridge_recordings_waiting `, `classbridge_recordings_waiting_oldest_seconds `, `classbridge_recordings_bytes `,
		`classbridge_build_info{go="go`, `go_goroutines `, `process_resident_memory_bytes `,
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("no line begins with %s", line)
		}
	}
	for _, name := range []string{"Tamar", "Lena", "Weekly"} {
		if strings.Contains(body, name) {
			t.Errorf("metrics name %s", name)
		}
	}

	for token, want := range map[string]int{"scraper": http.StatusOK, "": http.StatusNotFound, "wrong": http.StatusNotFound} {
		if status, _ := scrape(t, w.env["CLASSBRIDGE_ADDR"], token); status != want {
			t.Errorf("on the main address with token %q: HTTP status %d, want %d", token, status, want)
		}
	}
}
