package bbb_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"classbridge/bbb"
)

const okReply = `<response><returncode>SUCCESS</returncode><running>true</running></response>`

// scripted answers each request by the next handler, the last one for ever.
func scripted(t *testing.T, answers ...http.HandlerFunc) (*bbb.Client, *atomic.Int32) {
	t.Helper()
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int(count.Add(1))
		answers[min(n, len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	return &bbb.Client{URL: server.URL, Secrets: []string{secret}}, &count
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

func refusedXML(code, key, message string) string {
	return "<response><returncode>" + code + "</returncode><messageKey>" + key + "</messageKey><message>" + message + "</message></response>"
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestFailures(t *testing.T) {
	const html = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
	for _, f := range []struct {
		name        string
		answer      http.HandlerFunc
		reason      bbb.Reason
		key         string
		unavailable bool
		tries       int32
	}{
		{"checksum, new text", answer(200, refusedXML("FAILED", "checksumError", "Checksums do not match")), bbb.Refused, "checksumError", false, 1},
		{"checksum, old text", answer(200, refusedXML("FAILED", "checksumError", "You did not pass the checksum security check")), bbb.Refused, "checksumError", false, 1},
		{"checksum at b3scale", answer(500, refusedXML("ERROR", "checksumError", "invalid checksum")), bbb.Refused, "checksumError", false, 1},
		{"error at b3scale", answer(500, refusedXML("ERROR", "", "something")), bbb.Refused, "", false, 1},
		{"not found", answer(200, refusedXML("FAILED", "notFound", "no such meeting")), bbb.Refused, "notFound", false, 1},
		{"not found at the mock", answer(404, refusedXML("FAILED", "notFound", "no such meeting")), bbb.Refused, "notFound", false, 1},
		{"list of errors", answer(200, `<response><returncode>FAILED</returncode><errors><error key="validationError" message="bad"/></errors></response>`), bbb.Refused, "validationError", false, 1},
		{"pool without a server", answer(200, refusedXML("FAILED", "internalError", "Could not find any available servers.")), bbb.Refused, "internalError", true, 3},
		{"unsupported at the pool", answer(200, refusedXML("FAILED", "unsupportedRequest", "no")), bbb.Refused, "unsupportedRequest", false, 1},
		{"wrong path", answer(404, html), bbb.Unreadable, "", true, 1},
		{"a web page with 200", answer(200, html), bbb.Unreadable, "", true, 1},
		{"proxy without a server", answer(502, html), bbb.Unreadable, "", true, 3},
		{"proxy out of patience", answer(504, html), bbb.Unreadable, "", true, 3},
		{"html of our doctype", answer(200, "<!DOCTYPE html><html><br></html>"), bbb.Unreadable, "", true, 1},
		{"json", answer(200, `{"response":{"returncode":"SUCCESS"}}`), bbb.Unreadable, "", true, 1},
		{"nothing", answer(200, ""), bbb.Unreadable, "", true, 1},
		{"cut short", answer(200, okReply[:40]), bbb.Unreadable, "", true, 1},
		{"no returncode", answer(200, "<response></response>"), bbb.Unreadable, "", true, 1},
		{"another root", answer(200, "<reply><returncode>SUCCESS</returncode></reply>"), bbb.Unreadable, "", true, 1},
		{"success within another root", answer(200, "<html>"+okReply+"</html>"), bbb.Unreadable, "", true, 1},
		{"not a boolean", answer(200, "<response><returncode>SUCCESS</returncode><running>maybe</running></response>"), bbb.Unreadable, "", true, 1},
		{"hang up", hangUp, bbb.Unreachable, "", true, 3},
		{"too large", answer(200, "<response><x>"+strings.Repeat("x", 1<<20)), bbb.TooLarge, "", false, 1},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c, tries := scripted(t, f.answer)
			running, err := c.IsRunning(t.Context(), "m-1")
			var e *bbb.Error
			if !errors.As(err, &e) || running {
				t.Fatalf("got %v, %v", running, err)
			}
			if e.Reason != f.reason || e.Key != f.key || e.Call != "isMeetingRunning" {
				t.Errorf("got %+v", e)
			}
			if bbb.Unavailable(err) != f.unavailable {
				t.Errorf("Unavailable(%v) = %v", err, !f.unavailable)
			}
			// A hang-up on a connection that was idle is tried once more by net/http itself.
			if got := tries.Load(); got < f.tries || got > f.tries && f.reason != bbb.Unreachable {
				t.Errorf("%d tries, want %d", got, f.tries)
			}
		})
	}
}

func TestRetrySucceeds(t *testing.T) {
	c, tries := scripted(t, answer(502, "<html></html>"), hangUp, answer(200, okReply))
	running, err := c.IsRunning(t.Context(), "m-1")
	if !running || err != nil || tries.Load() != 3 {
		t.Errorf("got %v, %v after %d tries", running, err, tries.Load())
	}
}

// A second try must not add to what a first, broken one has read.
func TestRetryStartsAfresh(t *testing.T) {
	const attendee = "<attendee><userID>u</userID></attendee>"
	const head = "<response><returncode>SUCCESS</returncode><attendees>" + attendee
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte(head))
		panic(http.ErrAbortHandler)
	}
	c, _ := scripted(t, cut, answer(200, head+"</attendees></response>"))
	info, err := c.Info(t.Context(), "m-1")
	if err != nil || len(info.Attendees) != 1 {
		t.Errorf("got %+v, %v", info, err)
	}
}

