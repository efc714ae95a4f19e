package web

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

// Whatever is posted in place of a form is refused, and never our own mistake.
func TestConsoleFormsThatAreNone(t *testing.T) {
	w := newWorld(t)
	ids := w.consoleIDs()
	const form = "application/x-www-form-urlencoded"
	for name, sent := range map[string]struct {
		kind string
		body []byte
	}{
		"too large":       {form, bytes.Repeat([]byte("a=b&"), 1<<20)},
		"not a form":      {"text/plain", []byte("name=x")},
		"no kind":         {"", []byte("name=x")},
		"broken":          {form, []byte("name=%zz&secret=%00%ff&email=a%0d%0aBcc:b&url=http://[::1")},
		"strange letters": {form, []byte("name=%ff%fe&search=%f0%28%8c%28&target=%00&days=9999999999999999999999&code=%e2%80%ae")},
		"many of one":     {form, []byte(strings.Repeat("name=x&id=y&role=owner&", 300))},
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range w.server.areas() {
				for _, r := range a.routes {
					if r.method != post {
						continue
					}
					w.server.refusals = newBudget(w.clock.Now)
					u := w.signIn(classroom.DefaultTenant, admin.Owner)
					req, err := http.NewRequestWithContext(t.Context(), r.method, w.url+addressOf(r.path, ids), bytes.NewReader(sent.body))
					w.must(err)
					req.Header.Set("Sec-Fetch-Site", "same-origin")
					if sent.kind != "" {
						req.Header.Set("Content-Type", sent.kind)
					}
					req.AddCookie(&http.Cookie{Name: doorConsole, Value: u.token})
					resp, err := u.client.Do(req)
					if err != nil { // the server hangs up on a body that it does not want
						continue
					}
					resp.Body.Close()
					if resp.StatusCode >= http.StatusInternalServerError && resp.StatusCode != http.StatusServiceUnavailable {
						t.Errorf("POST %s: %d", r.path, resp.StatusCode)
					}
					if location := resp.Header.Get("Location"); strings.Contains(location, "\n") || location != "" && !strings.HasPrefix(location, "/console") {
						t.Errorf("POST %s leads to %q", r.path, location)
					}
				}
			}
		})
	}
	if lines := w.log.with("panic"); len(lines) > 0 {
		t.Errorf("the log has %s", lines[0])
	}
}