// Ending, publishing and deleting are not repeated: a second try could hit
// something else, or report as missing what the first has removed.
func TestNoRetryOfChanges(t *testing.T) {
	for name, act := range map[string]func(context.Context, *bbb.Client) error{
		"end":     func(ctx context.Context, c *bbb.Client) error { return c.End(ctx, "m-1", "m-pw") },
		"publish": func(ctx context.Context, c *bbb.Client) error { return c.Publish(ctx, "r-1", true) },
		"delete":  func(ctx context.Context, c *bbb.Client) error { return c.Delete(ctx, "r-1") },
	} {
		c, tries := scripted(t, answer(503, "<html></html>"))
		if err := act(t.Context(), c); !bbb.Unavailable(err) || tries.Load() != 1 {
			t.Errorf("%s: %v after %d tries", name, err, tries.Load())
		}
	}
}

func TestSlow(t *testing.T) {
	stuck := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("<response><returncode>SUCC"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	for name, handler := range map[string]http.HandlerFunc{"no answer": stuck, "half an answer": drip} {
		c, _ := scripted(t, handler)
		c.Timeout = 50 * time.Millisecond
		began := time.Now()
		_, err := c.IsRunning(t.Context(), "m-1")
		if !errors.Is(err, context.DeadlineExceeded) || !bbb.Unavailable(err) || !hasReason(err, bbb.Unreachable) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// A caller who gives up has learned nothing about the server.
func TestCanceled(t *testing.T) {
	arrived := make(chan struct{}, 10)
	c, _ := scripted(t, func(w http.ResponseWriter, r *http.Request) { arrived <- struct{}{}; <-r.Context().Done() })
	var seen string
	c.Observe = func(_, result string, _ time.Duration) { seen = result }
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := c.IsRunning(ctx, "m-1")
	if !errors.Is(err, context.Canceled) || bbb.Unavailable(err) || seen != "canceled" {
		t.Errorf("got %v, observed %q", err, seen)
	}
}

func TestNobodyThere(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	c := &bbb.Client{URL: gone.URL, Secrets: []string{secret}}
	if _, err := c.IsRunning(t.Context(), "m-1"); !hasReason(err, bbb.Unreachable) || !bbb.Unavailable(err) {
		t.Errorf("got %v", err)
	}
}

func TestBadSettings(t *testing.T) {
	for name, c := range map[string]*bbb.Client{
		"no address":   {Secrets: []string{secret}},
		"no secret":    {URL: "https://bbb.example"},
		"empty secret": {URL: "https://bbb.example", Secrets: []string{"", secret}},
		"sha384":       {URL: "https://bbb.example", Secrets: []string{secret}, Hash: "sha384"},
	} {
		if _, err := c.IsRunning(t.Context(), "m-1"); !hasReason(err, bbb.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.JoinURL(bbb.JoinRequest{MeetingID: "m-1", FullName: "Ada", Role: bbb.Viewer}); !hasReason(err, bbb.Invalid) {
			t.Errorf("%s: join: %v", name, err)
		}
	}
}
